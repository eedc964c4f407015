//! `[limits]`: what bounds the work that anybody can cause.

use crate::config::rate::Rate;
use crate::config::section::section;
use crate::config::value::Count;

section! {
    /// What bounds the work that anybody can cause. A rate is written as what is allowed at once, and how fast that
    /// fills up again: "30 at once, 10 per s". Who is too fast gets the error `rate_limited` with the time to wait.
    ["limits"] Limits {
        /// False lifts the rates, and the number of connections and of requests of one network address and of one user,
        /// for load tests. Every other limit stays.
        enabled: bool = true, "PARLOR_LIMITS_ENABLED";
        /// The longest message, in bytes of UTF-8. A longer one gets the error `body_too_long`.
        max_body_bytes: Count<1, 262_144> = Count(16_384), "PARLOR_LIMITS_MAX_BODY_BYTES";
        /// How many bytes of rendered messages are kept in memory, so that no message is rendered again at each read.
        rendering_bytes: Count<1_048_576, 2_147_483_648> = Count(33_554_432), "PARLOR_LIMITS_RENDERING_BYTES";
        /// How many connections are open at the same time, WebSockets included. For a further one, the connection is
        /// closed that has waited the longest for a request; if none does, it waits until another one closes.
        max_connections: Count<8, 1_000_000> = Count(10_000), "PARLOR_LIMITS_MAX_CONNECTIONS";
        /// How many connections one network address may have open, WebSockets included; as above, those that wait give
        /// way. A trusted proxy may have any number.
        max_open_per_address: Count<8, 1_000_000> = Count(512), "PARLOR_LIMITS_MAX_OPEN_PER_ADDRESS";
        /// How many WebSockets one network address may have open.
        max_connections_per_address: Count<1, 1_000_000> = Count(256), "PARLOR_LIMITS_MAX_CONNECTIONS_PER_ADDRESS";
        /// How many WebSockets one user may have open.
        max_connections_per_user: Count<1, 1_000_000> = Count(64), "PARLOR_LIMITS_MAX_CONNECTIONS_PER_USER";
        /// How many bodies of requests may be on their way. For a further one, the request that has waited the longest
        /// for its body gets the error `busy`.
        max_bodies: Count<8, 1_000_000> = Count(512), "PARLOR_LIMITS_MAX_BODIES";
        /// The same for each network address: it is its own oldest request that gives way.
        max_bodies_per_address: Count<1, 1_000_000> = Count(128), "PARLOR_LIMITS_MAX_BODIES_PER_ADDRESS";
        /// How many requests are worked on at the same time. Further ones get the error `busy`. A request whose body has
        /// not arrived, or whose answer is on its way, is none of them.
        max_requests: Count<8, 1_000_000> = Count(1_024), "PARLOR_LIMITS_MAX_REQUESTS";
        /// The same for each network address. Further ones get the error `rate_limited`.
        max_requests_per_address: Count<1, 1_000_000> = Count(256), "PARLOR_LIMITS_MAX_REQUESTS_PER_ADDRESS";
        /// The same for each user.
        max_requests_per_user: Count<1, 1_000_000> = Count(64), "PARLOR_LIMITS_MAX_REQUESTS_PER_USER";
        /// How many bytes of answers may be in memory because they are being made or clients have not taken them.
        /// What asks for more waits.
        max_answer_bytes: Count<1_048_576, 2_147_483_648> = Count(268_435_456), "PARLOR_LIMITS_MAX_ANSWER_BYTES";
        /// The same for each network address.
        max_answer_bytes_per_address: Count<1_048_576, 2_147_483_648> = Count(67_108_864), "PARLOR_LIMITS_MAX_ANSWER_BYTES_PER_ADDRESS";
        /// The same for each user.
        max_answer_bytes_per_user: Count<1_048_576, 2_147_483_648> = Count(8_388_608), "PARLOR_LIMITS_MAX_ANSWER_BYTES_PER_USER";
        /// How many bytes of what clients missed may be in memory because their WebSockets have not taken them. Who comes
        /// back meanwhile waits.
        max_catch_up_bytes: Count<1_048_576, 2_147_483_648> = Count(134_217_728), "PARLOR_LIMITS_MAX_CATCH_UP_BYTES";
        /// The same for each network address.
        max_catch_up_bytes_per_address: Count<1_048_576, 2_147_483_648> = Count(33_554_432), "PARLOR_LIMITS_MAX_CATCH_UP_BYTES_PER_ADDRESS";
        /// The same for each user.
        max_catch_up_bytes_per_user: Count<1_048_576, 2_147_483_648> = Count(4_194_304), "PARLOR_LIMITS_MAX_CATCH_UP_BYTES_PER_USER";
        /// How many messages are rendered at the same time. Further ones wait.
        max_renderings: Count<1, 1_024> = Count(8), "PARLOR_LIMITS_MAX_RENDERINGS";
        /// The same for each user.
        max_renderings_per_user: Count<1, 1_024> = Count(2), "PARLOR_LIMITS_MAX_RENDERINGS_PER_USER";
        /// The largest body of a request, in bytes. A larger one gets the error `too_large`.
        max_request_bytes: Count<1_024, 16_777_216> = Count(262_144), "PARLOR_LIMITS_MAX_REQUEST_BYTES";
        /// The largest frame that a client may send over a WebSocket, in bytes. A larger one gets the error `too_large`,
        /// and one of more than twice the size ends the connection.
        max_frame_bytes: Count<1_024, 16_777_216> = Count(65_536), "PARLOR_LIMITS_MAX_FRAME_BYTES";
        /// How many commands of one WebSocket are worked on at the same time. When they are, nothing more is read from
        /// it.
        max_commands: Count<1, 1_024> = Count(32), "PARLOR_LIMITS_MAX_COMMANDS";
        /// How many changes a client that comes back may have missed in a room and still get them one by one. Beyond, it
        /// is told to read the room anew.
        max_behind: Count<1, 100_000> = Count(1_000), "PARLOR_LIMITS_MAX_BEHIND";
        /// Signing in, for each network address. What is said here of signing in holds for whoever comes from a browser
        /// on which nobody has signed in to the name before: those have limits of their own (`login_name`).
        login: Rate = Rate::per_minute(30, 30), "PARLOR_LIMITS_LOGIN";
        /// Signing in to one name, for each network address, and for each browser on which somebody has signed in to it
        /// before.
        login_name: Rate = Rate::per_minute(10, 10), "PARLOR_LIMITS_LOGIN_NAME";
        /// Signing in to one name, from all network addresses together from which nobody has signed in to it before. The
        /// first try of each in ten minutes and later ones are counted apart, each with this rate: those who go on
        /// guessing don't keep the owner out who comes from a new place.
        login_strangers: Rate = Rate::per_minute(300, 2), "PARLOR_LIMITS_LOGIN_STRANGERS";
        /// Giving one's present password to change it, for each user.
        password: Rate = Rate::per_minute(10, 10), "PARLOR_LIMITS_PASSWORD";
        /// Making an account, for each network address.
        register: Rate = Rate::per_minute(100, 20), "PARLOR_LIMITS_REGISTER";
        /// Entering as a guest, for each network address.
        guest: Rate = Rate::per_minute(100, 30), "PARLOR_LIMITS_GUEST";
        /// Asking where an invitation leads, for each network address.
        inspect_invite: Rate = Rate::per_second(60, 1), "PARLOR_LIMITS_INSPECT_INVITE";
        /// Opening a WebSocket, for each network address.
        connect: Rate = Rate::per_second(300, 20), "PARLOR_LIMITS_CONNECT";
        /// Sending messages, for each user.
        send: Rate = Rate::per_second(30, 10), "PARLOR_LIMITS_SEND";
        /// Other changes, for each user.
        write: Rate = Rate::per_second(60, 10), "PARLOR_LIMITS_WRITE";
        /// Making rooms and invitations, for each user.
        create: Rate = Rate::per_minute(30, 12), "PARLOR_LIMITS_CREATE";
        /// Reading, for each user.
        read: Rate = Rate::per_second(400, 100), "PARLOR_LIMITS_READ";
        /// Being told over a WebSocket what one missed, for each user, in parts of 32 KiB. Who is too fast is not refused,
        /// but told later.
        catch_up: Rate = Rate::per_second(400, 100), "PARLOR_LIMITS_CATCH_UP";
    }
}

impl Limits {
    /// Lowers the number of connections to what is `possible` of it.
    pub(crate) fn clamp_connections(&mut self, possible: impl Fn(usize) -> usize) {
        let possible = possible(self.max_connections.get());
        self.max_connections = Count(u32::try_from(possible).unwrap_or(u32::MAX));
    }
}
