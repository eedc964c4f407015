//! Reads the compact encoding, one value after the other, from bytes that anybody may have sent.

use rmp::Marker;
use serde_json::{Map, Value};

use super::tables::{KEYS, TYPE_KEY, TYPES};
use super::{Error, MAX_DEPTH, ids, times};

/// What is left to read.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

/// A value, or the beginning of one that holds others.
enum Token<'a> {
    Scalar(Value),
    Text(&'a str),
    /// An unsigned number: in the place of a key, it stands for one.
    Number(u64),
    List(usize),
    Map(usize),
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    /// Reads a value, with all that it holds.
    pub(super) fn value(&mut self) -> Result<Value, Error> {
        match self.token()? {
            Token::Scalar(value) => Ok(value),
            Token::Text(text) => Ok(Value::from(text)),
            Token::Number(number) => Ok(Value::from(number)),
            Token::List(length) => self.nested(|reader| reader.list(length)),
            Token::Map(length) => self.nested(|reader| reader.map(length)),
        }
    }

    /// Makes sure that nothing is left.
    pub(super) fn end(&self) -> Result<(), Error> {
        if self.at < self.bytes.len() { Err(Error::Trailing { at: self.at }) } else { Ok(()) }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Value, Error>) -> Result<Value, Error> {
        if self.depth == MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn list(&mut self, length: usize) -> Result<Value, Error> {
        // Grows as values are found, and not by what the frame says.
        let mut list = Vec::new();
        for _ in 0..length {
            list.push(self.value()?);
        }
        Ok(Value::Array(list))
    }

    /// Of a key that comes twice the last value stays, as with JSON.
    fn map(&mut self, length: usize) -> Result<Value, Error> {
        let mut map = Map::new();
        for _ in 0..length {
            let (key, value) = self.entry()?;
            map.insert(key.to_owned(), value);
        }
        Ok(Value::Object(map))
    }

    fn entry(&mut self) -> Result<(&'a str, Value), Error> {
        let number = match self.token()? {
            Token::Text(key) => return Ok((key, self.value()?)),
            Token::Number(number) => number,
            Token::Scalar(_) | Token::List(_) | Token::Map(_) => return Err(Error::InvalidKey),
        };
        let key = word(KEYS, number).ok_or(Error::UnknownKey { number })?;
        let value = if number == u64::from(TYPE_KEY) { self.known_type()? } else { self.value()? };
        Ok((key, value))
    }

    fn known_type(&mut self) -> Result<Value, Error> {
        let at = self.at;
        match self.token()? {
            Token::Number(number) => word(TYPES, number).map(Value::from).ok_or(Error::UnknownType { at }),
            _ => Err(Error::UnknownType { at }),
        }
    }

    fn token(&mut self) -> Result<Token<'a>, Error> {
        let at = self.at;
        let [marker] = self.array()?;
        let scalar = |value: Value| Ok(Token::Scalar(value));
        match Marker::from_u8(marker) {
            Marker::Null => scalar(Value::Null),
            Marker::False => scalar(Value::Bool(false)),
            Marker::True => scalar(Value::Bool(true)),
            Marker::FixPos(number) => Ok(Token::Number(number.into())),
            Marker::U8 => Ok(Token::Number(u8::from_be_bytes(self.array()?).into())),
            Marker::U16 => Ok(Token::Number(u16::from_be_bytes(self.array()?).into())),
            Marker::U32 => Ok(Token::Number(u32::from_be_bytes(self.array()?).into())),
            Marker::U64 => Ok(Token::Number(u64::from_be_bytes(self.array()?))),
            Marker::FixNeg(number) => scalar(number.into()),
            Marker::I8 => scalar(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => scalar(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => scalar(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => scalar(i64::from_be_bytes(self.array()?).into()),
            Marker::F32 => float(f32::from_be_bytes(self.array()?).into(), at),
            Marker::F64 => float(f64::from_be_bytes(self.array()?), at),
            other => self.long_token(other, at),
        }
    }

    fn long_token(&mut self, marker: Marker, at: usize) -> Result<Token<'a>, Error> {
        match marker {
            Marker::FixStr(length) => self.text(length.into()),
            Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                let length = self.length(marker)?;
                self.text(length)
            }
            Marker::FixArray(length) => self.holds(length.into(), 1, at).map(Token::List),
            Marker::Array16 | Marker::Array32 => {
                let length = self.length(marker)?;
                self.holds(length, 1, at).map(Token::List)
            }
            Marker::FixMap(length) => self.holds(length.into(), 2, at).map(Token::Map),
            Marker::Map16 | Marker::Map32 => {
                let length = self.length(marker)?;
                self.holds(length, 2, at).map(Token::Map)
            }
            Marker::FixExt1 => self.extension(1),
            Marker::FixExt2 => self.extension(2),
            Marker::FixExt4 => self.extension(4),
            Marker::FixExt8 => self.extension(8),
            Marker::FixExt16 => self.extension(16),
            Marker::Ext8 | Marker::Ext16 | Marker::Ext32 => {
                let length = self.length(marker)?;
                self.extension(length)
            }
            Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => {
                Err(Error::NotJson { what: "a binary string", at })
            }
            _ => Err(Error::NotJson { what: "a reserved byte", at }),
        }
    }

    /// The length that follows a marker, in as many bytes as the marker says.
    fn length(&mut self, marker: Marker) -> Result<usize, Error> {
        let length = match marker {
            Marker::Str8 | Marker::Ext8 => u8::from_be_bytes(self.array()?).into(),
            Marker::Str16 | Marker::Array16 | Marker::Map16 | Marker::Ext16 => {
                u16::from_be_bytes(self.array()?).into()
            }
            _ => u32::from_be_bytes(self.array()?),
        };
        // Where that does not fit, no frame is so long either.
        Ok(usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Each of `length` entries takes at least `bytes_each`: whoever says more than fits is not believed.
    fn holds(&self, length: usize, bytes_each: usize, at: usize) -> Result<usize, Error> {
        let left = self.bytes.len() - self.at;
        if length > left / bytes_each { Err(Error::Exaggerated { at }) } else { Ok(length) }
    }

    fn text(&mut self, length: usize) -> Result<Token<'a>, Error> {
        let at = self.at;
        std::str::from_utf8(self.take(length)?).map(Token::Text).map_err(|_| Error::NotText { at })
    }

    fn extension(&mut self, length: usize) -> Result<Token<'a>, Error> {
        let kind = i8::from_be_bytes(self.array()?);
        let content = self.take(length)?;
        let unknown = Error::UnknownExtension { kind, length };
        let text = if kind == times::TIME_KIND {
            let milliseconds = i64::from_be_bytes(content.try_into().map_err(|_| unknown)?);
            times::write(milliseconds).ok_or(Error::TimeOutOfRange { milliseconds })
        } else {
            content.try_into().ok().and_then(|bytes| ids::write(kind, bytes)).ok_or(unknown)
        };
        text.map(|text| Token::Scalar(Value::String(text)))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (array, _) = self.rest().split_first_chunk().ok_or(self.cut_short())?;
        self.at += N;
        Ok(*array)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let taken = self.rest().get(..length).ok_or(self.cut_short())?;
        self.at += length;
        Ok(taken)
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn cut_short(&self) -> Error {
        Error::CutShort { at: self.bytes.len() }
    }
}

fn word(table: &[&'static str], number: u64) -> Option<&'static str> {
    table.get(usize::try_from(number).ok()?).copied()
}

fn float(number: f64, at: usize) -> Result<Token<'static>, Error> {
    let number = serde_json::Number::from_f64(number)
        .ok_or(Error::NotJson { what: "a number that is not finite", at })?;
    Ok(Token::Scalar(Value::Number(number)))
}
