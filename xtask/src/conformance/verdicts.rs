//! What the cases said, one by one and in numbers.

use std::collections::BTreeMap;

use anyhow::{Context, Error, Result, bail};
use serde_json::Value;

use crate::output::say;

/// How a case ended. The suite has more words than these: whatever is none of the first three has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    /// It is allowed, but not what the standard recommends.
    NonStrict,
    /// There is no right or wrong.
    Informational,
    Failed,
}

/// The verdicts so far.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    expected: Option<u64>,
    cases: BTreeMap<Name, Verdict>,
}

/// The name of a case, such as `7.13.1`, in the order of its numbers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Name(Vec<u32>);

impl Verdicts {
    /// Takes a line of what runs the cases: the first says how many there will be, each of the others is a case. Says so
    /// at once if a case did not simply pass.
    pub(super) fn take(&mut self, line: &str) -> Result<()> {
        let told: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        if let Some(count) = told["cases"].as_u64() {
            self.expected = Some(count);
            return Ok(());
        }
        let text = |key: &str| told[key].as_str().with_context(|| format!("no `{key}` in {line}"));
        let (case, behaviour, closing) = (text("case")?, text("behaviour")?, text("closing")?);
        let name = Name::read(case).with_context(|| format!("there can be no case {case}"))?;
        let verdict = judge(behaviour, closing);
        if verdict != Verdict::Passed {
            let words = [&told["words"][0], &told["words"][1]].map(|word| word.as_str().unwrap_or_default());
            say(&format!("{case}: {behaviour} ({}); closing: {closing} ({})", words[0], words[1]));
        }
        if self.cases.insert(name, verdict).is_some() {
            bail!("the case {case} was run twice");
        }
        Ok(())
    }

    /// What is wrong if there were fewer cases than announced.
    pub(super) fn missing(&self) -> Option<Error> {
        let count = self.cases.len() as u64;
        match self.expected {
            Some(expected) if expected == count => None,
            Some(expected) => Some(Error::msg(format!("{count} of {expected} cases were run"))),
            None => Some(Error::msg("it was not told how many cases there are")),
        }
    }

    /// How many cases failed.
    pub(super) fn failed(&self) -> usize {
        self.count(Verdict::Failed)
    }

    /// A row for each chapter.
    pub(super) fn table(&self) -> Vec<String> {
        let mut chapters: BTreeMap<u32, Self> = BTreeMap::new();
        for (name, verdict) in &self.cases {
            let chapter = chapters.entry(name.0.first().copied().unwrap_or_default()).or_default();
            chapter.cases.insert(name.clone(), *verdict);
        }
        let header = format!(
            "{:>7} {:>6} {:>6} {:>11} {:>14} {:>7}",
            "chapter", "cases", "OK", "NON-STRICT", "INFORMATIONAL", "FAILED"
        );
        let rows = chapters.iter().map(|(chapter, verdicts)| verdicts.row(&chapter.to_string()));
        std::iter::once(header).chain(rows).chain([self.row("all")]).collect()
    }

    /// The same in a sentence.
    pub(super) fn summary(&self) -> String {
        format!(
            "{} cases: {} OK, {} NON-STRICT, {} INFORMATIONAL, {} FAILED",
            self.cases.len(),
            self.count(Verdict::Passed),
            self.count(Verdict::NonStrict),
            self.count(Verdict::Informational),
            self.failed(),
        )
    }

    fn row(&self, chapter: &str) -> String {
        format!(
            "{chapter:>7} {:>6} {:>6} {:>11} {:>14} {:>7}",
            self.cases.len(),
            self.count(Verdict::Passed),
            self.count(Verdict::NonStrict),
            self.count(Verdict::Informational),
            self.failed(),
        )
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.cases.values().filter(|present| **present == verdict).count()
    }
}

impl Name {
    fn read(name: &str) -> Option<Self> {
        name.split('.').map(|number| number.parse().ok()).collect::<Option<_>>().map(Self)
    }
}

/// A case passes if what it saw and how the connection was closed are both right.
fn judge(behaviour: &str, closing: &str) -> Verdict {
    let closed = matches!(closing, "OK" | "INFORMATIONAL");
    match behaviour {
        _ if !closed => Verdict::Failed,
        "OK" => Verdict::Passed,
        "NON-STRICT" => Verdict::NonStrict,
        "INFORMATIONAL" => Verdict::Informational,
        _ => Verdict::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(verdicts: &mut Verdicts, case: &str, behaviour: &str, closing: &str) {
        let line = serde_json::json!({ "case": case, "behaviour": behaviour, "closing": closing, "words": ["", ""] });
        verdicts.take(&line.to_string()).unwrap();
    }

    #[test]
    fn verdicts_are_counted_by_chapter() {
        let mut verdicts = Verdicts::default();
        verdicts.take(r#"{"cases": 5}"#).unwrap();
        told(&mut verdicts, "10.1.1", "OK", "OK");
        told(&mut verdicts, "7.13.1", "INFORMATIONAL", "INFORMATIONAL");
        told(&mut verdicts, "7.2.1", "NON-STRICT", "OK");
        told(&mut verdicts, "7.1.1", "OK", "OK");
        assert!(verdicts.missing().is_some(), "one is still to come");
        told(&mut verdicts, "7.1.2", "FAILED", "OK");
        assert!(verdicts.missing().is_none());
        let table = verdicts.table();
        let numbers: Vec<Vec<&str>> = table[1..].iter().map(|row| row.split_whitespace().collect()).collect();
        assert_eq!(numbers[0], ["7", "4", "1", "1", "1", "1"]);
        assert_eq!(numbers[1], ["10", "1", "1", "0", "0", "0"]);
        assert_eq!(numbers[2], ["all", "5", "2", "1", "1", "1"]);
        assert_eq!(verdicts.failed(), 1);
    }

    #[test]
    fn whatever_is_not_known_to_be_right_has_failed() {
        for (behaviour, closing) in [
            ("FAILED", "OK"),
            ("UNIMPLEMENTED", "OK"),
            ("something new", "OK"),
            ("OK", "FAILED"),
            ("OK", "WRONG CODE"),
            ("OK", "UNCLEAN"),
            ("OK", "FAILED BY CLIENT"),
            ("INFORMATIONAL", "UNCLEAN"),
        ] {
            assert_eq!(judge(behaviour, closing), Verdict::Failed, "{behaviour}, {closing}");
        }
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for line in ["", "Traceback", "{}", r#"{"case":"x","behaviour":"OK","closing":"OK"}"#] {
            assert!(Verdicts::default().take(line).is_err(), "{line}");
        }
        let mut verdicts = Verdicts::default();
        assert!(verdicts.missing().is_some(), "nothing was announced");
        told(&mut verdicts, "1.1", "OK", "OK");
        assert!(verdicts.take(r#"{"case":"1.1","behaviour":"OK","closing":"OK"}"#).is_err(), "twice");
    }
}
