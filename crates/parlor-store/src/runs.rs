//! Runs: each start of the server begins one, under an epoch that nobody has used before. The chain of them in the
//! database is what tells a position of this database from one of a database that is gone, as after restoring a backup.

use std::collections::HashMap;

use parlor_model::{RoomId, Seq};

use crate::error::Error;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::{self, Columns, params};

/// How many runs are remembered. A position from before them is void.
const KEPT: u64 = 64;

statements! {
    NEWEST_RUN = portable("SELECT number FROM runs ORDER BY number DESC LIMIT 1");
    RUNS = portable("SELECT number, epoch FROM runs ORDER BY number");
    INSERT_RUN = portable("INSERT INTO runs (number, epoch) VALUES ($1, $2)");
    FORGET_RUNS = portable("DELETE FROM runs WHERE number < $1");
    END_RUN = portable(
        "INSERT INTO run_heads (room_id, run, head)
         SELECT rooms.id, CAST($1 AS BIGINT), rooms.head FROM rooms
         WHERE rooms.head <> COALESCE(
             (SELECT head FROM run_heads WHERE room_id = rooms.id ORDER BY run DESC LIMIT 1), -1)"
    );
    // The newest of those that are too old stays: it says how far a room was that has not moved since.
    FORGET_HEADS = portable(
        "DELETE FROM run_heads WHERE run < $1 AND EXISTS (SELECT 1 FROM run_heads AS later
             WHERE later.room_id = run_heads.room_id AND later.run > run_heads.run AND later.run <= $1)"
    );
    HEADS_OF_RUNS = portable(
        "SELECT run_heads.room_id, rooms.epoch, run_heads.run, run_heads.head FROM run_heads
         JOIN rooms ON rooms.id = run_heads.room_id ORDER BY run_heads.room_id, run_heads.run"
    );
}

/// The runs that a database remembers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Runs {
    present: u32,
    /// The run of each epoch.
    numbers: HashMap<u32, u64>,
    rooms: HashMap<RoomId, Ends>,
}

/// Where a room was at the ends of runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Ends {
    /// The epoch that the room itself was made with: that of its positions before there were runs.
    own_epoch: u32,
    /// The runs in which it moved, ascending, and its head at the end of each.
    heads: Vec<(u64, Seq)>,
}

impl Runs {
    /// The epoch of all positions that are told from now on.
    pub const fn epoch(&self) -> u32 {
        self.present
    }

    /// True if what a client learned up to `seq` of a room, in the run of that epoch, is in this database. Positions of
    /// the present run are not judged: the room's own head is their bound.
    pub fn hold(&self, room: RoomId, epoch: u32, seq: Seq) -> bool {
        if epoch == self.present {
            return true;
        }
        let Some(ends) = self.rooms.get(&room) else { return false };
        let run = match self.numbers.get(&epoch) {
            Some(run) => *run,
            None if epoch == ends.own_epoch => 0,
            None => return false,
        };
        let told = ends.heads.partition_point(|(ended, _)| *ended <= run);
        told.checked_sub(1).and_then(|last| ends.heads.get(last)).is_some_and(|(_, head)| seq <= *head)
    }
}

impl Tx<'_> {
    /// Begins the next run under `epoch`, which should be random, and returns all that are remembered. Once a start,
    /// before anything else is written.
    pub async fn begin_run(&mut self, epoch: u32) -> Result<Runs, Error> {
        let ended: u64 = self.row(&NEWEST_RUN, params![], value::number).await?.unwrap_or(0);
        let (run, oldest) = (ended + 1, ended.saturating_sub(KEPT));
        self.execute(&END_RUN, params![ended]).await?;
        self.execute(&INSERT_RUN, params![run, epoch]).await?;
        self.execute(&FORGET_RUNS, params![oldest]).await?;
        self.execute(&FORGET_HEADS, params![oldest]).await?;
        let mut runs = Runs { present: epoch, ..Runs::default() };
        for (number, epoch) in self.rows(&RUNS, params![], read_run).await? {
            runs.numbers.insert(epoch, number);
        }
        for (room, own_epoch, run, head) in self.rows(&HEADS_OF_RUNS, params![], read_head).await? {
            let ends = runs.rooms.entry(room).or_default();
            ends.own_epoch = own_epoch;
            ends.heads.push((run, head));
        }
        Ok(runs)
    }
}

fn read_run(columns: &mut Columns<'_>) -> Result<(u64, u32), Error> {
    Ok((columns.number()?, columns.number()?))
}

fn read_head(columns: &mut Columns<'_>) -> Result<(RoomId, u32, u64, Seq), Error> {
    Ok((columns.id()?, columns.number()?, columns.number()?, columns.number()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId::from_bytes([1; 16]);

    fn runs() -> Runs {
        let ends = Ends { own_epoch: 7, heads: vec![(0, 3), (1, 10), (3, 20)] };
        Runs {
            present: 104,
            numbers: HashMap::from([(101, 1), (102, 2), (103, 3), (104, 4)]),
            rooms: HashMap::from([(ROOM, ends)]),
        }
    }

    #[test]
    fn a_position_holds_up_to_the_end_of_its_run() {
        let runs = runs();
        // (epoch, the last place that holds): the second run did not move the room.
        for (epoch, last) in [(7, 3), (101, 10), (102, 10), (103, 20)] {
            assert!(runs.hold(ROOM, epoch, 0) && runs.hold(ROOM, epoch, last), "{epoch}");
            assert!(!runs.hold(ROOM, epoch, last + 1), "{epoch}");
        }
    }

    #[test]
    fn what_this_database_never_heard_of_is_void() {
        let runs = runs();
        assert!(!runs.hold(ROOM, 99, 0), "an unknown run");
        assert!(!runs.hold(RoomId::from_bytes([2; 16]), 103, 0), "a room that came later");
        assert!(runs.hold(RoomId::from_bytes([2; 16]), 104, 5), "the present run is not judged here");
        let forgotten = Runs { numbers: HashMap::new(), ..runs };
        assert!(!forgotten.hold(ROOM, 103, 0));
    }
}
