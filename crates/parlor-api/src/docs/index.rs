//! The first page: how to begin.

use super::html::{code, page as frame};

/// `/docs`
pub(super) fn page() -> String {
    frame("/docs", "Documentation", &[], &body())
}

fn body() -> String {
    let sign_in = "curl -s http://127.0.0.1:8080/api/v1/auth/login \\\n  -H 'Content-Type: application/json' \\\n  \
        -d '{\"username\":\"ada\",\"password\":\"correct horse\"}'";
    let send = "curl -s http://127.0.0.1:8080/api/v1/rooms/rm_…/messages \\\n  -H 'Authorization: Bearer pls_…' \\\n  \
        -H 'Content-Type: application/json' \\\n  -d '{\"body\":\"The kettle is **on**\",\"nonce\":\"k7f3a9\"}'";
    let live = "→ {\"type\":\"hello\",\"ref\":1,\"data\":{\"token\":\"pls_…\"}}\n\
        ← {\"type\":\"ready\",\"ref\":1,\"data\":{\"user\":{…},\"rooms\":[{\"id\":\"rm_…\",\"head\":42,…}]}}\n\
        ← {\"type\":\"message.created\",\"room\":\"rm_…\",\"seq\":43,\"data\":{\"body\":\"hi\",…}}";
    format!(
        "<h1>Parlor for programs</h1>\n\
         <p class=\"lead\">Everything the web client does, it does through these two doors. So can you.</p>\n\
         <dl class=\"doors\">\n\
         <dt><a href=\"/docs/http\">HTTP</a></dt><dd>Requests and answers under <code>/api/v1</code>: accounts, rooms, \
         members, messages, invitations. Also as an <a href=\"/api/v1/openapi.json\">OpenAPI document</a>.</dd>\n\
         <dt><a href=\"/docs/websocket\">WebSocket</a></dt><dd>Live events and the same commands at \
         <code>/api/v1/ws</code>.</dd>\n\
         <dt><a href=\"/docs/errors\">Errors</a></dt><dd>Everything that can go wrong, as one list for both doors.</dd>\n\
         </dl>\n\
         <h2>Three steps</h2>\n\
         <p>Sign in; the answer holds a token.</p>{}\n<p>Say something. The answer comes when the message is on disk; \
         a repeat with the same <code>nonce</code> says nothing twice.</p>{}\n<p>Listen.</p>{}\n\
         <h2>What holds everywhere</h2>\n\
         <ul>\n\
         <li>Bodies are JSON in UTF-8, times are RFC 3339 in UTC, ids are typed: <code>usr_…</code>, <code>rm_…</code>, \
         <code>msg_…</code>. Take ids for opaque.</li>\n\
         <li>Every durable change in a room takes the room’s next <code>seq</code>, without gaps. A client that has seen \
         everything up to <code>n</code> asks for what changed after <code>n</code>, and knows by itself that nothing is \
         missing.</li>\n\
         <li>What one may not know of answers <code>not_found</code>, like what does not exist.</li>\n\
         <li>New fields and new event types may come: ignore those you do not know. What is there stays.</li>\n\
         <li>A credential never stands in an address.</li>\n\
         </ul>",
        code(sign_in),
        code(send),
        code(live),
    )
}
