//! Passwords, kept as Argon2id hashes (46 MiB, one pass, one lane: the OWASP and ASVS minimum for one pass).
//!
//! A hash takes 46 MiB and tens of milliseconds, so only a few run at once and a bounded number wait; the rest are
//! told to come back. A wrong name costs the same as a wrong password.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use parlor_model::{Env, Field, Refusal, User, UserId, Username};
use tokio::sync::{Semaphore, TryAcquireError};

use crate::{Error, Identity};

/// Memory of a hash, in KiB.
const MEMORY: u32 = 46 * 1024;
/// The length a password may have, in bytes.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=1024;

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
        if !LENGTH.contains(&password.len()) {
            let reason = format!("it must have {} to {} bytes", LENGTH.start(), LENGTH.end());
            return Err(Refusal::invalid(Field::Password, reason).into());
        }
        self.0.hasher.hash(password).await
    }

    /// Who has this name and password.
    pub async fn check_password(&self, username: &str, password: &str) -> Result<User, Error> {
        let found = self.credentials(username).await?;
        let (user, stored) = match found {
            Some((user, Some(stored))) => (Some(user), stored),
            // A guest has no password; nobody has none either. Both cost a check.
            Some((_, None)) | None => (None, NOBODY.to_owned()),
        };
        let matches = self.0.hasher.verify(password, &stored).await?;
        let user = user.filter(|_| matches).ok_or(Refusal::WrongCredentials)?;
        if is_outdated(&stored) {
            self.replace_hash(user.id, password).await;
        }
        Ok(user)
    }

    async fn credentials(&self, username: &str) -> Result<Option<(User, Option<String>)>, Error> {
        // A name that can't exist takes the same way as one that doesn't.
        let username = Username::new(username).unwrap_or_else(|_| Username::stored(String::new()));
        let workspace = self.0.workspace;
        self.0
            .store
            .read(move |tx| Box::pin(async move { Ok(tx.credentials(workspace, &username).await?) }))
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

    async fn verify(&self, password: &str, stored: &str) -> Result<bool, Error> {
        let (password, stored) = (password.to_owned(), stored.to_owned());
        self.run(move || {
            let hash = PasswordHash::new(&stored).map_err(|error| Error::Failed(error.to_string()))?;
            Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
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
        assert!(hasher.verify("correct horse", &hash).await.unwrap());
        assert!(!hasher.verify("correct horsE", &hash).await.unwrap());
        assert!(!is_outdated(&hash));
        assert!(is_outdated(
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$tGNhbm5vdCBiZSB0aGUgaGFzaCBvZiBhbnl0aGluZyE"
        ));
    }

    #[tokio::test]
    async fn nobody_is_a_hash_of_todays_cost_that_nothing_matches() {
        assert!(!is_outdated(NOBODY));
        assert!(!hasher(2, 8).verify("", NOBODY).await.unwrap());
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
