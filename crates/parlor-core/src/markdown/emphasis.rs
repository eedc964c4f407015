//! Which marks of emphasis belong together: `*`, `_` and `~~`, by the rules of `CommonMark`, with three differences. A mark
//! between a bracket or a quotation mark and a letter of a script without capitals, or a picture, may open and close,
//! because there no blank follows; stars between digits are stars; and only two tildes strike out.

use super::html::Tag;
use super::letters::{continues_word, is_punctuation};

/// A run of the same mark, and what became of it.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) mark: u8,
    /// How many marks are not used up, and so are text.
    pub(super) left: u32,
    /// How many there were.
    length: u32,
    opens: bool,
    closes: bool,
    /// Boxed, because a message may have thousands of runs, and most belong to nothing.
    bounds: Option<Box<Bounds>>,
}

/// Where emphasis begins and ends.
#[derive(Debug, Default)]
struct Bounds {
    /// What begins behind the run, from the inside out.
    begins: Vec<Tag>,
    /// What ends before it, in this order.
    ends: Vec<Tag>,
}

impl Run {
    /// A run of `length` marks between two characters. `None` if it can be nothing but text.
    pub(super) fn new(mark: u8, length: usize, before: Option<char>, after: Option<char>) -> Option<Self> {
        if mark == b'~' && length != 2 {
            return None;
        }
        let is_digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        if mark == b'*' && is_digit(before) && is_digit(after) {
            return None;
        }
        let (left, right) = (flanks(before, after), flanks(after, before));
        let (opens, closes) = if mark == b'_' {
            let beside = |letter: Option<char>| letter.is_some_and(is_punctuation);
            (left && (!right || beside(before)), right && (!left || beside(after)))
        } else {
            (left, right)
        };
        let length = u32::try_from(length).ok()?;
        (opens || closes).then_some(Self { mark, left: length, length, opens, closes, bounds: None })
    }

    /// What begins behind it, from the outside in.
    pub(super) fn begins(&self) -> impl Iterator<Item = Tag> {
        self.bounds.iter().flat_map(|bounds| bounds.begins.iter().rev().copied())
    }

    /// What ends before it, from the inside out.
    pub(super) fn ends(&self) -> impl Iterator<Item = Tag> {
        self.bounds.iter().flat_map(|bounds| bounds.ends.iter().copied())
    }

    fn bounds(&mut self) -> &mut Bounds {
        self.bounds.get_or_insert_default()
    }

    /// Finds no partner any more.
    pub(super) fn settle(&mut self) {
        (self.opens, self.closes) = (false, false);
    }

    /// Whether this may open what `closing` closes: a run that could be either must not make an odd pair.
    fn may_open(&self, closing: &Self) -> bool {
        let either = self.closes || closing.opens;
        let odd = (self.length + closing.length).is_multiple_of(3)
            && !(self.length.is_multiple_of(3) && closing.length.is_multiple_of(3));
        self.opens && self.mark == closing.mark && !(either && odd)
    }

    /// Which closing runs find the same opening ones.
    fn kind(&self) -> usize {
        let mark = match self.mark {
            b'*' => 0,
            b'_' => 1,
            _ => 2,
        };
        mark * 6
            + usize::from(self.opens) * 3
            + usize::from(self.length % 3 == 1)
            + 2 * usize::from(self.length % 3 == 2)
    }
}

/// True if a run stands at the beginning of what follows: no blank is `ahead`, and if a mark is, no word is `behind` that
/// would be parted from what follows by a blank.
fn flanks(behind: Option<char>, ahead: Option<char>) -> bool {
    let Some(ahead) = ahead.filter(|letter| !letter.is_whitespace()) else { return false };
    !is_punctuation(ahead) || !continues_word(behind)
}

/// Finds what belongs together among runs that stand in this order. Looks at each pair that can't match at most once for
/// every kind of closing run.
pub(super) fn pair(runs: &mut [Run]) {
    let mut open: Vec<usize> = Vec::new();
    // Below these places of `open` nothing matches a closing run of a kind.
    let mut bottoms = [0; 18];
    for index in 0..runs.len() {
        while runs[index].closes && runs[index].left > 0 {
            let bottom = &mut bottoms[runs[index].kind()];
            let above = (*bottom).min(open.len());
            let found = open[above..].iter().rposition(|&one| runs[one].may_open(&runs[index]));
            let Some(place) = found.map(|place| above + place) else {
                *bottom = open.len();
                break;
            };
            // What was opened in between can't be closed any more.
            open.truncate(place + 1);
            bind(runs, open[place], index);
            if runs[open[place]].left == 0 {
                open.pop();
            }
        }
        if runs[index].opens && runs[index].left > 0 {
            open.push(index);
        }
    }
}

fn bind(runs: &mut [Run], opening: usize, closing: usize) {
    let double = runs[opening].left >= 2 && runs[closing].left >= 2;
    let tag = match (runs[opening].mark, double) {
        (b'~', _) => Tag::Struck,
        (_, true) => Tag::Strong,
        (_, false) => Tag::Emphasis,
    };
    let used = if double { 2 } else { 1 };
    runs[opening].left -= used;
    runs[opening].bounds().begins.push(tag);
    runs[closing].left -= used;
    runs[closing].bounds().ends.push(tag);
}
