//! The cost is linear and the HTML bounded, whatever somebody sends: twice the text takes about twice the time.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::markdown::{GROWTH_ALLOWANCE, MAX_CELLS, MAX_COLUMNS, MAX_GROWTH, MAX_NESTING, render};

/// The allocator of the program: another may ask the system for each large piece of memory anew, and that is what would
/// be timed here.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Makes a text of about so many bytes.
type Generator = (&'static str, fn(usize) -> String);

/// What makes renderers slow: repeated, nested and half-open marks, and searches that find nothing.
const GENERATORS: &[Generator] = &[
    (">", |size| ">".repeat(size)),
    ("> ", |size| "> ".repeat(size / 2) + "a"),
    ("lines of > > >", |size| format!("{}a\n", "> ".repeat(40)).repeat(size / 82)),
    ("quotes of one letter", |size| "> a\n\n".repeat(size / 5)),
    ("empty quotes", |size| "> a\n".to_owned() + &">\n".repeat(size / 2)),
    ("- - -", |size| "- ".repeat(size / 2) + "a"),
    ("items ever deeper", |size| {
        grown(size, |text, step| writeln!(text, "{}- a", "  ".repeat(step)).unwrap())
    }),
    ("items of one letter", |size| "- a\n".repeat(size / 4)),
    ("empty items", |size| "-\n".repeat(size / 2)),
    ("items and blank lines", |size| "- a\n\n\n* b\n\n\n".repeat(size / 12)),
    ("numbers", |size| "1. a\n9. b\n".repeat(size / 10)),
    ("long numbers", |size| "1".repeat(size)),
    ("[", |size| "[".repeat(size)),
    ("![", |size| "![".repeat(size / 2)),
    ("[]", |size| "[]".repeat(size / 2)),
    ("[a](", |size| "[a](".repeat(size / 4)),
    ("[a](<b", |size| "[a](<b".repeat(size / 6)),
    ("[a](https://b \"c", |size| "[a](https://b \"c".repeat(size / 16)),
    ("[a](https://b 'c \"d (e", |size| {
        "[a](https://b 'c [a](https://b \"d [a](https://b (e ".repeat(size / 50)
    }),
    ("links in links", |size| "[".repeat(size / 20) + &"a](https://b.example)".repeat(size / 21)),
    ("links with nothing to see", |size| "[\u{200b}](https://b.example)".repeat(size / 25)),
    ("brackets in brackets with addresses", |size| {
        "[".repeat(size / 24) + "\u{200b}" + &"](https://b.example)".repeat(size / 21)
    }),
    ("[a]: b", |size| "[a]: https://b.example\n".repeat(size / 23)),
    ("*a ", |size| "*a ".repeat(size / 3)),
    ("_a ", |size| "_a ".repeat(size / 3)),
    ("**a *b", |size| "**a *b ".repeat(size / 14) + &"b* a** ".repeat(size / 14)),
    ("* and _", |size| "*a _b ".repeat(size / 12) + &"a* b_ c** ".repeat(size / 20)),
    ("a long run of *", |size| format!("{}a{}", "*".repeat(size / 2), "*".repeat(size / 2))),
    ("runs of * of rising length", |size| {
        grown(size, |text, step| write!(text, "{}a", "*".repeat(step + 1)).unwrap())
    }),
    ("~~", |size| "~~a ".repeat(size / 4)),
    ("~", |size| "~".repeat(size)),
    ("stars beside marks of CJK", |size| "**「a」**b（*c*）".repeat(size / 28)),
    ("backticks of rising length", |size| {
        grown(size, |text, step| write!(text, "{} ", "`".repeat(step + 1)).unwrap())
    }),
    ("backticks of falling length", |size| {
        let most = size.isqrt();
        (0..most).fold(String::new(), |text, step| text + &"`".repeat(most - step) + " a ")
    }),
    ("`", |size| "`a ``b ".repeat(size / 7)),
    ("fences that open", |size| "```\n~~~\n".repeat(size / 8)),
    ("fences of rising length", |size| {
        grown(size, |text, step| writeln!(text, "{}", "`".repeat(step + 3)).unwrap())
    }),
    ("empty fences", |size| "```\n```\n\n".repeat(size / 9)),
    ("indented code", |size| "    a\n\n".repeat(size / 7)),
    ("a wide head and short rows", |size| {
        let columns = size / 8;
        format!("{}\n{}\n{}", "|a".repeat(columns), "|-".repeat(columns), "|\n".repeat(size / 4))
    }),
    ("the widest table", |size| {
        let row = "|a".repeat(MAX_COLUMNS);
        format!("{row}\n{}\n", "|-".repeat(MAX_COLUMNS)) + &format!("{row}\n").repeat(size / row.len())
    }),
    ("short rows", |size| "a|b\n-|-\n".to_owned() + &"|\n".repeat(size / 2)),
    ("heads without rows", |size| "a|b\n-|-\n\n".repeat(size / 9)),
    ("dashes and bars", |size| "-|-\n".repeat(size / 4)),
    ("bars", |size| "|".repeat(size)),
    ("https://", |size| "https://".repeat(size / 8)),
    ("addresses", |size| "https://a.b ".repeat(size / 12)),
    ("an address without end", |size| "https://a.b/".to_owned() + &"https://a.b/".repeat(size / 12)),
    ("addresses with brackets", |size| "https://a.b/(".repeat(size / 13)),
    ("brackets in an address", |size| "https://a.b/".to_owned() + &"(".repeat(size)),
    ("closing brackets behind an address", |size| "https://a.b/".to_owned() + &")".repeat(size)),
    ("dots behind an address", |size| "https://a.b".to_owned() + &".".repeat(size)),
    ("dots between addresses", |size| "https://a.b....".repeat(size / 15)),
    ("a host without end", |size| "https://".to_owned() + &"ü".repeat(size / 2)),
    ("www.", |size| "www.".repeat(size / 4)),
    ("a@", |size| "a@".repeat(size / 2)),
    ("e-mail addresses", |size| "a@b.cc ".repeat(size / 7)),
    ("a long name before an @", |size| "a.".repeat(size / 2) + "@b.cc"),
    ("names without an @", |size| "a.b-c_d+e".repeat(size / 9)),
    ("<", |size| "<".repeat(size)),
    ("<a", |size| "<a".repeat(size / 2)),
    ("<https://a", |size| "<https://a".repeat(size / 10)),
    ("<!--", |size| "<!--".repeat(size / 4)),
    ("tags", |size| "<a href=\"".repeat(size / 9)),
    ("entities", |size| "&amp;&#0;&".repeat(size / 10)),
    ("backslashes", |size| "\\".repeat(size)),
    ("blanks and backslashes", |size| " ".repeat(size / 2) + &"\\#".repeat(size / 4)),
    ("digits and backslashes", |size| "1".repeat(size / 2) + &"\\.".repeat(size / 4)),
    ("blanks", |size| " ".repeat(size) + "*"),
    ("tabs", |size| "- a\n".to_owned() + &"\t".repeat(size) + "a"),
    ("line breaks", |size| "a\n".repeat(size / 2)),
    ("blank lines", |size| "a\n\n".repeat(size / 3)),
    ("what is not to be seen", |size| "**\u{200b}** ".repeat(size / 8)),
    ("marks of letters before stars", |size| "\u{301}\u{301}*".repeat(size / 5)),
    ("many marks before a star", |size| "\u{301}".repeat(size / 2) + &"*".repeat(9)),
    ("emphasis of nothing to see", |size| {
        "*_".repeat(4) + &"\u{200b}*\u{200b}*".repeat(size / 8) + &"_*".repeat(4)
    }),
    ("empty fences that are closed", |size| "```\n```\n".repeat(size / 8)),
    ("colons in hosts", |size| "https://a:b".repeat(size / 11)),
    ("headings", |size| "# a\n".repeat(size / 4)),
    ("#", |size| "#".repeat(size)),
    ("rules", |size| "---\n".repeat(size / 4)),
    ("a rule without end", |size| "- ".repeat(size / 2)),
];

fn grown(size: usize, mut add: impl FnMut(&mut String, usize)) -> String {
    let mut text = String::new();
    let mut step = 0;
    while text.len() < size {
        add(&mut text, step);
        step += 1;
    }
    text
}

/// What rendering costs this thread; what others do meanwhile is not counted.
fn time(text: &str) -> Duration {
    let spent = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let begun = spent();
    black_box(render(black_box(text)));
    spent().saturating_sub(begun)
}

#[test]
fn four_times_the_text_takes_four_times_the_time() {
    const SIZE: usize = 16 * 1024;
    for (name, generate) in GENERATORS {
        let (once, fourfold) = (generate(SIZE), generate(4 * SIZE));
        let growth =
            f64::from(u32::try_from(fourfold.len()).unwrap()) / f64::from(u32::try_from(once.len()).unwrap());
        assert!((3.6..4.4).contains(&growth), "{name}: {growth}");
        // The shortest of several is what it takes when nobody disturbs. What is quadratic takes sixteen times as long in
        // every round; what is linear stays far below 2.5 for each doubling, however much a machine has to do beside it.
        let (mut short, mut long) = (Duration::MAX, Duration::MAX);
        let is_linear = (0..30).any(|round| {
            short = short.min(time(&once));
            long = long.min(time(&fourfold));
            round >= 2 && long < short.mul_f64(2.5 * 2.5)
        });
        assert!(is_linear, "{name}: {short:?} and {long:?}");
    }
}

#[test]
fn the_html_is_bounded() {
    for (name, generate) in GENERATORS {
        for size in [4, 64].map(|kibibytes| kibibytes * 1024) {
            let text = generate(size);
            let html = render(&text).unwrap_or_default();
            assert!(html.len() <= text.len() * MAX_GROWTH + GROWTH_ALLOWANCE, "{name}: {}", html.len());
            let cells = ["<th ", "<td "].map(|cell| html.matches(cell).count());
            assert!(cells.iter().sum::<usize>() <= MAX_CELLS + MAX_COLUMNS, "{name}: {cells:?}");
            assert!(depth(&html) <= 3 * MAX_NESTING + 12, "{name}: {}", depth(&html));
        }
    }
}

/// How deep elements stand in each other.
fn depth(html: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for tag in html.split('<').skip(1).filter(|tag| !tag.starts_with("br") && !tag.starts_with("hr")) {
        depth = if tag.starts_with('/') { depth - 1 } else { depth + 1 };
        most = most.max(depth);
    }
    most
}

#[test]
fn what_is_beyond_the_bounds_is_text() {
    let deep = format!("{}a", "> ".repeat(MAX_NESTING + 2));
    let html = render(&deep).unwrap();
    assert_eq!(html.matches("<blockquote").count(), MAX_NESTING);
    assert!(html.contains(">&gt; &gt; a<"), "{html}");
    let marks = format!("{}b{}", "*a ".repeat(20), "*".repeat(20));
    let html = render(&marks).unwrap();
    assert!(html.contains("*a b"), "{html}");
    let rows = format!("a|b\n-|-\n{}", "c|d\n".repeat(MAX_CELLS));
    let html = render(&rows).unwrap_or_default();
    assert!(html.matches("<td").count() <= MAX_CELLS, "{}", html.matches("<td").count());
}
