//! A message is rendered once, however often and however it is read.

use parlor_core::Cursor;
use parlor_model::RoomKind;

use crate::world::{World, typed};

/// Longer than what is rendered where it is needed.
fn large(mark: &str) -> String {
    format!("**{mark}** {}", "words ".repeat(1_000))
}

#[tokio::test]
async fn what_is_said_is_rendered_once_and_an_edit_once_more() {
    let world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    let made = || world.core.renderings().counts().made;
    let read = async || {
        for _ in 0..5 {
            let history = world.core.history(&ada, room, Cursor::Newest, 50).await.unwrap();
            let changes = world.core.changes(&ada, room, 0, 50).await.unwrap();
            for message in history.messages.iter().chain(&changes.messages) {
                assert!(world.core.renderings().html(message).is_some_and(|html| html.contains("<strong>")));
            }
        }
    };
    let large_one = world.core.send_message(&ada, room, typed(&large("said"), None)).await.unwrap();
    assert_eq!(made(), 1, "before it was there for others");
    world.core.send_message(&ada, room, typed("**small**", None)).await.unwrap();
    read().await;
    assert_eq!(made(), 2);
    world.core.edit_message(&ada, room, large_one.id, large("edited")).await.unwrap();
    read().await;
    assert_eq!(made(), 3);
    world.core.send_message(&ada, room, typed(&large("edited"), None)).await.unwrap();
    read().await;
    assert_eq!(made(), 3, "the same words have the same rendering");
}

#[tokio::test]
async fn a_message_that_was_removed_has_none() {
    let world = World::open().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Garden", RoomKind::Public).await.id;
    let said = world.say(&ada, room, "**bold**").await.unwrap();
    world.core.delete_message(&ada, room, said.id).await.unwrap();
    let history = world.core.history(&ada, room, Cursor::Newest, 50).await.unwrap();
    assert_eq!(world.core.renderings().html(&history.messages[0]), None);
    assert_eq!(world.core.renderings().counts().made, 0);
}
