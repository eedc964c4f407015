//! Workspaces: the tenants. A server has one for now; every row names its own all the same.

use parlor_model::{Timestamp, WorkspaceId};

use crate::error::Error;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::{self, params};

statements! {
    WORKSPACE = portable("SELECT id FROM workspaces ORDER BY created_at, id LIMIT 1");
    INSERT_WORKSPACE = portable("INSERT INTO workspaces (id, created_at) VALUES ($1, $2)");
    COUNT = portable(
        "SELECT (SELECT count(*) FROM users WHERE workspace_id = $1), (SELECT count(*) FROM rooms WHERE workspace_id = $1)"
    );
}

/// How much there is in a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Users, guests among them.
    pub users: u64,
    /// Rooms, private ones among them.
    pub rooms: u64,
}

impl Tx<'_> {
    /// The first workspace, if there is one.
    pub async fn workspace(&mut self) -> Result<Option<WorkspaceId>, Error> {
        self.row(&WORKSPACE, params![], value::id).await
    }

    /// Adds a workspace.
    pub async fn insert_workspace(&mut self, id: WorkspaceId, created_at: Timestamp) -> Result<(), Error> {
        self.execute(&INSERT_WORKSPACE, params![&id, created_at]).await.map(drop)
    }

    /// How much there is in a workspace. It counts rows: for metrics and diagnoses, not for requests.
    pub async fn counts(&mut self, workspace: WorkspaceId) -> Result<Counts, Error> {
        let counts = self
            .row(&COUNT, params![&workspace], |columns| {
                Ok(Counts { users: columns.number()?, rooms: columns.number()? })
            })
            .await?;
        Ok(counts.unwrap_or(Counts { users: 0, rooms: 0 }))
    }
}
