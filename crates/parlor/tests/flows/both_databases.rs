//! Whatever a request holds, both databases answer it alike, and neither fails: every operation of the document with
//! values that a database may trip over, in each of its parameters and fields.

use anyhow::{Context as _, Result};
use parlor_testkit::{Database, Server};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::server;

/// For paths and queries, as they are written there: numbers at and beyond the ends of what fits, ids that are none, what
/// is no text.
const WRITTEN: &[&str] = &[
    "",
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",
    "%c0%80",
    "%f4%90%80%80",
    "%",
    "-1",
    "0",
    "1",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "1e3",
    "1.5",
    "%D9%A3",
    "%20",
    "rm_00000000000000000000000000",
    "usr_7zzzzzzzzzzzzzzzzzzzzzzzzz",
    "%27%3B--",
    "%EF%BF%BF",
];

/// For the fields of bodies, as they are written there.
const FIELDS: &[&str] = &[
    "null",
    "true",
    "0",
    "-1",
    "1",
    "1.5",
    "1e300",
    "1e400",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "-9223372036854775809",
    "[]",
    "{}",
    "[null]",
    r#""""#,
    r#""x""#,
    r#""\u0000""#,
    r#""a\u0000b""#,
    r#""\ud83d""#,
    r#""\udc00\ud83d""#,
    r#""\uffff""#,
    r#""\u200b""#,
    r#""\u202ex""#,
    r#""';--""#,
];

/// A server and what is in it.
struct House {
    server: Server,
    token: String,
    ids: Vec<(&'static str, String)>,
    http: Client,
}

/// An answer, as far as both must agree: the status and the code of the error.
type Outcome = (u16, Value);

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_answer_alike_whatever_they_are_asked() -> Result<()> {
    let houses = [House::build(Database::Sqlite).await?, House::build(Database::Postgres).await?];
    let document: Value = houses[0].http.get(houses[0].url("/openapi.json")).send().await?.json().await?;
    let (mut calls, mut different) = (0, Vec::new());
    for (path, operations) in document["paths"].as_object().context("no paths")? {
        for (method, operation) in operations.as_object().context("no operations")? {
            for (query, field) in hostile(operation, &document) {
                let outcomes = [
                    houses[0].call(method, path, &query, field.as_ref()).await?,
                    houses[1].call(method, path, &query, field.as_ref()).await?,
                ];
                calls += 1;
                if outcomes[0] != outcomes[1] || outcomes[0].0 >= 500 {
                    different.push(format!("{method} {path} {query:?} {field:?}: {outcomes:?}"));
                }
            }
        }
    }
    assert!(different.is_empty(), "{different:#?}");
    // The document was read, and its parameters and fields were found.
    assert!(calls > 1_000, "only {calls} calls");
    for house in houses {
        house.server.stop().await?;
    }
    Ok(())
}

/// A parameter of the path or the query with a value, and a body with a field of that kind in it.
type Parameter = Option<(String, bool, &'static str)>;

fn hostile(operation: &Value, document: &Value) -> Vec<(Parameter, Option<String>)> {
    let example = example(operation, document);
    let plain = example.as_ref().map(ToString::to_string);
    let mut cases = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let in_path = parameter["in"] == "path";
        let values = WRITTEN.iter().filter(|value| !(in_path && value.is_empty()));
        cases.extend(values.map(|value| (Some((name.clone(), in_path, *value)), plain.clone())));
    }
    let Some(example) = example else { return cases };
    for field in properties(operation, document) {
        for value in FIELDS {
            let mut body = example.clone();
            body[&field] = json!("@");
            cases.push((None, Some(body.to_string().replace("\"@\"", value))));
        }
    }
    cases
}

fn schema<'d>(operation: &Value, document: &'d Value) -> Option<&'d Value> {
    let reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str()?;
    document.pointer(reference.strip_prefix('#')?)
}

fn properties(operation: &Value, document: &Value) -> Vec<String> {
    let properties = schema(operation, document).and_then(|schema| schema["properties"].as_object());
    properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
}

/// A body with what must be in it. Nobody gets in by it, and nothing is hashed.
fn example(operation: &Value, document: &Value) -> Option<Value> {
    let required = schema(operation, document)?["required"].as_array().cloned().unwrap_or_default();
    let mut body = json!({});
    for name in required.iter().filter_map(Value::as_str) {
        body[name] = match name {
            "seq" => json!(1),
            "kind" => json!("private"),
            "password" => json!("short"),
            _ => json!("xy"),
        };
    }
    Some(body)
}

impl House {
    async fn build(database: Database) -> Result<Self> {
        let server = Server::start(server().database(database)).await?;
        let owner = server.owner().await?;
        let guest = server.guest("Bo").await?;
        let room = owner.room("Harbour").await?.id;
        guest.client.join_room(&room).await?;
        let token = owner.client.token().context("no token")?.to_owned();
        let mut house = Self { server, token, ids: Vec::new(), http: Client::new() };
        house.ids.push(("id", room.clone()));
        house.ids.push(("user", guest.user.id.clone()));
        house.ids.push(("slug", "harbour".to_owned()));
        let said = house.post(&format!("/rooms/{room}/messages"), &json!({"body": "hi"})).await?;
        house.ids.push(("message", said["id"].as_str().context("no message")?.to_owned()));
        let made = house.post(&format!("/rooms/{room}/invites"), &json!({})).await?;
        house.ids.push(("invite", made["invite"]["id"].as_str().context("no invitation")?.to_owned()));
        Ok(house)
    }

    fn url(&self, path: &str) -> String {
        let path = path.strip_prefix("/api/v1").unwrap_or(path);
        format!("{}/api/v1{path}", self.server.url())
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.http.post(self.url(path)).bearer_auth(&self.token).json(body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        parameter: &Parameter,
        body: Option<&String>,
    ) -> Result<Outcome> {
        let mut url = path.to_owned();
        if let Some((name, true, value)) = parameter {
            url = url.replace(&format!("{{{name}}}"), value);
        }
        for (name, id) in &self.ids {
            url = url.replace(&format!("{{{name}}}"), id);
        }
        if let Some((name, false, value)) = parameter {
            url = format!("{url}?{name}={value}");
        }
        let mut request =
            self.http.request(Method::from_bytes(method.to_uppercase().as_bytes())?, self.url(&url));
        // Whoever comes in anew ends the session that they came with.
        if !path.contains("/auth/") {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.clone());
        }
        let response = request.send().await.with_context(|| url.clone())?;
        let status = response.status().as_u16();
        let answer: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
        Ok((status, if status < 400 { Value::Null } else { answer["code"].clone() }))
    }
}
