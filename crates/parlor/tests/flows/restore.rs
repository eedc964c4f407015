//! A server whose data was restored from a backup: clients that know more than it does are told so, and all others go on.

use anyhow::{Context as _, Result, ensure};
use parlor_testkit::{Database, Person, Server};
use serde_json::{Value, json};

use crate::socket::Socket;
use crate::support::{on_both_databases, server};

on_both_databases!(
    a_backup_of_a_stopped_server_voids_what_came_after_it,
    a_backup_of_a_killed_server_voids_what_came_after_it,
    http_tells_of_a_restored_backup_too,
    restarts_void_nothing,
);

/// What a client knows of a room.
#[derive(Debug, Clone, Copy)]
struct Position {
    seq: u64,
    epoch: u64,
}

/// A server, its owner, and their room.
struct Scene {
    server: Server,
    owner: Person,
    room: String,
}

impl Scene {
    async fn new(database: Database) -> Result<Self> {
        let server = Server::start(server().database(database)).await?;
        let owner = server.owner().await?;
        let room = owner.room("Harbour").await?.id;
        Ok(Self { server, owner, room })
    }

    /// Says so many things, and returns what somebody who heard them all knows.
    async fn say(&self, count: usize, what: &str) -> Result<Position> {
        let (_socket, ready) = Socket::hello(&self.server, self.token()).await?;
        let epoch = self.room_of(&ready)?["epoch"].as_u64().context("an epoch")?;
        let connection = self.owner.connect().await?;
        let mut seq = 0;
        for number in 0..count {
            seq = connection.sender().say(&self.room, &format!("{what} {number}")).await?.seq;
        }
        Ok(Position { seq, epoch })
    }

    /// Resumes from a position. Returns the reset if there is one, else the messages of the pages.
    async fn resume(&self, position: Position) -> Result<Result<Vec<String>, Value>> {
        let mut socket = Socket::connect(&self.server).await?;
        let resume = json!([{"room": self.room, "seq": position.seq, "epoch": position.epoch}]);
        let data = json!({"token": self.token(), "resume": resume});
        socket.send(&json!({"type": "hello", "ref": 1, "data": data})).await?;
        let ready = socket.frame().await?;
        let head = self.room_of(&ready["data"])?["head"].as_u64().context("a head")?;
        let mut bodies = Vec::new();
        let mut reached = position.seq;
        while reached != head {
            let frame = socket.frame().await?;
            match frame["type"].as_str() {
                Some("room.reset") => return Ok(Err(frame["data"].clone())),
                Some("room.changes") => {
                    ensure!(frame["from"] == reached, "a hole before {frame}");
                    reached = frame["to"].as_u64().context("an end")?;
                    let messages = frame["data"]["messages"].as_array().context("messages")?;
                    bodies
                        .extend(messages.iter().map(|message| message["body"].as_str().unwrap().to_owned()));
                }
                _ => {}
            }
        }
        Ok(Ok(bodies))
    }

    /// Asks over HTTP for what changed after a position.
    async fn ask(&self, position: Position) -> Result<Value> {
        let (room, seq, epoch) = (&self.room, position.seq, position.epoch);
        let url = format!("{}/api/v1/rooms/{room}/changes?after={seq}&epoch={epoch}", self.server.url());
        let answer = reqwest::Client::new().get(url).bearer_auth(self.token()).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    fn room_of<'r>(&self, ready: &'r Value) -> Result<&'r Value> {
        let rooms = ready["rooms"].as_array().context("rooms")?;
        rooms.iter().find(|room| room["id"] == self.room.as_str()).context("the room")
    }

    fn token(&self) -> &str {
        self.owner.client.token().unwrap()
    }
}

fn bodies(count: usize, what: &str) -> Vec<String> {
    (0..count).map(|number| format!("{what} {number}")).collect()
}

async fn a_backup_of_a_stopped_server_voids_what_came_after_it(database: Database) -> Result<()> {
    let mut scene = Scene::new(database).await?;
    let kept = scene.say(5, "kept").await?;
    scene.server.terminate().await?;
    restored(scene, kept).await
}

async fn a_backup_of_a_killed_server_voids_what_came_after_it(database: Database) -> Result<()> {
    let mut scene = Scene::new(database).await?;
    let kept = scene.say(5, "kept").await?;
    scene.server.kill().await?;
    restored(scene, kept).await
}

/// Goes on after a backup, puts it back, and goes on elsewhere, beyond the place that was reached before.
async fn restored(mut scene: Scene, kept: Position) -> Result<()> {
    let backup = scene.server.backup().await?;
    scene.server.restart().await?;
    let lost = scene.say(30, "lost").await?;
    scene.server.terminate().await?;
    scene.server.restore(&backup).await?;
    scene.server.restart().await?;
    let present = scene.say(40, "other").await?;
    assert!(present.seq > lost.seq);

    let reset = scene.resume(lost).await?.expect_err("it missed messages and was not told");
    assert_eq!((&reset["head"], &reset["epoch"]), (&json!(present.seq), &json!(present.epoch)));
    assert_ne!(present.epoch, lost.epoch);
    // What was known before the backup still is.
    assert_eq!(scene.resume(kept).await?.unwrap(), bodies(40, "other"));
    let half = Position { seq: present.seq - 20, ..present };
    assert_eq!(scene.resume(half).await?.unwrap(), bodies(40, "other")[20..]);

    // And the same backup once more: the second life is as unknown to the third as the first was to the second.
    scene.server.terminate().await?;
    scene.server.restore(&backup).await?;
    scene.server.restart().await?;
    scene.say(50, "third").await?;
    for gone in [lost, present] {
        assert!(scene.resume(gone).await?.is_err(), "{gone:?}");
    }
    assert_eq!(scene.resume(kept).await?.unwrap(), bodies(50, "third"));
    scene.server.stop().await
}

async fn http_tells_of_a_restored_backup_too(database: Database) -> Result<()> {
    let mut scene = Scene::new(database).await?;
    let kept = scene.say(5, "kept").await?;
    scene.server.terminate().await?;
    let backup = scene.server.backup().await?;
    scene.server.restart().await?;
    let lost = scene.say(10, "lost").await?;
    scene.server.terminate().await?;
    scene.server.restore(&backup).await?;
    scene.server.restart().await?;
    // Both while the room is shorter than what was known of it, and later.
    for what in ["short", "long"] {
        let present = scene.say(8, what).await?;
        let answer = scene.ask(lost).await?;
        assert_eq!(answer["type"], "room.reset", "{answer}");
        assert_eq!(answer["data"], json!({"head": present.seq, "epoch": present.epoch}));
    }
    let answer = scene.ask(kept).await?;
    assert_eq!((&answer["type"], &answer["from"]), (&json!("room.changes"), &json!(kept.seq)));
    assert_eq!(answer["data"]["messages"].as_array().map(Vec::len), Some(16));
    scene.server.stop().await
}

async fn restarts_void_nothing(database: Database) -> Result<()> {
    let mut scene = Scene::new(database).await?;
    let mut known = vec![scene.say(3, "run 0").await?];
    for run in 1..4 {
        if run % 2 == 0 {
            scene.server.terminate().await?;
        }
        scene.server.restart().await?;
        for (former, position) in known.iter().enumerate() {
            let missed = scene.resume(*position).await?.unwrap();
            assert_eq!(missed.len(), (run - 1 - former) * 3, "{position:?}");
            assert_eq!(scene.ask(*position).await?["type"], "room.changes");
        }
        known.push(scene.say(3, &format!("run {run}")).await?);
    }
    scene.server.stop().await
}
