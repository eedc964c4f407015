//! The OpenAPI document and the pages made from it.

use std::collections::BTreeSet;

use parlor_protocol::binary;
use parlor_protocol::commands::COMMANDS;
use parlor_protocol::{CloseCode, ErrorCode};
use serde_json::Value;

use crate::support::{Call, world};

/// What clients were told may not change by accident. A change here is a change of the contract: read the difference.
#[test]
fn the_document_is_the_one_that_was_published() {
    let document = parlor_api::document();
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

#[tokio::test]
async fn the_document_is_served_and_complete() {
    let world = world().await;
    let answer = world.send(Call::get("/openapi.json")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.json, world.document);
    assert!(answer.json["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut ids = BTreeSet::new();
    for (place, operation) in operations(&answer.json) {
        assert!(operation["summary"].as_str().is_some_and(|words| words.len() >= 8), "{place}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{place} has another's id");
        let codes = operation["x-errors"].as_array().unwrap();
        assert!(codes.iter().any(|code| code == "internal"), "{place}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(
                response["description"].as_str().is_some_and(|words| !words.is_empty()),
                "{place} {status}"
            );
            if let Some(content) = response["content"].get("application/json") {
                assert!(!content["example"].is_null() || !content["examples"].is_null(), "{place} {status}");
            }
        }
        if let Some(body) = operation.get("requestBody") {
            assert!(!body["content"]["application/json"]["example"].is_null(), "{place}");
        }
    }
    assert_every_reference_leads_somewhere(&answer.json, &answer.json);
}

pub(crate) fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        let path = path.trim_start_matches("/api/v1").to_owned();
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    })
}

fn assert_every_reference_leads_somewhere(document: &Value, value: &Value) {
    if let Some(reference) = value["$ref"].as_str() {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let parts: Vec<&Value> = match value {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    for part in parts {
        assert_every_reference_leads_somewhere(document, part);
    }
}

#[tokio::test]
async fn pages_need_no_script_and_nothing_from_elsewhere() {
    let world = world().await;
    for path in ["//docs", "//docs/http", "//docs/websocket", "//docs/errors"] {
        let page = world.send(Call::get(path)).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{path}");
        for forbidden in
            ["<script", "style=\"", "<style", "onclick", "src=", "@import", "//cdn", "href=\"http"]
        {
            assert!(!page.text.contains(forbidden), "{path} has {forbidden}");
        }
        assert_links_lead_somewhere(&page.text, &world).await;
    }
    let style = world.send(Call::get("//docs/style.css")).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(!style.text.contains("url(") && !style.text.contains("@import"));
}

/// Every link of a page leads to a page, and if it names a place there, to that place.
async fn assert_links_lead_somewhere(page: &str, world: &crate::support::World) {
    let links: BTreeSet<&str> =
        page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    for link in links {
        if link == "/favicon.svg" && parlor_web::is_placeholder() {
            continue;
        }
        let (path, place) = link.split_once('#').unwrap_or((link, ""));
        let target = if path.is_empty() {
            page.to_owned()
        } else {
            let answer = world.send(Call::get(&format!("/{path}"))).await;
            assert_eq!(answer.status, 200, "{link}");
            answer.text
        };
        assert!(place.is_empty() || target.contains(&format!("id=\"{place}\"")), "{link} leads nowhere");
    }
}

#[tokio::test]
async fn pages_list_everything_there_is() {
    let world = world().await;
    let http = world.send(Call::get("//docs/http")).await.text;
    for (place, operation) in operations(&world.document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(http.contains(&format!("<article id=\"{id}\"")), "{place}");
    }
    for name in world.document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(http.contains(&format!("id=\"type-{name}\"")), "{name}");
    }
    let errors = world.send(Call::get("//docs/errors")).await.text;
    for code in ErrorCode::ALL {
        assert!(errors.contains(&format!("id=\"{}\"", code.as_str())), "{}", code.as_str());
        assert!(errors.contains(&format!("<td>{}</td>", code.number())), "{}", code.as_str());
    }
    let websocket = world.send(Call::get("//docs/websocket")).await.text;
    for command in COMMANDS {
        assert!(websocket.contains(&format!("<article id=\"{}\"", command.name)), "{}", command.name);
    }
    for close in CloseCode::ALL {
        assert!(websocket.contains(&close.number().to_string()), "{}", close.number());
    }
    for event in
        ["ready", "message.created", "room.changes", "room.reset", "presence.changed", "heads.changed"]
    {
        assert!(websocket.contains(&format!("<code id=\"{event}\">")), "{event}");
    }
    for word in binary::KEYS.iter().chain(binary::TYPES).chain(&[binary::SUBPROTOCOL]) {
        assert!(websocket.contains(&format!("<code>{word}</code>")), "{word}");
    }
}

#[test]
fn everything_in_the_document_is_bounded() {
    let document = serde_json::to_value(parlor_api::document()).unwrap();
    let mut unbounded = Vec::new();
    find_unbounded(&document["components"]["schemas"], "", &mut unbounded);
    for (place, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = format!("{place} {}", parameter["name"]);
            find_unbounded(&parameter["schema"], &name, &mut unbounded);
        }
    }
    assert!(unbounded.is_empty(), "{unbounded:#?}");
    // The walk sees what it should.
    for schema in [
        serde_json::json!({"type": "array", "items": {"type": "boolean"}}),
        serde_json::json!({"type": ["string", "null"]}),
        serde_json::json!({"type": "integer", "minimum": 0}),
    ] {
        let mut found = Vec::new();
        find_unbounded(&serde_json::json!({"properties": {"x": schema}}), "", &mut found);
        assert_eq!(found.len(), 1, "{schema}");
    }
}

/// Lists without a number of items, texts without a length or a form, numbers without both ends.
fn find_unbounded(schema: &Value, place: &str, found: &mut Vec<String>) {
    let Some(fields) = schema.as_object() else {
        return;
    };
    let is = |kind: &str| {
        let types = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
        types.iter().any(|found| found == kind)
    };
    let has = |name: &str| fields.contains_key(name);
    let is_bounded = match () {
        () if is("array") => has("maxItems"),
        () if is("string") => ["maxLength", "format", "enum", "pattern"].into_iter().any(has),
        () if is("integer") || is("number") => has("minimum") && has("maximum"),
        () => true,
    };
    if !is_bounded {
        found.push(place.to_owned());
    }
    for (name, inner) in
        fields.iter().filter(|(name, _)| !matches!(name.as_str(), "example" | "examples" | "default"))
    {
        let parts = inner.as_array().map_or(std::slice::from_ref(inner), Vec::as_slice);
        for part in parts {
            find_unbounded(part, &format!("{place}/{name}"), found);
        }
    }
}

#[test]
fn words_of_a_closed_set_are_told() {
    let document = serde_json::to_value(parlor_api::document()).unwrap();
    let schemas = &document["components"]["schemas"];
    for (place, words) in [
        ("/Room/properties/kind", vec!["public", "private"]),
        ("/CreateRoom/properties/kind", vec!["public", "private"]),
        ("/User/properties/role", vec!["guest", "member", "admin", "owner"]),
    ] {
        assert_eq!(schemas.pointer(place).unwrap()["enum"], serde_json::json!(words), "{place}");
    }
    let (_, rooms) = operations(&document).find(|(place, _)| place == "GET /rooms").unwrap();
    let scope = rooms["parameters"].as_array().unwrap().iter().find(|parameter| parameter["name"] == "scope");
    assert!(scope.unwrap()["schema"]["enum"].as_array().unwrap().contains(&serde_json::json!("public")));
}
