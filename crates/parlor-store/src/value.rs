//! Values on their way into a statement and columns on their way out of a row, for both engines.

use bytes::BytesMut;
use parlor_model::{InviteId, MessageId, RoomId, Seq, SessionId, Timestamp, UserId, WorkspaceId};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::error::Error;

/// One value of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Param<'a> {
    Null,
    Integer(i64),
    Flag(bool),
    Text(&'a str),
    Bytes(&'a [u8]),
    /// A list of ids: `BYTEA[]` on PostgreSQL, a JSON array of hexadecimal texts on SQLite.
    Ids(Vec<[u8; 16]>),
}

/// Collects values of different types for one statement.
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::value::Param::from($value)),*] };
}
pub(crate) use params;

impl From<bool> for Param<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Seq> for Param<'_> {
    fn from(seq: Seq) -> Self {
        Self::Integer(i64::try_from(seq).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Param<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<usize> for Param<'_> {
    fn from(number: usize) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Timestamp> for Param<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Integer(time.as_millis())
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8; 32]> for Param<'a> {
    fn from(bytes: &'a [u8; 32]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// An id as rows hold it.
pub(crate) trait RowId {
    fn from_row(bytes: [u8; 16]) -> Self;
}

macro_rules! row_id {
    ($($name:ident),*) => {$(
        impl RowId for $name {
            fn from_row(bytes: [u8; 16]) -> Self {
                Self::from_bytes(bytes)
            }
        }

        impl<'a> From<&'a $name> for Param<'a> {
            fn from(id: &'a $name) -> Self {
                Self::Bytes(id.as_bytes())
            }
        }

        impl From<&[$name]> for Param<'_> {
            fn from(ids: &[$name]) -> Self {
                Self::Ids(ids.iter().map(|id| *id.as_bytes()).collect())
            }
        }
    )*};
}
row_id!(InviteId, MessageId, RoomId, SessionId, UserId, WorkspaceId);

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Integer(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Flag(flag) => ToSqlOutput::Borrowed(ValueRef::Integer((*flag).into())),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Ids(ids) => ToSqlOutput::Owned(Value::Text(json_of(ids))),
        })
    }
}

/// `["0123…","4567…"]`, which a statement unpacks with `json_each` and `unhex`.
fn json_of(ids: &[[u8; 16]]) -> String {
    use std::fmt::Write as _;

    let mut text = String::with_capacity(2 + ids.len() * 35);
    text.push('[');
    for (index, id) in ids.iter().enumerate() {
        text.push_str(if index == 0 { "\"" } else { ",\"" });
        for byte in id {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text.push('"');
    }
    text.push(']');
    text
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql_checked(kind, out),
            Self::Integer(number) => number.to_sql_checked(kind, out),
            Self::Flag(flag) => flag.to_sql_checked(kind, out),
            Self::Text(text) => text.to_sql_checked(kind, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(kind, out),
            Self::Ids(ids) => {
                ids.iter().map(<[u8; 16]>::as_slice).collect::<Vec<_>>().to_sql_checked(kind, out)
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        // Each value checks its own type in `to_sql`.
        true
    }

    to_sql_checked!();
}

/// Reads the columns of a row from left to right.
pub(crate) struct Columns<'r> {
    row: Row<'r>,
    next: usize,
}

enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl<'r> Columns<'r> {
    pub(crate) fn sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Self { row: Row::Sqlite(row), next: 0 }
    }

    pub(crate) fn postgres(row: &'r tokio_postgres::Row) -> Self {
        Self { row: Row::Postgres(row), next: 0 }
    }

    fn take<T>(&mut self) -> Result<T, Error>
    where
        T: rusqlite::types::FromSql + for<'a> tokio_postgres::types::FromSql<'a>,
    {
        let index = self.next;
        self.next += 1;
        match self.row {
            Row::Sqlite(row) => row.get(index).map_err(|error| Error::Row(error.to_string())),
            Row::Postgres(row) => row.try_get(index).map_err(|error| Error::Row(error.to_string())),
        }
    }

    pub(crate) fn text(&mut self) -> Result<String, Error> {
        self.take()
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, Error> {
        self.take()
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Error> {
        self.take()
    }

    /// A number that can't be negative: a `seq`, a count.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> Result<T, Error> {
        let number: i64 = self.take()?;
        T::try_from(number).map_err(|_| Error::Row(format!("{number} is out of range")))
    }

    pub(crate) fn optional_number<T: TryFrom<i64>>(&mut self) -> Result<Option<T>, Error> {
        let number: Option<i64> = self.take()?;
        let convert =
            |number| T::try_from(number).map_err(|_| Error::Row(format!("{number} is out of range")));
        number.map(convert).transpose()
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp, Error> {
        Ok(Timestamp::from_millis(self.take()?))
    }

    pub(crate) fn optional_time(&mut self) -> Result<Option<Timestamp>, Error> {
        Ok(self.take::<Option<i64>>()?.map(Timestamp::from_millis))
    }

    pub(crate) fn id<T: RowId>(&mut self) -> Result<T, Error> {
        let bytes: Vec<u8> = self.take()?;
        id_of(&bytes)
    }

    pub(crate) fn optional_id<T: RowId>(&mut self) -> Result<Option<T>, Error> {
        let bytes: Option<Vec<u8>> = self.take()?;
        bytes.map(|bytes| id_of(&bytes)).transpose()
    }

    /// A word of an enumeration.
    pub(crate) fn word<T>(&mut self, parse: fn(&str) -> Option<T>) -> Result<T, Error> {
        let word = self.text()?;
        parse(&word).ok_or_else(|| Error::Row(format!("the word {word:?} means nothing here")))
    }
}

/// Reads a row of one id.
pub(crate) fn id<T: RowId>(columns: &mut Columns<'_>) -> Result<T, Error> {
    columns.id()
}

/// Reads a row of one text.
pub(crate) fn text(columns: &mut Columns<'_>) -> Result<String, Error> {
    columns.text()
}

/// Reads a row of one text or nothing.
pub(crate) fn optional_text(columns: &mut Columns<'_>) -> Result<Option<String>, Error> {
    columns.optional_text()
}

/// Reads a row of one number.
pub(crate) fn number<T: TryFrom<i64>>(columns: &mut Columns<'_>) -> Result<T, Error> {
    columns.number()
}

fn id_of<T: RowId>(bytes: &[u8]) -> Result<T, Error> {
    let bytes = bytes.try_into().map_err(|_| Error::Row(format!("an id of {} bytes", bytes.len())))?;
    Ok(T::from_row(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_json() {
        assert_eq!(json_of(&[]), "[]");
        let both = json_of(&[[0xab; 16], [0x01; 16]]);
        assert_eq!(both, format!("[\"{}\",\"{}\"]", "ab".repeat(16), "01".repeat(16)));
    }

    #[test]
    fn numbers_that_do_not_fit_are_not_wrapped() {
        assert!(matches!(Param::from(u64::MAX), Param::Integer(i64::MAX)));
    }
}
