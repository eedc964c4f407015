//! The database: can it be read, is it whole, does this program know its schema.

use parlor_store::Inspection;

use super::report::Check;
use crate::config::Configuration;
use crate::settings;

const NAME: &str = "database";

/// Examines the database, also beside a running server.
pub(super) async fn examine(configuration: &Configuration) -> Check {
    let database = settings::database(configuration);
    match database.inspect().await {
        Ok(inspection) => describe(database.engine(), &inspection),
        Err(error) => Check::problem(NAME, error.to_string(), "See the advice in the message."),
    }
}

fn describe(engine: &str, inspection: &Inspection) -> Check {
    let known = Inspection::known_version();
    let state = match inspection.version {
        None => "there is none yet; the first start makes it".to_owned(),
        Some(version) if version < known => {
            format!("whole, with schema version {version}; the next start brings it to {known}")
        }
        Some(version) => format!("whole, with schema version {version}"),
    };
    let user = inspection
        .holder
        .as_ref()
        .map_or("no server uses it".to_owned(), |holder| format!("{holder} uses it"));
    let message = format!("{engine}: {state}; {user}");
    if inspection.has_checksums {
        return Check::ok(NAME, message);
    }
    let advice = "Stop PostgreSQL and run `pg_checksums --enable`, so that it notices pages that its disk has damaged.";
    Check::warning(NAME, format!("{message}; its pages have no checksums (data_checksums is off)"), advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::report::Status;

    #[test]
    fn a_database_without_checksums_is_worth_a_look() {
        let mut inspection = Inspection { version: Some(1), has_checksums: true, holder: None };
        assert_eq!(describe("postgres", &inspection).status, Status::Ok);
        inspection.has_checksums = false;
        let check = describe("postgres", &inspection);
        assert_eq!(check.status, Status::Warning);
        assert!(check.advice.is_some_and(|advice| advice.contains("pg_checksums --enable")));
    }
}
