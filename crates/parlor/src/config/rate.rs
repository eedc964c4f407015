//! Rates, as `[limits]` writes them: `30 at once, 10 per s`.

use std::time::Duration;

use super::value::{Kind, Value};

/// The units of a rate with their seconds.
const UNITS: [(&str, u32); 3] = [("s", 1), ("min", 60), ("h", 3_600)];

/// How much is allowed at once, and how fast that fills up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    /// How many at once.
    pub(crate) burst: u32,
    refill: u32,
    unit: &'static str,
    unit_seconds: u32,
}

impl Rate {
    /// `burst` at once, and `refill` more a second.
    pub(crate) const fn per_second(burst: u32, refill: u32) -> Self {
        Self { burst, refill, unit: "s", unit_seconds: 1 }
    }

    /// `burst` at once, and `refill` more a minute.
    pub(crate) const fn per_minute(burst: u32, refill: u32) -> Self {
        Self { burst, refill, unit: "min", unit_seconds: 60 }
    }

    /// The time after which one more is allowed.
    pub(crate) fn period(self) -> Duration {
        Duration::from_secs(u64::from(self.unit_seconds)) / self.refill
    }
}

impl Value for Rate {
    const KIND: Kind = Kind::Text;

    fn expected() -> String {
        "a rate like \"30 at once, 10 per s\", with numbers from 1 to 1000000, per s, min or h".into()
    }

    fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse().ok().filter(|number| (1..=1_000_000).contains(number));
        let (burst, rest) = text.split_once("at once,")?;
        let (refill, wanted) = rest.split_once("per")?;
        let (unit, unit_seconds) = UNITS.into_iter().find(|(unit, _)| *unit == wanted.trim())?;
        Some(Self { burst: number(burst)?, refill: number(refill)?, unit, unit_seconds })
    }

    fn show(&self) -> Option<String> {
        Some(format!("{} at once, {} per {}", self.burst, self.refill, self.unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_shows() {
        for text in ["30 at once, 10 per s", "1 at once, 1 per min", "100 at once, 20 per h"] {
            assert_eq!(Rate::parse(text).and_then(|rate| rate.show()).as_deref(), Some(text));
        }
        assert_eq!(Rate::per_minute(10, 30).period(), Duration::from_secs(2));
        assert_eq!(Rate::per_second(10, 20).period(), Duration::from_millis(50));
    }

    #[test]
    fn refuses_what_is_no_rate() {
        for text in ["", "30", "10 per s", "0 at once, 1 per s", "1 at once, 0 per s", "1 at once, 1 per day"]
        {
            assert_eq!(Rate::parse(text), None, "{text}");
        }
    }
}
