//! The WebSocket reference: the commands from their table, the events from their type, the close codes from theirs.

use parlor_protocol::commands::{COMMANDS, CommandDocumentation};
use parlor_protocol::{CloseCode, ServerFrame};
use serde_json::Value;
use utoipa::PartialSchema;

use super::html::{code, each, escape, markdown, page as frame, table};

/// `/docs/websocket`
pub(super) fn page() -> String {
    let outline: Vec<(String, String)> = [
        ("connecting", "Connecting"),
        ("commands", "Commands"),
        ("events", "Events"),
        ("missed", "What was missed"),
        ("closing", "Closing"),
    ]
    .map(|(id, words)| (id.to_owned(), words.to_owned()))
    .into();
    let body = format!(
        "<h1>WebSocket</h1>\n<p class=\"lead\">Live events and commands at <code>/api/v1/ws</code>: one JSON object a \
         text frame.</p>\n{}{}{}{}{}",
        connecting(),
        commands(),
        events(),
        missed(),
        closing()
    );
    frame("/docs/websocket", "WebSocket reference", &outline, &body)
}

fn connecting() -> String {
    let frames = "→ {\"type\":\"hello\",\"ref\":1,\"data\":{\"token\":\"pls_…\",\"resume\":[{\"room\":\"rm_…\",\"seq\":41}]}}\n\
        ← {\"type\":\"ready\",\"ref\":1,\"data\":{\"user\":{…},\"rooms\":[{\"id\":\"rm_…\",\"head\":42,…}]}}";
    format!(
        "<h2 id=\"connecting\">Connecting</h2>\n\
         <p>The first frame is <code>hello</code>, within 5 seconds. The credential is the session cookie of a page of \
         this server, the header <code>Authorization: Bearer</code>, or <code>token</code> in the hello. After \
         <code>ready</code> comes what was missed, then live events of every room one is in.</p>{}",
        code(frames)
    )
}

fn commands() -> String {
    let articles = each(COMMANDS, command);
    format!(
        "<h2 id=\"commands\">Commands</h2>\n<p><code>ref</code> is the client’s own number for a frame; the answer \
         carries it back. Commands are answered with <code>ok</code>, or with <code>error</code> from the \
         <a href=\"/docs/errors\">list of errors</a>.</p>\n{articles}"
    )
}

fn command(command: &CommandDocumentation) -> String {
    let (reference, answer) = if command.name == "hello" { (1, "ready") } else { (2, "ok") };
    let frames = format!(
        "→ {{\"type\":\"{}\",\"ref\":{reference},\"data\":{}}}\n← {{\"type\":\"{answer}\",\"ref\":{reference},\"data\":{}}}",
        command.name, command.example, command.answer
    );
    format!(
        "<article id=\"{0}\"><h3><code>{0}</code></h3>{1}{2}</article>\n",
        escape(command.name),
        markdown(command.summary),
        code(&frames)
    )
}

/// Every frame from the server, from the schema of its type: what the type has is documented, nothing else is.
fn events() -> String {
    let schema = serde_json::to_value(ServerFrame::schema()).unwrap_or_default();
    let rows: Vec<Vec<String>> = schema["oneOf"].as_array().into_iter().flatten().map(event).collect();
    format!(
        "<h2 id=\"events\">Events</h2>\n<p>Those with a <code>seq</code> are durable and come in its order: \
         <code>seq</code> is the last one’s plus one, or something is missing.</p>\n{}",
        table(&["Type", "Beside it", "What it says"], &rows)
    )
}

fn event(variant: &Value) -> Vec<String> {
    let properties = variant["properties"].as_object();
    let name = variant["properties"]["type"]["enum"][0].as_str().unwrap_or_default();
    let beside: Vec<String> = properties
        .into_iter()
        .flat_map(|properties| properties.keys())
        .filter(|field| *field != "type")
        .map(|field| format!("<code>{}</code>", escape(field)))
        .collect();
    vec![
        format!("<code id=\"{0}\">{0}</code>", escape(name)),
        beside.join(" "),
        markdown(variant["description"].as_str().unwrap_or_default()),
    ]
}

fn missed() -> String {
    let frames = "← {\"type\":\"room.changes\",\"room\":\"rm_…\",\"from\":41,\"to\":60,\"data\":{\"messages\":[…],\"members\":[…],\"users\":[…]}}\n\
        ← {\"type\":\"room.reset\",\"room\":\"rm_…\",\"data\":{\"head\":9041,\"epoch\":1}}";
    format!(
        "<h2 id=\"missed\">What was missed</h2>\n<p>For every position in <code>resume</code> the server sends \
         <code>room.changes</code>: pages without a hole, each with the present state of what changed after \
         <code>from</code> up to <code>to</code>, tombstones too. Live events go on at <code>to + 1</code>. A position \
         that is too far behind, or of another <code>epoch</code>, gets <code>room.reset</code> instead: read the history \
         over HTTP, and take the events from <code>head + 1</code> on.</p>{}",
        code(frames)
    )
}

fn closing() -> String {
    let rows: Vec<Vec<String>> = CloseCode::ALL
        .iter()
        .map(|close| {
            let again = if close.come_back() { "yes" } else { "not before something changed" };
            vec![format!("<code>{}</code>", close.number()), escape(close.reason()), again.to_owned()]
        })
        .collect();
    format!(
        "<h2 id=\"closing\">Closing</h2>\n<p>Why the server closes a connection, and whether to connect again: with a \
         pause that grows and varies.</p>\n{}",
        table(&["Code", "Reason", "Connect again"], &rows)
    )
}
