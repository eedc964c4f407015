//! The findings, for people and for programs.

use std::fmt::Write as _;
use std::process::ExitCode;

use serde::Serialize;

/// How grave a finding is. The order is that of gravity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// As it should be.
    #[default]
    Ok,
    /// A server runs, but somebody should look at this.
    Warning,
    /// A server does not run, or not for long.
    Problem,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Check {
    /// What was examined.
    pub(super) name: &'static str,
    /// How grave it is.
    pub(super) status: Status,
    /// What was found.
    pub(super) message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

impl Check {
    /// All is well.
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, status: Status::Ok, message: message.into(), advice: None }
    }

    /// Somebody should look at this.
    pub(super) fn warning(name: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, status: Status::Warning, message: message.into(), advice: Some(advice.into()) }
    }

    /// No server runs like this.
    pub(super) fn problem(name: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, status: Status::Problem, message: message.into(), advice: Some(advice.into()) }
    }
}

/// All findings.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    /// The gravest of them.
    status: Status,
    checks: Vec<Check>,
}

impl Report {
    /// Adds a finding.
    pub(super) fn add(&mut self, check: Check) {
        self.status = self.status.max(check.status);
        self.checks.push(check);
    }

    /// Adds some findings.
    pub(super) fn add_all(&mut self, checks: impl IntoIterator<Item = Check>) {
        checks.into_iter().for_each(|check| self.add(check));
    }

    /// One line a finding, and one more where there is something to do.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for check in &self.checks {
            let status = match check.status {
                Status::Ok => "ok",
                Status::Warning => "warning",
                Status::Problem => "PROBLEM",
            };
            let _ = writeln!(text, "{status:<8} {:<14} {}", check.name, check.message);
            if let Some(advice) = &check.advice {
                let _ = writeln!(text, "{:24}{advice}", "");
            }
        }
        text
    }

    /// `{"status": …, "checks": [{"name", "status", "message", "advice"}]}`
    pub(super) fn to_json(&self) -> String {
        // Texts and words only: there is nothing in a report that JSON could not hold.
        serde_json::to_string_pretty(self).map_or_else(|error| error.to_string(), |text| text + "\n")
    }

    /// 0, 1 or 2, by the gravest finding.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.status as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(checks: Vec<Check>) -> Report {
        let mut report = Report::default();
        report.add_all(checks);
        report
    }

    #[test]
    fn the_gravest_finding_decides() {
        let ok = || Check::ok("a", "fine");
        let warning = || Check::warning("b", "odd", "look");
        let problem = || Check::problem("c", "broken", "mend");
        assert_eq!(report(vec![ok()]).exit_code(), ExitCode::from(0));
        assert_eq!(report(vec![warning(), ok()]).exit_code(), ExitCode::from(1));
        assert_eq!(report(vec![ok(), problem(), warning()]).exit_code(), ExitCode::from(2));
    }

    #[test]
    fn both_forms_say_the_same() {
        let report =
            report(vec![Check::ok("disk", "12 GiB free"), Check::problem("port", "taken", "stop it")]);
        insta::assert_snapshot!(report.to_text(), @r"
        ok       disk           12 GiB free
        PROBLEM  port           taken
                                stop it
        ");
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(json["status"], "problem");
        assert_eq!(
            json["checks"][0],
            serde_json::json!({"name": "disk", "status": "ok", "message": "12 GiB free"})
        );
        assert_eq!(json["checks"][1]["advice"], "stop it");
    }
}
