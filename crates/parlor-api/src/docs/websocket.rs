//! The WebSocket reference: the commands from their table, the events from their type, the close codes and the short
//! forms of binary frames from theirs.

use parlor_protocol::commands::{COMMANDS, CommandDocumentation};
use parlor_protocol::{CloseCode, ServerFrame, binary};
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
        ("rooms", "Rooms that are not open"),
        ("encoding", "Binary frames"),
        ("closing", "Closing"),
    ]
    .map(|(id, words)| (id.to_owned(), words.to_owned()))
    .into();
    let body = format!(
        "<h1>WebSocket</h1>\n<p class=\"lead\">Live events and commands at <code>/api/v1/ws</code>: one JSON object a \
         text frame.</p>\n{}{}{}{}{}{}{}",
        connecting(),
        commands(),
        events(),
        missed(),
        rooms(),
        encoding(),
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
         <code>ready</code> comes what was missed, then live events of every room one is in, or of \
         <a href=\"#rooms\">those that are open</a>.</p>{}",
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
         that is too far behind, or void, gets <code>room.reset</code> instead: read the history over HTTP, and take the \
         events from <code>head + 1</code> on.</p>\n<p>A position is void when the server was restored from a backup that \
         does not know of it. To be told, send the <code>epoch</code> along: what comes on a connection is learned in the \
         epoch that <code>ready</code> gives for its room (<code>room.joined</code>, <code>room.open</code>, \
         <code>room.reset</code>), and a position from before keeps its own until something new has come. Each start of the \
         server has another epoch; positions of earlier ones hold.</p>{}",
        code(frames)
    )
}

fn rooms() -> String {
    let frames = "→ {\"type\":\"hello\",\"ref\":1,\"data\":{\"resume\":[{\"room\":\"rm_a…\",\"seq\":41,\"epoch\":1}],\"follow\":\"opened\"}}\n\
        ← {\"type\":\"ready\",\"ref\":1,\"data\":{\"user\":{…},\"rooms\":[…],\"follow\":\"opened\"}}\n\
        ← {\"type\":\"heads.changed\",\"data\":{\"heads\":[{\"room\":\"rm_b…\",\"head\":57,\"messages\":3,\"newest\":56,\"by\":\"usr_…\"}]}}\n\
        → {\"type\":\"room.open\",\"ref\":2,\"data\":{\"room\":\"rm_b…\",\"seq\":40,\"epoch\":1}}\n\
        ← {\"type\":\"ok\",\"ref\":2,\"data\":{\"head\":57,\"epoch\":1}}\n\
        ← {\"type\":\"room.changes\",\"room\":\"rm_b…\",\"from\":40,\"to\":57,\"data\":{…}}";
    format!(
        "<h2 id=\"rooms\">Rooms that are not open</h2>\n<p>Who shows one room at a time need not read every event of all \
         others. With <code>follow: \"opened\"</code> in the hello, events come of open rooms alone: those named in \
         <code>resume</code> begin open, and <code>room.open</code> and <code>room.close</code> change that. Of the others, \
         <code>heads.changed</code> tells at most once a second how far they are, and how many messages are new since it \
         last told. <code>room.joined</code>, <code>room.left</code> and presence come as ever. A server that does not \
         know of this answers <code>ready</code> without <code>follow</code>, and sends the events of every room.</p>{}",
        code(frames)
    )
}

fn encoding() -> String {
    format!(
        "<h2 id=\"encoding\">Binary frames</h2>\n<p>The subprotocol <code>{}</code> asks for MessagePack in place of \
         JSON: each frame is binary, and one map with the same fields. <code>{}</code>, or no subprotocol, is JSON; the \
         server answers with the one it took. A client may write any MessagePack that JSON has a place for; the server \
         writes these short forms, each of which stands for exactly one JSON text:</p>\n{}",
        escape(binary::SUBPROTOCOL),
        escape(binary::JSON_SUBPROTOCOL),
        table(&["Short form", "Stands for"], &short_forms())
    )
}

fn short_forms() -> Vec<Vec<String>> {
    let numbered = |words: &[&str]| {
        let words: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(number, word)| format!("{number}&nbsp;<code>{}</code>", escape(word)))
            .collect();
        words.join(", ")
    };
    let ids: Vec<String> = binary::ID_KINDS
        .iter()
        .map(|(kind, prefix)| format!("{kind}&nbsp;<code>{}_</code>", escape(prefix)))
        .collect();
    let time = format!("an extension of kind {}, 8 bytes", binary::TIME_KIND);
    let row = |form: &str, meaning: String| vec![form.to_owned(), meaning];
    vec![
        row("a number as a key", format!("the key: {}", numbered(binary::KEYS))),
        row(
            "a number as the value of key 0",
            format!("the value of <code>type</code>: {}", numbered(binary::TYPES)),
        ),
        row(
            "an extension of 16 bytes",
            format!("the id with these bytes, and a prefix by the extension’s kind: {}", ids.join(", ")),
        ),
        row(&time, "a time: milliseconds since 1970, signed, the highest byte first".to_owned()),
    ]
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
         pause that grows and varies. A reason that ends in <code>come back in 4.3 s</code> says how long to wait at least: \
         a server that is shut down spreads its clients in that way.</p>\n{}",
        table(&["Code", "Reason", "Connect again"], &rows)
    )
}
