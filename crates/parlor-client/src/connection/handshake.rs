//! The handshake: it asks for the encoding by subprotocol, and once more without if the server knows of none.

use parlor_protocol::binary;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{ProtocolError, SubProtocolError};
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as SocketError, Result as SocketResult};

use super::{Encoding, Socket};
use crate::{Client, Result};

const READ_BUFFER_BYTES: usize = 8 * 1024;

/// Connects, and says which encoding the server took.
pub(super) async fn connect(client: &Client, encoding: Encoding) -> Result<(Socket, Encoding)> {
    match attempt(client, encoding).await {
        Err(SocketError::Protocol(ProtocolError::SecWebSocketSubProtocolError(
            SubProtocolError::NoSubProtocol,
        ))) => Ok(attempt(client, Encoding::Json).await?),
        outcome => Ok(outcome?),
    }
}

async fn attempt(client: &Client, encoding: Encoding) -> SocketResult<(Socket, Encoding)> {
    let mut request = client.websocket_url().into_client_request()?;
    if encoding == Encoding::MessagePack {
        // JSON is named too: a server that has the other no more can choose it.
        let offers = format!("{}, {}", binary::SUBPROTOCOL, binary::JSON_SUBPROTOCOL);
        let offers = HeaderValue::try_from(offers).map_err(|error| SocketError::HttpFormat(error.into()))?;
        request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, offers);
    }
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
    let (socket, response) = connect_async_with_config(request, Some(config), true).await?;
    let taken = response.headers().get(header::SEC_WEBSOCKET_PROTOCOL);
    let is_binary = taken.is_some_and(|taken| taken == binary::SUBPROTOCOL);
    Ok((socket, if is_binary { Encoding::MessagePack } else { Encoding::Json }))
}
