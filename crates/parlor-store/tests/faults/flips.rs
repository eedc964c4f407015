//! A bit that is not as it was written is found: when the store is opened or when the bit is read, and never silently.
//!
//! A store works, and its files are copied as a kill would leave them: some of the messages in the file, some in the log.
//! Then one bit at a time is flipped somewhere in the file, the log or the checksums, and a store is opened on that.
//! `PARLOR_FLIPS` says how often (60 if it says nothing).

use std::fs;
use std::path::Path;

use parlor_model::Message;
use parlor_store::{Database, Error, OpenError, Options, Planted, Store};

use crate::disk::{Files, content};
use crate::support::{Dice, FILE, LOG, history, leave, open, prepared, send, send_as_a_group, try_history};

const SUMS: &str = "parlor.sqlite-sums";
const PAGE: usize = 4_096;
/// A frame of the log: its head and a page.
const FRAME: usize = 24 + PAGE;
/// The log's own head.
const LOG_HEAD: usize = 32;

/// What a store that was killed leaves.
struct Killed {
    files: Files,
    /// All messages that were acknowledged.
    history: Vec<Message>,
}

/// Works until a part is in the file and a part in the log, which several transactions have written.
async fn killed() -> Killed {
    let (folder, _) = prepared().await;
    let store = open(folder.path()).await;
    let mut next = 1;
    while store.metrics().checkpoints < 2 || next % 7 != 0 {
        let group = send_as_a_group(&store, next..next + 20, 3_000, || ()).await;
        assert!(group.iter().all(Result::is_ok));
        next += 20;
    }
    for _ in 0..10 {
        send_as_a_group(&store, next..next + 5, 900, || ()).await;
        next += 5;
    }
    // The last transaction changes a single page.
    for value in ["before", "last"] {
        let work =
            store.write::<_, Error>(move |tx| Box::pin(async move { tx.put_setting("name", value).await }));
        work.await.unwrap();
    }
    let killed = Killed { files: content(folder.path(), FILE), history: history(&store).await };
    store.close().await;
    // Larger than what is read whole at each start.
    assert!(killed.files[LOG].len() > 100 * FRAME && killed.files[FILE].len() > 5 << 20);
    killed
}

/// Closed properly, so that there is no log.
async fn closed(killed: &Killed) -> Killed {
    let folder = leave(&killed.files);
    open(folder.path()).await.close().await;
    Killed { files: content(folder.path(), FILE), history: killed.history.clone() }
}

/// What became of damage.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// It was found, and is told in these words.
    Found(String),
    /// Everything is there.
    Harmless,
    /// Something else was answered than what was acknowledged.
    Silent,
}

async fn try_open(folder: &Path, planted: Planted) -> Result<Store, OpenError> {
    Store::open(&Database::sqlite(folder), Options { readers: 1, planted, ..Options::default() }).await
}

/// Opens damaged files, reads everything, closes, which copies the log into the file, and reads everything again.
async fn outcome(files: &Files, killed: &Killed, planted: Planted) -> Outcome {
    let folder = leave(files);
    for _ in 0..2 {
        let store = match try_open(folder.path(), planted).await {
            Ok(store) => store,
            Err(error) => {
                let is_named =
                    error.is_damage() || matches!(error, OpenError::Foreign { .. } | OpenError::Newer { .. });
                assert!(is_named || planted != Planted::Nothing, "{error:?}");
                return Outcome::Found(error.to_string());
            }
        };
        let read = try_history(&store).await;
        store.close().await;
        match read {
            Ok(read) if read == killed.history => {}
            Ok(_) => return Outcome::Silent,
            Err(error) => {
                assert!(matches!(error, Error::Damaged(_)) || planted != Planted::Nothing, "{error:?}");
                return Outcome::Found(error.to_string());
            }
        }
    }
    Outcome::Harmless
}

/// Flips a bit somewhere in one of the files.
fn flip(files: &Files, names: &[&str], dice: &mut Dice) -> (Files, String) {
    let name = names[dice.roll(names.len())];
    let mut files = files.clone();
    let content = files.get_mut(name).unwrap();
    let (byte, bit) = (dice.roll(content.len()), dice.roll(8));
    content[byte] ^= 1 << bit;
    (files, format!("bit {bit} of byte {byte} of {name}"))
}

fn flips() -> usize {
    std::env::var("PARLOR_FLIPS").map_or(60, |flips| flips.parse().unwrap())
}

#[tokio::test]
async fn no_flipped_bit_is_silent() {
    let killed = killed().await;
    let closed = closed(&killed).await;
    let mut dice = Dice(11);
    let (mut found, mut harmless) = (0, 0);
    for number in 0..flips() {
        let (from, names) =
            if number % 4 == 3 { (&closed, &[FILE, SUMS][..]) } else { (&killed, &[FILE, LOG, SUMS][..]) };
        let (files, place) = flip(&from.files, names, &mut dice);
        match outcome(&files, from, Planted::Nothing).await {
            Outcome::Found(words) => {
                assert!(words.contains("damaged") || words.contains("not Parlor's"), "{place}: {words}");
                found += 1;
            }
            Outcome::Harmless => harmless += 1,
            Outcome::Silent => panic!("{place} was not noticed"),
        }
    }
    println!("{} flips: {found} found, {harmless} harmless, 0 silent", flips());
    assert!(found > harmless, "{found} found, {harmless} harmless");
}

/// The same judge finds a store out that does not look.
#[cfg(feature = "planted-errors")]
#[tokio::test]
async fn a_store_that_does_not_look_is_found_out() {
    let killed = killed().await;
    let mut dice = Dice(11);
    for _ in 0..60 {
        let (files, _) = flip(&killed.files, &[FILE, LOG], &mut dice);
        if outcome(&files, &killed, Planted::IgnoreChecksums).await == Outcome::Silent {
            return;
        }
    }
    panic!("nothing was silent");
}

async fn is_found(killed: &Killed, expected: &str, change: impl FnOnce(&mut Files)) {
    let mut files = killed.files.clone();
    change(&mut files);
    match outcome(&files, killed, Planted::Nothing).await {
        Outcome::Found(words) => assert!(words.contains(expected), "{words}"),
        other => panic!("{expected}: {other:?}"),
    }
}

#[tokio::test]
async fn a_log_that_is_not_all_there_is_missed() {
    let killed = killed().await;
    let frames = killed.files[LOG].len() / FRAME;
    is_found(&killed, "parlor.sqlite-wal) is missing", |files| drop(files.remove(LOG))).await;
    is_found(&killed, "parlor.sqlite-wal) is missing", |files| files.get_mut(LOG).unwrap().clear()).await;
    for left in [1, LOG_HEAD, LOG_HEAD + FRAME * 3, LOG_HEAD + FRAME * 20 + 100] {
        is_found(&killed, "parlor.sqlite-wal)", |files| files.get_mut(LOG).unwrap().truncate(left)).await;
    }
    for frame in [0, 1, frames / 8] {
        let zero = |files: &mut Files| {
            files.get_mut(LOG).unwrap()[LOG_HEAD + frame * FRAME..][..FRAME].fill(0);
        };
        is_found(&killed, &format!("frame {} of its log", frame + 1), zero).await;
    }
    let last = last_frame(&killed.files[LOG]);
    let place = LOG_HEAD + last * FRAME;
    is_found(&killed, &format!("frame {} of its log", last + 1), |files| {
        files.get_mut(LOG).unwrap()[place + 24 + 3_000] ^= 1;
    })
    .await;
    is_found(&killed, "was cut off", |files| files.get_mut(LOG).unwrap().truncate(place)).await;
    is_found(&killed, "at byte 0", |files| files.get_mut(LOG).unwrap()[..LOG_HEAD].fill(0)).await;
}

/// The last frame that belongs to this log and not to an earlier one.
fn last_frame(log: &[u8]) -> usize {
    log[LOG_HEAD..].chunks_exact(FRAME).take_while(|frame| frame[8..16] == log[16..24]).count() - 1
}

/// The mark that says how far the log goes may not have got to disk before the power went. Then frames that follow a
/// commit say that the commit was synced.
#[tokio::test]
async fn a_broken_frame_before_a_commit_is_damage_without_a_mark_too() {
    let killed = killed().await;
    let without_mark = |files: &mut Files| {
        let younger = younger_mark(&files[SUMS]);
        // The older of the two, which is all that a power cut might have left.
        files.get_mut(SUMS).unwrap()[younger * 512..][..512].fill(0);
    };
    let mut unmarked = killed.files.clone();
    without_mark(&mut unmarked);
    assert_eq!(outcome(&unmarked, &killed, Planted::Nothing).await, Outcome::Harmless);
    is_found(&killed, "frame 3 of its log", |files| {
        without_mark(files);
        files.get_mut(LOG).unwrap()[LOG_HEAD + 2 * FRAME + 2_000] ^= 4;
    })
    .await;
}

/// Which sector of the checksums holds the newer mark.
fn younger_mark(sums: &[u8]) -> usize {
    let number = |sector: usize| u64::from_be_bytes(*sums[sector * 512..].first_chunk().unwrap());
    if number(1) > number(2) { 1 } else { 2 }
}

#[tokio::test]
async fn pages_that_are_elsewhere_or_nowhere_are_missed() {
    let closed = closed(&killed().await).await;
    let pages = closed.files[FILE].len() / PAGE;
    for (one, other) in [(20, 90), (150, pages - 3)] {
        let swap = |files: &mut Files| {
            let (before, behind) = files.get_mut(FILE).unwrap().split_at_mut(other * PAGE);
            before[one * PAGE..][..PAGE].swap_with_slice(&mut behind[..PAGE]);
        };
        is_found(&closed, "does not match its checksum", swap).await;
    }
    for page in [60, pages - 3] {
        let zero = |files: &mut Files| files.get_mut(FILE).unwrap()[page * PAGE..][..PAGE].fill(0);
        is_found(&closed, &format!("page {} of the file (at byte {})", page + 1, page * PAGE), zero).await;
    }
    is_found(&closed, "it is missing or empty", |files| drop(files.remove(FILE))).await;
    is_found(&closed, "it is missing or empty", |files| files.get_mut(FILE).unwrap().clear()).await;
    is_found(&closed, "cut off", |files| files.get_mut(FILE).unwrap().truncate((pages - 5) * PAGE)).await;
    is_found(&closed, "parlor.sqlite-sums", |files| {
        let old = files[SUMS].len();
        files.get_mut(SUMS).unwrap().truncate(old - 512);
    })
    .await;
}

#[tokio::test]
async fn a_message_says_what_is_damaged() {
    let mut files = closed(&killed().await).await.files;
    for page in [1, 100] {
        files.get_mut(FILE).unwrap()[page * PAGE + 2_000] ^= 1;
    }
    let folder = leave(&files);
    let told = Database::sqlite(folder.path()).inspect().await.unwrap_err().to_string();
    assert!(told.contains("page 101 of the file (at byte 409600) does not match its checksum"), "{told}");
    assert!(told.contains("it belongs to the table messages"), "{told}");
    assert!(told.contains("page 2 of the file (at byte 4096)"), "{told}");
    assert_eq!(content(folder.path(), FILE), files, "something was left beside the file, or changed");
    assert!(told.contains("backup"), "{told}");
}

/// What is damaged while a store has it open is found when it is read, and counted. What does not need it goes on.
#[tokio::test]
async fn damage_that_comes_while_the_store_is_open_is_found_when_it_is_read() {
    let closed = closed(&killed().await).await;
    let folder = leave(&closed.files);
    let store = open(folder.path()).await;
    let path = folder.path().join(FILE);
    let mut bytes = fs::read(&path).unwrap();
    // The middle of the file holds messages that nothing has read since the store was opened.
    for page in 150..170 {
        bytes[page * PAGE + 2_000] ^= 1;
    }
    fs::write(&path, bytes).unwrap();
    let error = try_history(&store).await.unwrap_err();
    assert!(matches!(&error, Error::Damaged(what) if what.contains("checksum")), "{error:?}");
    let metrics = store.metrics();
    assert!(metrics.pages_checked > metrics.pages_damaged && metrics.pages_damaged > 0, "{metrics:?}");
    let other = store.write::<_, Error>(|tx| Box::pin(async move { tx.put_setting("name", "there").await }));
    other.await.unwrap();
    store.close().await;
}

/// What is only in the log and can't be read there is nowhere: more of it may not be promised.
#[tokio::test]
async fn a_log_that_is_damaged_while_the_store_is_open_ends_it() {
    let (folder, _) = prepared().await;
    let store = open(folder.path()).await;
    for number in 1..100 {
        send(&store, number, 9_000).await.unwrap();
    }
    let path = folder.path().join(LOG);
    let mut bytes = fs::read(&path).unwrap();
    for frame in bytes[LOG_HEAD..].chunks_exact_mut(FRAME) {
        frame[24 + 2_000] ^= 1;
    }
    fs::write(&path, bytes).unwrap();
    let mut number = 100;
    while store.write::<_, Error>(|_| Box::pin(async { Ok(()) })).await != Err(Error::NotDurable) {
        // The messages may fail before, at a page that the writer has to read again.
        let _ = send(&store, number, 9_000).await;
        number += 1;
        assert!(number < 2_000, "the log is copied into the file");
    }
    store.close().await;
    let refused = try_open(folder.path(), Planted::Nothing).await.err().unwrap();
    assert!(refused.is_damage() && refused.to_string().contains("frame 1 of its log"), "{refused}");
}

/// A database from before there were checksums gets them, and so does one whose checksums were removed on purpose.
#[tokio::test]
async fn a_database_without_checksums_gets_them() {
    let mut killed = killed().await;
    killed.files.remove(SUMS);
    assert_eq!(outcome(&killed.files, &killed, Planted::Nothing).await, Outcome::Harmless);
    let closed = closed(&killed).await;
    assert!(closed.files.contains_key(SUMS));
    is_found(&closed, "does not match", |files| files.get_mut(FILE).unwrap()[100 * PAGE + 900] ^= 1).await;
}
