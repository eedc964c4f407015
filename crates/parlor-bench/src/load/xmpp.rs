//! As much of XMPP over WebSocket (RFC 7395) as a run with rooms (XEP-0045) needs: signing in as nobody, joining rooms,
//! sending, and finding the few words of a stanza that matter.
//!
//! A room of XMPP numbers nothing. So what the ledger takes for a room is one sender in a room, named as XMPP names
//! them (`room@service/nick`), and the place is the sender's own number of the message, its `id`. What a sender says
//! comes back to it as it comes to everybody, and that is the acknowledgement.

use super::orders::Seat;
use super::words::Said;

/// The path of the WebSocket.
pub const PATH: &str = "/xmpp-websocket";
/// The place before the first message of every sender: the first number is the one after.
pub const BEFORE_ALL: u64 = 1;

const OPEN: &[u8] = b"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
const SIGN_IN: &[u8] = b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
const BIND: &[u8] =
    b"<iq xmlns='jabber:client' type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";

/// What a frame means to a connection that is not in its rooms yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Say this.
    Say(Vec<Vec<u8>>),
    /// One of the rooms is joined.
    Joined,
    /// Nothing.
    Wait,
    /// The server does not want this connection.
    Refused,
}

/// What to say first.
pub fn begin() -> Vec<u8> {
    OPEN.to_vec()
}

/// What to do about a frame before all rooms are joined. `rooms` are those of the seat.
pub fn step(frame: &[u8], seat: &Seat, rooms: &[&str]) -> Step {
    let has = |word: &[u8]| memchr::memmem::find(frame, word).is_some();
    if has(b"<failure") || has(b"type='error'") || has(b"type=\"error\"") {
        Step::Refused
    } else if has(b"ANONYMOUS") {
        Step::Say(vec![SIGN_IN.to_vec()])
    } else if frame.starts_with(b"<success") {
        Step::Say(vec![begin()])
    } else if has(b"features") && has(b"xmpp-bind") {
        Step::Say(vec![BIND.to_vec()])
    } else if frame.starts_with(b"<iq") && has(b"<jid>") {
        Step::Say(joins(seat, rooms))
    } else if frame.starts_with(b"<presence") && ends_with_nick(frame, &seat.token) {
        Step::Joined
    } else {
        Step::Wait
    }
}

/// How many rooms a seat with these senders has.
pub fn count(senders: &[&str]) -> usize {
    bare(senders).len()
}

fn joins(seat: &Seat, rooms: &[&str]) -> Vec<Vec<u8>> {
    let join = |room: &&str| {
        format!(
            "<presence xmlns='jabber:client' to='{room}/{}'><x xmlns='http://jabber.org/protocol/muc'><history \
             maxstanzas='0'/></x></presence>",
            seat.token
        )
    };
    bare(rooms).iter().map(|room| join(room).into_bytes()).collect()
}

/// The rooms of senders, each once.
fn bare<'r>(senders: &[&'r str]) -> Vec<&'r str> {
    let mut rooms: Vec<&str> = senders.iter().filter_map(|sender| sender.split('/').next()).collect();
    rooms.dedup();
    rooms
}

fn ends_with_nick(frame: &[u8], nick: &str) -> bool {
    attribute(frame, b" from=")
        .and_then(|from| from.strip_suffix(nick.as_bytes()))
        .is_some_and(|rest| rest.ends_with(b"/"))
}

/// A send by this sender. The body is ASCII without anything that XML escapes.
pub fn send(sender: &str, reference: u64, body: &[u8], out: &mut Vec<u8>) {
    let room = sender.split('/').next().unwrap_or_default();
    out.extend(
        format!("<message xmlns='jabber:client' to='{room}' type='groupchat' id='{reference}'><body>")
            .as_bytes(),
    );
    out.extend(body);
    out.extend(b"</body></message>");
}

/// What a stanza says to somebody who is in their rooms.
pub fn read(frame: &[u8]) -> Said<'_> {
    if !frame.starts_with(b"<message") || memchr::memmem::find(frame, b"<body>").is_none() {
        return Said::Other;
    }
    if attribute(frame, b" type=") == Some(b"error") {
        return Said::Refused;
    }
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse().ok();
    match (attribute(frame, b" from="), attribute(frame, b" id=").and_then(number)) {
        (Some(room), Some(seq)) => Said::Event { room, seq },
        _ => Said::Other,
    }
}

/// An attribute of the first tag, whichever quotation marks it has.
fn attribute<'f>(frame: &'f [u8], name: &[u8]) -> Option<&'f [u8]> {
    let tag = &frame[..memchr::memchr(b'>', frame)?];
    let (quote, rest) = tag[memchr::memmem::find(tag, name)? + name.len()..].split_first()?;
    rest.iter().position(|byte| byte == quote).map(|end| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOMS: [&str; 2] = ["r0@conference.localhost/n0", "r0@conference.localhost/n1"];

    fn seat() -> Seat {
        Seat { token: "n5".to_owned(), rooms: vec![0, 1], small: false }
    }

    #[test]
    fn signing_in_goes_step_by_step_and_a_room_is_joined_once() {
        let step = |frame: &[u8]| step(frame, &seat(), &ROOMS);
        assert_eq!(step(b"<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>"), Step::Wait);
        let mechanisms = b"<stream:features><mechanism>ANONYMOUS</mechanism></stream:features>";
        assert_eq!(step(mechanisms), Step::Say(vec![SIGN_IN.to_vec()]));
        assert_eq!(step(b"<success xmlns='x'/>"), Step::Say(vec![begin()]));
        let features = b"<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>";
        assert_eq!(step(features), Step::Say(vec![BIND.to_vec()]));
        let Step::Say(joins) = step(b"<iq id='bind' type='result'><bind><jid>a@b/c</jid></bind></iq>") else {
            panic!("a bound connection joins")
        };
        assert_eq!((joins.len(), count(&ROOMS)), (1, 1));
        assert!(joins[0].starts_with(b"<presence xmlns='jabber:client' to='r0@conference.localhost/n5'>"));
        assert_eq!(step(b"<presence from='r0@conference.localhost/n4'/>"), Step::Wait);
        assert_eq!(step(b"<presence from='r0@conference.localhost/an5'/>"), Step::Wait);
        assert_eq!(step(b"<presence from=\"r0@conference.localhost/n5\"/>"), Step::Joined);
        assert_eq!(step(b"<presence from='r0@x/n5' type='error'/>"), Step::Refused);
    }

    #[test]
    fn a_message_is_the_place_of_its_sender() {
        let frame = b"<message to='a' from='r0@c/n1' id=\"17\" type='groupchat'><body>t</body><stanza-id id='9'/></message>";
        assert_eq!(read(frame), Said::Event { room: b"r0@c/n1", seq: 17 });
        let subject = b"<message from='r0@c' id='17'><subject/></message>";
        assert_eq!(read(subject), Said::Other);
        let error = b"<message from='r0@c' type='error'><body>t</body></message>";
        assert_eq!(read(error), Said::Refused);
    }
}
