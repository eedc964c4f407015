//! Requests and answers, as short to write as a test wants them.

use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{HeaderMap, Request};
use serde_json::Value;

use super::Person;

/// A request in the making.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Who is connected.
    pub(crate) peer: SocketAddr,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) text: String,
    /// The body, if it is JSON; else null.
    pub(crate) json: Value,
}

impl Call {
    /// A request with a method and a path under `/api/v1`, or any other if it begins with two slashes.
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let path = match path.strip_prefix("//") {
            Some(rest) => format!("/{rest}"),
            None => format!("/api/v1{path}"),
        };
        let host = ("host".to_owned(), "127.0.0.1:8080".to_owned());
        Self {
            method: method.to_owned(),
            path,
            peer: ([192, 0, 2, 7], 50_000).into(),
            headers: vec![host],
            body: None,
        }
    }

    /// Comes from the machine of the server.
    pub(crate) fn on_this_machine(mut self) -> Self {
        self.peer = ([127, 0, 0, 1], 50_000).into();
        self
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn delete(path: &str) -> Self {
        Self::new("DELETE", path)
    }

    pub(crate) fn post(path: &str, body: impl Into<Value>) -> Self {
        Self::new("POST", path).json(&body.into())
    }

    pub(crate) fn patch(path: &str, body: impl Into<Value>) -> Self {
        Self::new("PATCH", path).json(&body.into())
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw(body.to_string())
    }

    /// A body that says it is JSON, whatever it is.
    pub(crate) fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", "application/json")
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(present, _)| present != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// One more line of a header that may be there already.
    pub(crate) fn another(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(present, _)| present != name);
        self
    }

    pub(crate) fn by(self, person: &Person) -> Self {
        self.header("authorization", &format!("Bearer {}", person.token))
    }

    /// With the session in the cookie, as a browser sends it.
    pub(crate) fn cookie_of(self, person: &Person) -> Self {
        self.header("cookie", &format!("parlor_session_8080={}", person.token))
    }

    pub(crate) fn into_request(self) -> Request<Body> {
        let body = self.body.clone().map_or_else(Body::empty, Body::from);
        self.into_request_with(body)
    }

    /// The request with a body that is more than bytes: one that breaks off, or never ends.
    pub(crate) fn into_request_with(self, body: Body) -> Request<Body> {
        let mut request = Request::builder().method(self.method.as_str()).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(body).unwrap()
    }
}

impl Answer {
    pub(crate) async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 16 * 1024 * 1024).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
            bytes: bytes.into(),
        }
    }

    /// The error's code; empty if it is none.
    pub(crate) fn code(&self) -> &str {
        self.json["code"].as_str().filter(|_| self.status >= 400).unwrap_or_default()
    }

    /// A header's value; empty if it isn't there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The error's code if it is one, else the status.
    pub(crate) fn outcome(&self) -> String {
        match self.code() {
            "" => self.status.to_string(),
            code => code.to_owned(),
        }
    }
}
