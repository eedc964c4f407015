//! The frame of a page, and the few helpers that keep text from becoming markup.

/// A page with its navigation. `outline` is the list of the page's own sections: link target and words.
pub(super) fn page(path: &str, title: &str, outline: &[(String, String)], body: &str) -> String {
    let links = [
        ("/docs", "Overview"),
        ("/docs/http", "HTTP"),
        ("/docs/websocket", "WebSocket"),
        ("/docs/errors", "Errors"),
    ];
    let outline =
        each(outline, |(id, words)| format!("<li><a href=\"#{}\">{}</a></li>", escape(id), escape(words)));
    let navigation = each(links, |(target, words)| {
        if target != path {
            return format!("<li><a href=\"{target}\">{words}</a></li>");
        }
        format!("<li><a href=\"{target}\" aria-current=\"page\">{words}</a><ul>{outline}</ul></li>")
    });
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} – Parlor</title>\n\
         <link rel=\"icon\" type=\"image/svg+xml\" href=\"/favicon.svg\">\n\
         <link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">Skip to the content</a>\n\
         <nav aria-label=\"Documentation\"><p class=\"mark\"><a href=\"/\">Parlor</a></p><ul>{navigation}</ul></nav>\n\
         <main id=\"content\">\n{body}\n</main>\n</body>\n</html>\n",
        title = escape(title),
    )
}

/// The HTML of every item, one after the other.
pub(super) fn each<T>(items: impl IntoIterator<Item = T>, html: impl FnMut(T) -> String) -> String {
    items.into_iter().map(html).collect::<Vec<_>>().concat()
}

/// Text as HTML.
pub(super) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(character),
        }
    }
    html
}

/// Markdown as HTML, by the same renderer that messages go through.
pub(super) fn markdown(text: &str) -> String {
    let text = text.trim();
    parlor_core::markdown::render(text).unwrap_or_else(|| format!("<p>{}</p>", escape(text)))
}

/// A block of code.
pub(super) fn code(text: &str) -> String {
    format!("<pre tabindex=\"0\"><code>{}</code></pre>", escape(text))
}

/// A table that scrolls by itself where it is too wide. Cells are HTML.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let heads = each(heads, |head| format!("<th scope=\"col\">{}</th>", escape(head)));
    let rows = each(rows, |row| {
        let cells = each(row, |cell| format!("<td>{cell}</td>"));
        format!("<tr>{cells}</tr>")
    });
    format!(
        "<div class=\"wide\" tabindex=\"0\"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        assert_eq!(escape("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    }
}
