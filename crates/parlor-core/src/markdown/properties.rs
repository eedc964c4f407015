//! What must hold of the rendering of any text whatever: for the tests here and for the fuzz target `markdown`, which
//! compiles this file too. So it uses nothing but the renderer's public items, and panics where a property is broken.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use parlor_model::visible::is_visible;

use crate::markdown::{GROWTH_ALLOWANCE, MAX_GROWTH, render};

/// Lets through what a rendering may hold, and nothing else.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags =
        "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre strong table tbody td th thead tr ul";
    let attributes = [
        ("a", "href title"),
        ("code", "class"),
        ("li", "value class"),
        ("ol", "start"),
        ("td", "align"),
        ("th", "align"),
        ("blockquote h1 h2 h3 h4 h5 h6 li p table td th", "dir"),
    ];
    let mut allowed: HashMap<&str, HashSet<&str>> = HashMap::new();
    for (tags, names) in attributes {
        for tag in tags.split(' ') {
            allowed.entry(tag).or_default().extend(names.split(' '));
        }
    }
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(tags.split(' ').collect())
        .tag_attributes(allowed)
        .attribute_filter(|tag, name, value| is_allowed(tag, name, value).then(|| value.into()))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow ugc"));
    builder
});

fn is_allowed(tag: &str, name: &str, value: &str) -> bool {
    match (tag, name) {
        ("code", "class") => value.strip_prefix("language-").is_some_and(|language| {
            (1..=20).contains(&language.len())
                && language.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'#' | b'-'))
        }),
        ("li", "class") => value == "task",
        ("table", "dir") => value == "rtl",
        (_, "dir") => value == "auto" || (["blockquote", "li"].contains(&tag) && value == "rtl"),
        (_, "align") => ["left", "center", "right"].contains(&value),
        ("ol", "start") | ("li", "value") => value.parse::<u32>().is_ok(),
        _ => true,
    }
}

/// Checks one text: its HTML is bounded, has nothing in it that the sanitiser would change, and shows every letter and
/// number that somebody typed, in their order, or has it in the address or the title of a link.
pub(crate) fn check(text: &str) {
    // No message holds one.
    if text.contains('\0') {
        return;
    }
    let Some(html) = render(text) else { return };
    assert!(html.len() <= text.len() * MAX_GROWTH + GROWTH_ALLOWANCE, "{text:?} became {} bytes", html.len());
    assert_eq!(SANITISER.clean(&html).to_string(), html, "{text:?}");
    let shown = shown(&html);
    let mut rest = shown.chars();
    for letter in letters(text) {
        assert!(rest.any(|other| other == letter), "{letter:?} of {text:?} vanished in {html}");
    }
}

/// The letters and numbers of a text, without their case.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| letter.is_alphanumeric() && is_visible(*letter)).flat_map(char::to_lowercase)
}

/// What a browser shows of some HTML, with the addresses and titles of links behind them.
pub(crate) fn shown(html: &str) -> String {
    let mut seen = Seen::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        seen.text(&rest[..at]);
        let (tag, after) = rest[at + 1..].split_once('>').unwrap_or((&rest[at + 1..], ""));
        seen.tag(tag);
        rest = after;
    }
    seen.text(rest);
    seen.text
}

#[derive(Default)]
struct Seen {
    text: String,
    /// For each list that is open: the first number of a stretch, and the next one. Bullets count too, and show nothing.
    lists: Vec<Option<(u32, u32)>>,
    /// What is told of the open link behind it.
    link: String,
}

impl Seen {
    fn text(&mut self, text: &str) {
        self.text.extend(letters(&unescaped(text)));
    }

    fn tag(&mut self, tag: &str) {
        let attribute = |name: &str| {
            let (_, value) = tag.split_once(&format!(" {name}=\""))?;
            Some(unescaped(value.split_once('"')?.0))
        };
        match tag.split(' ').next().unwrap_or_default() {
            "a" => {
                let told = [attribute("href"), attribute("title")].into_iter().flatten();
                self.link = told.collect::<Vec<_>>().join(" ");
            }
            "/a" => {
                let link = std::mem::take(&mut self.link);
                self.text.extend(letters(&link));
            }
            "code" => {
                let class = attribute("class").unwrap_or_default();
                self.text.push_str(class.trim_start_matches("language-"));
            }
            "ul" => self.lists.push(None),
            "ol" => {
                let start = attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                self.lists.push(Some((start, start)));
            }
            "/ul" | "/ol" => drop(self.lists.pop()),
            "li" => {
                let value = attribute("value").and_then(|value| value.parse().ok());
                if let Some(Some(list)) = self.lists.last_mut() {
                    *list = value.map_or(*list, |value| (value, value));
                    // Who writes the same number before each item sees them counted.
                    let numbers: Vec<String> = (list.0..=list.1).map(|number| number.to_string()).collect();
                    list.1 += 1;
                    self.text.push_str(&numbers.concat());
                }
                if attribute("class").is_some() {
                    self.text.push('x');
                }
            }
            _ => {}
        }
    }
}

fn unescaped(text: &str) -> String {
    let text =
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{a0}");
    text.replace("&amp;", "&")
}
