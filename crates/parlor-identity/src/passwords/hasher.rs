//! Hashes passwords with Argon2id (46 MiB, one pass, one lane: the OWASP and ASVS minimum for one pass).
//!
//! A hash takes 46 MiB and tens of milliseconds, so only a few run at once and a bounded number wait; the rest are told to
//! come back. Whoever floods the server with attempts fills the places of strangers and nobody else's: those who are
//! known have places of their own, and wait behind a few strangers at most.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use parlor_model::{Env, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::Error;

/// Memory of a hash, in KiB.
pub(super) const MEMORY: u32 = 46 * 1024;

/// For whom a password is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Somebody who is signed in, or from where somebody has signed in to the account before.
    Known,
    /// Anybody.
    Stranger,
}

/// Hashes passwords, a few at a time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hasher {
    env: Env,
    /// One permit for each hash that runs.
    running: Arc<Semaphore>,
    /// One permit for each stranger's hash that runs or is the next to: so those who are known don't wait for others.
    next: Arc<Semaphore>,
    /// One permit for each hash that runs or waits, of strangers and of those who are known.
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
}

impl Hasher {
    pub(crate) fn new(env: Env, concurrent: usize, queued: usize) -> Self {
        let permits = |count: usize| Arc::new(Semaphore::new(count));
        let concurrent = concurrent.max(1);
        Self {
            env,
            running: permits(concurrent),
            next: permits(concurrent),
            strangers: permits(concurrent + queued),
            known: permits(concurrent + queued),
        }
    }

    pub(super) async fn hash(&self, password: &str, whom: Whom) -> Result<String, Error> {
        let (salt, password) = (self.env.random_bytes::<16>(), password.to_owned());
        self.run(whom, move || {
            let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| Error::Failed(error.to_string()))
        })
        .await
    }

    /// The first of these texts that a hash was made of. They all are tried in one turn.
    pub(super) async fn matching(
        &self,
        forms: Vec<String>,
        stored: &str,
        whom: Whom,
    ) -> Result<Option<String>, Error> {
        let stored = stored.to_owned();
        self.run(whom, move || {
            let hash = PasswordHash::new(&stored).map_err(|error| Error::Failed(error.to_string()))?;
            let argon2 = argon2()?;
            Ok(forms.into_iter().find(|form| argon2.verify_password(form.as_bytes(), &hash).is_ok()))
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        whom: Whom,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let places = if whom == Whom::Known { &self.known } else { &self.strangers };
        let place = places.clone().try_acquire_owned().map_err(|error| match error {
            TryAcquireError::NoPermits => {
                Error::Refused(Refusal::Busy { retry_after: Duration::from_secs(2) })
            }
            TryAcquireError::Closed => closed(),
        })?;
        let next = if whom == Whom::Known { None } else { Some(turn(&self.next).await?) };
        let running = turn(&self.running).await?;
        // The permits move along: if the caller goes away, the hash still counts until it is done.
        let task = tokio::task::spawn_blocking(move || {
            let _permits = (place, next, running);
            work()
        });
        task.await.map_err(|error| Error::Failed(error.to_string()))?
    }
}

/// Waits for a permit; those who wait get it in the order in which they came.
async fn turn(permits: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    permits.clone().acquire_owned().await.map_err(|_closed| closed())
}

fn closed() -> Error {
    Error::Failed("the hasher is closed".into())
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY, 1, 1, None).map_err(|error| Error::Failed(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::passwords::NOBODY;
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

    fn is_busy<T>(result: &Result<T, Error>) -> bool {
        matches!(result, Err(Error::Refused(Refusal::Busy { .. })))
    }

    #[tokio::test]
    async fn a_password_matches_its_hash_and_no_other() {
        let hasher = hasher(2, 8);
        let hash = hasher.hash("correct horse", Whom::Stranger).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
        let matching = async |forms: &[&str]| {
            let forms = forms.iter().map(ToString::to_string).collect();
            hasher.matching(forms, &hash, Whom::Known).await.unwrap()
        };
        assert_eq!(matching(&["correct horse"]).await.as_deref(), Some("correct horse"));
        assert_eq!(matching(&["another", "correct horse"]).await.as_deref(), Some("correct horse"));
        assert_eq!(matching(&["correct horsE"]).await, None);
    }

    #[tokio::test]
    async fn nothing_matches_nobody() {
        let hasher = hasher(2, 8);
        assert_eq!(hasher.matching(vec![String::new()], NOBODY, Whom::Stranger).await.unwrap(), None);
    }

    #[tokio::test]
    async fn those_beyond_the_queue_are_told_to_come_back() {
        let hasher = hasher(1, 2);
        for whom in [Whom::Stranger, Whom::Known] {
            let mut hashes = tokio::task::JoinSet::new();
            for _ in 0..8 {
                let hasher = hasher.clone();
                hashes.spawn(async move { hasher.hash("one of many", whom).await });
            }
            let results = hashes.join_all().await;
            let busy = results.iter().filter(|result| is_busy(result)).count();
            assert_eq!((busy, results.len() - busy), (5, 3), "{whom:?}");
            assert!(hasher.hash("and then there is room again", whom).await.is_ok());
        }
    }

    #[tokio::test]
    async fn strangers_keep_nobody_out_who_is_known() {
        let hasher = hasher(1, 4);
        let order = Arc::new(Mutex::new(Vec::new()));
        let begin = |name: &'static str, whom: Whom| {
            let (hasher, order) = (hasher.clone(), order.clone());
            tokio::spawn(async move {
                let note = move || {
                    order.lock().unwrap().push(name);
                    Ok(())
                };
                hasher.run(whom, note).await
            })
        };
        // One hash is running.
        let running = turn(&hasher.running).await.unwrap();
        let mut waiting: Vec<_> =
            ["1", "2", "3", "4", "5"].map(|name| begin(name, Whom::Stranger)).into_iter().collect();
        tokio::task::yield_now().await;
        assert!(is_busy(&begin("6", Whom::Stranger).await.unwrap()));
        waiting.push(begin("known", Whom::Known));
        tokio::task::yield_now().await;
        drop(running);
        for one in waiting {
            one.await.unwrap().unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["1", "known", "2", "3", "4", "5"]);
    }
}
