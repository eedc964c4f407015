//! The one-time setup link, by which the owner's account is made.

use parlor_model::ids::base32;
use parlor_model::{Refusal, WorkspaceId};
use parlor_store::Tx;

use crate::{Core, Error, secret};

/// The setting that holds the hash of the present token, as text.
const SETTING: &str = "setup_token";

impl Core {
    /// True until the owner's account exists.
    pub async fn setup_needed(&self) -> Result<bool, Error> {
        let workspace = self.workspace();
        self.store()
            .read(move |tx| Box::pin(async move { Ok::<_, Error>(!tx.has_owner(workspace).await?) }))
            .await
    }

    /// A new token for the setup link, while there is no owner. The one before stops working: a link in an old log is
    /// worth nothing.
    pub async fn issue_setup_token(&self) -> Result<Option<String>, Error> {
        let workspace = self.workspace();
        let token = secret::generate(self.env());
        self.store()
            .write(move |tx| {
                Box::pin(async move {
                    if tx.has_owner(workspace).await? {
                        return Ok::<_, Error>(None);
                    }
                    tx.put_setting(SETTING, &base32(&secret::hash(&token))).await?;
                    Ok(Some(token))
                })
            })
            .await
    }
}

/// Refuses every token but the present one, and that one once there is an owner.
pub(super) async fn check(tx: &mut Tx<'_>, workspace: WorkspaceId, token: &str) -> Result<(), Error> {
    let expected = tx.setting(SETTING).await?;
    let matches = expected.is_some_and(|expected| expected == base32(&secret::hash(token)));
    if matches && !tx.has_owner(workspace).await? {
        return Ok(());
    }
    Err(Refusal::SetupTokenInvalid.into())
}

/// Ends the present token.
pub(super) async fn close(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.delete_setting(SETTING).await?;
    Ok(())
}
