//! Shares run out, come back, are waited for and are taken away.

use super::*;
use parlor_model::UserId;

fn budget(total: u64, address: u64, person: u64, waiting: usize) -> Arc<Budget> {
    Budget::new(Cap { total, address, person, waiting })
}

fn at(last: u8) -> Whose {
    Whose::at([192, 0, 2, last].into())
}

fn person(number: u8) -> Whose {
    Whose::NOBODY.and(UserId::from_bytes([number; 16]))
}

#[test]
fn a_share_runs_out_and_others_have_theirs() {
    for one in [at(1), person(1), at(1).and(UserId::from_bytes([1; 16]))] {
        let budget = budget(5, 2, 2, 0);
        let held = [budget.take(one, 1).unwrap(), budget.take(one, 1).unwrap()];
        assert_eq!(budget.take(one, 1).unwrap_err(), Full::Share);
        assert!(budget.take(at(9), 1).is_ok() && budget.take(person(9), 1).is_ok());
        drop(held);
        assert!(budget.take(one, 2).is_ok());
        assert_eq!(budget.usage(), Usage { refused_share: 1, ..Usage::default() });
    }
}

#[test]
fn a_person_has_one_share_from_everywhere_and_an_address_one_for_everybody() {
    let budget = budget(100, 3, 2, 0);
    let of = |address: u8, who: u8| at(address).and(UserId::from_bytes([who; 16]));
    let _held = [of(1, 1), of(2, 1)].map(|whose| budget.take(whose, 1).unwrap());
    assert_eq!(budget.take(of(3, 1), 1).unwrap_err(), Full::Share);
    let _others = [of(1, 2), of(1, 3)].map(|whose| budget.take(whose, 1).unwrap());
    assert_eq!(budget.take(of(1, 4), 1).unwrap_err(), Full::Share);
}

#[test]
fn the_whole_runs_out_for_everybody() {
    let budget = budget(3, 2, 2, 0);
    let _held: Vec<_> = (1..=3).map(|last| budget.take(at(last), 1).unwrap()).collect();
    for whose in [at(4), person(4), Whose::NOBODY] {
        assert_eq!(budget.take(whose, 1).unwrap_err(), Full::Total);
    }
    assert_eq!((budget.usage().held, budget.usage().refused_total), (3, 3));
}

#[test]
fn a_network_of_64_bits_is_one_address() {
    let budget = budget(9, 1, 1, 0);
    let _held = budget.take(Whose::at("2001:db8::1".parse().unwrap()), 1).unwrap();
    assert!(budget.take(Whose::at("2001:db8::ffff:1".parse().unwrap()), 1).is_err());
    assert!(budget.take(Whose::at("2001:db8:0:1::1".parse().unwrap()), 1).is_ok());
    let _mapped = budget.take(at(1), 1).unwrap();
    assert!(budget.take(Whose::at("::ffff:192.0.2.1".parse().unwrap()), 1).is_err());
}

#[test]
fn what_is_larger_than_a_share_is_had_alone() {
    let budget = budget(10, 4, 4, 0);
    let large = budget.take(at(1), 12).unwrap();
    assert_eq!(budget.take(at(1), 1).unwrap_err(), Full::Share);
    assert_eq!(budget.take(at(2), 1).unwrap_err(), Full::Total);
    drop(large);
    let _small = budget.take(at(1), 1).unwrap();
    assert_eq!(budget.take(at(1), 4).unwrap_err(), Full::Share);
}

#[test]
fn a_permit_grows_and_shrinks_within_its_share() {
    let budget = budget(10, 4, 4, 0);
    let mut permit = budget.take(at(1), 1).unwrap();
    permit.resize(4).unwrap();
    let mut other = budget.take(at(2), 1).unwrap();
    // Alone in its share, it may outgrow that, but not the whole.
    permit.resize(9).unwrap();
    assert_eq!(permit.resize(10).unwrap_err(), Full::Total);
    assert_eq!((permit.units(), other.resize(2).unwrap_err()), (9, Full::Total));
    permit.resize(2).unwrap();
    let _second = budget.take(at(1), 1).unwrap();
    assert_eq!(permit.resize(4).unwrap_err(), Full::Share);
    drop(permit);
    assert_eq!(budget.usage().held, 2);
}

#[tokio::test]
async fn the_oldest_of_the_same_share_gives_way() {
    let budget = budget(10, 2, 9, 0);
    let mut first = budget.take_in_turn(at(1)).unwrap();
    let mut other = budget.take_in_turn(at(2)).unwrap();
    let mut second = budget.take_in_turn(at(1)).unwrap();
    assert_eq!(budget.take_in_turn(at(1)).unwrap_err(), Full::Share, "nothing may be taken away");
    let (_, gone) = (other.may_be_taken_away(), second.may_be_taken_away());
    first.may_be_taken_away();
    let third = budget.take_in_turn(at(1)).unwrap();
    gone.happened().await;
    assert!(!second.stays() && first.stays() && other.stays());
    drop((first, second, third, other));
    assert_eq!(budget.usage(), Usage { refused_share: 1, gave_way: 1, ..Usage::default() });
}

#[test]
fn the_oldest_of_all_gives_way_when_nothing_is_left() {
    let budget = budget(2, 2, 2, 0);
    let mut oldest = budget.take_in_turn(at(1)).unwrap();
    let mut newer = budget.take_in_turn(at(2)).unwrap();
    oldest.may_be_taken_away();
    newer.may_be_taken_away();
    let _newest = budget.take_in_turn(at(3)).unwrap();
    assert!(!oldest.stays() && newer.stays());
    assert_eq!(budget.usage().held, 2);
}

#[tokio::test]
async fn who_waits_has_it_in_order_but_for_those_whose_share_is_used_up() {
    let budget = budget(2, 1, 1, 16);
    let first = budget.take(at(1), 1).unwrap();
    let second = budget.take(at(2), 1).unwrap();
    let wait = |whose| {
        let budget = Arc::clone(&budget);
        tokio::spawn(async move { budget.wait(whose, 1).await.unwrap() })
    };
    let same = wait(at(1));
    until(&budget, 1).await;
    let other = wait(at(3));
    until(&budget, 2).await;
    drop(second);
    let other = other.await.unwrap();
    assert!(!same.is_finished(), "its share is used up");
    drop(first);
    drop((same.await.unwrap(), other));
    assert_eq!(budget.usage(), Usage::default());
}

#[tokio::test]
async fn only_so_many_wait_and_each_has_a_part_of_the_places() {
    let budget = budget(1, 1, 1, 32);
    let held = budget.take(at(1), 1).unwrap();
    let wait = |whose| {
        let budget = Arc::clone(&budget);
        tokio::spawn(async move { budget.wait(whose, 1).await })
    };
    // Eight of an address, two of a person.
    let address = |number: u8| at(2 + number / 8).and(UserId::from_bytes([number / 2; 16]));
    let mut waiting = Vec::new();
    for number in 0..32 {
        waiting.push(wait(address(number)));
        until(&budget, u64::from(number) + 1).await;
        if number % 8 == 7 && number < 31 {
            let stranger = at(2 + number / 8).and(UserId::from_bytes([99; 16]));
            assert_eq!(budget.wait(stranger, 1).await.unwrap_err(), Full::Share);
        }
    }
    assert_eq!(budget.wait(person(3), 1).await.unwrap_err(), Full::Share);
    assert_eq!(budget.wait(person(98), 1).await.unwrap_err(), Full::Total);
    for task in waiting {
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }
    // Who waits no more has no place.
    let next = wait(address(0));
    until(&budget, 1).await;
    drop(held);
    next.await.unwrap().unwrap();
}

#[tokio::test]
async fn who_waits_for_their_own_share_keeps_nobody_of_the_same_address_waiting() {
    let budget = budget(9, 5, 1, 32);
    let of = |who: u8| at(1).and(UserId::from_bytes([who; 16]));
    let _held = budget.take(of(1), 1).unwrap();
    let waiting = tokio::spawn({
        let (budget, whose) = (Arc::clone(&budget), of(1));
        async move { budget.wait(whose, 1).await }
    });
    until(&budget, 1).await;
    let _other = budget.wait(of(2), 1).await.unwrap();
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn one_waits_until_something_comes_back_or_may_be_taken() {
    let budget = budget(1, 1, 1, 0);
    let mut held = budget.take_in_turn(at(1)).unwrap();
    let wait = |whose| {
        let budget = Arc::clone(&budget);
        tokio::spawn(async move { budget.wait_in_turn(whose).await })
    };
    let waiting = wait(at(2));
    while budget.usage().refused_total == 0 {
        tokio::task::yield_now().await;
    }
    held.may_be_taken_away();
    let taken = waiting.await.unwrap().unwrap();
    assert!(!held.stays());
    let waiting = wait(at(3));
    while budget.usage().refused_total == 1 {
        tokio::task::yield_now().await;
    }
    drop(taken);
    waiting.await.unwrap().unwrap();
}

/// Waits until so many wait.
async fn until(budget: &Budget, waiting: u64) {
    while budget.usage().waiting != waiting {
        tokio::task::yield_now().await;
    }
}
