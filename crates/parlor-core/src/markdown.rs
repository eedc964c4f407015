//! Markdown to safe HTML: parsed, turned into HTML without any of the author's own tags, and sanitised once more.
//!
//! Images become links: nobody's address leaks to a stranger's server because a message was on their screen.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};

/// Renders a message. `None` if the HTML would only be the text itself, escaped, in one paragraph: then the client
/// shows the text, and the wire carries it once.
pub fn render(text: &str) -> Option<String> {
    if is_plain(text) { None } else { parse(text) }
}

fn parse(text: &str) -> Option<String> {
    let html = SANITISER.clean(&to_html(text)).to_string();
    let html = html.trim_end();
    (html != format!("<p>{}</p>", ammonia_escape(text))).then(|| html.to_owned())
}

static OPTIONS: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    // A line break in the composer is a line break on the screen.
    options.render.hardbreaks = true;
    // Tags that a person typed are shown, not obeyed.
    options.render.escape = true;
    options
});

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("ol", HashSet::from(["start"])),
            ("td", HashSet::from(["align"])),
            ("th", HashSet::from(["align"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow ugc"));
    builder
});

/// True for texts that can't hold Markdown or a link: most of what people say. Anything doubtful is parsed, which takes
/// several times as long as all else that the server does for a message in memory.
fn is_plain(text: &str) -> bool {
    let harmless = |letter: char| letter.is_alphanumeric() || " ,.!?:;'\"/()+-=%$#".contains(letter);
    // A list begins with a number and a dot or a bracket; all other blocks begin with a mark.
    let after_digits = text.trim_start_matches(|first: char| first.is_ascii_digit());
    text.starts_with(char::is_alphanumeric)
        && !after_digits.starts_with(['.', ')'])
        && !text.ends_with(' ')
        && text.chars().all(harmless)
        // Addresses become links without any mark around them.
        && !text.contains("://")
        && !has_www(text)
}

/// True if `www.` is somewhere in it, in any case.
fn has_www(text: &str) -> bool {
    text.contains('.') && text.as_bytes().windows(4).any(|part| part.eq_ignore_ascii_case(b"www."))
}

fn to_html(text: &str) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &OPTIONS);
    for node in root.descendants() {
        image_to_link(node);
    }
    let mut html = String::with_capacity(text.len() * 2);
    // Writing into a string can't fail; whatever came of it is sanitised next.
    let _ = format_html(root, &OPTIONS, &mut html);
    html
}

fn image_to_link<'a>(node: &'a AstNode<'a>) {
    let value = &mut node.data.borrow_mut().value;
    if let NodeValue::Image(link) = value {
        *value = NodeValue::Link(std::mem::take(link));
    }
}

/// Escapes as the sanitiser does, so that the two can be compared.
fn ammonia_escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\u{a0}', "&nbsp;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts_need_no_html() {
        for text in
            ["hello", "what, really?", "a < b & c > d", "it's \"fine\"", "日本語", "1 2 3", "well... ok."]
        {
            assert_eq!(render(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_not_parsed_needs_no_html() {
        // Texts of what is taken for harmless, and of what links and blocks are made of.
        let pieces = [
            "a",
            "Zoë",
            "日本",
            "7",
            "12",
            " ",
            "  ",
            ".",
            ",",
            "!",
            "?",
            ":",
            ";",
            "'",
            "\"",
            "/",
            "//",
            "(",
            ")",
            "+",
            "-",
            "--",
            "=",
            "%",
            "$",
            "#",
            "www",
            "WWW.",
            "http",
            "https",
            "example.org",
            "mailto:",
            "ftp",
            "x.y",
        ];
        let (mut plain, mut state) = (0, 1_u64);
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..8 {
                // The numbers of a linear congruential generator: the same in every run.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let index = usize::try_from(state >> 33).unwrap() % pieces.len();
                text.push_str(pieces[index]);
            }
            if is_plain(&text) {
                assert_eq!(parse(&text), None, "{text:?}");
                plain += 1;
            }
        }
        assert!(plain > 2_000, "{plain} of them");
        for text in
            ["1. one", "12) twelve", "www.example.org", "see WWW.example.org", "http://a.b", "- a", "# a"]
        {
            assert!(!is_plain(text), "{text:?}");
        }
    }

    #[test]
    fn markdown_becomes_html() {
        let cases = [
            ("**bold** _em_ ~~no~~", "<p><strong>bold</strong> <em>em</em> <del>no</del></p>"),
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ];
        for (text, html) in cases {
            assert_eq!(render(text).as_deref(), Some(html), "{text:?}");
        }
    }

    #[test]
    fn links_are_marked_as_strangers() {
        let html = render("see https://example.org/a?b=1&c=2").unwrap();
        assert!(html.contains(r#"href="https://example.org/a?b=1&amp;c=2""#), "{html}");
        assert!(html.contains(r#"rel="noopener noreferrer nofollow ugc""#), "{html}");
    }

    #[test]
    fn images_become_links() {
        let html = render("![cat](https://example.org/cat.png)").unwrap();
        assert!(!html.contains("<img") && html.contains(">cat</a>"), "{html}");
    }

    #[test]
    fn nothing_active_survives() {
        let attacks = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](vbscript:x)",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<svg/onload=alert(1)>",
            "<math><mtext></p><style><img src onerror=alert(1)>",
            "<https://example.org\" onmouseover=\"alert(1)>",
            "![x](\"onerror=\"alert(1))",
            "```\" onclick=\"alert(1)\nx\n```",
            "<iframe srcdoc='<script>alert(1)</script>'>",
            "<style>*{background:url(//example.org)}</style>",
            "[x](//example.org \"title\" onclick=alert(1))",
        ];
        for attack in attacks {
            let html = render(attack).unwrap_or_default();
            let lower = html.to_lowercase();
            for active in [
                "<script",
                "<img",
                "<svg",
                "<iframe",
                "<style",
                "<math",
                "javascript:\"",
                "href=\"javascript",
                "href=\"data",
            ] {
                assert!(!lower.contains(active), "{attack:?} gave {html}");
            }
            let tags: Vec<&str> = lower.split('<').skip(1).filter_map(|tag| tag.split('>').next()).collect();
            assert!(tags.iter().all(|tag| !tag.contains(" on")), "{attack:?} gave {html}");
        }
    }

    #[test]
    fn huge_and_deep_texts_are_bounded() {
        for pattern in ["> ", "- ", "[", "*", "`", "<a", "![", "|", "_a", "\\", "https://a."] {
            let text = pattern.repeat(16_384 / pattern.len());
            let html = render(&text).unwrap_or_default();
            assert!(html.len() < 4_000_000, "{pattern:?}: {}", html.len());
        }
    }
}
