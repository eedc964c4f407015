//! Passwords, kept as Argon2id hashes. A wrong name costs the same as a wrong password.

mod hasher;
mod text;

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;
use parlor_model::{Refusal, User, UserId, Username};
use unicode_normalization::UnicodeNormalization;

use crate::{Error, Identity};

pub(crate) use hasher::Hasher;
use hasher::MEMORY;
pub use hasher::Whom;

/// What a wrong name is checked against: no password gives it, and checking costs what every check costs.
const NOBODY: &str =
    "$argon2id$v=19$m=47104,t=1,p=1$bm9ib2R5LWlzLWhlcmUhIQ$tGNhbm5vdCBiZSB0aGUgaGFzaCBvZiBhbnl0aGluZyE";

impl Identity {
    /// Hashes a new password, for its row.
    pub async fn hash_password(&self, password: &str, whom: Whom) -> Result<String, Error> {
        self.0.hasher.hash(&text::chosen(password)?, whom).await
    }

    /// Says whether a text may be a new password, which costs next to nothing.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] if not.
    pub fn may_be_password(password: &str) -> Result<(), Refusal> {
        text::chosen(password).map(drop)
    }

    /// Who has this name and password. What is longer than any name or password can be is refused before anything is
    /// done with it: it tells nothing of who exists.
    pub async fn check_password(&self, username: &str, password: &str, whom: Whom) -> Result<User, Error> {
        if username.len() > Username::MAX_BYTES {
            return Err(Refusal::WrongCredentials.into());
        }
        let forms = text::given(password).ok_or(Refusal::WrongCredentials)?;
        let found = self.credentials(username).await?;
        let (user, stored) = match found {
            Some((user, Some(stored))) => (Some(user), stored),
            // A guest has no password; nobody has none either. Both cost a check.
            Some((_, None)) | None => (None, NOBODY.to_owned()),
        };
        let [today, ..] = &forms[..] else {
            return Err(Refusal::WrongCredentials.into());
        };
        let today = today.clone();
        let matching = self.0.hasher.matching(forms, &stored, whom).await?;
        let (user, form) = user.zip(matching).ok_or(Refusal::WrongCredentials)?;
        if is_outdated(&stored) || form != today {
            self.replace_hash(user.id, &today, whom).await;
        }
        Ok(user)
    }

    async fn credentials(&self, username: &str) -> Result<Option<(User, Option<String>)>, Error> {
        // A name that can't exist takes the same way as one that doesn't.
        let username = Username::new(username).unwrap_or_else(|_| Username::stored(String::new()));
        let workspace = self.0.workspace;
        self.0
            .store
            .read(move |tx| {
                Box::pin(async move {
                    if let Some(found) = tx.credentials(workspace, &username).await? {
                        return Ok(Some(found));
                    }
                    // In names from before, a capital sigma at the end had become the other small one, and vowels of
                    // Thai and Lao were taken apart.
                    let former = username.as_str().nfkc().collect::<String>().replace('ς', "σ");
                    if former == username.as_str() {
                        return Ok(None);
                    }
                    Ok(tx.credentials(workspace, &Username::stored(former)).await?)
                })
            })
            .await
    }

    /// Brings an old hash up to today's cost. A failure changes nothing for the person who signs in.
    async fn replace_hash(&self, user: UserId, password: &str, whom: Whom) {
        let Ok(hash) = self.0.hasher.hash(password, whom).await else {
            return;
        };
        let stored: Result<(), Error> = self
            .0
            .store
            .write(move |tx| Box::pin(async move { Ok(tx.put_password_hash(user, &hash).await?) }))
            .await;
        if let Err(error) = stored {
            tracing::warn!(%error, "a password hash could not be renewed");
        }
    }
}

/// True if a hash was made at another cost than today's.
fn is_outdated(stored: &str) -> bool {
    let params = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
    params.is_none_or(|params| (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY, 1, 1))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use parlor_model::{Clock, Env, Random, Timestamp};

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(0)
        }
    }

    impl Random for Still {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn hashes_of_another_cost_are_outdated() {
        assert!(!is_outdated(NOBODY));
        assert!(is_outdated(
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$tGNhbm5vdCBiZSB0aGUgaGFzaCBvZiBhbnl0aGluZyE"
        ));
    }

    #[tokio::test]
    async fn a_hash_of_another_form_is_found_and_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let database = parlor_store::Database::sqlite(folder.path());
        let store = parlor_store::Store::open(&database, parlor_store::Options::default()).await.unwrap();
        let env = Env { clock: Arc::new(Still), random: Arc::new(Still) };
        let workspace = parlor_model::WorkspaceId::generate(&env);
        let identity =
            Identity::new(store.clone(), env.clone(), workspace, crate::IdentitySettings::default());
        let (raw, today) = ("e\u{301}a\u{a0}bcdef", "\u{e9}a bcdef");
        let old = identity.0.hasher.hash(raw, Whom::Stranger).await.unwrap();
        let username = Username::new("ada").unwrap();
        let user = User {
            id: UserId::generate(&env),
            workspace,
            display_name: parlor_model::DisplayName::from(&username),
            username,
            role: parlor_model::Role::Member,
            invited: false,
            created_at: env.now(),
        };
        let (id, kept) = (user.id, old.clone());
        let added: Result<bool, parlor_store::Error> = store
            .write(move |tx| {
                Box::pin(async move {
                    tx.insert_workspace(workspace, Timestamp::from_millis(0)).await?;
                    tx.insert_user(&user, Some(&old)).await
                })
            })
            .await;
        assert!(added.unwrap());
        assert!(
            identity.check_password("ada", today, Whom::Known).await.is_err(),
            "the raw form is nowhere in it"
        );
        assert!(identity.check_password("ada", raw, Whom::Known).await.is_ok());
        let renewed = store.read(move |tx| Box::pin(async move { tx.password_hash(id).await })).await;
        assert_ne!(renewed.unwrap(), Some(kept));
        for password in [raw, today] {
            assert!(identity.check_password("ada", password, Whom::Known).await.is_ok(), "{password}");
        }
        store.close().await;
    }
}
