//! Nothing in the repository knows the machine it was written on: no home folders, no package registries' hosts.
//!
//! The words are written in two halves here, so that this file does not hold what it looks for.

use super::Problem;
use crate::workspace::{SourceFile, Tree};

/// Folders where people keep checkouts. They are looked for where a path begins: further down one may be called so.
const FOLDERS: &[&str] =
    &[concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];

/// Hosts that only a client's configuration or a lock file should name.
const HOSTS: &[&str] = &[
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("deb.", "debian.org"),
    concat!("pypi", ".org"),
];

/// The only place that npm's lock files may name.
const LOCKED: &str = concat!("\"resolved\": \"https://registry.", "npmjs.org/");

/// What is looked at. Data for tests (chat logs, say) holds what people wrote.
const EXTENSIONS: &[&str] = &[
    "rs", "ts", "js", "mjs", "cjs", "svelte", "css", "html", "sh", "sql", "toml", "yml", "yaml", "json",
    "md", "snap", "npmrc", "",
];

/// Finds such words, line by line.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.with_extension(EXTENSIONS) {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(message) = judge(file, line) {
                problems.push(Problem::at(&file.path, index + 1, message));
            }
        }
    }
    problems
}

fn judge(file: &SourceFile, line: &str) -> Option<String> {
    if file.path.ends_with("package-lock.json") {
        let elsewhere = line.contains("\"resolved\": \"http") && !line.contains(LOCKED);
        return elsewhere.then(|| "is locked to another registry than the public one".to_owned());
    }
    if let Some(folder) = FOLDERS.iter().find(|folder| begins_path(line, folder)) {
        return Some(format!("`{folder}` exists on one machine only"));
    }
    let host = HOSTS.iter().find(|host| line.contains(**host))?;
    Some(format!("`{host}` belongs into the configuration of a client, not here"))
}

/// Whether the folder stands where a path begins: after nothing, a blank or a mark.
fn begins_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        before.is_none_or(|before| before.is_whitespace() || "\"'`(<[=:,|".contains(before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn folders_of_one_machine_are_found() {
        for folder in FOLDERS {
            for text in [
                format!("{folder}parlor"),
                format!("let path = \"{folder}parlor\";"),
                format!("see `{folder}`"),
            ] {
                assert_eq!(count("any.md", &text), 1, "{text} was missed");
            }
            assert_eq!(count("any.md", &format!("web{folder}parlor")), 0);
        }
    }

    #[test]
    fn hosts_of_registries_are_found() {
        for host in HOSTS {
            assert_eq!(count("Dockerfile", &format!("fetch https://{host}/thing")), 1, "{host} was missed");
        }
    }

    #[test]
    fn lock_files_name_the_public_registry_alone() {
        let line =
            |host: &str| format!("      \"resolved\": \"https://{host}/svelte/-/svelte-5.0.0.tgz\",\n");
        assert_eq!(count("web/package-lock.json", &line(HOSTS[0])), 0);
        assert_eq!(count("web/package-lock.json", &line("mirror.example.org")), 1);
    }
}
