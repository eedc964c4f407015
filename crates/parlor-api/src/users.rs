//! Looking people up.

use axum::Json;
use axum::extract::State;
use parlor_core::limits::Kind;
use parlor_model::UserId;
use parlor_protocol as wire;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{Failure, Result};
use crate::extract::{Caller, FromQuery, Parameters, Query};
use crate::state::ApiState;

/// How many people can be asked for at once.
const MAX_IDS: usize = 100;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields document the parameters, which are read by name")]
struct UsersParameters {
    /// Up to 100 ids, with commas between: `usr_a,usr_b`.
    ids: String,
}

struct UsersQuery(Vec<UserId>);

impl FromQuery for UsersQuery {
    fn from_query(parameters: &mut Parameters) -> Result<Self> {
        let ids = parameters.text("ids")?.ok_or_else(|| Failure::invalid("ids", "it is needed"))?;
        if ids.split(',').count() > MAX_IDS {
            return Err(Failure::invalid("ids", format_args!("it may hold {MAX_IDS} ids")));
        }
        // What is not an id belongs to nobody, like an id that nobody has.
        Ok(Self(ids.split(',').filter_map(|id| id.trim().parse().ok()).collect()))
    }
}

/// Looks people up
///
/// Those one may not see are left out, like those that do not exist.
#[utoipa::path(
    get, path = "/users", tag = "Users", operation_id = "list_users", params(UsersParameters),
    responses((status = 200, description = "Those one may see.", body = wire::UserList)),
    extensions(("x-errors" = json!(["bad_request", "invalid_field"]))),
)]
async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Query(UsersQuery(ids)): Query<UsersQuery>,
) -> Result<Json<wire::UserList>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let users = state.core.users(&actor, &ids).await?;
    Ok(Json(wire::UserList { users: users.iter().map(wire::User::from).collect() }))
}
