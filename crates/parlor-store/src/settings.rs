//! Settings: named texts that the server keeps for itself and for its administrators.

use crate::error::Error;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::{self, params};

statements! {
    SETTING = portable("SELECT value FROM settings WHERE name = $1");
    PUT_SETTING = portable(
        "INSERT INTO settings (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    );
    DELETE_SETTING = portable("DELETE FROM settings WHERE name = $1");
}

impl Tx<'_> {
    /// The value of a setting, if it has one.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, Error> {
        self.row(&SETTING, params![name], value::text).await
    }

    /// Gives a setting a value.
    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.execute(&PUT_SETTING, params![name, value]).await.map(drop)
    }

    /// Forgets a setting. False if it had no value.
    pub async fn delete_setting(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.execute(&DELETE_SETTING, params![name]).await? > 0)
    }
}
