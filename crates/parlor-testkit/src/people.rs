//! People in a test's server.

use anyhow::{Context, Result};
use parlor_client::protocol::{CreateRoom, Register, Room, SignedIn, User};
use parlor_client::{Client, Connection, Options};

use crate::Server;

/// The password of everybody in tests.
const PASSWORD: &str = "correct horse battery staple";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Speaks for them.
    pub client: Client,
    /// Who they are.
    pub user: User,
}

impl Server {
    /// The owner, made through the setup link. Works once a server.
    pub async fn owner(&self) -> Result<Person> {
        let link = self.setup_link().context("the server printed no setup link")?;
        let token = link.split_once('#').context("the setup link holds no token")?.1.to_owned();
        self.register("owner", Some(token)).await
    }

    /// A new member with this username. The server must let strangers register, as it does by default here.
    pub async fn member(&self, username: &str) -> Result<Person> {
        self.register(username, None).await
    }

    /// A new guest with this display name. The server must let guests in, as it does by default here.
    pub async fn guest(&self, display_name: &str) -> Result<Person> {
        let client = self.client()?;
        let answer = client.enter_as_guest(display_name, None).await?;
        Person::signed_in(&client, answer)
    }

    /// Somebody who has an account already.
    pub async fn login(&self, username: &str) -> Result<Person> {
        let client = self.client()?;
        let answer = client.login(username, PASSWORD).await?;
        Person::signed_in(&client, answer)
    }

    async fn register(&self, username: &str, setup_token: Option<String>) -> Result<Person> {
        let client = self.client()?;
        let register = Register {
            username: username.to_owned(),
            password: PASSWORD.to_owned(),
            display_name: None,
            invite: None,
            setup_token,
            cookie: false,
        };
        let answer = client.register(&register).await?;
        Person::signed_in(&client, answer)
    }
}

impl Person {
    fn signed_in(client: &Client, answer: SignedIn) -> Result<Self> {
        Ok(Self { client: client.signed_in(&answer)?, user: answer.user })
    }

    /// Makes a public room.
    pub async fn room(&self, name: &str) -> Result<Room> {
        self.make_room(name, "public").await
    }

    /// Makes a private room.
    pub async fn private_room(&self, name: &str) -> Result<Room> {
        self.make_room(name, "private").await
    }

    async fn make_room(&self, name: &str, kind: &str) -> Result<Room> {
        let room = CreateRoom { name: name.to_owned(), kind: kind.to_owned(), topic: None };
        Ok(self.client.create_room(&room).await?)
    }

    /// Opens a WebSocket connection.
    pub async fn connect(&self) -> Result<Connection> {
        self.connect_with(Options::default()).await
    }

    /// Opens a WebSocket connection with options, such as what to resume from.
    pub async fn connect_with(&self, options: Options) -> Result<Connection> {
        Ok(Connection::open(&self.client, options).await?)
    }

    /// Joins a public room, and then connects: the room is in `ready`.
    pub async fn join(&self, room: &str) -> Result<Connection> {
        self.client.join_room(room).await?;
        self.connect().await
    }
}
