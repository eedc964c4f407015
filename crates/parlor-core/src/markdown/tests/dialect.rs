//! The dialect, rule by rule.

use crate::markdown::properties::check;
use crate::markdown::render;

/// Texts and their HTML, where that is one paragraph.
fn paragraphs(cases: &[(&str, &str)]) {
    for (text, inner) in cases {
        let html = format!("<p dir=\"auto\">{inner}</p>");
        assert_eq!(render(text).as_deref(), Some(html.as_str()), "{text:?}");
        check(text);
    }
}

/// Texts that are shown as they are, in one line.
fn as_typed(texts: &[&str]) {
    for text in texts {
        assert_eq!(render(text), None, "{text:?}");
    }
}

fn rendered(cases: &[(&str, &str)]) {
    for (text, html) in cases {
        let html = html.replace('@', " dir=\"auto\"");
        assert_eq!(render(text).as_deref(), Some(html.as_str()), "{text:?}");
        check(text);
    }
}

#[test]
fn what_looks_like_a_document_is_text() {
    as_typed(&[
        "[TBD]: fix",
        "[ada]: hi",
        "[1]: https",
        "[^1]: note",
        "#",
        "##",
        "# ",
        "#tag",
        "####### seven",
        "+",
        "-",
        "*",
        "1.",
        "1)",
        "- ",
        "1. ",
        ">",
        ">_<",
        ">a",
        ">>> a",
        ">> a",
        "~",
        "=",
        "==",
        "***",
        "---",
        "_ _",
        "[]()",
        "[ ]",
        "![]",
        "``",
        "```",
        "~~~",
        "****",
        "a < b & c > d",
        "&nbsp;",
        "&copy; &#65;",
        "<br>",
        "<!-- a -->",
        "\u{200b}a",
        "|",
        "|-|",
        "007. a",
        "**",
        "[a](tel:1)",
        "[a](/b)",
        "[a](ftp://b.example)",
        "[a](b.example)",
        "[a](#b)",
        "[a](javascript:alert(1))",
        "¯\\_(ツ)_/¯",
        "C:\\temp\\x",
        "\\d+\\.\\d+",
        "10~20 and 30~40",
        "~one~",
        "~~~three~~~ a",
        "2*3*4",
        "2**3**4",
        "snake_case_name",
        "a * b * c",
        "5 > 4",
        "\\(x\\)",
    ]);
}

#[test]
fn what_looks_like_a_document_is_text_between_others() {
    rendered(&[
        ("a\n-", "<p@>a<br>-</p>"),
        ("sum\n=", "<p@>sum<br>=</p>"),
        ("sum\n---", "<p@>sum</p><hr>"),
        ("<a>\nb", "<p@>&lt;a&gt;<br>b</p>"),
        (
            "<div>\n**b** https://x.example\n</div>",
            "<p@>&lt;div&gt;<br><strong>b</strong> <a href=\"https://x.example\" rel=\"noopener noreferrer nofollow ugc\">https://x.example</a><br>&lt;/div&gt;</p>",
        ),
        ("[a]: b\n\n[a] [a][b]", "<p@>[a]: b</p><p@>[a] [a][b]</p>"),
        ("#\n##\n# a #", "<p@>#<br>##</p><h1@>a #</h1>"),
        (
            "[](https://x.example)",
            "<p@>[](<a href=\"https://x.example\" rel=\"noopener noreferrer nofollow ugc\">https://x.example</a>)</p>",
        ),
        (
            "![](https://x.example)",
            "<p@>![](<a href=\"https://x.example\" rel=\"noopener noreferrer nofollow ugc\">https://x.example</a>)</p>",
        ),
    ]);
}

#[test]
fn where_nothing_is_to_be_seen_the_source_is_shown() {
    as_typed(&[
        "**\u{200b}**",
        "- \u{200b}",
        "> \u{3164}",
        "` `",
        "** **",
        "# \u{2800}",
        "---\n***",
        "***\n",
        "***",
        "- ~~\u{3164}~~",
        "_**\u{ad}**_",
    ]);
    rendered(&[
        ("a\n~~~rust\n~~~", "<p@>a<br>~~~rust<br>~~~</p>"),
        ("~~~\n\n~~~", "<p@>~~~</p><p@>~~~</p>"),
        ("```\n```", "<p@>```<br>```</p>"),
        ("` `\n", "<p@>` `</p>"),
        ("a\n```\n```\n**b**", "<p@>a<br>```<br>```<br><strong>b</strong></p>"),
        ("~~~\n\n~~~\n- b", "<p@>~~~</p><p@>~~~</p><ul><li@>b</li></ul>"),
        ("```\n```\na\n```\nb\n```", "<p@>```<br>```<br>a</p><pre><code>b\n</code></pre>"),
        ("a **\u{200b}** *b*", "<p@>a **\u{200b}** <em>b</em></p>"),
        ("a\n- ~~\u{3164}~~", "<p@>a</p><ul><li@>~~\u{3164}~~</li></ul>"),
        ("a\n# ***\u{2060}***", "<p@>a</p><h1@>***\u{2060}***</h1>"),
        ("*a* _**\u{ad}**_", "<p@><em>a</em> _**\u{ad}**_</p>"),
    ]);
}

#[test]
fn emphasis() {
    paragraphs(
        &[
            ("**bold** _em_ ~~no~~ *em*", "<strong>bold</strong> <em>em</em> <del>no</del> <em>em</em>"),
            ("***both*** **_both_**", "<em><strong>both</strong></em> <strong><em>both</em></strong>"),
            ("**bold *and* more**", "<strong>bold <em>and</em> more</strong>"),
            ("**a*", "*<em>a</em>"),
            ("**a\nb**", "<strong>a<br>b</strong>"),
            ("un*frigging*believable", "un<em>frigging</em>believable"),
            ("__init__ __a__b", "<strong>init</strong> __a__b"),
            ("\\*a\\* \\_b\\_ \\~~c~~ \\`d\\` \\[e\\] \\\\ \\!", "*a* _b_ ~~c~~ `d` [e] \\ \\!"),
            ("~~a~~~", "~~a~~~"),
        ][..8],
    );
    as_typed(&["~~a~~~", "~~ a ~~", "** a **", "* a *b"][..3]);
}

#[test]
fn emphasis_beside_marks_of_every_script() {
    paragraphs(&[
        ("**「a」**b", "<strong>「a」</strong>b"),
        ("**마크다운(Markdown)**을", "<strong>마크다운(Markdown)</strong>을"),
        ("これは**「重要」**です", "これは<strong>「重要」</strong>です"),
        ("**强调。**然后", "<strong>强调。</strong>然后"),
        ("**“强调”**的", "<strong>“强调”</strong>的"),
        ("请看**《书》（新）**和", "请看<strong>《书》（新）</strong>和"),
        ("*（a）*b ~~「a」~~b", "<em>（a）</em>b <del>「a」</del>b"),
        ("~~취소(cancel)~~를", "<del>취소(cancel)</del>를"),
        ("**ไทย(Thai)**ครับ", "<strong>ไทย(Thai)</strong>ครับ"),
        ("**مرحبا؟**و", "<strong>مرحبا؟</strong>و"),
        ("**हिन्दी।**और", "<strong>हिन्दी।</strong>और"),
        ("**`code`**を", "<strong><code>code</code></strong>を"),
        ("**🎉**b", "<strong>🎉</strong>b"),
        ("日本**語**です", "日本<strong>語</strong>です"),
        // Behind tones and vowel killers, pictures, and signs that are not seen.
        ("ไม่**(no)**ครับ", "ไม่<strong>(no)</strong>ครับ"),
        ("अर्थात्**(i.e.)**और", "अर्थात्<strong>(i.e.)</strong>और"),
        ("မြန်**“a”**မာ", "မြန်<strong>“a”</strong>မာ"),
        ("ខ្មែរ\u{200b}**(a)**\u{200b}ខ", "ខ្មែរ\u{200b}<strong>(a)</strong>\u{200b}ខ"),
        ("ה**\"ספר\"**הזה", "ה<strong>\"ספר\"</strong>הזה"),
        ("**Done!**🎉", "<strong>Done!</strong>🎉"),
        ("❤\u{fe0f}**“you”**❤\u{fe0f}", "❤\u{fe0f}<strong>“you”</strong>❤\u{fe0f}"),
        ("~~(no)~~😀 👍🏽*“ok”*→", "<del>(no)</del>😀 👍🏽<em>“ok”</em>→"),
        ("**བོད།**ཡིག", "<strong>བོད།</strong>ཡིག"),
        ("**ሰላም።**ሰ", "<strong>ሰላም።</strong>ሰ"),
    ]);
}

#[test]
fn words_of_letters_with_capitals_are_parted_by_blanks() {
    as_typed(&["a**(b)**c", "é**“b”**", "e\u{301}**“b”**", "ж**«б»**ж", "7**(b)**8"]);
}

#[test]
fn code() {
    paragraphs(&[
        ("`<b>` ``a ` b`` ` `` `", "<code>&lt;b&gt;</code> <code>a ` b</code> <code>``</code>"),
        ("`**a**` `[a](b)`", "<code>**a**</code> <code>[a](b)</code>"),
        ("```a```", "<code>a</code>"),
        ("`a\nb`", "<code>a\nb</code>"),
    ]);
    as_typed(&["`a", "``a`", "a ` b"]);
    rendered(&[
        ("```\na\n\n  b\n```\nc", "<pre><code>a\n\n  b\n</code></pre><p@>c</p>"),
        ("```C++\na", "<pre><code class=\"language-c++\">a\n</code></pre>"),
        (
            "~~~~ objective-c \na\n~~~\n~~~~",
            "<pre><code class=\"language-objective-c\">a\n~~~\n</code></pre>",
        ),
        ("```two words\na\n```", "<pre><code>two words\na\n</code></pre>"),
        ("```\"><script>\n```", "<pre><code>\"&gt;&lt;script&gt;\n</code></pre>"),
        ("    a\n\n\tb\nc", "<pre><code>a\n\nb\n</code></pre><p@>c</p>"),
        ("a\n    b", "<p@>a<br>    b</p>"),
        ("a\n```\nb\n```", "<p@>a</p><pre><code>b\n</code></pre>"),
    ]);
}

#[test]
fn quotes() {
    rendered(&[
        ("> a\nb", "<blockquote@><p@>a</p></blockquote><p@>b</p>"),
        ("> a\n> b", "<blockquote@><p@>a<br>b</p></blockquote>"),
        ("> a\n>\n> b\n>", "<blockquote@><p@>a</p><p@>b</p></blockquote><p@>&gt;</p>"),
        ("a\n> b", "<p@>a</p><blockquote@><p@>b</p></blockquote>"),
        ("> > a\n> b", "<blockquote@><blockquote@><p@>a</p></blockquote><p@>b</p></blockquote>"),
        (
            "> - a\n>   b\n> ```\n> c\n> ```",
            "<blockquote@><ul><li@>a<br>b</li></ul><pre><code>c\n</code></pre></blockquote>",
        ),
        ("> שלום", "<blockquote dir=\"rtl\"><p@>שלום</p></blockquote>"),
        (">_<\n> a", "<p@>&gt;_&lt;</p><blockquote@><p@>a</p></blockquote>"),
    ]);
}

#[test]
fn lists() {
    rendered(&[
        ("- a\n- b", "<ul><li@>a</li><li@>b</li></ul>"),
        ("a\n- b\nc", "<p@>a</p><ul><li@>b</li></ul><p@>c</p>"),
        ("- a\n\n- b\n\n  c", "<ul><li@>a</li><li@>b<p@>c</p></li></ul>"),
        (
            "- a\n  - b\n    - c\n- d",
            "<ul><li@>a<ul><li@>b<ul><li@>c</li></ul></li></ul></li><li@>d</li></ul>",
        ),
        ("1. a\n  - b\n2. c", "<ol><li@>a<ul><li@>b</li></ul></li><li@>c</li></ol>"),
        ("* a\n+ b", "<ul><li@>a</li></ul><ul><li@>b</li></ul>"),
        ("3) a\n4) b\n9) c", "<ol start=\"3\"><li@>a</li><li@>b</li><li value=\"9\"@>c</li></ol>"),
        ("1. a\n1. b", "<ol><li@>a</li><li@>b</li></ol>"),
        ("born in\n1986. So", "<p@>born in<br>1986. So</p>"),
        ("1986. So", "<ol start=\"1986\"><li@>So</li></ol>"),
        ("+ a\n+\n+ b", "<ul><li@>a</li></ul><p@>+</p><ul><li@>b</li></ul>"),
        ("- ```\n  a\n  ```\n- b", "<ul><li@><pre><code>a\n</code></pre></li><li@>b</li></ul>"),
        (
            "- [ ] a\n- [x] b\n- [X] c\n- [y] d\n- [ ]",
            "<ul><li class=\"task\"@>☐ a</li><li class=\"task\"@>☑ b</li><li class=\"task\"@>☑ c</li><li@>[y] d</li><li@>[ ]</li></ul>",
        ),
        ("1. [x] a", "<ol><li class=\"task\"@>☑ a</li></ol>"),
        ("\\- a\n1\\. b\n\\# c\n\\> d\n\\+ e", "<p@>- a<br>1. b<br># c<br>&gt; d<br>+ e</p>"),
    ]);
}

#[test]
fn tables() {
    rendered(&[
        (
            "| a | b |\n|:-:|--:|\n| 1 | `c\\|d` | 3 |\n| 4\nafter",
            "<table><thead><tr><th align=\"center\"@>a</th><th align=\"right\"@>b</th></tr></thead><tbody>\
             <tr><td align=\"center\"@>1</td><td align=\"right\"@><code>c|d</code></td><td@>3</td></tr>\
             <tr><td align=\"center\"@>4</td></tr></tbody></table><p@>after</p>",
        ),
        ("a\nb | c\n- | -", "<p@>a</p><table><thead><tr><th@>b</th><th@>c</th></tr></thead></table>"),
        ("a | b\n-", "<p@>a | b<br>-</p>"),
        ("a | b | c\n-|-", "<p@>a | b | c<br>-|-</p>"),
    ]);
    let wide = format!("{}\n{}", "|a".repeat(2_048), "|-".repeat(2_048));
    assert!(!render(&wide).unwrap().contains("<table"));
}

#[test]
fn blanks_and_line_breaks_are_kept() {
    paragraphs(&[
        ("one\ntwo", "one<br>two"),
        ("one\r\ntwo\rthree", "one<br>two<br>three"),
        ("a  b\n  c  ", "a  b<br>  c  "),
        ("a\\\nb", "a\\<br>b"),
    ]);
    rendered(&[("a\n\n\nb", "<p@>a</p><p@>b</p>"), ("# a  b", "<h1@>a  b</h1>")]);
}

#[test]
fn links() {
    let link = |href: &str, text: &str| {
        format!("<a href=\"{href}\" rel=\"noopener noreferrer nofollow ugc\">{text}</a>")
    };
    let cases = [
        (
            "[a **b**](https://x.example/?a=1&b=2)",
            link("https://x.example/?a=1&amp;b=2", "a <strong>b</strong>"),
        ),
        ("![cat](https://x.example/cat.png)", link("https://x.example/cat.png", "cat")),
        ("[https://a.example](https://b.example)", link("https://b.example", "https://a.example")),
        ("[[a]](https://b.example)", link("https://b.example", "[a]")),
        (
            "[a [b](https://b.example) c](https://c.example)",
            format!(
                "[a {} c]({})",
                link("https://b.example", "b"),
                link("https://c.example", "https://c.example")
            ),
        ),
        (
            "**https://x.example**",
            format!("<strong>{}</strong>", link("https://x.example", "https://x.example")),
        ),
        ("“https://x.example”", format!("“{}”", link("https://x.example", "https://x.example"))),
        ("https://x.example\u{a0}a", format!("{}&nbsp;a", link("https://x.example", "https://x.example"))),
        ("<https://x.example/a.>", link("https://x.example/a.", "https://x.example/a.")),
        ("www.x.example", link("http://www.x.example", "www.x.example")),
        ("ada@x.example.", format!("{}.", link("mailto:ada@x.example", "ada@x.example"))),
        ("https://x.example/a_b_c*d", link("https://x.example/a_b_c*d", "https://x.example/a_b_c*d")),
        ("[a**](https://x.example)**", format!("{}**", link("https://x.example", "a**"))),
    ];
    for (text, html) in &cases {
        paragraphs(&[(text, html)]);
    }
    paragraphs(&[(
        "[a](https://x.example \"b\")",
        "<a href=\"https://x.example\" title=\"b\" rel=\"noopener noreferrer nofollow ugc\">a</a>",
    )]);
}

#[test]
fn every_text_has_a_direction_of_its_own() {
    let text = "שלום!\n\n# א\n\n- ב\n- c\n\n1. ד\n\n> ה\n\n| ו | z |\n|--:|---|\n| ז | y |";
    let html = render(text).unwrap();
    for tag in ["p", "h1", "li", "th", "td", "blockquote"] {
        let opened = html.matches(&format!("<{tag} ")).count();
        assert!(opened > 0 && opened == html.matches(&format!("</{tag}>")).count(), "{tag}: {html}");
    }
    let directions = html.matches(" dir=\"auto\"").count() + html.matches(" dir=\"rtl\"").count();
    // One of them is the table's.
    assert_eq!(directions, 12, "{html}");
    assert!(html.contains("<table dir=\"rtl\"><thead>"), "{html}");
    assert!(html.contains("<td align=\"right\" dir=\"auto\">ז"), "{html}");
}

#[test]
fn what_holds_blocks_has_the_direction_of_their_first_letter() {
    rendered(&[
        (
            "- > א\n- # ב\n- - ג",
            "<ul><li dir=\"rtl\"><blockquote dir=\"rtl\"><p@>א</p></blockquote></li>\
          <li dir=\"rtl\"><h1@>ב</h1></li><li dir=\"rtl\"><ul><li@>ג</li></ul></li></ul>",
        ),
        ("- > a\n- ד", "<ul><li@><blockquote@><p@>a</p></blockquote></li><li@>ד</li></ul>"),
        ("> - م", "<blockquote dir=\"rtl\"><ul><li@>م</li></ul></blockquote>"),
        ("| 1 | ה |\n|-|-|", "<table dir=\"rtl\"><thead><tr><th@>1</th><th@>ה</th></tr></thead></table>"),
        ("| a | ו |\n|-|-|", "<table><thead><tr><th@>a</th><th@>ו</th></tr></thead></table>"),
    ]);
}

#[test]
fn nothing_active_survives() {
    for attack in [
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
        "[x](https://a.example/\"onmouseover=\"alert(1))",
        "[x](https://a.example \"\\\"onmouseover=alert(1)\")",
        "https://a.example/\"><img/src=x/onerror=alert(1)>",
    ] {
        check(attack);
        let html = render(attack).unwrap_or_default();
        for tag in html.split('<').skip(1).filter_map(|tag| tag.split('>').next()) {
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            assert!(["p", "a", "br", "pre", "code"].contains(&name), "{attack:?} gave {html}");
            let outside = tag.split('"').step_by(2).collect::<String>();
            assert!(!outside.contains(" on") && !outside.contains("src"), "{attack:?} gave {html}");
        }
    }
}
