//! The types of settings: how each is written, read and shown. Nothing here knows where a value comes from.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How a setting is written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In quotes.
    Text,
    /// As bare digits.
    Number,
    /// `true` or `false`.
    Boolean,
}

/// A type that a setting can have.
pub(crate) trait Value: Sized {
    /// How it is written in the file.
    const KIND: Kind;

    /// True if what is written must not be repeated.
    const IS_SECRET: bool = false;

    /// What may be written, to end the sentence “expected …”.
    fn expected() -> String;

    /// Reads it; `None` if it isn't what is expected.
    fn parse(text: &str) -> Option<Self>;

    /// Writes it so that [`parse`](Self::parse) reads the same again; `None` if there is no value.
    fn show(&self) -> Option<String>;
}

impl Value for bool {
    const KIND: Kind = Kind::Boolean;

    fn expected() -> String {
        "true or false".into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Value for PathBuf {
    const KIND: Kind = Kind::Text;

    fn expected() -> String {
        "a path".into()
    }

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.into())
    }

    fn show(&self) -> Option<String> {
        Some(self.display().to_string())
    }
}

impl Value for SocketAddr {
    const KIND: Kind = Kind::Text;

    fn expected() -> String {
        "an IP address and a port, like 127.0.0.1:8080, 0.0.0.0:8080 or [::1]:8080".into()
    }

    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("localhost:") {
            Some(port) => Some(Self::from(([127, 0, 0, 1], port.parse().ok()?))),
            None => text.parse().ok(),
        }
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// A setting that may be absent.
impl<T: Value> Value for Option<T> {
    const KIND: Kind = T::KIND;
    const IS_SECRET: bool = T::IS_SECRET;

    fn expected() -> String {
        T::expected()
    }

    fn parse(text: &str) -> Option<Self> {
        T::parse(text).map(Some)
    }

    fn show(&self) -> Option<String> {
        self.as_ref().and_then(T::show)
    }
}

/// A number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count<const LEAST: u32, const MOST: u32>(pub(crate) u32);

impl<const LEAST: u32, const MOST: u32> Count<LEAST, MOST> {
    /// The number, to count things in memory with.
    pub(crate) fn get(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl<const LEAST: u32, const MOST: u32> Value for Count<LEAST, MOST> {
    const KIND: Kind = Kind::Number;

    fn expected() -> String {
        format!("a number from {LEAST} to {MOST}")
    }

    fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|character| *character != '_').collect();
        let number = digits.parse().ok()?;
        (LEAST..=MOST).contains(&number).then_some(Self(number))
    }

    fn show(&self) -> Option<String> {
        Some(self.0.to_string())
    }
}

/// The units of a [`Period`], from the longest, with their seconds.
const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

/// A length of time in whole seconds, from `LEAST` to `MOST` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period<const LEAST: u64, const MOST: u64>(pub(crate) u64);

impl<const LEAST: u64, const MOST: u64> Period<LEAST, MOST> {
    /// The length of time.
    pub(crate) fn get(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl<const LEAST: u64, const MOST: u64> Value for Period<LEAST, MOST> {
    const KIND: Kind = Kind::Text;

    fn expected() -> String {
        let (least, most) = (show_seconds(LEAST), show_seconds(MOST));
        format!("a length of time from {least} to {most}, in s, min, h or d")
    }

    fn parse(text: &str) -> Option<Self> {
        let seconds = UNITS.iter().find_map(|(unit, seconds)| {
            let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            number.checked_mul(*seconds)
        })?;
        (LEAST..=MOST).contains(&seconds).then_some(Self(seconds))
    }

    fn show(&self) -> Option<String> {
        Some(show_seconds(self.0))
    }
}

/// A number of seconds in the longest unit that divides it.
fn show_seconds(seconds: u64) -> String {
    let divides = |(_, unit): &&(&str, u64)| seconds.is_multiple_of(*unit) && seconds > 0;
    let (unit, length) = UNITS.iter().find(divides).unwrap_or(&("s", 1));
    format!("{} {unit}", seconds / length)
}

/// A text that must not be seen in a log, a report or an error.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// The text, for the one place that needs it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(hidden)")
    }
}

impl Value for Secret {
    const KIND: Kind = Kind::Text;
    const IS_SECRET: bool = true;

    fn expected() -> String {
        "a text".into()
    }

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    fn show(&self) -> Option<String> {
        Some("(hidden)".into())
    }
}

/// Makes an enum a setting that is one of some words.
macro_rules! words {
    ($type:ty { $($word:literal => $value:expr),+ $(,)? }) => {
        impl $crate::config::value::Value for $type {
            const KIND: $crate::config::value::Kind = $crate::config::value::Kind::Text;

            fn expected() -> String {
                [$($word),+].map(|word| format!("{word:?}")).join(" or ")
            }

            fn parse(text: &str) -> Option<Self> {
                match text {
                    $($word => Some($value),)+
                    _ => None,
                }
            }

            fn show(&self) -> Option<String> {
                [$(($word, $value)),+]
                    .into_iter()
                    .find(|(_, value)| value == self)
                    .map(|(word, _)| word.to_owned())
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Value>(text: &str) -> Option<String> {
        T::parse(text).and_then(|value| value.show())
    }

    #[test]
    fn what_is_shown_reads_the_same() {
        for text in ["1 s", "90 s", "2 min", "1 h", "30 d"] {
            assert_eq!(read::<Period<1, 10_000_000>>(text).as_deref(), Some(text));
        }
        assert_eq!(read::<SocketAddr>("[::1]:80").as_deref(), Some("[::1]:80"));
        assert_eq!(read::<bool>("false").as_deref(), Some("false"));
        assert_eq!(read::<Count<1, 9_000>>("8_192").as_deref(), Some("8192"));
    }

    #[test]
    fn bounds_hold() {
        assert_eq!(read::<Count<2, 3>>("1"), None);
        assert_eq!(read::<Count<2, 3>>("4"), None);
        assert_eq!(read::<Count<2, 3>>("-2"), None);
        assert_eq!(read::<Period<10, 60>>("9s"), None);
        assert_eq!(read::<Period<10, 60>>("61s"), None);
        assert_eq!(read::<Period<10, 60>>("1min").as_deref(), Some("1 min"));
        assert_eq!(read::<Period<0, { u64::MAX }>>("99999999999999999999d"), None);
    }

    #[test]
    fn localhost_is_an_address() {
        assert_eq!(read::<SocketAddr>("localhost:80").as_deref(), Some("127.0.0.1:80"));
        for text in ["localhost", "8080", ":8080", "localhost:99999", "example.org:80"] {
            assert_eq!(read::<SocketAddr>(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_hide() {
        let secret = Secret::parse("hunter2").unwrap();
        assert_eq!(secret.expose(), "hunter2");
        assert!(!format!("{secret:?} {:?}", secret.show()).contains("hunter2"));
    }
}
