//! Reads the logs of a public IRC channel, as irclogs.ubuntu.com keeps them: one file a day, one line an item.
//!
//! `[HH:MM] <nick> text` is a message and `[HH:MM]  * nick text` an action. Lines that begin with `===` tell of joins,
//! leaves, kicks and renames; in older logs also of actions. Modes and topics are counted, not played.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};

/// A day of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The file's name without its extension.
    pub name: String,
    /// What happened, in order.
    pub lines: Vec<Line>,
    /// How many lines tell of modes and topics.
    pub notices: usize,
    /// How many lines were not valid UTF-8 and were read with replacement characters.
    pub mended: usize,
    /// Lines that are of no known form: their numbers and texts.
    pub strange: Vec<(usize, String)>,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// Minutes since midnight of the first day; never decreases.
    pub minute: u32,
    /// What happened.
    pub item: Item,
}

/// What happened in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Something said: the nick and the text.
    Message(String, String),
    /// Something done: the nick and the text.
    Action(String, String),
    /// Somebody came.
    Join(String),
    /// Somebody left, or was made to.
    Leave(String),
    /// Somebody changed their nick: the old one and the new one.
    Rename(String, String),
}

enum Parsed {
    Item(Option<u32>, Item),
    Notice,
    Blank,
    Strange,
}

impl Log {
    /// Reads a file.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self::parse(&name, &bytes))
    }

    /// Reads the bytes of a log.
    pub fn parse(name: &str, bytes: &[u8]) -> Self {
        let mut log =
            Self { name: name.to_owned(), lines: Vec::new(), notices: 0, mended: 0, strange: Vec::new() };
        let mut minute = 0;
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let text = String::from_utf8_lossy(line);
            log.mended += usize::from(matches!(text, std::borrow::Cow::Owned(_)));
            match parse_line(&text) {
                Parsed::Item(time, item) => {
                    minute = time.map_or(minute, |time| later(minute, time));
                    log.lines.push(Line { number: index + 1, minute, item });
                }
                Parsed::Notice => log.notices += 1,
                Parsed::Blank => {}
                Parsed::Strange => log.strange.push((index + 1, text.into_owned())),
            }
        }
        log
    }

    /// Everybody who appears in it, by every nick that they had.
    pub fn nicks(&self) -> BTreeSet<&str> {
        self.lines
            .iter()
            .flat_map(|line| match &line.item {
                Item::Message(nick, _) | Item::Action(nick, _) | Item::Join(nick) | Item::Leave(nick) => {
                    [nick.as_str(), nick]
                }
                Item::Rename(old, new) => [old.as_str(), new],
            })
            .collect()
    }
}

/// The minute of a time of day that comes after `minute`: a time that goes back by more than half a day is the next day's.
fn later(minute: u32, time: u32) -> u32 {
    const DAY: u32 = 24 * 60;
    let today = minute / DAY * DAY + time;
    if today + DAY / 2 < minute { today + DAY } else { today.max(minute) }
}

fn parse_line(line: &str) -> Parsed {
    if line.trim().is_empty() {
        return Parsed::Blank;
    }
    if let Some(notice) = line.strip_prefix("=== ") {
        return parse_notice(notice);
    }
    let spoken = || {
        let (time, rest) = line.strip_prefix('[')?.split_once("] ")?;
        let (hours, minutes) = time.split_once(':')?;
        let minute = hours.parse::<u32>().ok()? * 60 + minutes.parse::<u32>().ok()?;
        Some((minute, parse_spoken(rest)?))
    };
    spoken().map_or(Parsed::Strange, |(minute, item)| Parsed::Item(Some(minute), item))
}

/// `<nick> text` or ` * nick text`. Nicks of older logs hold stray spaces.
fn parse_spoken(rest: &str) -> Option<Item> {
    if let Some(action) = rest.strip_prefix(" * ") {
        let (nick, text) = action.split_once(' ').unwrap_or((action, ""));
        return Some(Item::Action(nick.to_owned(), text.to_owned()));
    }
    let (nick, text) = rest.strip_prefix('<')?.split_once('>')?;
    let nick = nick.trim();
    let text = text.strip_prefix(' ').unwrap_or(text);
    (!nick.is_empty()).then(|| Item::Message(nick.to_owned(), text.to_owned()))
}

fn parse_notice(notice: &str) -> Parsed {
    let item = if let Some((who, _)) = notice.split_once("  has joined #") {
        Item::Join(nick_of(who))
    } else if let Some((who, _)) = notice.split_once("  has left #") {
        Item::Leave(nick_of(who))
    } else if let Some((old, new)) = notice.split_once(" is now known as ") {
        Item::Rename(old.trim().to_owned(), new.trim().to_owned())
    } else if notice.starts_with("mode/#") || notice.starts_with("..[topic/#") {
        return Parsed::Notice;
    } else if let Some((who, _)) = notice.split_once(" was kicked off #") {
        Item::Leave(who.trim().to_owned())
    } else {
        match notice.split_once(' ') {
            Some((nick, text)) => Item::Action(nick.to_owned(), text.to_owned()),
            None => return Parsed::Strange,
        }
    };
    Parsed::Item(None, item)
}

/// `nick [user@host]`, where nicks may hold brackets and, in older logs, spaces.
fn nick_of(who: &str) -> String {
    let nick = who.rsplit_once(" [").map_or(who, |(nick, _host)| nick);
    nick.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<Item> {
        Log::parse("day", text.as_bytes()).lines.into_iter().map(|line| line.item).collect()
    }

    fn pair(make: fn(String, String) -> Item, one: &str, two: &str) -> Item {
        make(one.to_owned(), two.to_owned())
    }

    #[test]
    fn spoken_lines_keep_every_byte() {
        let text = "[08:36] <mole_> I'm  having <b> trouble \n[08:37] <zcat[1] > [x]> hi\n[08:38] <[cro] smiley>\n\
                    [08:39]  * nick waves  \n[08:39]  * nick\n[08:40] <a> /me too";
        let expected = [
            pair(Item::Message, "mole_", "I'm  having <b> trouble "),
            pair(Item::Message, "zcat[1]", "[x]> hi"),
            pair(Item::Message, "[cro] smiley", ""),
            pair(Item::Action, "nick", "waves  "),
            pair(Item::Action, "nick", ""),
            pair(Item::Message, "a", "/me too"),
        ];
        assert_eq!(items(text), expected);
    }

    #[test]
    fn notices_tell_who_came_and_went() {
        let text = "=== bur[n] er [n=burner@c.example.net]  has joined #ubuntu\n=== [koji]  [n=k@h]  has left #Ubuntu [\"a [b]\"]\n\
                    === a is now known as b`\n=== ompaul was kicked off #ubuntu by Seveas (Seveas)\n=== TD is also searching";
        let expected = [
            Item::Join("bur[n] er".to_owned()),
            Item::Leave("[koji]".to_owned()),
            pair(Item::Rename, "a", "b`"),
            Item::Leave("ompaul".to_owned()),
            pair(Item::Action, "TD", "is also searching"),
        ];
        assert_eq!(items(text), expected);
    }

    #[test]
    fn what_is_not_played_is_counted() {
        let log = Log::parse(
            "day",
            b"=== mode/#ubuntu [+o a]  by b\n=== ..[topic/#ubuntu:a] : x\n\nnonsense\n[1:2] hm\n[08:00] <a> caf\xe9",
        );
        assert_eq!((log.notices, log.mended), (2, 1));
        assert_eq!(log.strange, [(4, "nonsense".to_owned()), (5, "[1:2] hm".to_owned())]);
        assert_eq!(log.lines[0].item, pair(Item::Message, "a", "caf\u{fffd}"));
    }

    #[test]
    fn midnight_goes_on() {
        let log = Log::parse(
            "day",
            b"[23:59] <a> x\n[23:58] <a> late clock\n[00:01] <a> y\n=== a is now known as b",
        );
        let minutes: Vec<u32> = log.lines.iter().map(|line| line.minute).collect();
        assert_eq!(minutes, [1439, 1439, 1441, 1441]);
    }

    #[test]
    fn nicks_are_everybody() {
        let log = Log::parse("day", b"[01:00] <a> x\n=== a is now known as b\n=== c [h]  has joined #u");
        assert_eq!(log.nicks().into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
