//! The HTTP side: builds requests, adds the credential, tells answers from refusals. The routes stand in `routes`.

use std::fmt;
use std::time::Duration;

use parlor_protocol::{API_PREFIX, SignedIn, WEBSOCKET_PATH};
use reqwest::{Method, Response, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A server, and perhaps who one is there. Cheap to clone; clones share their pool of HTTP connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<String>,
}

impl Client {
    /// A stranger at the server at `base_url`, such as `http://127.0.0.1:8080`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Address`] if that is not an `http://` address.
    pub fn new(base_url: &str) -> Result<Self> {
        let refuse = |reason: String| Error::Address { address: base_url.to_owned(), reason };
        let base = Url::parse(base_url).map_err(|error| refuse(error.to_string()))?;
        if base.scheme() != "http" || base.host().is_none() {
            return Err(refuse("it must begin with http:// and name a host".to_owned()));
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .tcp_nodelay(true)
            .no_proxy()
            .build()?;
        Ok(Self { http, base, token: None })
    }

    /// The same server, as whoever this token belongs to.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The same server, as who just signed in.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the answer holds no token, which only happens where a cookie was asked for.
    pub fn signed_in(&self, answer: &SignedIn) -> Result<Self> {
        let token = answer.token.as_ref().ok_or_else(|| Error::malformed("answer", "it holds no token"))?;
        Ok(self.with_token(token))
    }

    /// The credential, if there is one.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Where the server is.
    pub fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Where its WebSocket is.
    pub(crate) fn websocket_url(&self) -> String {
        let address = self.base_url();
        let rest = address.strip_prefix("http").unwrap_or(address);
        format!("ws{rest}{WEBSOCKET_PATH}")
    }

    /// The address of a route: its path segments, which are escaped as needed.
    pub(crate) fn route(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        url.set_path(API_PREFIX);
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(segments);
        }
        url
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T> {
        answer(self.call(Method::GET, url, None::<&()>).await?).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(&self, url: Url, body: &impl Serialize) -> Result<T> {
        answer(self.call(Method::POST, url, Some(body)).await?).await
    }

    pub(crate) async fn put<T: DeserializeOwned>(&self, url: Url, body: &impl Serialize) -> Result<T> {
        answer(self.call(Method::PUT, url, Some(body)).await?).await
    }

    pub(crate) async fn patch<T: DeserializeOwned>(&self, url: Url, body: &impl Serialize) -> Result<T> {
        answer(self.call(Method::PATCH, url, Some(body)).await?).await
    }

    /// A `POST` without a body whose answer holds something.
    pub(crate) async fn post_nothing<T: DeserializeOwned>(&self, url: Url) -> Result<T> {
        answer(self.call(Method::POST, url, None::<&()>).await?).await
    }

    /// A call whose answer holds nothing.
    pub(crate) async fn act(&self, method: Method, url: Url, body: Option<&impl Serialize>) -> Result<()> {
        self.call(method, url, body).await.map(drop)
    }

    async fn call(&self, method: Method, url: Url, body: Option<&impl Serialize>) -> Result<Response> {
        let mut request = self.http.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let bytes = response.bytes().await?;
        match serde_json::from_slice(&bytes) {
            Ok(error) => Err(Error::api(error, Some(status.as_u16()))),
            Err(_) => Err(Error::malformed("refusal", &format!("status {status}"))),
        }
    }
}

async fn answer<T: DeserializeOwned>(response: Response) -> Result<T> {
    let bytes = response.bytes().await?;
    serde_json::from_slice(&bytes).map_err(|error| Error::malformed("answer", &error))
}

/// Hides the token.
impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = self.token.as_ref().map(|_| "…");
        formatter
            .debug_struct("Client")
            .field("base", &self.base_url())
            .field("token", &token)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_built() {
        let client = Client::new("http://127.0.0.1:8080").unwrap();
        assert_eq!(client.websocket_url(), "ws://127.0.0.1:8080/api/v1/ws");
        let url = client.route(&["rooms", "by-slug", "отдел/7"]);
        assert!(url.as_str().ends_with("/api/v1/rooms/by-slug/%D0%BE%D1%82%D0%B4%D0%B5%D0%BB%2F7"), "{url}");
        for address in ["127.0.0.1:8080", "https://chat.example.org", "http://", "nonsense"] {
            assert!(matches!(Client::new(address), Err(Error::Address { .. })), "{address}");
        }
    }

    #[test]
    fn debug_hides_the_token() {
        let client = Client::new("http://localhost").unwrap().with_token("s3cret");
        assert!(!format!("{client:?}").contains("s3cret"));
    }
}
