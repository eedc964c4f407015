//! Links in Markdown lead to files of this repository that exist. Links to the web are nobody's promise here.

use super::Problem;
use crate::workspace::Tree;

/// Finds links to files that are not there.
pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in tree.with_extension(&["md"]) {
        let mut in_code = false;
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
                in_code = !in_code;
            }
            if in_code {
                continue;
            }
            for target in targets(&without_code(line)) {
                if let Some(message) = judge(tree, &file.path, target) {
                    problems.push(Problem::at(&file.path, index + 1, message));
                }
            }
        }
    }
    problems
}

/// What is wrong with a link.
fn judge(tree: &Tree, from: &str, target: &str) -> Option<String> {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    if path.is_empty() || is_elsewhere(target) {
        return None;
    }
    let Some(resolved) = resolve(from, path) else {
        return Some(format!("link `{target}` leaves the repository"));
    };
    let folder = format!("{resolved}/");
    let exists =
        resolved.is_empty() || tree.paths.iter().any(|path| *path == resolved || path.starts_with(&folder));
    (!exists).then(|| format!("link `{target}` leads nowhere: there is no {resolved}"))
}

/// Whether the link names another site or protocol: `https://…`, `mailto:…`.
fn is_elsewhere(target: &str) -> bool {
    target
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+'))
}

/// The path from the top folder, or nothing when it goes above that.
fn resolve(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    (!target.starts_with('/')).then(|| parts.join("/"))
}

/// The targets of `[text](target)` and of `[name]: target` in a line.
fn targets(line: &str) -> Vec<&str> {
    let mut found: Vec<&str> = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter_map(|inside| inside.split_whitespace().next())
        .collect();
    if let Some((_, target)) = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]:")) {
        found.extend(target.split_whitespace().next());
    }
    found.into_iter().map(|target| target.trim_matches(['<', '>'])).collect()
}

/// The line without what stands between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let tree = Tree::of(&[("docs/guide.md", text), ("docs/adr/0001-first.md", ""), ("README.md", "")]);
        check(&tree).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        assert_eq!(
            problems("See [it](gone.md)."),
            ["link `gone.md` leads nowhere: there is no docs/gone.md"]
        );
        assert_eq!(problems("[a](../README.md) and [b](../LICENCE)").len(), 1);
        assert_eq!(problems("[name]: ./gone.md").len(), 1);
        assert_eq!(problems("[up](../../elsewhere.md)"), ["link `../../elsewhere.md` leaves the repository"]);
        assert_eq!(problems("[root](/README.md)").len(), 1);
        assert_eq!(problems("![picture](<picture.png>)").len(), 1);
    }

    #[test]
    fn links_to_what_exists_or_is_elsewhere_are_fine() {
        for text in [
            "[a](../README.md#install)",
            "[folder](adr/) and [entry](adr/0001-first.md \"title\")",
            "[web](https://example.org/gone.md) [mail](mailto:someone@example.org) [here](#below)",
            "`[code](gone.md)`",
            "```\n[code](gone.md)\n```",
            "[name]: ../README.md",
        ] {
            assert!(problems(text).is_empty(), "{text}: {:?}", problems(text));
        }
    }
}
