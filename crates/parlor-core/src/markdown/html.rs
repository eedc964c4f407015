//! The only place that writes HTML: tags from a closed list, and everything else escaped. What it writes is what the
//! sanitiser of the tests would let through unchanged.

use parlor_model::visible::has_visible;

/// Marks every link: it was written by a stranger, and the page behind it learns nothing.
const REL: &str = "noopener noreferrer nofollow ugc";

/// Every element that a rendering can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Paragraph,
    /// 1 to 6.
    Heading(u8),
    Quote,
    Bullets,
    Numbers,
    Item,
    Pre,
    Code,
    Table,
    Head,
    Rows,
    Row,
    HeadCell,
    Cell,
    Emphasis,
    Strong,
    Struck,
    Link,
}

impl Tag {
    const fn name(self) -> &'static str {
        match self {
            Self::Paragraph => "p",
            Self::Heading(1) => "h1",
            Self::Heading(2) => "h2",
            Self::Heading(3) => "h3",
            Self::Heading(4) => "h4",
            Self::Heading(5) => "h5",
            Self::Heading(_) => "h6",
            Self::Quote => "blockquote",
            Self::Bullets => "ul",
            Self::Numbers => "ol",
            Self::Item => "li",
            Self::Pre => "pre",
            Self::Code => "code",
            Self::Table => "table",
            Self::Head => "thead",
            Self::Rows => "tbody",
            Self::Row => "tr",
            Self::HeadCell => "th",
            Self::Cell => "td",
            Self::Emphasis => "em",
            Self::Strong => "strong",
            Self::Struck => "del",
            Self::Link => "a",
        }
    }
}

/// The HTML so far.
pub(super) struct Html {
    text: String,
    /// More than this is not wanted: see [`Html::is_full`].
    limit: usize,
    /// How many texts were written that leave a mark on the screen.
    seen: usize,
}

/// Where an element was opened around something that may turn out to be invisible.
pub(super) struct Mark {
    at: usize,
    end: usize,
    seen: usize,
}

impl Html {
    pub(super) fn new(capacity: usize, limit: usize) -> Self {
        Self { text: String::with_capacity(capacity), limit, seen: 0 }
    }

    pub(super) fn open(&mut self, tag: Tag) {
        self.open_with(tag, &[]);
    }

    /// Opens an element with attributes, whose values are escaped.
    pub(super) fn open_with(&mut self, tag: Tag, attributes: &[(&'static str, &str)]) {
        self.text.push('<');
        self.text.push_str(tag.name());
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            escape_into(&mut self.text, value, true);
            self.text.push('"');
        }
        self.text.push('>');
    }

    pub(super) fn close(&mut self, tag: Tag) {
        self.text.push_str("</");
        self.text.push_str(tag.name());
        self.text.push('>');
    }

    /// Opens a link. `title` is what is shown when one points at it.
    pub(super) fn open_link(&mut self, href: &str, title: Option<&str>) {
        match title {
            Some(title) => self.open_with(Tag::Link, &[("href", href), ("title", title), ("rel", REL)]),
            None => self.open_with(Tag::Link, &[("href", href), ("rel", REL)]),
        }
    }

    /// A line break within a text.
    pub(super) fn line_break(&mut self) {
        self.text.push_str("<br>");
    }

    /// A line across.
    pub(super) fn rule(&mut self) {
        self.text.push_str("<hr>");
    }

    /// A sign that the renderer adds. It does not count as something that the author wrote.
    pub(super) fn sign(&mut self, sign: char) {
        self.text.push(sign);
    }

    /// What somebody wrote.
    pub(super) fn text(&mut self, text: &str) {
        self.seen += usize::from(has_visible(text));
        escape_into(&mut self.text, text, false);
    }

    /// True once anything is in it that leaves a mark on the screen.
    pub(super) fn is_visible(&self) -> bool {
        self.seen > 0
    }

    /// Opens an element that [`Html::close_visible`] closes.
    pub(super) fn open_marked(&mut self, tag: Tag) -> Mark {
        let at = self.text.len();
        self.open(tag);
        Mark { at, end: self.text.len(), seen: self.seen }
    }

    /// Closes the innermost element, if there is something to see in it. Otherwise it was none, and `typed` stands where
    /// it began and ended.
    pub(super) fn close_visible(&mut self, tag: Tag, mark: &Mark, typed: &str) {
        if self.seen > mark.seen {
            self.close(tag);
        } else {
            // Marks around nothing are nothing to look at for those around them either.
            self.text.replace_range(mark.at..mark.end, typed);
            self.text.push_str(typed);
        }
    }

    /// True once it is larger than it may be.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() > self.limit
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// A text as HTML.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    escape_into(&mut escaped, text, false);
    escaped
}

fn escape_into(html: &mut String, text: &str, in_quotes: bool) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '\u{a0}', '"']) {
        let (before, after) = rest.split_at(at);
        html.push_str(before);
        let mut letters = after.chars();
        match letters.next() {
            Some('&') => html.push_str("&amp;"),
            Some('<') => html.push_str("&lt;"),
            Some('>') => html.push_str("&gt;"),
            Some('\u{a0}') => html.push_str("&nbsp;"),
            Some('"') if in_quotes => html.push_str("&quot;"),
            Some(letter) => html.push(letter),
            None => {}
        }
        rest = letters.as_str();
    }
    html.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_written_becomes_markup() {
        let mut html = Html::new(0, 1_000);
        html.open_link("https://a.example/?b=1&c=\"<x>", Some("\"'>"));
        html.text("<b>&\"'\u{a0}");
        html.close(Tag::Link);
        assert_eq!(
            html.into_text(),
            "<a href=\"https://a.example/?b=1&amp;c=&quot;&lt;x&gt;\" title=\"&quot;'&gt;\" \
             rel=\"noopener noreferrer nofollow ugc\">&lt;b&gt;&amp;\"'&nbsp;</a>"
        );
    }

    #[test]
    fn an_element_without_anything_to_see_is_what_was_typed() {
        let mut html = Html::new(0, 100);
        for inner in ["\u{200b}", "a"] {
            let mark = html.open_marked(Tag::Strong);
            html.text(inner);
            html.close_visible(Tag::Strong, &mark, "**");
        }
        assert_eq!(html.into_text(), "**\u{200b}**<strong>a</strong>");
    }

    #[test]
    fn what_can_be_seen_is_noticed() {
        let mut html = Html::new(0, 10);
        html.open(Tag::Paragraph);
        html.text(" \u{200b}");
        html.sign('☐');
        assert!(!html.is_visible());
        html.text("a");
        assert!(html.is_visible() && html.is_full());
    }
}
