//! What a close frame says (RFC 6455, section 5.5.1 and 7.4).

use super::header::MAX_CONTROL;
use super::violation::Violation;

/// The code and the reason of a close frame; `None` if it has neither.
pub type CloseReason<'a> = Option<(u16, &'a str)>;

/// The longest reason, in bytes.
pub(super) const MAX_REASON: usize = MAX_CONTROL - 2;

/// Whether a close frame may carry this number: those of the standard and of the registry that are meant to be sent,
/// and those kept for libraries and applications.
pub fn is_valid_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// Reads the payload of a close frame.
pub(super) fn read(payload: &[u8]) -> Result<CloseReason<'_>, Violation> {
    if payload.is_empty() {
        return Ok(None);
    }
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return Err(Violation::Protocol("half a close code"));
    };
    let code = u16::from_be_bytes(*code);
    if !is_valid_code(code) {
        return Err(Violation::Protocol("no such close code"));
    }
    let reason = std::str::from_utf8(reason).map_err(|_| Violation::NotUtf8)?;
    Ok(Some((code, reason)))
}
