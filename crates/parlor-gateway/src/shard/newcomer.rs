//! A socket that has just been upgraded, on its way from HTTP to a shard.

use std::net::TcpStream;

use bytes::Bytes;
use parlor_core::limits::Permit;

use crate::admission::Admitted;
use crate::credential::Credential;
use crate::wire::Wire;

/// A socket that is to become a connection.
pub(crate) struct Newcomer {
    /// The socket itself, which does not block.
    pub(crate) stream: TcpStream,
    /// What the peer sent after its request, before anybody looked.
    pub(crate) early: Bytes,
    /// In which form it takes frames.
    pub(crate) wire: Wire,
    /// What the request brought to say who it is.
    pub(crate) credential: Option<Credential>,
    /// Its place in the counts, until it ends.
    pub(crate) admitted: Admitted,
    /// Its place among the server's connections, until it ends.
    pub(crate) place: Permit,
}
