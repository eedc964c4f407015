//! Coming in: every door, every rule about names, and what a guest keeps.

use crate::world::{World, is_account, refusal};
use parlor_core::{Admission, Guests, ProfileChange, Registration, Settings};
use parlor_model::{Change, Refusal, Role, RoomKind};

fn with_invite(code: &str) -> Admission {
    Admission { invite: Some(code.to_owned()), setup_token: None }
}

fn with_token(token: &str) -> Admission {
    Admission { invite: None, setup_token: Some(token.to_owned()) }
}

#[tokio::test]
async fn the_setup_link_works_once_and_only_the_newest() {
    let world = World::with(Settings::default()).await;
    assert!(world.core.setup_needed().await.unwrap());
    let old = world.core.issue_setup_token().await.unwrap().unwrap();
    let new = world.core.issue_setup_token().await.unwrap().unwrap();
    assert_eq!(refusal(world.register("eve", with_token(&old)).await), Refusal::SetupTokenInvalid);
    let owner = world.register("ada", with_token(&new)).await.unwrap();
    assert_eq!(owner.role, Role::Owner);
    assert_eq!(refusal(world.register("eve", with_token(&new)).await), Refusal::SetupTokenInvalid);
    assert!(!world.core.setup_needed().await.unwrap());
    assert_eq!(world.core.issue_setup_token().await.unwrap(), None);
    let rooms = world.core.my_rooms(&world.actor(owner)).await.unwrap();
    assert_eq!(rooms.iter().map(|(room, _)| room.slug.as_str()).collect::<Vec<_>>(), ["lobby"]);
}

#[tokio::test]
async fn each_setting_opens_its_doors() {
    use Registration::{Closed, Invite, Open};
    for (registration, bare, invited) in [
        (Open, Ok(Role::Member), Ok(Role::Member)),
        (Invite, Err(Refusal::RegistrationNeedsInvite), Ok(Role::Member)),
        (Closed, Err(Refusal::RegistrationClosed), Err(Refusal::RegistrationClosed)),
    ] {
        let world = World::with(Settings { registration, ..Settings::default() }).await;
        let owner = world.owner().await;
        let room = world.room(&owner, "Garden", RoomKind::Private).await;
        let (_, code) = world.core.create_invite(&owner, room.id, None, None).await.unwrap();
        for (name, admission, expected) in
            [("ada", Admission::default(), &bare), ("eve", with_invite(&code), &invited)]
        {
            let checked = world.core.may_register(name, None, &admission).await;
            let made = world.register(name, admission).await;
            match expected {
                Ok(role) => assert_eq!((made.unwrap().role, checked.is_ok()), (*role, true)),
                Err(expected) => {
                    assert_eq!(&refusal(checked), expected);
                    assert_eq!(&refusal(made), expected);
                }
            }
        }
    }
}

#[tokio::test]
async fn guests_enter_by_their_own_setting() {
    for (guests, bare, invited) in [
        (Guests::Open, None, None),
        (Guests::Invite, Some(Refusal::GuestsNeedInvite), None),
        (Guests::Off, Some(Refusal::GuestsClosed), Some(Refusal::GuestsClosed)),
    ] {
        let world = World::with(Settings { guests, ..Settings::default() }).await;
        let owner = world.owner().await;
        let room = world.room(&owner, "Garden", RoomKind::Private).await;
        let (_, code) = world.core.create_invite(&owner, room.id, None, None).await.unwrap();
        for (invite, expected) in [(None, bare), (Some(code.as_str()), invited)] {
            let entered = world.core.enter_as_guest("Wanderer", invite).await;
            match expected {
                None => assert_eq!(entered.unwrap().joined.is_some(), invite.is_some()),
                Some(expected) => assert_eq!(refusal(entered), expected),
            }
        }
    }
}

#[tokio::test]
async fn taken_and_look_alike_names_are_told_apart() {
    let world = World::open().await;
    world.member("paypal").await;
    assert_eq!(refusal(world.register("PayPal", Admission::default()).await), Refusal::NameTaken);
    // All Cyrillic, so one script; and to the eye the same.
    assert_eq!(refusal(world.register("раураӏ", Admission::default()).await), Refusal::NameConfusable);
    assert_eq!(refusal(world.register("paypa1", Admission::default()).await), Refusal::NameConfusable);
    assert!(world.register("paypals", Admission::default()).await.is_ok());
}

#[tokio::test]
async fn of_many_who_want_one_name_one_gets_it() {
    let world = World::open().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let core = world.core.clone();
        tasks.spawn(async move {
            let registrant = parlor_core::Registrant {
                username: "ada".into(),
                display_name: None,
                password_hash: "hash".into(),
                admission: Admission::default(),
            };
            core.register(registrant).await.is_ok()
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|made| *made).count(), 1);
}

#[tokio::test]
async fn a_guest_who_becomes_an_account_keeps_name_and_history() {
    let mut world = World::open().await;
    let owner = world.owner().await;
    let room = world.room(&owner, "Garden", RoomKind::Public).await;
    let guest = world.guest("Old Wanderer").await;
    world.core.join_room(&guest, room.id).await.unwrap();
    let said = world.say(&guest, room.id, "I was here").await.unwrap();
    world.told().await;

    let user = world.core.upgrade_guest(&guest, "wanderer", "hash".into(), None).await.unwrap();
    assert_eq!((user.id, user.display_name.as_str()), (guest.id(), "Old Wanderer"));
    assert!(is_account(&user));
    let told = world.told().await;
    assert!(
        matches!(&told[..], [event] if matches!(&event.change, Change::MemberUpdated(_, told) if *told == user))
    );
    let history = world.core.history(&owner, room.id, parlor_core::Cursor::Newest, 10).await.unwrap();
    assert_eq!(history.messages.last().unwrap(), &said);
    assert_eq!(
        refusal(world.core.upgrade_guest(&guest, "again", "hash".into(), None).await),
        Refusal::NotAGuest
    );
}

#[tokio::test]
async fn only_an_invited_guest_may_stay_where_accounts_need_an_invitation() {
    let settings =
        Settings { guests: Guests::Open, registration: Registration::Invite, ..Settings::default() };
    let world = World::with(settings).await;
    let owner = world.owner().await;
    let room = world.room(&owner, "Garden", RoomKind::Public).await;
    let (_, code) = world.core.create_invite(&owner, room.id, None, None).await.unwrap();
    let stranger = world.guest("Stranger").await;
    let refused = world.core.upgrade_guest(&stranger, "stranger", "hash".into(), None).await;
    assert_eq!(refusal(refused), Refusal::RegistrationNeedsInvite);
    assert!(world.core.upgrade_guest(&stranger, "stranger", "hash".into(), Some(&code)).await.is_ok());
    let invited = world.core.enter_as_guest("Invited", Some(&code)).await.unwrap().user;
    let invited = world.actor(invited);
    assert!(world.core.upgrade_guest(&invited, "invited", "hash".into(), None).await.is_ok());
}

#[tokio::test]
async fn a_new_display_name_is_told_in_every_room() {
    let mut world = World::open().await;
    let owner = world.owner().await;
    for name in ["One", "Two", "Three"] {
        world.room(&owner, name, RoomKind::Private).await;
    }
    world.told().await;
    let change = ProfileChange { display_name: Some("Ada Lovelace".into()) };
    world.core.update_profile(&owner, change.clone()).await.unwrap();
    assert_eq!(world.told().await.len(), 4, "the lobby and three more");
    world.core.update_profile(&owner, change).await.unwrap();
    assert_eq!(world.told().await.len(), 0, "nothing changed");
}
