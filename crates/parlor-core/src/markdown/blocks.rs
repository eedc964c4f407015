//! What a message is made of, line by line: paragraphs, headings, quotes, lists, code, tables and rules. A line that
//! begins none of these is text, and so is a mark without a blank and a text behind it.
//!
//! Quotes and items are read again by themselves, as messages within the message, down to a fixed depth. So each line is
//! looked at a fixed number of times.

use parlor_model::visible::has_visible;

use super::code::Fenced;
use super::html::{Html, Tag};
use super::letters::begins_right_to_left;
use super::lines::{Line, join};
use super::lists::{self, Mark};
use super::tables::{self, Head};
use super::{MAX_CELLS, MAX_NESTING, code, inlines};

/// From how many columns on an indented line is code.
const CODE_INDENT: usize = 4;

/// What begins at a line.
enum Block<'t> {
    /// Its level and its text.
    Heading(u8, &'t str),
    Rule,
    Quote,
    List(Mark),
    Code(code::Block),
    Table(Head),
    /// So many lines that only look like the beginning of something.
    Text(usize),
}

/// Writes the blocks of a message.
pub(super) struct Writer {
    pub(super) html: Html,
    /// How many cells of tables there are.
    cells: usize,
}

impl Writer {
    pub(super) fn new(html: Html) -> Self {
        Self { html, cells: 0 }
    }

    /// Writes lines that stand within `depth` quotes and lists. `bare`: a paragraph at the beginning gets no element of
    /// its own, because it is all that most items have.
    pub(super) fn blocks(&mut self, lines: &[Line<'_>], depth: usize, mut bare: bool) {
        let (mut at, mut paragraph, mut text_until) = (0, None, 0);
        while at < lines.len() && !self.html.is_full() {
            let is_blank = lines[at].is_blank();
            let is_text = is_blank || at < text_until;
            let block = if is_text { None } else { recognise(&lines[at..], paragraph.is_some(), depth) };
            let block = block.filter(|block| {
                let Block::Text(lines) = block else { return true };
                text_until = at + lines;
                false
            });
            let block = block.filter(|block| self.cells < MAX_CELLS || !matches!(block, Block::Table(_)));
            if is_blank || block.is_some() {
                if let Some(from) = paragraph.take() {
                    self.paragraph(&lines[from..at], bare);
                    bare = false;
                }
            } else {
                paragraph.get_or_insert(at);
            }
            if let Some(block) = block {
                at += self.block(block, &lines[at..], depth);
                bare = false;
            } else {
                at += 1;
            }
        }
        if let Some(from) = paragraph {
            self.paragraph(&lines[from..at], bare);
        }
    }

    /// Writes a block; returns how many lines it takes.
    fn block(&mut self, block: Block<'_>, lines: &[Line<'_>], depth: usize) -> usize {
        match block {
            Block::Heading(level, text) => {
                self.element(Tag::Heading(level), text);
                1
            }
            Block::Rule => {
                self.html.rule();
                1
            }
            Block::Quote => self.quote(lines, depth),
            Block::List(mark) => self.list(mark, lines, depth),
            Block::Code(block) => {
                block.write(&mut self.html, lines);
                block.lines
            }
            Block::Table(head) => self.table(&head, lines, depth),
            Block::Text(lines) => lines,
        }
    }

    fn paragraph(&mut self, lines: &[Line<'_>], bare: bool) {
        let text = join(lines);
        if bare {
            inlines::write(&mut self.html, &text);
        } else {
            self.element(Tag::Paragraph, &text);
        }
    }

    /// An element that holds a text, in the direction of that text.
    fn element(&mut self, tag: Tag, text: &str) {
        self.html.open_with(tag, &[("dir", "auto")]);
        inlines::write(&mut self.html, text);
        self.html.close(tag);
    }

    fn quote(&mut self, lines: &[Line<'_>], depth: usize) -> usize {
        let inner = quoted(lines);
        self.html.open_with(Tag::Quote, &[("dir", direction(&inner))]);
        self.blocks(&inner, depth + 1, false);
        self.html.close(Tag::Quote);
        inner.len()
    }

    fn list(&mut self, mark: Mark, lines: &[Line<'_>], depth: usize) -> usize {
        let (items, used) = lists::items(mark, lines);
        let tag = if mark.number.is_some() { Tag::Numbers } else { Tag::Bullets };
        let start = mark.number.unwrap_or(1);
        match start {
            1 => self.html.open(tag),
            _ => self.html.open_with(tag, &[("start", &start.to_string())]),
        }
        let mut numbers = lists::Numbers::new(start);
        for item in &items {
            let value = item.number.and_then(|number| numbers.value(number)).map(|value| value.to_string());
            let value = value.as_deref().map(|value| ("value", value));
            let class = item.task.map(|_| ("class", "task"));
            let begins_with_block = item.lines.first().is_none_or(|line| line.is_blank())
                || recognise(&item.lines, false, depth + 1).is_some();
            let direction = if begins_with_block { direction(&item.lines) } else { "auto" };
            let attributes: Vec<_> = value.into_iter().chain(class).chain([("dir", direction)]).collect();
            self.html.open_with(Tag::Item, &attributes);
            if let Some(is_done) = item.task {
                self.html.sign(if is_done { '☑' } else { '☐' });
                self.html.text(" ");
            }
            self.blocks(&item.lines, depth + 1, true);
            self.html.close(Tag::Item);
        }
        self.html.close(tag);
        used
    }

    fn table(&mut self, head: &Head, lines: &[Line<'_>], depth: usize) -> usize {
        // The order of its columns, which cells can't say.
        match direction(&lines[..1]) {
            "rtl" => self.html.open_with(Tag::Table, &[("dir", "rtl")]),
            _ => self.html.open(Tag::Table),
        }
        self.html.open(Tag::Head);
        self.row(Tag::HeadCell, head, lines[0]);
        self.html.close(Tag::Head);
        let mut used = 2;
        let rows = lines.iter().enumerate().skip(2);
        for (at, line) in rows.take_while(|(at, line)| is_row(&lines[*at..], **line, depth)) {
            if self.cells >= MAX_CELLS || self.html.is_full() {
                break;
            }
            if at == 2 {
                self.html.open(Tag::Rows);
            }
            self.row(Tag::Cell, head, *line);
            used = at + 1;
        }
        if used > 2 {
            self.html.close(Tag::Rows);
        }
        self.html.close(Tag::Table);
        used
    }

    fn row(&mut self, tag: Tag, head: &Head, line: Line<'_>) {
        self.html.open(Tag::Row);
        for (column, cell) in tables::cells(line.trimmed()).iter().enumerate() {
            let align = head.alignment(column).map(|align| ("align", align));
            let attributes: Vec<_> = align.into_iter().chain([("dir", "auto")]).collect();
            self.html.open_with(tag, &attributes);
            inlines::write(&mut self.html, cell);
            self.html.close(tag);
            self.cells += 1;
        }
        self.html.close(Tag::Row);
    }
}

/// The direction of what holds blocks: they have directions of their own, so that a browser would find none for it.
fn direction(lines: &[Line<'_>]) -> &'static str {
    let right_to_left = lines.iter().find_map(|line| begins_right_to_left(line.trimmed()));
    if right_to_left == Some(true) { "rtl" } else { "auto" }
}

/// The block that begins at the first of some lines, which is not blank.
fn recognise<'t>(lines: &[Line<'t>], in_paragraph: bool, depth: usize) -> Option<Block<'t>> {
    let line = *lines.first()?;
    if line.indent() >= CODE_INDENT {
        return (!in_paragraph).then(|| Block::Code(code::indented(lines, CODE_INDENT)));
    }
    let text = line.trimmed();
    let nests = depth < MAX_NESTING;
    let begun = match text.as_bytes().first()? {
        b'#' => heading(text),
        b'`' | b'~' => code::fenced(lines).map(|fenced| match fenced {
            Fenced::Code(block) => Block::Code(block),
            Fenced::Empty(lines) => Block::Text(lines),
        }),
        b'>' if nests && quote_text(line).is_some() => Some(Block::Quote),
        b'-' | b'*' | b'_' if is_rule(text) => Some(Block::Rule),
        b'-' | b'*' | b'+' | b'0'..=b'9' if nests => {
            // A number begins a list within a paragraph only if it is the first: years and sums end sentences.
            let mark =
                Mark::of(line).filter(|mark| !in_paragraph || mark.number.is_none_or(|number| number == 1));
            mark.map(Block::List)
        }
        _ => None,
    };
    begun.or_else(|| tables::head(text, lines.get(1)?.trimmed()).map(Block::Table))
}

/// True if a table goes on with a line.
fn is_row(lines: &[Line<'_>], line: Line<'_>, depth: usize) -> bool {
    tables::is_row(line.trimmed())
        && matches!(recognise(&lines[..1], true, depth), None | Some(Block::Table(_)))
}

/// `# text`, up to six of them.
fn heading(text: &str) -> Option<Block<'_>> {
    let inner = text.trim_start_matches('#');
    let level = u8::try_from(text.len() - inner.len()).ok().filter(|level| *level <= 6)?;
    let words = inner.strip_prefix([' ', '\t'])?.trim();
    has_visible(words).then_some(Block::Heading(level, words))
}

/// Three or more of one mark, and nothing else.
fn is_rule(text: &str) -> bool {
    let mut marks = text.bytes().filter(|byte| !b" \t".contains(byte));
    let Some(first) = marks.next() else { return false };
    let mut count = 1;
    marks.all(|mark| {
        count += 1;
        mark == first
    }) && count >= 3
}

/// What a line quotes: `> text`.
fn quote_text(line: Line<'_>) -> Option<Line<'_>> {
    let inner = after_angle(line)?;
    has_visible(inner.trimmed()).then_some(inner)
}

/// What stands behind `> `, or behind a `>` that is alone.
fn after_angle(line: Line<'_>) -> Option<Line<'_>> {
    let indent = line.indent();
    let rest = Line::new(line.trimmed().strip_prefix('>').filter(|_| indent < CODE_INDENT)?);
    (rest.is_blank() || rest.indent() > 0).then(|| rest.without(1))
}

/// The lines of a quote: an empty `>` may stand between two that have a text.
fn quoted<'t>(lines: &[Line<'t>]) -> Vec<Line<'t>> {
    let mut inner: Vec<_> = lines.iter().map_while(|line| after_angle(*line)).collect();
    let text = inner.iter().rposition(|line| has_visible(line.trimmed()));
    inner.truncate(text.map_or(0, |last| last + 1));
    inner
}
