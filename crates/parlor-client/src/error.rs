//! What can go wrong between a client and a server.

use parlor_protocol::ErrorCode;
use tokio_tungstenite::tungstenite;

use crate::connection::Closed;

/// Why a call or a command did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused, and said why. Nothing was done.
    #[error("the server refused: {} ({})", .error.message, .error.code.as_str())]
    Api {
        /// The server's words.
        error: Box<parlor_protocol::Error>,
        /// The HTTP status; absent over WebSocket.
        status: Option<u16>,
    },
    /// The address of the server can't be used.
    #[error("the address `{address}` can't be used: {reason}")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The request or its answer got lost: whether the server did it is unknown.
    #[error("the HTTP request failed")]
    Http(#[from] reqwest::Error),
    /// The connection could not be opened.
    #[error("the WebSocket failed")]
    Socket(#[source] Box<tungstenite::Error>),
    /// The connection ended before the answer: whether the server did it is unknown.
    #[error("the connection ended: {0}")]
    Closed(Closed),
    /// The server did not answer the handshake in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// The server said something that is not of the protocol.
    #[error("the server's {what} can't be understood: {detail}")]
    Malformed {
        /// What was expected.
        what: String,
        /// Why it is not that.
        detail: String,
    },
}

impl Error {
    /// The server's code, if the server refused.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Api { error, .. } => Some(error.code),
            _ => None,
        }
    }

    /// True if the server certainly did not do what was asked, so that a repeat can't do it twice.
    pub fn is_refusal(&self) -> bool {
        self.code().is_some_and(|code| code != ErrorCode::Internal)
    }

    pub(crate) fn api(error: parlor_protocol::Error, status: Option<u16>) -> Self {
        Self::Api { error: Box::new(error), status }
    }

    pub(crate) fn malformed(what: &str, detail: &(impl ToString + ?Sized)) -> Self {
        Self::Malformed { what: what.to_owned(), detail: detail.to_string() }
    }
}

impl From<tungstenite::Error> for Error {
    fn from(error: tungstenite::Error) -> Self {
        if let tungstenite::Error::Http(response) = &error {
            let body = response.body().as_deref().unwrap_or_default();
            if let Ok(refusal) = serde_json::from_slice(body) {
                return Self::api(refusal, Some(response.status().as_u16()));
            }
        }
        Self::Socket(Box::new(error))
    }
}
