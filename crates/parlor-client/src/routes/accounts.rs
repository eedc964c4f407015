//! Coming in and going out.

use parlor_protocol::{EnterAsGuest, Login, Register, ServerInfo, SignedIn};
use reqwest::Method;

use crate::{Client, Result};

impl Client {
    /// What a stranger may know of the server.
    pub async fn server_info(&self) -> Result<ServerInfo> {
        self.get(self.route(&["server"])).await
    }

    /// Makes an account. Go on with [`Client::signed_in`].
    pub async fn register(&self, register: &Register) -> Result<SignedIn> {
        self.post(self.route(&["auth", "register"]), register).await
    }

    /// Signs in. Go on with [`Client::signed_in`].
    pub async fn login(&self, username: &str, password: &str) -> Result<SignedIn> {
        let login = Login { username: username.to_owned(), password: password.to_owned(), cookie: false };
        self.post(self.route(&["auth", "login"]), &login).await
    }

    /// Enters without an account. Go on with [`Client::signed_in`].
    pub async fn enter_as_guest(&self, display_name: &str, invite: Option<&str>) -> Result<SignedIn> {
        let guest = EnterAsGuest {
            display_name: display_name.to_owned(),
            invite: invite.map(str::to_owned),
            cookie: false,
        };
        self.post(self.route(&["auth", "guest"]), &guest).await
    }

    /// Ends the session: the token and its connections end at once.
    pub async fn logout(&self) -> Result<()> {
        self.act(Method::POST, self.route(&["auth", "logout"]), None::<&()>).await
    }
}
