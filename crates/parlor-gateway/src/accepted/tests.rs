//! How long a client may let us wait, and what it costs.

use std::sync::Arc;

use parlor_core::limits::budget::{Budget, Cap, Whose};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;

const PATIENCE: Patience = Patience {
    head: Duration::from_secs(10),
    idle: Duration::from_secs(75),
    answer: Duration::from_secs(30),
};
/// So much fits between the two ends.
const BETWEEN: usize = 64;

fn budget(total: u64) -> Arc<Budget> {
    Budget::new(Cap { total, address: u64::MAX, person: u64::MAX, waiting: 0 })
}

fn connection(places: &Arc<Budget>) -> (Accepted<DuplexStream>, DuplexStream) {
    let (ours, theirs) = duplex(BETWEEN);
    (Accepted::new(ours, places.take(Whose::NOBODY, 1).unwrap(), PATIENCE), theirs)
}

/// Reads until the connection ends, and says after how long it did.
async fn ended_after(accepted: &mut Accepted<DuplexStream>) -> Duration {
    let begun = Instant::now();
    loop {
        match accepted.read(&mut [0; 16]).await {
            Ok(0) => panic!("the other side ended it"),
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::TimedOut);
                return begun.elapsed();
            }
        }
    }
}

fn about(seconds: u64, found: Duration) {
    let wanted = Duration::from_secs(seconds);
    assert!(found >= wanted && found < wanted + Duration::from_millis(50), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_waited_for_as_long_as_for_a_head() {
    let (mut accepted, _silent) = connection(&budget(1));
    about(10, ended_after(&mut accepted).await);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_gets_no_more_time() {
    let (mut accepted, mut client) = connection(&budget(1));
    let trickle = async {
        loop {
            client.write_all(b"x").await.unwrap();
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
    };
    tokio::select! {
        elapsed = ended_after(&mut accepted) => about(10, elapsed),
        () = trickle => {}
    }
    // However often something comes, there is no more than a moment beyond that.
    let (mut accepted, mut client) = connection(&budget(1));
    let trickle = async {
        while client.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        elapsed = ended_after(&mut accepted) => assert!(elapsed <= Duration::from_secs(12), "{elapsed:?}"),
        () = trickle => {}
    }
}

#[tokio::test(start_paused = true)]
async fn what_came_in_time_is_read_however_late_we_look() {
    let (mut accepted, mut client) = connection(&budget(1));
    client.write_all(b"GET").await.unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(accepted.read(&mut [0; 16]).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_next_request_may_come_later_and_its_head_is_waited_for_again() {
    let (mut accepted, mut client) = connection(&budget(1));
    drop(accepted.turn().begin().unwrap());
    accepted.flush().await.unwrap();
    let begin = async {
        tokio::time::sleep(Duration::from_secs(70)).await;
        client.write_all(b"x").await.unwrap();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        elapsed = ended_after(&mut accepted) => about(80, elapsed),
        () = begin => {}
    }
    let (mut accepted, _silent) = connection(&budget(1));
    drop(accepted.turn().begin().unwrap());
    accepted.flush().await.unwrap();
    about(75, ended_after(&mut accepted).await);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_hurried_while_the_turn_is_ours() {
    let (mut accepted, mut client) = connection(&budget(1));
    let _answering = accepted.turn().begin().unwrap();
    let slow = async {
        tokio::time::sleep(Duration::from_secs(1_000)).await;
        client.write_all(b"x").await.unwrap();
    };
    let (read, ()) = tokio::join!(async { accepted.read(&mut [0; 16]).await.unwrap() }, slow);
    assert_eq!(read, 1);
}

#[tokio::test(start_paused = true)]
async fn who_does_not_take_an_answer_is_cut_off() {
    let (mut accepted, _idle) = connection(&budget(1));
    let begun = Instant::now();
    let error = accepted.write_all(&[0; BETWEEN + 1]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    about(30, begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_takes_an_answer_slowly_gets_all_of_it_and_who_trickles_does_not() {
    const LENGTH: usize = 20 * LEAST_TAKEN;
    for (bytes_a_second, finishes) in [(LEAST_TAKEN / 15, true), (LEAST_TAKEN / 60, false)] {
        let (mut accepted, mut client) = connection(&budget(1));
        let take = async move {
            let (mut bytes, mut taken) = (vec![0; bytes_a_second], 0);
            while taken < LENGTH {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let part = bytes_a_second.min(LENGTH - taken);
                if client.read_exact(&mut bytes[..part]).await.is_err() {
                    return;
                }
                taken += part;
            }
        };
        let write = async {
            let written = accepted.write_all(&vec![0; LENGTH]).await;
            drop(accepted);
            written
        };
        let (written, ()) = tokio::join!(write, take);
        assert_eq!(written.is_ok(), finishes, "{bytes_a_second}");
    }
}

#[tokio::test]
async fn who_waits_loses_the_place_and_who_is_answered_does_not() {
    let places = budget(1);
    let (mut accepted, _client) = connection(&places);
    let turn = accepted.turn();
    let answering = turn.begin().unwrap();
    assert!(places.take_in_turn(Whose::NOBODY).is_err());
    drop(answering);
    assert!(places.take_in_turn(Whose::NOBODY).is_err(), "the answer was not taken");
    accepted.flush().await.unwrap();
    let taken_away = turn.taken_away();
    let _other = places.take_in_turn(Whose::NOBODY).unwrap();
    taken_away.happened().await;
    assert!(turn.begin().is_none());
}

#[tokio::test]
async fn a_socket_keeps_its_place() {
    let places = budget(1);
    let (mut accepted, _client) = connection(&places);
    let answering = accepted.turn().begin().unwrap();
    answering.becomes_socket();
    drop(answering);
    accepted.flush().await.unwrap();
    let (_stream, place) = accepted.into_parts();
    assert!(places.take_in_turn(Whose::NOBODY).is_err());
    drop(place);
    assert!(places.take_in_turn(Whose::NOBODY).is_ok());
}

#[tokio::test]
async fn what_an_answer_holds_is_held_until_it_is_taken() {
    let answers = budget(10);
    let (mut accepted, mut client) = connection(&budget(1));
    let answering = accepted.turn().begin().unwrap();
    answering.hold(Arc::new(answers.take(Whose::NOBODY, 7).unwrap()));
    accepted.flush().await.unwrap();
    assert_eq!(answers.usage().held, 7, "what went out was not the end of it");
    accepted.write_all(&[0; BETWEEN]).await.unwrap();
    drop(answering);
    assert_eq!(answers.usage().held, 7);
    client.read_exact(&mut [0; BETWEEN]).await.unwrap();
    accepted.flush().await.unwrap();
    assert_eq!(answers.usage().held, 0);
}
