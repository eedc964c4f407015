//! Sessions: opening, recognising, listing and ending them.

use std::time::Duration;

use parlor_model::{Actor, Refusal, Session, SessionId, User, UserId};
use parlor_store::Tx;

use crate::tokens::{self, Token};
use crate::{Error, Identity, Whom};

/// How exactly "last seen" is kept. A finer grain would write a row at every request.
const GRAIN: Duration = Duration::from_mins(1);
/// The longest label, in characters.
const MAX_LABEL: usize = 200;

impl Identity {
    /// Opens a session for a user. `label` is what the device calls itself; what can't be shown of it falls away.
    pub async fn open_session(&self, user: UserId, label: &str) -> Result<(Session, Token), Error> {
        let (session, token, _) = self.open_session_instead(user, label, &[]).await?;
        Ok((session, token))
    }

    /// Opens a session for a user, and ends those of the tokens that it takes the place of: whoever signs in anew does
    /// not leave the one before behind. Returns those that ended as well.
    pub async fn open_session_instead(
        &self,
        user: UserId,
        label: &str,
        replaced: &[&str],
    ) -> Result<(Session, Token, Vec<SessionId>), Error> {
        let now = self.0.env.now();
        let session = Session {
            id: SessionId::generate(&self.0.env),
            user,
            label: label.chars().filter(|character| !character.is_control()).take(MAX_LABEL).collect(),
            created_at: now,
            last_seen_at: now,
            expires_at: now.after(self.0.settings.session_ttl),
        };
        let token = Token::generate(&self.0.env);
        let (row, hash) = (session.clone(), tokens::hash(token.expose()));
        let replaced: Vec<[u8; 32]> = replaced.iter().map(|token| tokens::hash(token)).collect();
        let ended = self
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_session(&row, &hash).await?;
                    let mut ended = Vec::new();
                    for hash in &replaced {
                        ended.extend(tx.delete_session_by_token(hash).await?);
                    }
                    Ok(ended)
                })
            })
            .await?;
        Ok((session, token, ended))
    }

    /// Who speaks with this token.
    pub async fn authenticate(&self, token: &str) -> Result<Actor, Error> {
        let hash = tokens::hash(token);
        let found: Option<(Session, User)> = self
            .0
            .store
            .read(move |tx| Box::pin(async move { Ok::<_, Error>(tx.session_by_token(&hash).await?) }))
            .await?;
        let now = self.0.env.now();
        let (session, user) =
            found.filter(|(session, _)| now < session.expires_at).ok_or(Refusal::Unauthenticated)?;
        if now.since(session.last_seen_at) >= GRAIN {
            self.touch(session.id);
        }
        Ok(Actor { user, session: session.id })
    }

    /// A page of one's signed-in devices, the newest first. `after` is the last of the page before.
    pub async fn sessions(
        &self,
        actor: &Actor,
        after: Option<SessionId>,
        limit: usize,
    ) -> Result<Vec<Session>, Error> {
        let (user, now) = (actor.id(), self.0.env.now());
        self.0
            .store
            .read(move |tx| Box::pin(async move { Ok(tx.sessions_of(user, after, limit, now).await?) }))
            .await
    }

    /// True if the session that speaks has not ended.
    pub async fn is_alive(&self, actor: &Actor) -> Result<bool, Error> {
        let (user, session, now) = (actor.id(), actor.session, self.0.env.now());
        self.0
            .store
            .read(move |tx| Box::pin(async move { Ok(tx.session_lives(user, session, now).await?) }))
            .await
    }

    /// Ends one of one's sessions; also the one that speaks.
    pub async fn end_session(&self, actor: &Actor, session: SessionId) -> Result<(), Error> {
        let user = actor.id();
        let found = self
            .write(move |tx| Box::pin(async move { Ok(tx.delete_session(user, session).await?) }))
            .await?;
        if found { Ok(()) } else { Err(Refusal::NotFound("session").into()) }
    }

    /// Ends the session of a token, if there is one, and returns it.
    pub async fn end_token(&self, token: &str) -> Result<Option<SessionId>, Error> {
        let hash = tokens::hash(token);
        self.write(move |tx| Box::pin(async move { Ok(tx.delete_session_by_token(&hash).await?) })).await
    }

    /// Changes one's password and ends all of one's other sessions. Returns those.
    pub async fn change_password(
        &self,
        actor: &Actor,
        current: &str,
        new: &str,
    ) -> Result<Vec<SessionId>, Error> {
        Self::may_be_password(new)?;
        self.check_password(actor.user.username.as_str(), current, Whom::Known).await?;
        let hash = self.hash_password(new, Whom::Known).await?;
        let (user, session) = (actor.id(), actor.session);
        self.write(move |tx| {
            Box::pin(async move {
                tx.put_password_hash(user, &hash).await?;
                Ok(tx.delete_sessions_of(user, Some(session)).await?)
            })
        })
        .await
    }

    /// Removes the rows of sessions that have expired. Returns those, whose sockets are to be closed.
    pub async fn sweep_sessions(&self) -> Result<Vec<SessionId>, Error> {
        let now = self.0.env.now();
        self.write(move |tx| Box::pin(async move { Ok(tx.delete_expired_sessions(now).await?) })).await
    }

    /// Notes that a session was seen, beside whatever it came for. Nobody waits for that, and a failure costs nothing
    /// but exactness.
    fn touch(&self, session: SessionId) {
        let identity = self.clone();
        let now = self.0.env.now();
        let expires = now.after(self.0.settings.session_ttl);
        tokio::spawn(async move {
            let touched: Result<(), Error> = identity
                .write(move |tx| Box::pin(async move { Ok(tx.touch_session(session, now, expires).await?) }))
                .await;
            if let Err(error) = touched {
                tracing::debug!(%error, "a session could not be marked as seen");
            }
        });
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl for<'t, 'c> FnOnce(
            &'t mut Tx<'c>,
        )
            -> std::pin::Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 't>>
        + Send
        + 'static,
    ) -> Result<T, Error> {
        self.0.store.write(work).await
    }
}
