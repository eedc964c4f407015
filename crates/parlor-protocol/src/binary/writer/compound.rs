//! The inside of a list or map while it is written.

use rmp::encode::ByteBuf;
use serde::ser::{self, Serialize};

use super::super::Error;
use super::{Kind, Next, Writer};

/// A list or map under way.
pub(in super::super) struct Compound<'a> {
    writer: &'a mut Writer,
    kind: Kind,
    /// Where its head is, or has to go if its length is not known yet.
    start: usize,
    announced: Option<usize>,
    written: usize,
}

impl<'a> Compound<'a> {
    pub(super) fn new(writer: &'a mut Writer, kind: Kind, start: usize, announced: Option<usize>) -> Self {
        Self { writer, kind, start, announced, written: 0 }
    }

    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.written += 1;
        value.serialize(&mut *self.writer)
    }

    fn put_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.writer.next = Next::Key;
        key.serialize(&mut *self.writer)
    }

    /// Where the length was not known, or not true, the head takes its place now.
    fn close(self) -> Result<(), Error> {
        self.writer.depth -= 1;
        if self.announced == Some(self.written) {
            return Ok(());
        }
        let mut head = ByteBuf::new();
        if let Some(announced) = self.announced {
            self.kind.head(&mut head, announced)?;
        }
        let replaced = self.start..self.start + head.as_slice().len();
        head.as_mut_vec().clear();
        self.kind.head(&mut head, self.written)?;
        self.writer.bytes.as_mut_vec().splice(replaced, head.into_vec());
        Ok(())
    }
}

impl ser::SerializeSeq for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.put(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeTuple for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.put(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeTupleStruct for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.put(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeTupleVariant for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.put(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.put_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.put(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeStruct for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.put_key(key)?;
        self.put(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl ser::SerializeStructVariant for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.put_key(key)?;
        self.put(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}
