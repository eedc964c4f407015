//! The configuration as a whole: the strength of its sources, what is refused and how, and the manual.

use std::path::{Path, PathBuf};

use super::*;

/// Loads with the text of a file, variables, and flags on top.
fn load_from(text: &str, variables: &[(&str, &str)], flags: Flags) -> Result<Loaded, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("parlor.toml");
    std::fs::write(&path, text).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let flags = Flags { config: Some(path), ..flags };
    load(&flags, &variables.collect()).map_err(|problems| {
        let shorten =
            |problem: &Problem| problem.to_string().replace(&format!("{}/", folder.path().display()), "");
        problems.iter().map(shorten).collect()
    })
}

fn problems(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    load_from(text, variables, Flags::default()).unwrap_err()
}

/// Every setting with its value, as text.
fn values(configuration: &Configuration) -> Vec<(String, Option<String>)> {
    let settings = configuration.sections().map(|section| {
        let name = section.name();
        section.settings().into_iter().map(move |setting| (format!("{name}.{}", setting.name), setting.value))
    });
    settings.into_iter().flatten().collect()
}

#[test]
fn flags_beat_variables_beat_the_file_beats_the_default() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\n";
    let variables = [("PARLOR_LISTEN", "127.0.0.1:2")];
    let flags = Flags { listen: Some(([127, 0, 0, 1], 3).into()), ..Flags::default() };
    let port = |loaded: Result<Loaded, _>| loaded.unwrap().configuration.server.listen.port();
    assert_eq!(port(load_from("", &[], Flags::default())), 8080);
    assert_eq!(port(load_from(file, &[], Flags::default())), 1);
    assert_eq!(port(load_from(file, &variables, Flags::default())), 2);
    assert_eq!(port(load_from(file, &variables, flags)), 3);
    assert_eq!(port(load_from(file, &[("PARLOR_LISTEN", "")], Flags::default())), 1);
}

#[test]
fn every_setting_has_a_variable_of_its_own() {
    let mut variables: Vec<_> = Configuration::default()
        .sections()
        .iter()
        .flat_map(|section| section.settings())
        .map(|setting| setting.variable)
        .collect();
    variables.sort_unstable();
    assert!(variables.iter().all(|variable| variable.starts_with("PARLOR_")));
    assert!(variables.windows(2).all(|pair| pair[0] != pair[1]), "{variables:?}");
}

#[test]
fn each_problem_is_told_with_its_line_and_advice() {
    let file = "[server]\nlistn = \"127.0.0.1:1\"\n\n[acess]\nguests = \"open\"\n\n[limits]\nenabled = \"no\"\nsend = \"1\"\n";
    let expected = [
        "parlor.toml:2: there is no setting `listn` in [server]. Did you mean `listen`?",
        "parlor.toml:4: there is no section [acess]. Did you mean `access`?",
        "parlor.toml:8: `limits.enabled` can't be of the type string. Expected true or false.",
        "parlor.toml:9: `limits.send` can't be \"1\". Expected a rate like \"30 at once, 10 per s\", \
         with numbers from 1 to 1000000, per s, min or h.",
    ];
    let mut found = problems(file, &[]);
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_line() {
    let found = problems("[server]\nlisten = 127.0.0.1\n", &[]);
    assert!(found[0].starts_with("parlor.toml:2: this is not TOML:"), "{found:?}");
}

#[test]
fn a_setting_outside_its_section_is_sent_home() {
    let found = problems("listen = \"127.0.0.1:1\"\n", &[]);
    assert_eq!(found, ["parlor.toml:1: `listen` stands in no section. Write [server] on a line before it."]);
}

#[test]
fn the_server_has_a_name_of_its_own() {
    let name = |file: &str, variables: &[(&str, &str)]| {
        let loaded = load_from(file, variables, Flags::default()).unwrap();
        super::summary(&loaded).lines().find(|line| line.starts_with("name = ")).unwrap().to_owned()
    };
    assert_eq!(name("", &[]), "name = \"Parlor\"  # default");
    assert_eq!(name("", &[("PARLOR_SERVER_NAME", " گفتگو ")]), "name = \"گفتگو\"  # PARLOR_SERVER_NAME");
    assert!(name("[server]\nname = 'The \"Salon\"'\n", &[]).starts_with("name = 'The \"Salon\"'"));
    let found = problems("[server]\nname = \"  \"\n", &[]);
    assert!(
        found[0].starts_with("parlor.toml:2: `server.name` can't be \"  \". Expected a name of 1 to 64"),
        "{found:?}"
    );
}

#[test]
fn a_wrong_variable_is_refused_and_an_unknown_one_gives_a_warning() {
    let found = problems("", &[("PARLOR_GUESTS", "maybe")]);
    assert_eq!(
        found,
        ["PARLOR_GUESTS: `access.guests` can't be \"maybe\". Expected \"open\" or \"invite\" or \"off\"."]
    );
    let variables = [("PARLOR_LISTN", "x"), ("PARLOR_TEST_POSTGRES_URL", "x"), ("HOME", "/")];
    let loaded = load_from("", &variables, Flags::default()).unwrap();
    let warnings: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        ["PARLOR_LISTN: there is no such variable, so it changes nothing. Did you mean `PARLOR_LISTEN`?"]
    );
}

#[test]
fn a_file_that_was_named_must_exist() {
    let flags = Flags { config: Some(PathBuf::from("/nowhere/parlor.toml")), ..Flags::default() };
    let problems = load(&flags, &Environment::default()).unwrap_err();
    assert!(problems[0].to_string().starts_with("--config: can't read /nowhere/parlor.toml"), "{problems:?}");
    let variables = [("PARLOR_CONFIG".to_owned(), "/nowhere/parlor.toml".to_owned())];
    let problems = load(&Flags::default(), &variables.into_iter().collect()).unwrap_err();
    assert!(problems[0].to_string().starts_with("PARLOR_CONFIG: can't read"), "{problems:?}");
}

#[test]
fn several_nodes_are_refused() {
    let found = problems("", &[("PARLOR_REDIS_URL", "redis://localhost")]);
    assert!(found[0].contains("runs on one node"), "{found:?}");
}

#[test]
fn a_secret_can_stand_in_a_file_of_its_own_and_is_never_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("url");
    std::fs::write(&secret, "postgres://parlor:hunter2@localhost/parlor\n").unwrap();
    let path = secret.display().to_string();
    let url = |loaded: Loaded| loaded.configuration.database.url.unwrap().expose().to_owned();
    let from_file = load_from(&format!("[database]\nurl_file = {path:?}\n"), &[], Flags::default()).unwrap();
    assert!(!format!("{from_file:?}{}", summary(&from_file)).contains("hunter2"));
    assert_eq!(url(from_file), "postgres://parlor:hunter2@localhost/parlor");
    let variables = [("PARLOR_DATABASE_URL_FILE", path.as_str())];
    let from_variable = load_from("", &variables, Flags::default()).unwrap();
    assert_eq!(url(from_variable), "postgres://parlor:hunter2@localhost/parlor");
    let found = problems("[database]\nurl_file = \"/nowhere\"\n", &[]);
    assert!(found[0].starts_with("parlor.toml:2: can't read the file \"/nowhere\""), "{found:?}");
}

#[test]
fn the_example_changes_nothing() {
    let loaded = load_from(&example(), &[], Flags::default()).unwrap();
    assert_eq!(values(&loaded.configuration), values(&Configuration::default()));
}

#[test]
fn the_example_shows_every_setting_with_a_value_that_is_taken() {
    let example = example();
    let lines = example.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if setting.starts_with(|first: char| first.is_ascii_lowercase()) => setting,
        _ => line,
    });
    let uncommented = lines.collect::<Vec<_>>().join("\n");
    let loaded = load_from(&uncommented, &[], Flags::default()).unwrap();
    let defaults = values(&Configuration::default());
    assert_eq!(loaded.origins.len(), defaults.len(), "{uncommented}");
    for (default, shown) in defaults.iter().zip(values(&loaded.configuration)) {
        assert!(default.1.is_none() || *default == shown, "{shown:?} is not the default {default:?}");
        assert!(shown.1.is_some(), "{shown:?}");
    }
}

#[test]
fn the_page_about_the_configuration_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = std::fs::read_to_string(path).unwrap();
    assert!(page == reference(), "stale: run `cargo run -- config reference > docs/configuration.md`");
}
