//! Writes the compact encoding of whatever can be serialised.

mod compound;

use rmp::encode::{self, ByteBuf};
use serde::ser::{self, Serialize};

use super::tables::{self, TYPE_KEY};
use super::{Error, MAX_DEPTH, ids, times};
use compound::Compound;

/// What has been written, and what is expected next.
#[derive(Default)]
pub(super) struct Writer {
    bytes: ByteBuf,
    next: Next,
    depth: usize,
}

/// What the next piece is.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Next {
    #[default]
    Value,
    Key,
    /// The value of `type`. Its key is not written yet: whether it is a number depends on the value.
    Type,
}

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes.into_vec()
    }

    /// Where to write a value that is no string. A type's key is made up for; in the place of a key nothing else than a
    /// string can stand.
    fn value(&mut self) -> Result<&mut ByteBuf, Error> {
        match std::mem::take(&mut self.next) {
            Next::Value => Ok(&mut self.bytes),
            Next::Key => Err(Error::InvalidKey),
            Next::Type => {
                plain(&mut self.bytes, tables::KEYS[usize::from(TYPE_KEY)]);
                Ok(&mut self.bytes)
            }
        }
    }

    fn key(&mut self, key: &str) {
        match tables::key_number(key) {
            Some(TYPE_KEY) => self.next = Next::Type,
            Some(number) => unsigned(&mut self.bytes, number.into()),
            None => plain(&mut self.bytes, key),
        }
    }

    fn begin(&mut self, kind: Kind, length: Option<usize>) -> Result<Compound<'_>, Error> {
        if self.depth == MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        let bytes = self.value()?;
        let start = bytes.as_slice().len();
        if let Some(length) = length {
            kind.head(bytes, length)?;
        }
        self.depth += 1;
        Ok(Compound::new(self, kind, start, length))
    }

    fn begin_variant(&mut self, variant: &str, kind: Kind, length: usize) -> Result<Compound<'_>, Error> {
        Kind::Map.head(self.value()?, 1)?;
        self.key(variant);
        self.begin(kind, Some(length))
    }
}

/// What holds other values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Map,
}

impl Kind {
    fn head(self, bytes: &mut ByteBuf, length: usize) -> Result<(), Error> {
        let length =
            u32::try_from(length).map_err(|_| Error::Unencodable("it holds too many values".to_owned()))?;
        let Ok(_) = match self {
            Self::List => encode::write_array_len(bytes, length),
            Self::Map => encode::write_map_len(bytes, length),
        };
        Ok(())
    }
}

fn unsigned(bytes: &mut ByteBuf, number: u64) {
    let Ok(_) = encode::write_uint(bytes, number);
}

fn plain(bytes: &mut ByteBuf, text: &str) {
    let Ok(()) = encode::write_str(bytes, text);
}

fn extension(bytes: &mut ByteBuf, kind: i8, content: &[u8]) {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    let Ok(_) = encode::write_ext_meta(bytes, length, kind);
    bytes.as_mut_vec().extend_from_slice(content);
}

/// A string in its shortest form.
fn text(bytes: &mut ByteBuf, text: &str) {
    if let Some((kind, id)) = ids::parse(text) {
        extension(bytes, kind, &id);
    } else if let Some(milliseconds) = times::parse(text) {
        extension(bytes, times::TIME_KIND, &milliseconds.to_be_bytes());
    } else {
        plain(bytes, text);
    }
}

impl ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Unencodable(message.to_string())
    }
}

impl<'a> ser::Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Compound<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Compound<'a>;

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        let Ok(()) = encode::write_bool(self.value()?, value);
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Error> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Error> {
        let Ok(_) = encode::write_sint(self.value()?, value);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Error> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Error> {
        unsigned(self.value()?, value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    /// In four bytes where that loses nothing. What is not finite is null, as in JSON.
    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        if !value.is_finite() {
            return self.serialize_unit();
        }
        #[expect(clippy::cast_possible_truncation, reason = "what is lost is seen by the comparison")]
        let short = value as f32;
        let bytes = self.value()?;
        let Ok(()) = if f64::from(short).to_bits() == value.to_bits() {
            encode::write_f32(bytes, short)
        } else {
            encode::write_f64(bytes, value)
        };
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        match (self.next, tables::type_number(value)) {
            (Next::Key, _) => {
                self.next = Next::Value;
                self.key(value);
            }
            (Next::Type, Some(number)) => {
                self.next = Next::Value;
                unsigned(&mut self.bytes, TYPE_KEY.into());
                unsigned(&mut self.bytes, number.into());
            }
            _ => text(self.value()?, value),
        }
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        Err(Error::Unencodable("bytes have no form in JSON".to_owned()))
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        let Ok(()) = encode::write_nil(self.value()?);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut map = self.begin(Kind::Map, Some(1))?;
        ser::SerializeMap::serialize_entry(&mut map, variant, value)?;
        ser::SerializeMap::end(map)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Compound<'a>, Error> {
        self.begin(Kind::List, length)
    }

    fn serialize_tuple(self, length: usize) -> Result<Compound<'a>, Error> {
        self.begin(Kind::List, Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Compound<'a>, Error> {
        self.begin(Kind::List, Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, Error> {
        self.begin_variant(variant, Kind::List, length)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Compound<'a>, Error> {
        self.begin(Kind::Map, length)
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Compound<'a>, Error> {
        self.begin(Kind::Map, Some(length))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, Error> {
        self.begin_variant(variant, Kind::Map, length)
    }
}
