//! Sends back every message it gets: the codec with nothing around it but blocking sockets. The conformance cases are
//! run against it (`cargo xtask conformance`). It is no example of a server for many: it has a thread for each.
//!
//! It listens on a free port of 127.0.0.1 and prints the address.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use parlor_gateway::codec::handshake::{self, Abilities};
use parlor_gateway::codec::{Decoder, Deflater, Frame, Incoming, Inflater, WindowBits};

/// The largest message, in bytes: that of the largest case, 16 MiB, and some more.
const MAX_MESSAGE: u32 = 20 * 1024 * 1024;
/// The largest request, in bytes.
const MAX_REQUEST: usize = 16 * 1024;
/// How much is read at once.
const READ_BUFFER: usize = 64 * 1024;
/// How long a peer may take to hang up after the last frame.
const LINGER: Duration = Duration::from_secs(2);

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        std::thread::spawn(move || {
            // Many cases end by a reset connection.
            if let Err(error) = serve(stream) {
                eprintln!("a connection ended: {error}");
            }
        });
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (head, mut rest) = read_head(&mut stream)?;
    let (method, version, headers) =
        parse_head(&head).ok_or_else(|| io::Error::from(ErrorKind::InvalidData))?;
    let abilities = Abilities { subprotocols: &[], deflate: true };
    match handshake::accept(&method, version, &headers, abilities) {
        Ok(accepted) => {
            stream.write_all(&answer(StatusCode::SWITCHING_PROTOCOLS, &accepted.headers))?;
            converse(&mut stream, &mut rest, accepted.deflate)?;
            hang_up(&mut stream)
        }
        Err(refused) => stream.write_all(&answer(refused.status(), &refused.header().into_iter().collect())),
    }
}

/// Reads up to the empty line, and returns what came behind it too.
fn read_head(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            let head = String::from_utf8(bytes).map_err(|_| ErrorKind::InvalidData)?;
            return Ok((head, rest));
        }
        let mut chunk = [0; 1024];
        let count = stream.read(&mut chunk)?;
        if count == 0 || bytes.len() > MAX_REQUEST {
            return Err(ErrorKind::InvalidData.into());
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
}

fn parse_head(head: &str) -> Option<(Method, Version, HeaderMap)> {
    let mut lines = head.trim_end().split("\r\n");
    let mut request = lines.next()?.split(' ');
    let method = request.next()?.parse().ok()?;
    let version = if request.nth(1)? == "HTTP/1.1" { Version::HTTP_11 } else { Version::HTTP_10 };
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        headers.append(name.parse::<HeaderName>().ok()?, value.trim().parse::<HeaderValue>().ok()?);
    }
    Some((method, version, headers))
}

fn answer(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// Answers until one side says goodbye. What came behind the request is looked at first.
fn converse(stream: &mut TcpStream, rest: &mut [u8], window: Option<WindowBits>) -> io::Result<()> {
    let mut decoder = Decoder::new(MAX_MESSAGE);
    let mut inflater = window.map(|_| Inflater::new());
    let mut deflater = window.map(|window| Deflater::new(window, 0));
    let mut buffer = vec![0; READ_BUFFER];
    let mut output = Vec::new();
    let mut input = rest;
    loop {
        let mut reading = decoder.read(input, inflater.as_mut());
        loop {
            match reading.next() {
                Ok(Some(incoming)) => {
                    if let Some(frame) = reply(incoming, deflater.as_mut()) {
                        output.extend_from_slice(frame.as_bytes());
                    }
                }
                Ok(None) => break,
                Err(violation) => {
                    let frame = Frame::close(violation.code(), &violation.to_string());
                    output.extend_from_slice(frame.as_bytes());
                }
            }
        }
        drop(reading);
        stream.write_all(&output)?;
        output.clear();
        if decoder.has_ended() {
            return Ok(());
        }
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        input = &mut buffer[..count];
    }
}

/// What is sent back, if anything.
fn reply(incoming: Incoming<'_>, deflater: Option<&mut Deflater>) -> Option<Frame> {
    Some(match incoming {
        Incoming::Text(text) => {
            deflater.and_then(|deflater| deflater.text(text)).unwrap_or_else(|| Frame::text(text))
        }
        Incoming::Binary(bytes) => {
            deflater.and_then(|deflater| deflater.binary(bytes)).unwrap_or_else(|| Frame::binary(bytes))
        }
        Incoming::Ping(payload) => Frame::pong(payload),
        Incoming::Pong(_) => return None,
        Incoming::Close(Some((code, reason))) => Frame::close(code, reason),
        Incoming::Close(None) => Frame::close_without_code(),
    })
}

/// Lets the peer read the last frame: a socket that is closed with unread bytes in it takes that frame back.
fn hang_up(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(LINGER))?;
    let mut ignored = [0; 4096];
    while stream.read(&mut ignored)? > 0 {}
    Ok(())
}
