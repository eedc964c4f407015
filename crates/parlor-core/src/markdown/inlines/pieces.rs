//! The parts that a text was read into, and how they are written.

use parlor_model::visible::has_visible;

use super::super::MAX_EMPHASIS;
use super::super::addresses::Address;
use super::super::emphasis::Run;
use super::super::html::{Html, Mark, Tag};
use super::super::links::Target;

/// A part of a text.
pub(super) enum Piece<'t> {
    Text(&'t str),
    Break,
    Code(&'t str),
    /// A run of marks, by its place in the list of them.
    Marks(usize),
    /// `[` or `![`, which may become the beginning of a link.
    Bracket(&'t str),
    // Boxed, because a message may have thousands of pieces, and few are these.
    Link(Box<Target<'t>>),
    LinkEnd,
    Address(Box<Address<'t>>),
}

impl Piece<'_> {
    /// True if it leaves a mark on the screen.
    pub(super) fn is_visible(&self, runs: &[Run]) -> bool {
        match self {
            Self::Text(text) | Self::Code(text) => has_visible(text),
            Self::Marks(run) => runs[*run].left > 0,
            Self::Bracket(_) | Self::Address(_) => true,
            Self::Break | Self::Link(_) | Self::LinkEnd => false,
        }
    }
}

/// Writes the pieces of a text, of which `runs` are the runs of marks.
pub(super) fn write(html: &mut Html, pieces: &[Piece<'_>], runs: &[Run]) {
    let mut marks = Marks::default();
    let mut in_link = false;
    for piece in pieces {
        match piece {
            Piece::Text(text) | Piece::Bracket(text) => html.text(text),
            Piece::Break => html.line_break(),
            Piece::Code(text) => {
                html.open(Tag::Code);
                html.text(text);
                html.close(Tag::Code);
            }
            Piece::Marks(run) => marks.write(html, &runs[*run]),
            Piece::Link(target) => {
                html.open_link(&target.href, target.title.as_deref());
                in_link = true;
            }
            Piece::LinkEnd => {
                html.close(Tag::Link);
                in_link = false;
            }
            Piece::Address(address) if in_link => html.text(address.shown),
            Piece::Address(address) => {
                html.open_link(&address.href, None);
                html.text(address.shown);
                html.close(Tag::Link);
            }
        }
    }
}

/// The emphasis that is open.
#[derive(Default)]
struct Marks {
    /// How many are shown as emphasis.
    depth: usize,
    /// For each, where it began if it is; deeper ones are shown as they were typed.
    shown: Vec<Option<Mark>>,
}

impl Marks {
    fn write(&mut self, html: &mut Html, run: &Run) {
        for tag in run.ends() {
            if let Some(mark) = self.shown.pop().flatten() {
                self.depth -= 1;
                html.close_visible(tag, &mark, typed(run.mark, tag));
            } else {
                html.text(typed(run.mark, tag));
            }
        }
        let mark = typed(run.mark, Tag::Emphasis);
        (0..run.left).for_each(|_| html.text(mark));
        for tag in run.begins() {
            if self.depth < MAX_EMPHASIS {
                self.depth += 1;
                self.shown.push(Some(html.open_marked(tag)));
            } else {
                self.shown.push(None);
                html.text(typed(run.mark, tag));
            }
        }
    }
}

/// A mark as it was typed: once for emphasis, twice for what is strong or struck out.
const fn typed(mark: u8, tag: Tag) -> &'static str {
    match (mark, tag) {
        (b'*', Tag::Strong) => "**",
        (b'*', _) => "*",
        (b'_', Tag::Strong) => "__",
        (b'_', _) => "_",
        (_, Tag::Struck) => "~~",
        _ => "~",
    }
}
