//! Devices on which somebody has signed in before: a signed cookie shows it.
//!
//! Whoever guesses passwords from elsewhere must not be able to keep the owner of an account out by doing so. Attempts
//! from a device that has signed in to the account before are counted apart from all others. The cookie proves nothing
//! else and opens nothing.

use hmac::{Hmac, KeyInit, Mac};
use parlor_model::NameKey;
use parlor_model::ids::{base32, from_base32};
use sha2::Sha256;

use crate::{Error, Identity};

/// The setting that holds the key, as text.
const SETTING: &str = "device_key";
/// How many accounts a device remembers: those of a family, not those of a list of names.
const MAX_ACCOUNTS: usize = 4;
/// Bytes of a device's number and of a signature.
const PART: usize = 16;
/// Bytes of the key: those of a block of the hash.
pub(crate) const KEY: usize = 64;

/// A device that somebody has signed in on, by a number of its own for each account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeviceId([u8; PART]);

/// What a cookie says of one account: the device's number, and the signature over that and the name.
#[derive(Clone, Copy)]
struct Entry {
    id: [u8; PART],
    signature: [u8; PART],
}

impl Identity {
    /// The device that a cookie belongs to, if somebody has signed in on it as `name`.
    pub async fn known_device(&self, cookie: &str, name: &NameKey) -> Result<Option<DeviceId>, Error> {
        let entries = read(cookie);
        if entries.is_empty() {
            return Ok(None);
        }
        let key = self.device_key().await?;
        let known = entries.iter().find(|entry| entry.is_of(&key, name));
        Ok(known.map(|entry| DeviceId(entry.id)))
    }

    /// The cookie of a device that had `cookie`, if any, now that somebody has signed in on it as `name`.
    pub async fn remember_device(&self, cookie: Option<&str>, name: &NameKey) -> Result<String, Error> {
        let key = self.device_key().await?;
        let mut entries = cookie.map(read).unwrap_or_default();
        let entry = match entries.iter().position(|entry| entry.is_of(&key, name)) {
            Some(place) => entries.remove(place),
            None => Entry::new(&key, self.0.env.random_bytes(), name),
        };
        entries.insert(0, entry);
        entries.truncate(MAX_ACCOUNTS);
        Ok(entries.iter().map(Entry::text).collect::<Vec<_>>().join("."))
    }

    /// The key that signs. It is made when it is needed first and stands in the database, so that all who share that know
    /// each other's devices. Without it devices are unknown again, which costs nothing but that.
    async fn device_key(&self) -> Result<[u8; KEY], Error> {
        let fresh = self.0.env.random_bytes::<KEY>();
        let key = self.0.device_key.get_or_try_init(|| async {
            let kept: Result<Option<String>, Error> = self
                .0
                .store
                .write(move |tx| {
                    Box::pin(async move {
                        if tx.setting(SETTING).await?.is_none() {
                            tx.put_setting(SETTING, &base32(&fresh)).await?;
                        }
                        Ok(tx.setting(SETTING).await?)
                    })
                })
                .await;
            let kept = kept?.and_then(|text| from_base32(&text)).and_then(|bytes| bytes.try_into().ok());
            kept.ok_or_else(|| Error::Failed("the key of devices can't be read".into()))
        });
        key.await.copied()
    }
}

impl Entry {
    fn new(key: &[u8; KEY], id: [u8; PART], name: &NameKey) -> Self {
        let mut signature = [0; PART];
        signature.copy_from_slice(&mac(key, &id, name).finalize().into_bytes()[..PART]);
        Self { id, signature }
    }

    fn is_of(&self, key: &[u8; KEY], name: &NameKey) -> bool {
        mac(key, &self.id, name).verify_truncated_left(&self.signature).is_ok()
    }

    fn text(&self) -> String {
        base32(&[self.id, self.signature].concat())
    }
}

fn mac(key: &[u8; KEY], id: &[u8; PART], name: &NameKey) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new(key.into());
    mac.update(b"parlor device 1");
    mac.update(id);
    mac.update(name.as_str().as_bytes());
    mac
}

/// The entries of a cookie; what can't be one is none.
fn read(cookie: &str) -> Vec<Entry> {
    cookie
        .split('.')
        .take(MAX_ACCOUNTS)
        .filter_map(|text| {
            let bytes = from_base32(text)?;
            let (id, signature) = bytes.split_at_checked(PART)?;
            Some(Entry { id: id.try_into().ok()?, signature: signature.try_into().ok()? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; KEY] = [7; KEY];

    #[test]
    fn a_signature_is_good_for_one_name_and_one_key() {
        let entry = Entry::new(&SECRET, [1; PART], &NameKey::of("ada"));
        let [read] = read(&entry.text())[..] else { panic!("one entry") };
        assert!(read.is_of(&SECRET, &NameKey::of("ada")));
        assert!(!read.is_of(&SECRET, &NameKey::of("eve")));
        assert!(!read.is_of(&[8; KEY], &NameKey::of("ada")));
        assert!(!Entry { id: [2; PART], ..read }.is_of(&SECRET, &NameKey::of("ada")));
    }

    #[test]
    fn what_is_no_entry_says_nothing() {
        let entry = Entry::new(&SECRET, [1; PART], &NameKey::of("ada")).text();
        assert_eq!(read("").len(), 0);
        assert_eq!(read("a.b.c").len(), 0);
        assert_eq!(read(&entry[1..]).len(), 0);
        assert_eq!(read(&format!("{entry}.{entry}x")).len(), 1);
        assert_eq!(read(&[entry.as_str(); 9].join(".")).len(), MAX_ACCOUNTS);
    }
}
