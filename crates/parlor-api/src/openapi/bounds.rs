//! How long, how large and how many everything in the document can be: for each field by its name, and for the few names
//! that mean different things by the type as well. A field without a bound fails a test.

use serde_json::Value;
use utoipa::Number;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, KnownFormat, RefOr, Schema, SchemaFormat};

/// What a field can hold.
#[derive(Clone, Copy)]
enum Bound {
    /// A text of so many characters.
    Text(usize, usize),
    /// A text of this form.
    Form(&'static str),
    /// An id with this prefix; with any, if it is empty.
    Id(&'static str),
    /// A time, as RFC 3339 writes it.
    Time,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A number between these two, both included.
    Between(f64, f64),
    /// A list of at most so many.
    Items(usize),
}

use Bound::{Between, Form, Id, Items, Text, Time, Words};

/// The largest number that every reader of JSON takes as it is.
const LARGEST: f64 = 9_007_199_254_740_991.0;
/// The largest body of a message that can be allowed, in bytes.
const BODY: usize = 262_144;
/// A name that is shown.
const NAME: Bound = Text(1, 64);
/// A secret that was handed out.
const SECRET: Bound = Text(1, 64);
const ROLES: Bound = Words(&["owner", "moderator", "member"]);
const KINDS: Bound = Words(&["public", "private"]);

/// Bounds of fields that mean something of their own in one type.
const OF_TYPE: &[(&str, &str, Bound)] = &[
    ("AcceptInvite", "code", SECRET),
    ("ChangePassword", "new_password", Text(8, 1_024)),
    ("Changes", "members", Items(200)),
    ("CreateInvite", "max_uses", Between(1.0, 100_000.0)),
    ("CreatedInvite", "path", Form("^/invite#[0-9a-z]+$")),
    ("Error", "message", Text(1, 1_000)),
    ("Invite", "id", Id("inv")),
    ("Login", "password", Text(0, 16_384)),
    ("Login", "username", Text(0, 512)),
    ("Message", "body", Text(0, BODY)),
    ("Message", "id", Id("msg")),
    ("Message", "kind", Words(&["action"])),
    ("MemberPage", "next", Id("usr")),
    ("InviteList", "next", Id("inv")),
    ("Room", "id", Id("rm")),
    ("RoomChanges", "type", Words(&["room.changes"])),
    ("RoomList", "next", Id("rm")),
    ("RoomReset", "type", Words(&["room.reset"])),
    ("ServerInfo", "guests", Words(&["open", "invite", "off"])),
    ("ServerInfo", "max_body_bytes", Between(1.0, 262_144.0)),
    ("Session", "id", Id("ses")),
    ("SessionList", "next", Id("ses")),
    ("User", "id", Id("usr")),
    ("User", "role", Words(&["guest", "member", "admin", "owner"])),
    ("UserList", "users", Items(100)),
];

/// Bounds of all other fields and parameters, by name.
const BY_NAME: &[(&str, Bound)] = &[
    ("after", Between(0.0, LARGEST)),
    ("around", Between(0.0, LARGEST)),
    ("author", Id("usr")),
    ("before", Between(0.0, LARGEST)),
    ("body", Text(1, BODY)),
    ("by", Id("usr")),
    ("code", SECRET),
    ("created_at", Time),
    ("created_by", Id("usr")),
    ("current_password", Text(0, 16_384)),
    ("deleted_at", Time),
    ("display_name", NAME),
    ("duration", Between(1.0, 315_360_000.0)),
    ("edited_at", Time),
    ("epoch", Between(0.0, 4_294_967_295.0)),
    ("expires_at", Time),
    ("expires_in", Between(60.0, 31_536_000.0)),
    ("field", Text(1, 64)),
    ("from", Between(0.0, LARGEST)),
    ("head", Between(0.0, LARGEST)),
    ("html", Text(0, 16_777_216)),
    ("ids", Text(1, 3_200)),
    ("incident", Form("^[0-9a-f]{16}$")),
    ("invite", SECRET),
    ("invited_by", NAME),
    ("invites", Items(200)),
    ("joined_at", Time),
    ("kind", KINDS),
    ("label", Text(0, 200)),
    ("last_seen_at", Time),
    ("limit", Between(0.0, LARGEST)),
    ("max_uses", Between(1.0, 4_294_967_295.0)),
    ("member_count", Between(0.0, LARGEST)),
    ("members", Items(200)),
    ("messages", Items(200)),
    ("name", NAME),
    ("nonce", Form("^[!-~]{1,64}$")),
    ("now", Time),
    ("password", Text(8, 1_024)),
    ("reason", Text(0, 250)),
    ("read", Between(0.0, LARGEST)),
    ("registration", Words(&["open", "invite", "closed"])),
    ("reply_to", Id("msg")),
    ("retry_after", Between(0.0, 315_360_000.0)),
    ("role", ROLES),
    ("room", Id("rm")),
    ("room_name", NAME),
    ("room_slug", Text(1, 1_200)),
    ("rooms", Items(1_000)),
    ("scope", Words(&["public"])),
    ("sent_at", Time),
    ("seq", Between(0.0, LARGEST)),
    ("sessions", Items(200)),
    ("setup_token", SECRET),
    ("since", Time),
    ("slug", Text(1, 1_200)),
    ("to", Between(0.0, LARGEST)),
    ("token", SECRET),
    ("topic", Text(0, 250)),
    ("until", Time),
    ("username", Text(2, 32)),
    ("users", Items(200)),
    ("uses", Between(0.0, 4_294_967_295.0)),
    ("version", Text(1, 64)),
];

/// Gives every field of every type its bound.
pub(super) fn add_to_types(components: &mut Components) {
    for (kind, schema) in &mut components.schemas {
        add_to_fields(kind, schema);
    }
}

/// Gives every parameter of an operation its bound.
pub(super) fn add_to_parameters(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let bound = of_parameter(&parameter.name, parameter.description.as_deref().unwrap_or_default());
        if let (Some(bound), Some(schema)) = (bound, &mut parameter.schema) {
            set(schema, bound);
        }
    }
}

/// An id in a path or query says in its description which it is: `rm_…`.
fn of_parameter(name: &str, description: &str) -> Option<Bound> {
    let prefixes = ["usr", "rm", "msg", "inv", "ses"];
    let named = prefixes.into_iter().find(|prefix| description.starts_with(&format!("`{prefix}_…`")));
    named.map(Id).or_else(|| of_field("", name))
}

fn add_to_fields(kind: &str, schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            for (name, field) in &mut object.properties {
                if let Some(bound) = of_field(kind, name) {
                    set(field, bound);
                }
            }
        }
        RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(|part| add_to_fields(kind, part)),
        RefOr::T(Schema::OneOf(one)) => one.items.iter_mut().for_each(|part| add_to_fields(kind, part)),
        _ => {}
    }
}

fn of_field(kind: &str, name: &str) -> Option<Bound> {
    let of_type =
        OF_TYPE.iter().find(|(of, field, _)| *of == kind && *field == name).map(|(_, _, bound)| *bound);
    of_type.or_else(|| BY_NAME.iter().find(|(field, _)| *field == name).map(|(_, bound)| *bound))
}

fn set(schema: &mut RefOr<Schema>, bound: Bound) {
    match schema {
        RefOr::T(Schema::Array(list)) => {
            if let Items(most) = bound {
                list.max_items.get_or_insert(most);
            }
        }
        RefOr::T(Schema::Object(field)) => set_value(field, bound),
        _ => {}
    }
}

fn set_value(field: &mut utoipa::openapi::Object, bound: Bound) {
    let is_number = serde_json::to_value(&field.schema_type).is_ok_and(|kind| {
        let kind = kind.to_string();
        kind.contains("integer") || kind.contains("number")
    });
    match bound {
        Between(least, most) if is_number => {
            // What a parameter says of itself is narrower.
            if field.maximum.is_none() {
                field.minimum = Some(Number::Float(least));
                field.maximum = Some(Number::Float(most));
            }
        }
        // The place where a page begins is a number in a room's history, and an id elsewhere.
        Between(..) => set_value(field, Id("")),
        Text(least, most) => {
            field.min_length = Some(least);
            field.max_length = Some(most);
        }
        Form(form) => field.pattern = Some(form.to_owned()),
        Id("") => field.pattern = Some("^[a-z]{2,3}_[0-9a-hjkmnp-tv-z]{26}$".to_owned()),
        Id(prefix) => field.pattern = Some(format!("^{prefix}_[0-9a-hjkmnp-tv-z]{{26}}$")),
        Time => field.format = Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)),
        Words(words) => {
            let may_be_null = serde_json::to_value(&field.schema_type).is_ok_and(|kind| kind.is_array());
            let words = words.iter().map(|word| Value::from(*word)).chain(may_be_null.then_some(Value::Null));
            field.enum_values = Some(words.collect());
        }
        Items(_) => {}
    }
}
