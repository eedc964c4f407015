//! Passwords, kept as Argon2id hashes (46 MiB, one pass, one lane: the OWASP and ASVS minimum for one pass).
//!
//! A hash takes 46 MiB and tens of milliseconds, so only a few run at once and a bounded number wait; the rest are
//! told to come back. A wrong name costs the same as a wrong password.

mod text;

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use parlor_model::{Env, Refusal, User, UserId, Username};
use tokio::sync::{Semaphore, TryAcquireError};

use crate::{Error, Identity};

/// Memory of a hash, in KiB.
const MEMORY: u32 = 46 * 1024;

/// What a wrong name is checked against: no password gives it, and checking costs what every check costs.
const NOBODY: &str =
    "$argon2id$v=19$m=47104,t=1,p=1$bm9ib2R5LWlzLWhlcmUhIQ$tGNhbm5vdCBiZSB0aGUgaGFzaCBvZiBhbnl0aGluZyE";

/// Hashes passwords, a few at a time.
pub(crate) struct Hasher {
    env: Env,
    /// One permit for each hash that runs.
    running: Arc<Semaphore>,
    /// One permit for each hash that runs or waits.
    admitted: Arc<Semaphore>,
}

impl Identity {
    /// Hashes a new password, for its row.
    pub async fn hash_password(&self, password: &str) -> Result<String, Error> {
        self.0.hasher.hash(&text::chosen(password)?).await
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
    pub async fn check_password(&self, username: &str, password: &str) -> Result<User, Error> {
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
        let matching = self.0.hasher.matching(forms, &stored).await?;
        let (user, form) = user.zip(matching).ok_or(Refusal::WrongCredentials)?;
        if is_outdated(&stored) || form != today {
            self.replace_hash(user.id, &today).await;
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
                    // A capital sigma at the end of a name became the other small one in names from before.
                    let former = username.as_str().replace('ς', "σ");
                    if former == username.as_str() {
                        return Ok(None);
                    }
                    Ok(tx.credentials(workspace, &Username::stored(former)).await?)
                })
            })
            .await
    }

    /// Brings an old hash up to today's cost. A failure changes nothing for the person who signs in.
    async fn replace_hash(&self, user: UserId, password: &str) {
        let Ok(hash) = self.0.hasher.hash(password).await else {
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

impl Hasher {
    pub(crate) fn new(env: Env, concurrent: usize, queued: usize) -> Self {
        let running = Arc::new(Semaphore::new(concurrent.max(1)));
        let admitted = Arc::new(Semaphore::new(concurrent.max(1) + queued));
        Self { env, running, admitted }
    }

    async fn hash(&self, password: &str) -> Result<String, Error> {
        let (salt, password) = (self.env.random_bytes::<16>(), password.to_owned());
        self.run(move || {
            let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| Error::Failed(error.to_string()))
        })
        .await
    }

    /// The first of these texts that a hash was made of. They all are tried in one turn.
    async fn matching(&self, forms: Vec<String>, stored: &str) -> Result<Option<String>, Error> {
        let stored = stored.to_owned();
        self.run(move || {
            let hash = PasswordHash::new(&stored).map_err(|error| Error::Failed(error.to_string()))?;
            let argon2 = argon2()?;
            Ok(forms.into_iter().find(|form| argon2.verify_password(form.as_bytes(), &hash).is_ok()))
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let admitted = self.admitted.clone().try_acquire_owned().map_err(|error| match error {
            TryAcquireError::NoPermits => {
                Error::Refused(Refusal::Busy { retry_after: Duration::from_secs(2) })
            }
            TryAcquireError::Closed => Error::Failed("the hasher is closed".into()),
        })?;
        let running =
            self.running.clone().acquire_owned().await.map_err(|error| Error::Failed(error.to_string()))?;
        // The permits move along: if the caller goes away, the hash still counts until it is done.
        let task = tokio::task::spawn_blocking(move || {
            let _permits = (admitted, running);
            work()
        });
        task.await.map_err(|error| Error::Failed(error.to_string()))?
    }
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY, 1, 1, None).map_err(|error| Error::Failed(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// True if a hash was made at another cost than today's.
fn is_outdated(stored: &str) -> bool {
    let params = PasswordHash::new(stored).ok().and_then(|hash| Params::try_from(&hash).ok());
    params.is_none_or(|params| (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY, 1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use parlor_model::{Clock, Random, Timestamp};

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

    fn hasher(concurrent: usize, queued: usize) -> Hasher {
        Hasher::new(Env { clock: Arc::new(Still), random: Arc::new(Still) }, concurrent, queued)
    }

    #[tokio::test]
    async fn a_password_matches_its_hash_and_no_other() {
        let hasher = hasher(2, 8);
        let hash = hasher.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
        let matching = async |forms: &[&str]| {
            hasher.matching(forms.iter().map(ToString::to_string).collect(), &hash).await.unwrap()
        };
        assert_eq!(matching(&["correct horse"]).await.as_deref(), Some("correct horse"));
        assert_eq!(matching(&["another", "correct horse"]).await.as_deref(), Some("correct horse"));
        assert_eq!(matching(&["correct horsE"]).await, None);
        assert!(!is_outdated(&hash));
        assert!(is_outdated(
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$tGNhbm5vdCBiZSB0aGUgaGFzaCBvZiBhbnl0aGluZyE"
        ));
    }

    #[tokio::test]
    async fn nobody_is_a_hash_of_todays_cost_that_nothing_matches() {
        assert!(!is_outdated(NOBODY));
        assert_eq!(hasher(2, 8).matching(vec![String::new()], NOBODY).await.unwrap(), None);
    }

    #[tokio::test]
    async fn those_beyond_the_queue_are_told_to_come_back() {
        let hasher = hasher(1, 2);
        let results = futures_join(&hasher, 8).await;
        let busy = results
            .iter()
            .filter(|result| matches!(result, Err(Error::Refused(Refusal::Busy { .. }))))
            .count();
        assert_eq!((busy, results.len() - busy), (5, 3));
        assert!(hasher.hash("and then there is room again").await.is_ok());
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
        let old = identity.0.hasher.hash(raw).await.unwrap();
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
        assert!(identity.check_password("ada", today).await.is_err(), "the raw form is nowhere in it");
        assert!(identity.check_password("ada", raw).await.is_ok());
        let renewed = store.read(move |tx| Box::pin(async move { tx.password_hash(id).await })).await;
        assert_ne!(renewed.unwrap(), Some(kept));
        for password in [raw, today] {
            assert!(identity.check_password("ada", password).await.is_ok(), "{password}");
        }
        store.close().await;
    }

    /// Starts `count` hashes at once.
    async fn futures_join(hasher: &Hasher, count: usize) -> Vec<Result<String, Error>> {
        let mut tasks = Vec::new();
        for _ in 0..count {
            let hasher = Hasher {
                env: hasher.env.clone(),
                running: hasher.running.clone(),
                admitted: hasher.admitted.clone(),
            };
            tasks.push(async move { hasher.hash("one of many").await });
        }
        let mut set = tokio::task::JoinSet::new();
        for task in tasks {
            set.spawn(task);
        }
        set.join_all().await
    }
}
