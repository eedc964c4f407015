//! Rooms: finding, making, changing, joining and leaving them.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use parlor_core::limits::Kind;
use parlor_core::{NewRoom, RoomUpdate};
use parlor_model::{Actor, RoomId, RoomKind, Slug};
use parlor_protocol as wire;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::{Failure, Result};
use crate::extract::{Body, Caller, FromQuery, Id, Parameters, Query, Word};
use crate::state::ApiState;
use crate::visit::MayBeLarge;

/// How many of one's own rooms a page holds, unless told otherwise.
const MAX_OWN: usize = 1_000;
/// How many public rooms a page holds, unless told otherwise.
const DEFAULT_LIMIT: usize = 50;

/// The routes of this file.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update))
        .routes(routes!(show_by_slug))
        .routes(routes!(join))
        .routes(routes!(leave))
        .routes(routes!(mark_read))
}

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields document the parameters, which are read by name")]
struct RoomsParameters {
    /// `public` for the rooms that one may join; absent for those that one is in.
    scope: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many to answer; of the rooms that one is in, 1000 if absent.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

enum RoomsQuery {
    Mine { after: Option<RoomId>, limit: usize },
    Public { after: Option<RoomId>, limit: usize },
}

impl FromQuery for RoomsQuery {
    fn from_query(parameters: &mut Parameters) -> Result<Self> {
        match parameters.text("scope")?.as_deref() {
            None => Ok(Self::Mine { after: parameters.id("after")?, limit: parameters.limit(MAX_OWN)? }),
            Some("public") => {
                Ok(Self::Public { after: parameters.id("after")?, limit: parameters.limit(DEFAULT_LIMIT)? })
            }
            Some(_) => Err(Failure::invalid("scope", "it can only be “public”")),
        }
    }
}

/// Lists rooms
///
/// Those one is in; or, with `scope=public`, those one may join. In pages.
#[utoipa::path(
    get, path = "/rooms", tag = "Rooms", operation_id = "list_rooms", params(RoomsParameters),
    responses((status = 200, description = "The rooms.", body = wire::RoomList)),
    extensions(("x-errors" = json!(["bad_request", "invalid_field", "forbidden"]))),
)]
async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    _: MayBeLarge,
    Query(query): Query<RoomsQuery>,
) -> Result<Json<wire::RoomList>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    match query {
        RoomsQuery::Mine { after, limit } => my_rooms(&state, &actor, after, limit).await,
        RoomsQuery::Public { after, limit } => public_rooms(&state, &actor, after, limit).await,
    }
}

async fn my_rooms(
    state: &ApiState,
    actor: &Actor,
    after: Option<RoomId>,
    limit: usize,
) -> Result<Json<wire::RoomList>> {
    let all = state.core.my_rooms(actor).await?;
    let begin = match after {
        None => 0,
        // After a room that one is not in any more there is no place to go on from.
        Some(after) => all.iter().position(|(room, _)| room.id == after).map_or(all.len(), |place| place + 1),
    };
    let page = &all[begin..all.len().min(begin + limit)];
    let next = page.last().filter(|_| begin + page.len() < all.len()).map(|(room, _)| room.id.to_string());
    let rooms = page.iter().map(|(room, member)| wire::Room::new(room, Some(member))).collect();
    Ok(Json(wire::RoomList { rooms, next }))
}

async fn public_rooms(
    state: &ApiState,
    actor: &Actor,
    after: Option<RoomId>,
    limit: usize,
) -> Result<Json<wire::RoomList>> {
    let rooms = state.core.public_rooms(actor, after, limit).await?;
    let last = rooms.last().filter(|_| rooms.len() == limit);
    let next = last.map(|(room, _)| room.id.to_string());
    let rooms = rooms.iter().map(|(room, place)| wire::Room::new(room, place.as_ref())).collect();
    Ok(Json(wire::RoomList { rooms, next }))
}

/// Makes a room
///
/// Whoever makes a room owns it.
#[utoipa::path(
    post, path = "/rooms", tag = "Rooms", operation_id = "create_room", request_body = wire::CreateRoom,
    responses((status = 201, description = "The new room.", body = wire::Room)),
    extensions(("x-errors" = json!(["invalid_field", "name_taken", "name_confusable", "forbidden"]))),
)]
async fn create(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Body(body): Body<wire::CreateRoom>,
) -> Result<(StatusCode, Json<wire::Room>)> {
    state.core.limiter().check(Kind::Create, actor.id())?;
    let kind = RoomKind::parse(&body.kind)
        .ok_or_else(|| Failure::invalid("kind", "it can be “public” or “private”"))?;
    let new = NewRoom { name: body.name, kind, topic: body.topic };
    let (room, place) = state.core.create_room(&actor, new).await?;
    Ok((StatusCode::CREATED, Json(wire::Room::new(&room, Some(&place)))))
}

/// Shows a room
#[utoipa::path(
    get, path = "/rooms/{id}", tag = "Rooms", operation_id = "room",
    params(("id" = String, Path, description = "`rm_…`")),
    responses((status = 200, description = "The room.", body = wire::Room)),
    extensions(("x-errors" = json!(["not_found"]))),
)]
async fn show(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(room): Id<RoomId>,
) -> Result<Json<wire::Room>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let (room, place) = state.core.room(&actor, room).await?;
    Ok(Json(wire::Room::new(&room, place.as_ref())))
}

/// Finds a room by its address
#[utoipa::path(
    get, path = "/rooms/by-slug/{slug}", tag = "Rooms", operation_id = "room_by_slug",
    params(("slug" = String, Path, description = "The last part of `/r/<slug>`.")),
    responses((status = 200, description = "The room.", body = wire::Room)),
    extensions(("x-errors" = json!(["not_found"]))),
)]
async fn show_by_slug(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Word(slug): Word,
) -> Result<Json<wire::Room>> {
    state.core.limiter().check(Kind::Read, actor.id())?;
    let (room, place) = state.core.room_at(&actor, &Slug::typed(&slug)).await?;
    Ok(Json(wire::Room::new(&room, place.as_ref())))
}

/// Changes a room's name or topic
#[utoipa::path(
    patch, path = "/rooms/{id}", tag = "Rooms", operation_id = "update_room", request_body = wire::UpdateRoom,
    params(("id" = String, Path, description = "`rm_…`")),
    responses((status = 200, description = "The room, changed.", body = wire::Room)),
    extensions(("x-errors" = json!([
        "not_found", "forbidden", "muted", "invalid_field", "name_taken", "name_confusable",
    ]))),
)]
async fn update(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(room): Id<RoomId>,
    Body(body): Body<wire::UpdateRoom>,
) -> Result<Json<wire::Room>> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    let update = RoomUpdate { name: body.name, topic: body.topic };
    let (room, place) = state.core.update_room(&actor, room, update).await?;
    Ok(Json(wire::Room::new(&room, place.as_ref())))
}

/// Joins a public room
///
/// Joining a room that one is in changes nothing.
#[utoipa::path(
    post, path = "/rooms/{id}/join", tag = "Rooms", operation_id = "join_room",
    params(("id" = String, Path, description = "`rm_…`")),
    responses((status = 200, description = "The room.", body = wire::Room)),
    extensions(("x-errors" = json!(["not_found", "forbidden"]))),
)]
async fn join(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(room): Id<RoomId>,
) -> Result<Json<wire::Room>> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    let (room, place) = state.core.join_room(&actor, room).await?;
    Ok(Json(wire::Room::new(&room, Some(&place))))
}

/// Leaves a room
///
/// If its last owner leaves, the room passes to whoever has been in it longest.
#[utoipa::path(
    post, path = "/rooms/{id}/leave", tag = "Rooms", operation_id = "leave_room",
    params(("id" = String, Path, description = "`rm_…`")),
    responses((status = 204, description = "One is not in the room any more.")),
    extensions(("x-errors" = json!(["not_found", "forbidden"]))),
)]
async fn leave(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(room): Id<RoomId>,
) -> Result<StatusCode> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    state.core.leave_room(&actor, room).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says how far one has read
///
/// Everything up to `seq`, for all of one's devices; the others are told by `room.read`. It never goes back, nor beyond the
/// newest change. The answer says where it is now.
#[utoipa::path(
    put, path = "/rooms/{id}/read", tag = "Rooms", operation_id = "mark_read", request_body = wire::MarkRead,
    params(("id" = String, Path, description = "`rm_…`")),
    responses((status = 200, description = "How far one has read.", body = wire::ReadPosition)),
    extensions(("x-errors" = json!(["not_found", "forbidden"]))),
)]
async fn mark_read(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Id(room): Id<RoomId>,
    Body(body): Body<wire::MarkRead>,
) -> Result<Json<wire::ReadPosition>> {
    state.core.limiter().check(Kind::Write, actor.id())?;
    let seq = state.core.mark_read(&actor, room, body.seq).await?;
    Ok(Json(wire::ReadPosition { seq }))
}
