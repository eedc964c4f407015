//! The list of errors: every code, its number, status, meaning and words.

use parlor_protocol::ErrorCode;

use super::html::{code, escape, page as frame, table};

/// `/docs/errors`
pub(super) fn page() -> String {
    let rows: Vec<Vec<String>> = ErrorCode::ALL.iter().map(|error| row(*error)).collect();
    let form = serde_json::to_string_pretty(&crate::openapi::error_example(ErrorCode::InvalidField));
    let body = format!(
        "<h1>Errors</h1>\n\
         <p class=\"lead\">One list for both doors. A code is never reused, so a program can rely on it.</p>\n\
         <p>Over HTTP the error is the whole body; over WebSocket it stands in <code>error</code>. \
         <code>message</code> is for people and may change; <code>details</code> and <code>retry_after</code> (seconds) \
         are there where they help. Over HTTP <code>retry_after</code> is also the header <code>Retry-After</code>.</p>\n\
         {}\n<h2>All codes</h2>\n{}",
        code(&form.unwrap_or_default()),
        table(&["Code", "Number", "HTTP", "Meaning, and what a person reads"], &rows),
    );
    frame("/docs/errors", "Errors", &[], &body)
}

fn row(error: ErrorCode) -> Vec<String> {
    let example = crate::openapi::error_example(error);
    vec![
        format!("<code id=\"{0}\">{0}</code>", error.as_str()),
        error.number().to_string(),
        error.status().to_string(),
        format!(
            "<p>{}</p><p class=\"words\">{}</p>",
            escape(error.meaning().trim()).replace('`', ""),
            escape(&example.message)
        ),
    ]
}
