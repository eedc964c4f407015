//! Turns the reasons why something was not done into errors on the wire. Faults are logged where they are turned.

use parlor_core::Incident;
use parlor_protocol::Error;

/// Why an action was not done.
pub(crate) fn of_core(error: parlor_core::Error) -> Error {
    match error.into_refusal() {
        Ok(refusal) => Error::from(&refusal),
        Err(incident) => Error::internal(incident.to_string()),
    }
}

/// Why somebody was not recognised.
pub(crate) fn of_identity(error: parlor_identity::Error) -> Error {
    match error {
        parlor_identity::Error::Refused(refusal) => Error::from(&refusal),
        failed @ parlor_identity::Error::Failed(_) => Error::internal(Incident::log(&failed).to_string()),
    }
}

/// True if the error says that there is no such thing for the one who asks.
pub(crate) fn is_not_found(error: &parlor_core::Error) -> bool {
    matches!(error, parlor_core::Error::Refused(parlor_model::Refusal::NotFound(_)))
}
