//! Who may do what over HTTP: every operation of the OpenAPI document × everybody, in a private and in a public room,
//! against one table. An operation without a row fails.

use std::collections::BTreeSet;

use serde_json::json;

use crate::documents::operations;
use crate::support::{Call, PASSWORD, Person, World, world};

/// Who asks. The order is that of the columns.
const CALLERS: [&str; 8] = [
    "nobody",
    "a guest outside",
    "a member outside",
    "the workspace's owner, outside",
    "a guest inside",
    "a member inside",
    "the room's owner",
    "a member inside, whose session has ended",
];

/// Short words for the table: what is answered, as a status or an error code.
const UN: &str = "unauthenticated";
const NF: &str = "not_found";
const FB: &str = "forbidden";
const WC: &str = "wrong_credentials";
const NG: &str = "not_a_guest";

type Row = (&'static str, [&'static str; 8], Option<[&'static str; 8]>);

/// Operation, answers where the room is private, and answers where it is public (the same if absent).
#[rustfmt::skip]
const TABLE: &[Row] = &[
    //                                             nobody guest member owner   guest  member owner  ended
    //                                                    outside outside outside inside inside of room
    ("GET /server",                              ["200", "200", "200", "200", "200", "200", "200", "200"], None),
    ("POST /auth/register",                      ["201", "201", "201", "201", "201", "201", "201", "201"], None),
    ("POST /auth/login",                         ["200", "200", "200", "200", "200", "200", "200", "200"], None),
    ("POST /auth/guest",                         ["201", "201", "201", "201", "201", "201", "201", "201"], None),
    ("POST /auth/logout",                        [UN, "204", "204", "204", "204", "204", "204", UN], None),
    ("GET /auth/session",                        ["200", "200", "200", "200", "200", "200", "200", "200"], None),
    ("GET /me",                                  [UN, "200", "200", "200", "200", "200", "200", UN], None),
    ("PATCH /me",                                [UN, "200", "200", "200", "200", "200", "200", UN], None),
    ("POST /me/upgrade",                         [UN, "200", NG,    NG,    "200", NG,    NG,    UN], None),
    ("POST /me/password",                        [UN, WC,    WC,    WC,    WC,    WC,    WC,    UN], None),
    ("GET /sessions",                            [UN, "200", "200", "200", "200", "200", "200", UN], None),
    ("DELETE /sessions/{id}",                    [UN, NF,    NF,    NF,    NF,    NF,    "204", UN], None),
    ("GET /users",                               [UN, "200", "200", "200", "200", "200", "200", UN], None),
    ("GET /rooms",                               [UN, "200", "200", "200", "200", "200", "200", UN], None),
    ("POST /rooms",                              [UN, FB,    "201", "201", FB,    "201", "201", UN], None),
    ("GET /rooms/{id}",                          [UN, NF,    NF,    NF,    "200", "200", "200", UN], Some([UN, "200", "200", "200", "200", "200", "200", UN])),
    ("GET /rooms/by-slug/{slug}",                [UN, NF,    NF,    NF,    "200", "200", "200", UN], Some([UN, "200", "200", "200", "200", "200", "200", UN])),
    ("PATCH /rooms/{id}",                        [UN, NF,    NF,    NF,    FB,    FB,    "200", UN], Some([UN, FB,    FB,    "200", FB,    FB,    "200", UN])),
    ("POST /rooms/{id}/join",                    [UN, NF,    NF,    NF,    "200", "200", "200", UN], Some([UN, "200", "200", "200", "200", "200", "200", UN])),
    ("POST /rooms/{id}/leave",                   [UN, NF,    NF,    NF,    "204", "204", "204", UN], Some([UN, FB,    FB,    FB,    "204", "204", "204", UN])),
    ("PUT /rooms/{id}/read",                     [UN, NF,    NF,    NF,    "200", "200", "200", UN], Some([UN, FB,    FB,    FB,    "200", "200", "200", UN])),
    ("GET /rooms/{id}/members",                  [UN, NF,    NF,    NF,    "200", "200", "200", UN], Some([UN, "200", "200", "200", "200", "200", "200", UN])),
    ("POST /rooms/{id}/members/{user}/mute",     [UN, NF,    NF,    NF,    FB,    FB,    "200", UN], Some([UN, FB,    FB,    "200", FB,    FB,    "200", UN])),
    ("POST /rooms/{id}/members/{user}/unmute",   [UN, NF,    NF,    NF,    FB,    FB,    "204", UN], Some([UN, FB,    FB,    "204", FB,    FB,    "204", UN])),
    ("POST /rooms/{id}/members/{user}/kick",     [UN, NF,    NF,    NF,    FB,    FB,    "204", UN], Some([UN, FB,    FB,    "204", FB,    FB,    "204", UN])),
    ("POST /rooms/{id}/messages",                [UN, NF,    NF,    NF,    "201", "201", "201", UN], Some([UN, FB,    FB,    FB,    "201", "201", "201", UN])),
    ("GET /rooms/{id}/messages",                 [UN, NF,    NF,    NF,    "200", "200", "200", UN], Some([UN, "200", "200", "200", "200", "200", "200", UN])),
    ("PATCH /rooms/{id}/messages/{message}",     [UN, NF,    NF,    NF,    FB,    FB,    "200", UN], Some([UN, FB,    FB,    FB,    FB,    FB,    "200", UN])),
    ("DELETE /rooms/{id}/messages/{message}",    [UN, NF,    NF,    NF,    FB,    FB,    "204", UN], Some([UN, FB,    FB,    "204", FB,    FB,    "204", UN])),
    ("GET /rooms/{id}/changes",                  [UN, NF,    NF,    NF,    "200", "200", "200", UN], Some([UN, "200", "200", "200", "200", "200", "200", UN])),
    ("GET /rooms/{id}/invites",                  [UN, NF,    NF,    NF,    FB,    "200", "200", UN], Some([UN, FB,    FB,    "200", FB,    "200", "200", UN])),
    ("POST /rooms/{id}/invites",                 [UN, NF,    NF,    NF,    FB,    "201", "201", UN], Some([UN, FB,    FB,    FB,    FB,    "201", "201", UN])),
    ("DELETE /rooms/{id}/invites/{invite}",      [UN, NF,    NF,    NF,    NF,    NF,    "204", UN], Some([UN, NF,    NF,    "204", NF,    NF,    "204", UN])),
    ("POST /invites/inspect",                    ["200", "200", "200", "200", "200", "200", "200", "200"], None),
    ("POST /invites/accept",                     [UN, "200", "200", "200", "200", "200", "200", UN], None),
];

/// A room with something in it, made anew for every cell so that no answer rests on another.
struct Stage {
    room: String,
    slug: String,
    message: String,
    invite: String,
    code: String,
    /// A member whom the others may lay a hand on.
    subject: String,
    callers: [Option<Person>; 8],
    room_owner: Person,
}

#[tokio::test]
async fn every_operation_has_one_row() {
    let world = world().await;
    let documented: BTreeSet<String> = operations(&world.document).map(|(place, _)| place).collect();
    let expected: BTreeSet<String> = TABLE.iter().map(|(place, ..)| (*place).to_owned()).collect();
    assert_eq!(documented, expected);
    assert_eq!(TABLE.len(), expected.len(), "a row stands there twice");
}

#[tokio::test]
async fn a_private_room_keeps_to_the_table() {
    play("private", |(_, private, _)| *private).await;
}

#[tokio::test]
async fn a_public_room_keeps_to_the_table() {
    play("public", |(_, private, public)| public.unwrap_or(*private)).await;
}

async fn play(kind: &str, expected: impl Fn(&Row) -> [&'static str; 8]) {
    let world = world().await;
    let admin = world.owner().await;
    world.register("doorkeeper").await;
    let mut wrong = Vec::new();
    let mut number = 0;
    for row in TABLE {
        for (column, expected) in expected(row).into_iter().enumerate() {
            number += 1;
            let stage = Stage::set(&world, &admin, kind, number).await;
            let mut call = stage.call(row.0, number);
            if let Some(caller) = &stage.callers[column] {
                call = call.by(caller);
            }
            let answer = world.send(call).await;
            if answer.outcome() != expected {
                wrong.push(format!(
                    "{} by {}: {} instead of {expected}",
                    row.0,
                    CALLERS[column],
                    answer.outcome()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "in a {kind} room:\n{}", wrong.join("\n"));
}

impl Stage {
    async fn set(world: &World, admin: &Person, kind: &str, number: usize) -> Self {
        let name = |what: &str| format!("{what}-{number}");
        let owner = world.member(&name("host")).await;
        let room = world.room(&owner, &name("Room"), kind).await;
        let (guest, member) = (world.guest(&name("visitor")).await, world.member(&name("regular")).await);
        let subject = world.member(&name("subject")).await;
        for person in [&guest, &member, &subject] {
            world.join(person, &room, &owner).await;
        }
        let ended = world.again(&member).await;
        world.send(Call::new("POST", "/auth/logout").by(&ended)).await;
        let invited = world.send(Call::post(&format!("/rooms/{room}/invites"), json!({})).by(&owner)).await;
        let shown = world.send(Call::get(&format!("/rooms/{room}")).by(&owner)).await;
        let said = world.say(&owner, &room, "hello").await;
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        Self {
            slug: text(&shown.json["slug"]),
            message: text(&said["id"]),
            invite: text(&invited.json["invite"]["id"]),
            code: text(&invited.json["code"]),
            callers: [
                None,
                Some(world.guest(&name("stranger")).await),
                Some(world.member(&name("outsider")).await),
                Some(world.again(admin).await),
                Some(guest),
                Some(member),
                Some(world.again(&owner).await),
                Some(ended),
            ],
            subject: subject.id,
            room_owner: owner,
            room,
        }
    }

    /// The call of an operation on this stage, such that nothing but the caller can be wrong with it.
    fn call(&self, operation: &str, number: usize) -> Call {
        let (method, template) = operation.split_once(' ').unwrap();
        let id = if template.starts_with("/sessions") {
            self.room_owner.session.to_string()
        } else {
            self.room.clone()
        };
        let path = template
            .replace("{id}", &id)
            .replace("{slug}", &self.slug)
            .replace("{user}", &self.subject)
            .replace("{message}", &self.message)
            .replace("{invite}", &self.invite);
        let query = match operation {
            "GET /users" => format!("?ids={}", self.room_owner.id),
            "GET /rooms/{id}/changes" => "?after=0".to_owned(),
            _ => String::new(),
        };
        let call = Call::new(method, &format!("{path}{query}"));
        let body = match operation {
            "POST /auth/register" | "POST /me/upgrade" => {
                json!({"username": format!("new-{number}"), "password": PASSWORD})
            }
            "POST /auth/login" => json!({"username": "doorkeeper", "password": PASSWORD}),
            "POST /auth/guest" | "PATCH /me" => json!({"display_name": format!("New {number}")}),
            "POST /me/password" => json!({"current_password": "wrong password", "new_password": PASSWORD}),
            "POST /rooms" => json!({"name": format!("New {number}"), "kind": "private"}),
            "PATCH /rooms/{id}" => json!({"name": format!("Renamed {number}")}),
            "POST /rooms/{id}/messages" | "PATCH /rooms/{id}/messages/{message}" => {
                json!({"body": "changed"})
            }
            "POST /rooms/{id}/invites" => json!({}),
            "PUT /rooms/{id}/read" => json!({"seq": 1}),
            "POST /rooms/{id}/members/{user}/mute" => json!({"duration": 60, "reason": "shouting"}),
            "POST /invites/inspect" | "POST /invites/accept" => json!({ "code": self.code }),
            _ => return call,
        };
        call.json(&body)
    }
}
