//! `[server]`: where the server is.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config::networks::Networks;
use crate::config::public_url::PublicUrl;
use crate::config::section::section;
use crate::config::server_name::Name;
use crate::config::value::{Period, Secret};

section! {
    /// Where the server listens, keeps its data, and is reached.
    ["server"] Server {
        /// The IP address and port to listen on. With `127.0.0.1` only this machine reaches the server; `0.0.0.0` or
        /// `[::]` lets every network in. Port 0 takes any free port. Parlor speaks plain HTTP: put a reverse proxy
        /// with a certificate in front of it before strangers come.
        listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080)), "PARLOR_LISTEN";
        /// What the server is called: above the list of rooms, in the title of the page, and where people sign in or
        /// follow an invitation.
        name: Name = Name::default(), "PARLOR_SERVER_NAME";
        /// The folder of the database, made on the first start and readable by its owner alone. A relative path is
        /// seen from the working directory.
        data_dir: PathBuf = PathBuf::from("data"), "PARLOR_DATA_DIR";
        /// The address that people type, without a path. It stands in the links that the server prints, and decides
        /// whether cookies are sent over HTTPS alone. Without it, the address is http:// and `listen`.
        public_url: Option<PublicUrl> = None, "PARLOR_PUBLIC_URL", example "https://chat.example.org";
        /// The reverse proxies whose word counts for where a request came from (`X-Forwarded-For`). Limits for each network
        /// address go by it. Name yours if it runs on another machine or in a container.
        trusted_proxies: Networks = Networks::loopback(), "PARLOR_TRUSTED_PROXIES";
        /// Whether WebSocket messages of 256 bytes and more may be compressed, for clients that ask for it
        /// (permessage-deflate). It saves little where messages are short, and takes processor time for each of them.
        compress_sockets: bool = false, "PARLOR_COMPRESS_SOCKETS";
        /// How often a client on a WebSocket is asked whether it is there. One that shows no sign of life until the next
        /// time is taken for gone, at the latest after 2.2 times this.
        ping_every: Period<1, 300> = Period(18), "PARLOR_PING_EVERY";
        /// An address and port of their own for `/metrics`, `/healthz` and `/readyz`. Whoever reaches it may read them. Without
        /// it and `metrics_token`, `/metrics` is for programs on this machine that connect without a proxy; to everybody
        /// else there is no such path.
        metrics_listen: Option<SocketAddr> = None, "PARLOR_METRICS_LISTEN", example "127.0.0.1:9090";
        /// What whoever reads `/metrics` must bring, as `Authorization: Bearer …`, from this machine too.
        metrics_token: Option<Secret> = None, "PARLOR_METRICS_TOKEN", example "a long random text";
        /// How long a request may take before it is given up.
        request_within: Period<1, 600> = Period(30), "PARLOR_REQUEST_WITHIN";
        /// How long the head of a request may take to arrive. The connection is closed after that.
        head_within: Period<1, 600> = Period(10), "PARLOR_HEAD_WITHIN";
        /// How long a connection stays open between two requests. A reverse proxy that keeps connections open should
        /// close them earlier.
        idle_within: Period<1, 600> = Period(75), "PARLOR_IDLE_WITHIN";
        /// Within what time a client must take 32 KiB more of an answer, or the rest of it. The connection is closed
        /// when it does not.
        taken_within: Period<1, 600> = Period(30), "PARLOR_TAKEN_WITHIN";
        /// How long the body of a request may take to arrive.
        body_within: Period<1, 600> = Period(10), "PARLOR_BODY_WITHIN";
        /// How long the server waits for running requests when it is told to stop.
        stop_within: Period<0, 600> = Period(10), "PARLOR_STOP_WITHIN";
    }
}
