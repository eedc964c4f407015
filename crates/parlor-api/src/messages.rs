//! Messages: saying, changing, removing and reading them.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use parlor_core::limits::Kind;
use parlor_core::{Core, Cursor, SendMessage};
use parlor_model::{Message, MessageId, RoomId, Seq, User};
use parlor_protocol as wire;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{Failure, Result};
use crate::extract::{Body, Caller, FromQuery, Id, Ids, Parameters, Query};
use crate::state::ApiState;
use crate::visit::MayBeLarge;

/// How many messages a page holds, unless told otherwise.
const DEFAULT_LIMIT: usize = 50;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(send, history)).routes(routes!(edit, delete)).routes(routes!(changes))
}

/// Says something
///
/// The answer leaves once the message is on disk. A repeat with the same `nonce` returns the first result.
#[utoipa::path(
    post, path = "/rooms/{id}/messages", tag = "Messages", operation_id = "send_message",
    params(("id" = String, Path, description = "`rm_…`")), request_body = wire::SendMessage,
    responses((status = 201, description = "The message.", body = wire::Message)),
    extensions(("x-errors" = json!([
        "not_found", "forbidden", "muted", "invalid_field", "body_too_long", "body_empty", "unknown_command",
    ]))),
)]
async fn send(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(room): Id<RoomId>,
    Body(body): Body<wire::SendMessage>,
) -> Result<(StatusCode, Json<wire::Message>)> {
    let send = SendMessage {
        body: body.body,
        nonce: body.nonce,
        reply_to: body.reply_to.as_deref().map(reply_to).transpose()?,
    };
    let message = state.core.send_message(&actor, room, send).await?;
    Ok((StatusCode::CREATED, Json(shown(&state.core, &message))))
}

/// Changes one's words
#[utoipa::path(
    patch, path = "/rooms/{id}/messages/{message}", tag = "Messages", operation_id = "edit_message",
    params(
        ("id" = String, Path, description = "`rm_…`"),
        ("message" = String, Path, description = "`msg_…`"),
    ),
    request_body = wire::EditMessage,
    responses((status = 200, description = "The message, changed. Its place stays.", body = wire::Message)),
    extensions(("x-errors" = json!([
        "not_found", "forbidden", "muted", "invalid_field", "body_too_long", "body_empty",
    ]))),
)]
async fn edit(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Ids(room, message): Ids<MessageId>,
    Body(body): Body<wire::EditMessage>,
) -> Result<Json<wire::Message>> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    let (message, _) = state.core.edit_message(&actor, room, message, body.body).await?;
    Ok(Json(shown(&state.core, &message)))
}

/// Removes a message
///
/// A tombstone keeps its place.
#[utoipa::path(
    delete, path = "/rooms/{id}/messages/{message}", tag = "Messages", operation_id = "delete_message",
    params(
        ("id" = String, Path, description = "`rm_…`"),
        ("message" = String, Path, description = "`msg_…`"),
    ),
    responses((status = 204, description = "The message is gone.")),
    extensions(("x-errors" = json!(["not_found", "forbidden"]))),
)]
async fn delete(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Ids(room, message): Ids<MessageId>,
) -> Result<StatusCode> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    state.core.delete_message(&actor, room, message).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields document the parameters, which are read by name")]
struct HistoryParameters {
    /// How many messages to answer.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// The messages just before this `seq`.
    before: Option<u64>,
    /// The messages just after this `seq`.
    after: Option<u64>,
    /// The messages on both sides of this `seq`.
    around: Option<u64>,
}

struct HistoryQuery {
    cursor: Cursor,
    limit: usize,
}

impl FromQuery for HistoryQuery {
    fn from_query(parameters: &mut Parameters) -> Result<Self> {
        let before = parameters.number("before")?.map(Cursor::Before);
        let after = parameters.number("after")?.map(Cursor::After);
        let around = parameters.number("around")?.map(Cursor::Around);
        let mut cursors = [before, after, around].into_iter().flatten();
        let cursor = cursors.next().unwrap_or(Cursor::Newest);
        if cursors.next().is_some() {
            let reason = "only one of “before”, “after” and “around” can be asked for";
            let name = if around.is_some() { "around" } else { "after" };
            return Err(Failure::invalid(name, reason));
        }
        let limit = parameters.limit(DEFAULT_LIMIT)?;
        Ok(Self { cursor, limit })
    }
}

/// Reads what was said
///
/// Ascending by `seq`. Without a cursor: the newest. A page whose texts are too large together is `cut`: it has fewer
/// messages than asked for, although there may be more. Ask for those as for the next page.
#[utoipa::path(
    get, path = "/rooms/{id}/messages", tag = "Messages", operation_id = "history",
    params(("id" = String, Path, description = "`rm_…`"), HistoryParameters),
    responses((status = 200, description = "A page of messages.", body = wire::History)),
    extensions(("x-errors" = json!(["not_found", "bad_request", "invalid_field"]))),
)]
async fn history(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    _: MayBeLarge,
    Id(room): Id<RoomId>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<wire::History>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let history = state.core.history(&actor, room, query.cursor, query.limit).await?;
    Ok(Json(wire::History {
        messages: history.messages.iter().map(|message| shown(&state.core, message)).collect(),
        cut: history.cut,
        head: history.head,
        users: people(&history.users),
    }))
}

/// What changed in a room between two positions: the frame `room.changes` of the WebSocket, for clients without one.
#[derive(Debug, serde::Serialize, serde::Deserialize, PartialEq, ToSchema)]
pub(crate) struct RoomChanges {
    /// `room.changes`
    #[serde(rename = "type")]
    kind: String,
    /// `rm_…`
    room: String,
    /// The position that the page continues.
    from: u64,
    /// The position after it. If it is less than `head`, there is more: ask again with `after` set to it.
    to: u64,
    /// The `seq` of the room's newest change.
    head: u64,
    /// The room's epoch: remember it with the position.
    epoch: u32,
    /// What changed.
    data: wire::Changes,
}

/// A position is void: the server's data was restored from a backup that does not know of it. The frame `room.reset` of
/// the WebSocket. Read the history anew, and go on from `head`.
#[derive(Debug, serde::Serialize, serde::Deserialize, PartialEq, ToSchema)]
pub(crate) struct RoomReset {
    /// `room.reset`
    #[serde(rename = "type")]
    kind: String,
    /// `rm_…`
    room: String,
    /// Where the room is now.
    data: wire::Reset,
}

/// What there is to say of a room after a position.
#[derive(Debug, serde::Serialize, serde::Deserialize, PartialEq, ToSchema)]
#[serde(untagged)]
pub(crate) enum ChangesAnswer {
    /// What changed.
    Changes(Box<RoomChanges>),
    /// The position is void.
    Reset(RoomReset),
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields document the parameters, which are read by name")]
struct ChangesParameters {
    /// Everything up to this `seq` is known; 0 for nothing.
    after: u64,
    /// The room's epoch when that was learned. Without it, a server whose data was restored from a backup can't tell that
    /// the position is void.
    epoch: Option<u32>,
    /// How many rows to answer at most.
    #[param(minimum = 1, maximum = 200, default = 200)]
    limit: Option<u32>,
}

struct ChangesQuery {
    after: Seq,
    epoch: Option<u32>,
    limit: usize,
}

impl FromQuery for ChangesQuery {
    fn from_query(parameters: &mut Parameters) -> Result<Self> {
        let after = parameters.number("after")?;
        let epoch = parameters.number("epoch")?.map(u32::try_from).transpose();
        Ok(Self {
            after: after.ok_or_else(|| Failure::invalid("after", "it is needed"))?,
            epoch: epoch.map_err(|_| Failure::invalid("epoch", "it is one that this server never told"))?,
            limit: parameters.limit(crate::extract::MAX_LIMIT)?,
        })
    }
}

/// Reads what changed since
///
/// The present state of everything that changed after a position: messages, tombstones, members and the room itself. Send
/// the epoch that came with the position: if the position is void, the answer says so.
#[utoipa::path(
    get, path = "/rooms/{id}/changes", tag = "Messages", operation_id = "changes",
    params(("id" = String, Path, description = "`rm_…`"), ChangesParameters),
    responses((status = 200, description = "A page of changes without a hole; or that the position is void.", body = ChangesAnswer)),
    extensions(("x-errors" = json!(["not_found", "bad_request", "invalid_field"]))),
)]
async fn changes(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    _: MayBeLarge,
    Id(room): Id<RoomId>,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<ChangesAnswer>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let page = state.core.changes(&actor, room, query.after, query.limit).await?;
    let holds = |epoch| query.after <= page.head && state.core.position_holds(room, epoch, query.after);
    if !query.epoch.is_none_or(holds) {
        return Ok(Json(ChangesAnswer::Reset(RoomReset {
            kind: "room.reset".to_owned(),
            room: room.to_string(),
            data: wire::Reset { head: page.head, epoch: page.epoch },
        })));
    }
    let data = wire::Changes {
        messages: page.messages.iter().map(|message| shown(&state.core, message)).collect(),
        members: page.members.iter().map(|(member, user)| wire::Member::new(member, user, None)).collect(),
        users: people(&page.users),
        room: page.room.as_ref().map(|room| wire::Room::new(room, None)),
    };
    Ok(Json(ChangesAnswer::Changes(Box::new(RoomChanges {
        kind: "room.changes".to_owned(),
        room: room.to_string(),
        from: query.after,
        to: page.to,
        head: page.head,
        epoch: page.epoch,
        data,
    }))))
}

fn shown(core: &Core, message: &Message) -> wire::Message {
    wire::Message::new(message, core.renderings().html(message).map(|html| html.as_ref().to_owned()))
}

fn people(users: &[User]) -> Vec<wire::User> {
    users.iter().map(wire::User::from).collect()
}

fn reply_to(id: &str) -> Result<MessageId> {
    id.parse().map_err(|_| Failure::invalid("reply_to", "there is no such message in this room"))
}
