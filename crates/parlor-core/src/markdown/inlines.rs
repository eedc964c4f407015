//! What stands within a line: emphasis, code, links, addresses, line breaks. Everything else is text.
//!
//! A text is read once from left to right into pieces; brackets and marks find their partners on the way, and then the
//! pieces are written. There are no entities and no tags: what somebody typed is shown.

mod pieces;

use std::collections::HashMap;

use parlor_model::visible::has_visible;

use super::addresses::{Finder, angled};
use super::emphasis::{Run, pair};
use super::html::Html;
use super::letters::letter_before;
use super::links::target;
use pieces::Piece;

/// What a backslash takes the meaning from, wherever it stands.
const ESCAPABLE: &[u8] = b"\\`*_~[]<|";
/// The same at the beginning of a line, where these would begin a block, or end the number of an item.
const ESCAPABLE_FIRST: &[u8] = b"#>+-";

/// A shrug is no emphasis, and keeps its arm.
const SHRUG: &str = "¯\\_(ツ)_/¯";

/// A bracket that may begin a link.
struct Open {
    piece: usize,
    /// How many runs there were.
    runs: usize,
}

/// Reads a text into pieces.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Where the text begins that is in no piece yet.
    from: usize,
    /// Where the first letter of the line stands.
    line: usize,
    pieces: Vec<Piece<'t>>,
    runs: Vec<Run>,
    brackets: Vec<Open>,
    /// Brackets below this one stand before a link, and links don't stand in links.
    inactive: usize,
    addresses: Finder,
    /// Where runs of backticks of each length stand, the last first; made when the first is met.
    backticks: Option<HashMap<usize, Vec<usize>>>,
}

/// Writes a text.
pub(super) fn write(html: &mut Html, text: &str) {
    let mut reader = Reader {
        text,
        at: 0,
        from: 0,
        line: beginning(text, 0),
        pieces: Vec::new(),
        runs: Vec::new(),
        brackets: Vec::new(),
        inactive: 0,
        addresses: Finder::default(),
        backticks: None,
    };
    reader.read();
    pair(&mut reader.runs);
    pieces::write(html, &reader.pieces, &reader.runs);
}

impl<'t> Reader<'t> {
    fn read(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.piece(1, Piece::Break);
                    self.line = beginning(self.text, self.at);
                }
                b'\\' => self.backslash(),
                b'`' => self.backtick(),
                b'*' | b'_' | b'~' => self.marks(byte),
                b'[' => self.open("["),
                b'!' if bytes.get(self.at + 1) == Some(&b'[') => self.open("!["),
                b']' => self.close(),
                b'<' => match angled(&self.text[self.at..]) {
                    Some(address) => self.piece(address.shown.len() + 2, Piece::Address(Box::new(address))),
                    None => self.at += 1,
                },
                // The first byte of the shrug.
                0xc2 if self.text[self.at..].starts_with(SHRUG) => self.at += SHRUG.len(),
                _ if byte.is_ascii_alphanumeric() => match self.addresses.address(self.text, self.at) {
                    Some(address) => self.piece(address.shown.len(), Piece::Address(Box::new(address))),
                    None => self.at += 1,
                },
                _ => self.at += 1,
            }
        }
        self.flush();
    }

    /// What stands before here becomes a piece.
    fn flush(&mut self) {
        if self.from < self.at {
            self.pieces.push(Piece::Text(&self.text[self.from..self.at]));
        }
        self.from = self.at;
    }

    /// Adds a piece, of so many bytes.
    fn piece(&mut self, length: usize, piece: Piece<'t>) {
        self.flush();
        self.pieces.push(piece);
        self.at += length;
        self.from = self.at;
    }

    fn backslash(&mut self) {
        let bytes = self.text.as_bytes();
        let next = bytes.get(self.at + 1);
        let escapes = next.is_some_and(|next| {
            ESCAPABLE.contains(next)
                || (*next == b'!' && bytes.get(self.at + 2) == Some(&b'['))
                || (ESCAPABLE_FIRST.contains(next) && self.line == self.at)
                || (b".)".contains(next) && is_number(&bytes[self.line..self.at]))
        });
        if escapes {
            self.flush();
            self.from = self.at + 1;
            self.at += 2;
        } else {
            self.at += 1;
        }
    }

    fn backtick(&mut self) {
        let (text, at) = (self.text, self.at);
        let length = run_length(text, at);
        let all = self.backticks.get_or_insert_with(|| places_of_backticks(text, at));
        let places = all.get_mut(&length);
        let closing = places.and_then(|places| {
            while places.last().is_some_and(|&place| place <= at) {
                places.pop();
            }
            places.last().copied()
        });
        let code = closing.map(|end| &text[at + length..end]).filter(|code| has_visible(code));
        match code {
            Some(code) => self.piece(code.len() + 2 * length, Piece::Code(inner_code(code))),
            None => self.at += length,
        }
    }

    fn marks(&mut self, mark: u8) {
        let length = run_length(self.text, self.at);
        let before = letter_before(&self.text[..self.at]);
        let after = self.text[self.at + length..].chars().next();
        match Run::new(mark, length, before, after) {
            Some(run) => {
                self.runs.push(run);
                self.piece(length, Piece::Marks(self.runs.len() - 1));
            }
            None => self.at += length,
        }
    }

    fn open(&mut self, mark: &'static str) {
        self.piece(mark.len(), Piece::Bracket(mark));
        self.brackets.push(Open { piece: self.pieces.len() - 1, runs: self.runs.len() });
    }

    /// Makes a link of what is between the last bracket and here, if an address follows and there is something to see.
    fn close(&mut self) {
        let end = self.at;
        self.at += 1;
        let Some(open) = self.brackets.pop() else { return };
        if self.brackets.len() < self.inactive {
            self.inactive = self.brackets.len();
            return;
        }
        let Some(target) = target(&self.text[self.at..]) else { return };
        self.at = end;
        self.flush();
        // What is between the brackets finds its partners there and nowhere else.
        let runs = &mut self.runs[open.runs..];
        pair(runs);
        runs.iter_mut().for_each(Run::settle);
        let inner = &self.pieces[open.piece + 1..];
        if !inner.iter().any(|piece| piece.is_visible(&self.runs)) {
            self.at = end + 1;
            return;
        }
        let length = 1 + target.length;
        self.pieces[open.piece] = Piece::Link(Box::new(target));
        self.piece(length, Piece::LinkEnd);
        self.inactive = self.brackets.len();
    }
}

/// Where the first letter of the line stands that begins at `line`.
fn beginning(text: &str, line: usize) -> usize {
    text.len() - text[line..].trim_start_matches([' ', '\t']).len()
}

fn is_number(text: &[u8]) -> bool {
    (1..=9).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
}

fn run_length(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[at..];
    bytes.iter().take_while(|byte| Some(*byte) == bytes.first()).count()
}

/// Where runs of backticks of each length stand from a place on, the last first.
fn places_of_backticks(text: &str, from: usize) -> HashMap<usize, Vec<usize>> {
    let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut at = from;
    while let Some(next) = text[at..].find('`').map(|distance| at + distance) {
        let length = run_length(text, next);
        places.entry(length).or_default().push(next);
        at = next + length;
    }
    for places in places.values_mut() {
        places.reverse();
    }
    places
}

/// Code without the blank that parts it from its backticks.
fn inner_code(text: &str) -> &str {
    text.strip_prefix(' ').and_then(|text| text.strip_suffix(' ')).unwrap_or(text)
}
