//! A transaction: what the work of [`crate::Store::write`] and [`crate::Store::read`] sees. The methods that name
//! things stand in one file a noun (`users`, `rooms`, …); here is only how a statement runs.

use parlor_model::RoomEvent;

use crate::append::sqlite::Rooms;
use crate::append::{Append, Appended, Pending, created};
use crate::error::{AppendError, Error};
use crate::statement::Statement;
use crate::value::{Columns, Param};

/// A transaction on either engine. On SQLite its methods never wait: the thread that runs the work polls it once.
pub struct Tx<'c> {
    backend: Backend<'c>,
    /// What is told once this has been committed.
    events: Vec<RoomEvent>,
}

enum Backend<'c> {
    // `&mut` although `&` would do, because a connection may move between threads but not be shared by them.
    Sqlite(&'c mut rusqlite::Connection),
    Postgres(&'c deadpool_postgres::Transaction<'c>),
}

/// How a row becomes a value.
pub(crate) type Read<T> = fn(&mut Columns<'_>) -> Result<T, Error>;

impl<'c> Tx<'c> {
    pub(crate) fn sqlite(connection: &'c mut rusqlite::Connection) -> Self {
        Self { backend: Backend::Sqlite(connection), events: Vec::new() }
    }

    pub(crate) fn postgres(transaction: &'c deadpool_postgres::Transaction<'c>) -> Self {
        Self { backend: Backend::Postgres(transaction), events: Vec::new() }
    }

    /// Notes something that this transaction makes true: whoever listens to the store hears of it right after the
    /// commit, before the caller does, and never if the transaction comes to nothing.
    pub fn tell(&mut self, event: RoomEvent) {
        self.events.push(event);
    }

    /// What was noted.
    pub(crate) fn into_events(self) -> Vec<RoomEvent> {
        self.events
    }

    /// Appends a message inside this transaction, and notes that: slower than [`crate::Store::append`], but under
    /// whatever lock the work holds.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub async fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        let mut group = [Pending::from(append)];
        match &mut self.backend {
            Backend::Sqlite(connection) => {
                crate::append::sqlite::append(connection, &mut Rooms::default(), group.iter_mut())?;
            }
            Backend::Postgres(transaction) => {
                crate::append::postgres::append(transaction, &mut group, false).await?;
            }
        }
        let [pending] = group;
        let appended = pending.into_outcome()?;
        if !appended.repeated {
            self.tell(created(appended.message.clone()));
        }
        Ok(appended)
    }

    /// All rows of a statement.
    pub(crate) async fn rows<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: Read<T>,
    ) -> Result<Vec<T>, Error> {
        refuse_nul(params)?;
        match &mut self.backend {
            Backend::Sqlite(connection) => crate::sqlite::execute::rows(connection, statement, params, read),
            Backend::Postgres(transaction) => {
                crate::postgres::execute::rows(transaction, statement, params, read).await
            }
        }
    }

    /// The first row of a statement, if it has one.
    pub(crate) async fn row<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
        read: Read<T>,
    ) -> Result<Option<T>, Error> {
        Ok(self.rows(statement, params, read).await?.into_iter().next())
    }

    /// True if a statement has a row.
    pub(crate) async fn exists(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<bool, Error> {
        Ok(self.row(statement, params, |_| Ok(())).await?.is_some())
    }

    /// Runs a statement and returns how many rows it touched.
    pub(crate) async fn execute(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<u64, Error> {
        refuse_nul(params)?;
        match &mut self.backend {
            Backend::Sqlite(connection) => crate::sqlite::execute::run(connection, statement, params),
            Backend::Postgres(transaction) => {
                crate::postgres::execute::run(transaction, statement, params).await
            }
        }
    }

    /// Runs a statement; `None` if a unique value was taken, after which the transaction goes on.
    pub(crate) async fn execute_unless_taken(
        &mut self,
        statement: &'static Statement,
        params: &[Param<'_>],
    ) -> Result<Option<u64>, Error> {
        refuse_nul(params)?;
        let result = match &mut self.backend {
            Backend::Sqlite(connection) => crate::sqlite::execute::run(connection, statement, params),
            Backend::Postgres(transaction) => {
                crate::postgres::execute::run_guarded(transaction, statement, params).await
            }
        };
        match result {
            Ok(count) => Ok(Some(count)),
            Err(Error::Taken(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Prepares every statement of the crate and returns how many there are.
    pub(crate) async fn prepare_all(&mut self) -> Result<usize, Error> {
        let mut count = 0;
        for statement in crate::statement::all() {
            count += match &mut self.backend {
                Backend::Sqlite(connection) => crate::sqlite::execute::prepare(connection, statement)?,
                Backend::Postgres(transaction) => {
                    crate::postgres::execute::prepare(transaction, statement).await?
                }
            };
        }
        Ok(count)
    }
}

/// Both engines refuse the same texts: what one of them can't hold means nothing to the other either.
fn refuse_nul(params: &[Param<'_>]) -> Result<(), Error> {
    let holds_nul = |param: &Param<'_>| matches!(param, Param::Text(text) if text.contains('\0'));
    if params.iter().any(holds_nul) { Err(Error::Nul) } else { Ok(()) }
}
