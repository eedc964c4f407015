//! A client that sends whatever a test wants and checks what comes.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use parlor_protocol::binary;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no socket: the status, and the error's code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: String,
}

pub(crate) struct Socket {
    inner: WebSocketStream<MaybeTlsStream<TcpStream>>,
    reference: u64,
    /// True if frames are in the compact form.
    compact: bool,
}

/// What comes from a socket.
#[derive(Debug, PartialEq)]
pub(crate) enum Came {
    Frame(Value),
    Closed(Option<u16>),
}

impl Socket {
    /// Takes over a socket that was opened elsewhere.
    pub(crate) fn of(inner: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        Self { inner, reference: 0, compact: false }
    }

    /// Asks for a socket with these headers.
    pub(crate) async fn open(address: SocketAddr, headers: &[(&str, &str)]) -> Result<Self, Refused> {
        let mut request = format!("ws://{address}/api/v1/ws").into_client_request().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let connecting = tokio_tungstenite::connect_async_with_config(request, Some(config), true);
        match tokio::time::timeout(PATIENCE, connecting).await.unwrap() {
            Ok((inner, response)) => {
                let chosen = response.headers().get("sec-websocket-protocol");
                let compact = chosen.is_some_and(|chosen| chosen == binary::SUBPROTOCOL);
                Ok(Self { inner, reference: 0, compact })
            }
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let error: Value = serde_json::from_slice(body).unwrap_or_default();
                Err(Refused {
                    status: response.status().as_u16(),
                    code: error["code"].as_str().unwrap_or_default().to_owned(),
                })
            }
            Err(error) => panic!("no answer to the upgrade: {error}"),
        }
    }

    /// Says hello and waits for `ready`, which it returns.
    pub(crate) async fn hello(&mut self, token: &str, resume: Value) -> Value {
        self.ask_ready(json!({"token": token, "resume": resume})).await
    }

    /// Says hello as one who follows opened rooms alone, and waits for `ready`.
    pub(crate) async fn hello_opened(&mut self, token: &str, resume: Value) -> Value {
        self.ask_ready(json!({"token": token, "resume": resume, "follow": "opened"})).await
    }

    /// Asks whether the other side is there, and returns what time it is there.
    pub(crate) async fn ping(&mut self) -> String {
        let answer = self.ask("ping", json!({})).await;
        answer["now"].as_str().unwrap_or_default().to_owned()
    }

    async fn ask_ready(&mut self, hello: Value) -> Value {
        self.command("hello", hello).await;
        let ready = self.frame().await;
        assert_eq!(ready["type"], "ready", "{ready}");
        assert_eq!(ready["ref"], self.reference);
        ready["data"].clone()
    }

    pub(crate) async fn text(&mut self, text: impl Into<String>) {
        self.inner.send(Message::text(text.into())).await.unwrap();
    }

    pub(crate) async fn message(&mut self, message: Message) {
        self.inner.send(message).await.unwrap();
    }

    /// Sends a command and returns its number.
    pub(crate) async fn command(&mut self, kind: &str, data: Value) -> u64 {
        self.reference += 1;
        let frame = json!({"type": kind, "ref": self.reference, "data": data});
        if self.compact {
            self.message(Message::binary(binary::encode(&frame).unwrap())).await;
        } else {
            self.text(frame.to_string()).await;
        }
        self.reference
    }

    /// Sends a command and returns the data of its answer, past whatever comes before it.
    pub(crate) async fn ask(&mut self, kind: &str, data: Value) -> Value {
        let reference = self.command(kind, data).await;
        let answer = self.until(|frame| frame["ref"] == reference).await;
        assert_eq!(answer["type"], "ok", "{answer}");
        answer["data"].clone()
    }

    /// Sends a command and returns the code of the error that answers it.
    pub(crate) async fn refused(&mut self, kind: &str, data: Value) -> String {
        let reference = self.command(kind, data).await;
        let answer = self.until(|frame| frame["ref"] == reference).await;
        answer["error"]["code"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// What is left to read, as bytes, up to the end.
    pub(crate) async fn rest(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let reading = self.inner.get_mut().read_to_end(&mut bytes);
        tokio::time::timeout(PATIENCE, reading).await.unwrap().unwrap();
        bytes
    }

    /// What comes next, pings aside.
    pub(crate) async fn next(&mut self) -> Came {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.inner.next()).await;
            match message.unwrap_or_else(|_| panic!("nothing came for {PATIENCE:?}")) {
                Some(Ok(Message::Text(text))) => {
                    assert!(!self.compact, "{text} is not in the form that was chosen");
                    return Came::Frame(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Binary(bytes))) => {
                    assert!(self.compact, "{bytes:?} is not in the form that was chosen");
                    return Came::Frame(binary::decode(&bytes).unwrap());
                }
                Some(Ok(Message::Close(frame))) => {
                    return Came::Closed(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                None | Some(Err(_)) => return Came::Closed(None),
            }
        }
    }

    /// The next frame.
    pub(crate) async fn frame(&mut self) -> Value {
        match self.next().await {
            Came::Frame(frame) => frame,
            Came::Closed(code) => panic!("closed with {code:?}"),
        }
    }

    /// The next frame that fits, past those that don't.
    pub(crate) async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.frame().await;
            if fits(&frame) {
                return frame;
            }
        }
    }

    /// The next frame of that type, past others.
    pub(crate) async fn until_type(&mut self, kind: &str) -> Value {
        self.until(|frame| frame["type"] == kind).await
    }

    /// The code that the connection is closed with, past whatever comes before.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Came::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    /// True if everything that was sent before has been dealt with, and nothing of `room` came meanwhile.
    pub(crate) async fn is_quiet(&mut self, room: &str) -> bool {
        let reference = self.command("ping", json!({})).await;
        let mut quiet = true;
        loop {
            let frame = self.frame().await;
            if frame["ref"] == reference {
                return quiet;
            }
            quiet &= frame["room"] != room;
        }
    }
}
