//! Sessions.

use parlor_model::{Session, SessionId, Timestamp, User};

use crate::support::{NOW, World, cases, read, write};

cases!(
    a_session_is_found_by_its_token,
    one_session_ends,
    all_but_one_session_end,
    a_session_is_touched,
    expired_sessions_end,
);

/// Before everything here expires.
const BEFORE: Timestamp = Timestamp::from_millis(1);

/// Adds a session that was seen at `seen` and ends at `expires`.
async fn session(world: &World, user: &User, token: u8, seen: i64, expires: i64) -> Session {
    let session = Session {
        id: SessionId::generate(&world.env),
        user: user.id,
        label: format!("device {token}"),
        created_at: NOW,
        last_seen_at: Timestamp::from_millis(seen),
        expires_at: Timestamp::from_millis(expires),
    };
    let row = session.clone();
    write!(world.store, tx => tx.insert_session(&row, &[token; 32]));
    session
}

async fn a_session_is_found_by_its_token(world: &World) {
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let first = session(world, &ada, 1, 10, 100).await;
    session(world, &bob, 2, 10, 100).await;
    assert_eq!(read!(world.store, tx => tx.session_by_token(&[1; 32])), Some((first, ada)));
    assert_eq!(read!(world.store, tx => tx.session_by_token(&[3; 32])), None);
}

async fn one_session_ends(world: &World) {
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let older = session(world, &ada, 1, 10, 100).await;
    let newer = session(world, &ada, 2, 20, 100).await;
    let (user, stranger, id) = (ada.id, bob.id, older.id);
    assert_eq!(
        read!(world.store, tx => tx.sessions_of(user, None, 9, BEFORE)),
        [newer.clone(), older.clone()]
    );
    assert_eq!(read!(world.store, tx => tx.sessions_of(user, None, 1, BEFORE)), std::slice::from_ref(&newer));
    let after = newer.id;
    assert_eq!(read!(world.store, tx => tx.sessions_of(user, Some(after), 9, BEFORE)), [older]);
    assert!(!write!(world.store, tx => tx.delete_session(stranger, id)));
    assert!(write!(world.store, tx => tx.delete_session(user, id)));
    assert!(!write!(world.store, tx => tx.delete_session(user, id)));
    assert_eq!(read!(world.store, tx => tx.session_by_token(&[1; 32])), None);
    assert_eq!(read!(world.store, tx => tx.sessions_of(user, None, 9, BEFORE)), [newer]);
}

async fn all_but_one_session_end(world: &World) {
    let (ada, bob) = (world.user("ada").await, world.user("bob").await);
    let mut all = Vec::new();
    for token in 1..=3 {
        all.push(session(world, &ada, token, 10, 100).await.id);
    }
    session(world, &bob, 4, 10, 100).await;
    let (user, kept) = (ada.id, all.remove(1));
    let mut ended = write!(world.store, tx => tx.delete_sessions_of(user, Some(kept)));
    ended.sort_unstable();
    all.sort_unstable();
    assert_eq!(ended, all);
    assert_eq!(write!(world.store, tx => tx.delete_sessions_of(user, None)), [kept]);
    assert_eq!(read!(world.store, tx => tx.sessions_of(user, None, 9, BEFORE)), []);
    let other = bob.id;
    assert_eq!(read!(world.store, tx => tx.sessions_of(other, None, 9, BEFORE)).len(), 1);
}

async fn a_session_is_touched(world: &World) {
    let ada = world.user("ada").await;
    let before = session(world, &ada, 1, 10, 100).await;
    session(world, &ada, 2, 5, 50).await;
    let (id, seen, expires) = (before.id, Timestamp::from_millis(60), Timestamp::from_millis(160));
    write!(world.store, tx => tx.touch_session(id, seen, expires));
    let (found, _) = read!(world.store, tx => tx.session_by_token(&[1; 32])).unwrap();
    assert_eq!(found, Session { last_seen_at: seen, expires_at: expires, ..before });
    let (other, _) = read!(world.store, tx => tx.session_by_token(&[2; 32])).unwrap();
    assert_eq!(other.expires_at, Timestamp::from_millis(50));
}

async fn expired_sessions_end(world: &World) {
    let ada = world.user("ada").await;
    let over = session(world, &ada, 1, 10, 100).await;
    let live = session(world, &ada, 2, 10, 101).await;
    let now = Timestamp::from_millis(100);
    assert_eq!(write!(world.store, tx => tx.delete_expired_sessions(now)), [over.id]);
    let user = ada.id;
    assert_eq!(read!(world.store, tx => tx.sessions_of(user, None, 9, BEFORE)), [live]);
}
