//! Where addresses end, and where none is.

use super::*;

/// The first address of a text, as it is shown.
fn found(text: &str) -> Option<&str> {
    let mut finder = Finder::default();
    let starts = text.char_indices().filter(|(_, letter)| letter.is_ascii_alphanumeric());
    starts.map(|(at, _)| at).find_map(|at| finder.address(text, at)).map(|address| address.shown)
}

/// What stands before and behind an address, and belongs to it no more.
const AROUND: &[(&str, &str)] = &[
    ("“", "”"),
    ("„", "“"),
    ("«", "»"),
    ("»", "«"),
    ("‹", "›"),
    ("‘", "’"),
    ("「", "」"),
    ("『", "』を読む"),
    ("《", "》"),
    ("（", "）"),
    ("【", "】"),
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("\"", "\""),
    ("'", "'"),
    ("*", "*"),
    ("**", "**bold"),
    ("_", "_"),
    ("~~", "~~"),
    ("`", "`"),
    ("見て", "。次"),
    ("", "，然后"),
    ("", "、"),
    ("", "！"),
    ("", "？"),
    ("", "；"),
    ("", "：abc"),
    ("", "…"),
    ("", "؟"),
    ("", "،"),
    ("", "۔"),
    ("", "।"),
    ("", "።"),
    ("", "។"),
    ("", "။"),
    ("", "—so"),
    ("", "｡"),
    ("", "\u{a0}b"),
    ("", "\u{3000}b"),
    ("", "\u{2009}b"),
    ("\u{200f}", "\u{200f}"),
    ("\u{2067}", "\u{2069}"),
    ("", "\u{202c}a"),
    ("", "\u{61c}"),
    ("", "\u{200b}b"),
    ("", "\u{3164}"),
    ("", "..."),
    ("", "?!"),
    ("", ","),
    ("", "<b>"),
    ("", "|"),
    ("", "｜"),
    ("", "日本語"),
    ("请看", "谢谢"),
    ("", "(see"),
    ("", ",https://y.example"),
    ("", "「見"),
    ("❝", "❞"),
    ("´", "´"),
    ("״", "״"),
    ("〝", "〟"),
    ("‚", "‘"),
    ("⟨", "⟩"),
    ("﹁", "﹂"),
    ("", "→https://y.example"),
    ("", " → b"),
    ("", "│"),
    ("", "་།"),
    ("", "׃"),
    ("", "։"),
    ("", "៕"),
    ("", "๛"),
    ("", "᠃"),
    ("", "෴"),
    ("", "॥"),
    ("", "܀"),
    ("", "\u{ad}"),
    ("", "\u{2060}"),
    ("", "\u{2063}b"),
    ("", "\u{180e} "),
    ("", "\u{ffa0}"),
    ("", "\u{2800}"),
    ("", "\u{2068}b"),
];

#[test]
fn an_address_ends_where_its_sentence_goes_on() {
    let address = "https://x.example";
    for (before, after) in AROUND {
        for path in ["", "/", "/a", "/wiki/日本", "/wiki/Foo_(bar)", "/?q=a,b#c", "/wiki/けいおん"] {
            // Words right behind a path can't be told from it.
            if !path.is_empty() && (after.starts_with(char::is_alphabetic) || after.starts_with(",h")) {
                continue;
            }
            let text = format!("{before}{address}{path}{after}");
            assert_eq!(found(&text), Some(format!("{address}{path}").as_str()), "{text:?}");
        }
    }
}

#[test]
fn addresses_stay_whole() {
    for address in [
        "https://de.wikipedia.org/wiki/Foo_(bar)",
        "https://ja.wikipedia.org/wiki/日本",
        "https://ja.wikipedia.org/wiki/ジョン・レノン",
        "https://ja.wikipedia.org/wiki/「A」の事件",
        "https://en.wikipedia.org/wiki/Michelson–Morley_experiment",
        "https://en.wikipedia.org/wiki/Alzheimer’s_disease",
        "https://en.wikipedia.org/wiki/O'Brien",
        "https://fa.wikipedia.org/wiki/می\u{200c}خواهم",
        "https://x.example/☕\u{fe0f}/a",
        "https://müller.example/straße",
        "https://例え.テスト/パス",
        "https://пример.рф/путь",
        "HTTPS://X.EXAMPLE/A",
        "http://localhost:8080/a?b=c&d=e#f",
        "https://[2001:db8::1]:8443/",
        "https://ada@x.example/~ada/a;b=1,2/*/c!d",
        "https://x.example/a,b.c:d",
        "https://x.example/{id}/[x]",
        "www.x.example/a_(b)",
        "ada.l+chat@x-y.example",
        "ada@müller.example",
        "https://he.wikipedia.org/wiki/צה״ל",
        "https://he.wikipedia.org/wiki/ג׳ירפה",
        "https://he.wikipedia.org/wiki/תל־אביב",
        "https://bo.wikipedia.org/wiki/བོད་ལྗོངས",
        "https://am.wikipedia.org/wiki/ኢትዮጵያ፡ታሪክ",
        "https://hi.wikipedia.org/wiki/डॉ॰_अम्बेडकर",
        "https://ta.wikipedia.org/wiki/தமிழ்",
        "https://th.wikipedia.org/wiki/น้ำ",
        "https://km.wikipedia.org/wiki/ខ្មែរ",
        "https://my.wikipedia.org/wiki/မြန်မာ",
        "https://mn.example/ᠮᠣᠩ\u{180b}ᠭᠣᠯ",
        "https://x.example/葛\u{e0100}",
        "https://x.example/葛\u{e0100}城",
        "https://x.example/☕\u{fe0f}",
        "https://x.example/👩🏽\u{200d}💻",
        "https://x.example/1\u{fe0f}\u{20e3}/a",
        "https://x.example/🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
        "https://x.example/🇩🇪",
        "https://i❤.example/a",
        "https://x.example/#:~:text=a,b",
    ] {
        for text in [
            address.to_owned(),
            format!("see {address} now"),
            format!("({address})."),
            format!("“{address}”"),
        ] {
            assert_eq!(found(&text), Some(address), "{text:?}");
        }
    }
}

#[test]
fn a_host_ends_before_words_pictures_and_what_is_no_port() {
    for (text, address) in [
        ("https://x.example🎉", "https://x.example"),
        ("https://x.example❤\u{fe0f} b", "https://x.example"),
        ("https://x.example:8443です", "https://x.example:8443"),
        ("http://localhost:8080を", "http://localhost:8080"),
        ("http://localhost을", "http://localhost"),
        ("http://192.168.0.1:3000です", "http://192.168.0.1:3000"),
        ("http://[::1]:8080です", "http://[::1]:8080"),
        ("http://[::1]で", "http://[::1]"),
        ("https://x.example་བོད", "https://x.example"),
        ("https://x.example·b", "https://x.example"),
        ("https://x.example:see", "https://x.example"),
        ("https://x.example:99999", "https://x.example"),
        ("www.x.example:b", "www.x.example"),
        ("ada@x.exampleへ", "ada@x.example"),
        ("ada@x.example་", "ada@x.example"),
        ("ไม่https://x.example", "https://x.example"),
        ("e\u{301}a https://ada:b@x.example:1", "https://ada:b@x.example:1"),
    ] {
        assert_eq!(found(text), Some(address), "{text:?}");
    }
}

#[test]
fn a_host_has_no_apostrophe() {
    assert_eq!(found("https://x.example’s page"), Some("https://x.example"));
    assert_eq!(found("https://x.example's page"), Some("https://x.example"));
}

#[test]
fn what_is_no_address() {
    for text in [
        "https://",
        "https:// x",
        "http://.",
        "https://-",
        "xhttps://x.example",
        "éhttps://x.example",
        "ftp://x.example",
        "ftp://www.x.example",
        "tel:1",
        "javascript:alert(1)",
        "www.",
        "awww.x.example",
        "a.www.x.example",
        "a@b",
        "a@b.1",
        "left-pad@1.3.0",
        "@ada",
        "@ada@x.example",
        "ssh://git@x.example/a",
        "a@@b.example",
        "a@b..example",
        "https://a b",
        "https://%.example",
        "mailto:",
    ] {
        let wanted = if text.contains("//a b") { Some("https://a") } else { None };
        assert_eq!(found(text), wanted, "{text:?}");
    }
}

#[test]
fn an_address_between_angles() {
    for (text, shown) in [
        ("<https://x.example/a,b.>", Some("https://x.example/a,b.")),
        ("<mailto:ada@x.example>", Some("mailto:ada@x.example")),
        ("<ada@x.example>", Some("ada@x.example")),
        ("<https://x.example y>", None),
        ("<https://x.example", None),
        ("<ftp://x.example>", None),
        ("<b>", None),
        ("<javascript:alert(1)>", None),
        ("<https://x.example\u{200f}>", None),
    ] {
        assert_eq!(angled(text).map(|address| address.shown), shown, "{text:?}");
    }
}

#[test]
fn where_an_address_leads() {
    assert_eq!(Finder::default().address("www.x.example", 0).unwrap().href, "http://www.x.example");
    assert_eq!(Finder::default().address("ada@x.example", 0).unwrap().href, "mailto:ada@x.example");
    for dead in [
        "tel:1",
        "ftp://x.example",
        "/a",
        "a",
        "//x.example",
        "#a",
        "https:",
        "http://",
        "https://a%b/",
        "data:,x",
    ] {
        assert!(!leads_somewhere(dead), "{dead}");
    }
    assert!(!leads_somewhere(&format!("https://x.example/{}", "a".repeat(MAX_ADDRESS))));
    assert!(!leads_somewhere(&format!("https://{}.example/", "ü".repeat(200))));
}
