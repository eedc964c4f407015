//! The languages that servers speak: how a connection begins, what a send looks like, and what came.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::orders::Seat;
use super::words::{self, Said};
use super::xmpp;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Parlor's contract, which the small servers among the peers speak as well, as far as a run needs it.
    Parlor,
    /// XMPP over WebSocket, with rooms.
    Xmpp,
}

/// The path of the WebSocket.
const PATH: &str = "/api/v1/ws";

impl Dialect {
    /// The request for an upgrade. The key may be anything of the right form: the answer to it is not looked at.
    pub fn upgrade(self, address: SocketAddr) -> Vec<u8> {
        let (path, host, protocol) = match self {
            Self::Parlor => (PATH, address.to_string(), ""),
            // These servers choose among their hosts by this name.
            Self::Xmpp => (xmpp::PATH, "localhost".to_owned(), "Sec-WebSocket-Protocol: xmpp\r\n"),
        };
        format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\n{protocol}Sec-WebSocket-Key: cGFybG9yLWJlbmNoLWtleQ==\r\n\r\n"
        )
        .into_bytes()
    }

    /// The first frame of a connection, with the positions that it has reached.
    pub fn hello(self, seat: &Seat, positions: &[(&str, u64)]) -> Vec<u8> {
        if self == Self::Xmpp {
            return xmpp::begin();
        }
        let resume: Vec<String> =
            positions.iter().map(|(room, seq)| format!(r#"{{"room":"{room}","seq":{seq}}}"#)).collect();
        let resume =
            if resume.is_empty() { String::new() } else { format!(r#","resume":[{}]"#, resume.join(",")) };
        format!(r#"{{"type":"hello","ref":1,"data":{{"token":"{}"{resume}}}}}"#, seat.token).into_bytes()
    }

    /// A send. The body is ASCII without quotation marks.
    pub fn send(self, room: &str, reference: u64, nonce: &str, body: &[u8], out: &mut Vec<u8>) {
        if self == Self::Xmpp {
            return xmpp::send(room, reference, body, out);
        }
        out.extend(
            format!(r#"{{"type":"message.send","ref":{reference},"data":{{"room":"{room}","body":""#)
                .as_bytes(),
        );
        out.extend(body);
        out.extend(format!(r#"","nonce":"{nonce}"}}}}"#).as_bytes());
    }

    /// What a frame says.
    pub fn read(self, frame: &[u8]) -> Said<'_> {
        match self {
            Self::Parlor => words::read(frame),
            Self::Xmpp => xmpp::read(frame),
        }
    }

    /// True if the sender's own message, when it comes back, is the acknowledgement.
    pub fn acknowledges_by_delivery(self) -> bool {
        self == Self::Xmpp
    }
}

/// What of the answer to `hello` matters.
#[derive(Debug, Deserialize)]
pub struct Ready {
    /// Its data.
    pub data: ReadyData,
}

/// Who one is, and where.
#[derive(Debug, Deserialize)]
pub struct ReadyData {
    /// Oneself.
    pub user: ReadyUser,
    /// The rooms that one is in.
    pub rooms: Vec<ReadyRoom>,
}

/// Oneself.
#[derive(Debug, Deserialize)]
pub struct ReadyUser {
    /// `usr_…`
    pub id: String,
}

/// A room that one is in.
#[derive(Debug, Deserialize)]
pub struct ReadyRoom {
    /// `rm_…`
    pub id: String,
    /// Its newest place.
    pub head: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_json_with_the_words_of_the_contract() {
        let seat = Seat { token: "secret".to_owned(), rooms: vec![0], small: false };
        let hello: serde_json::Value =
            serde_json::from_slice(&Dialect::Parlor.hello(&seat, &[("rm_a", 7), ("rm_b", 8)])).unwrap();
        assert_eq!(hello["data"]["resume"][1], serde_json::json!({"room": "rm_b", "seq": 8}));
        let mut send = Vec::new();
        Dialect::Parlor.send("rm_a", 3, "n-3", b"hello", &mut send);
        let send: serde_json::Value = serde_json::from_slice(&send).unwrap();
        let expected = serde_json::json!({
            "type": "message.send", "ref": 3, "data": {"room": "rm_a", "body": "hello", "nonce": "n-3"}
        });
        assert_eq!(send, expected);
    }
}
