//! Which crate may depend on which, and the walls around external crates: the shape in the architecture, checked.
//!
//! Development dependencies are free: tests may reach across. `deny.toml` states the outer walls for cargo-deny too,
//! which also sees what comes in through other people's crates.

use serde_json::Value;

use super::Problem;

/// The crates of this workspace and what each may depend on. A crate that is not here has no place yet.
const ARROWS: &[(&str, &[&str])] = &[
    ("parlor-model", &[]),
    ("parlor-web", &[]),
    ("parlor-protocol", &["parlor-model"]),
    ("parlor-store", &["parlor-model"]),
    ("parlor-bus", &["parlor-model"]),
    ("parlor-core", &["parlor-model", "parlor-store", "parlor-bus"]),
    ("parlor-identity", &["parlor-model", "parlor-store"]),
    ("parlor-edge", &["parlor-model", "parlor-core", "parlor-protocol", "parlor-identity"]),
    ("parlor-gateway", &["parlor-model", "parlor-core", "parlor-protocol", "parlor-identity", "parlor-edge"]),
    (
        "parlor-api",
        &["parlor-model", "parlor-core", "parlor-protocol", "parlor-identity", "parlor-edge", "parlor-web"],
    ),
    ("parlor-apps", &["parlor-model", "parlor-core", "parlor-protocol", "parlor-identity"]),
    ("parlor-client", &["parlor-protocol"]),
    ("parlor-bench", &["parlor-model", "parlor-protocol", "parlor-client", "parlor-testkit"]),
    ("parlor-testkit", EVERY_LIBRARY),
    ("parlor", EVERY_LIBRARY),
    ("xtask", &[]),
];

/// What the binary and the test harness may use. The harness itself is for tests and measurements alone.
const EVERY_LIBRARY: &[&str] = &[
    "parlor-model",
    "parlor-web",
    "parlor-protocol",
    "parlor-store",
    "parlor-bus",
    "parlor-core",
    "parlor-identity",
    "parlor-edge",
    "parlor-gateway",
    "parlor-api",
    "parlor-apps",
    "parlor-client",
];

/// External crates that only some may name. A `*` at the end stands for any rest.
const WALLS: &[(&str, &[&str])] = &[
    // The benchmark has a naive server of axum among the peers that it measures.
    ("axum*", &["parlor-edge", "parlor-api", "parlor-gateway", "parlor", "parlor-bench"]),
    ("utoipa-axum", &["parlor-api"]),
    ("rusqlite", &["parlor-store"]),
    ("libsqlite3-sys", &["parlor-store"]),
    ("tokio-postgres", &["parlor-store", "parlor-testkit"]),
    ("postgres*", &["parlor-store"]),
    ("deadpool*", &["parlor-store"]),
    ("sqlx*", &[]),
    ("redis", &["parlor-bus", "parlor-identity"]),
    ("fred", &["parlor-bus", "parlor-identity"]),
    ("lapin", &["parlor-apps"]),
];

/// What a pure domain must not hold: serialisation, input and output, asynchrony, logging.
const NOT_IN_MODEL: &[&str] = &["serde*", "tokio*", "futures*", "tracing*", "reqwest", "rand", "getrandom"];

/// Checks every manifest in what `cargo metadata` says.
pub(super) fn check(metadata: &Value) -> Vec<Problem> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut problems = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let manifest = format!("crate {name}");
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            problems
                .push(Problem::of(&manifest, "has no place yet: give it a row in xtask/src/tidy/arrows.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            if dependency["kind"] == "dev" {
                continue;
            }
            let used = dependency["name"].as_str().unwrap_or_default();
            let inside = dependency["path"].is_string();
            if let Some(message) = forbidden(name, allowed, used, inside) {
                problems.push(Problem::of(&manifest, message));
            }
        }
    }
    problems
}

/// Why this crate may not depend on that one.
fn forbidden(name: &str, allowed: &[&str], used: &str, inside: bool) -> Option<String> {
    if inside {
        return (!allowed.contains(&used)).then(|| format!("must not depend on {used}"));
    }
    if name == "parlor-model" && NOT_IN_MODEL.iter().any(|pattern| matches(pattern, used)) {
        return Some(format!("must not depend on {used}: the model is pure"));
    }
    let (_, allowed) = WALLS.iter().find(|(pattern, _)| matches(pattern, used))?;
    (!allowed.contains(&name)).then(|| match allowed {
        [] => format!("must not depend on {used}: nothing here does"),
        _ => format!("must not depend on {used}: that is for {}", allowed.join(", ")),
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(package: &str, dependency: &Value) -> Vec<String> {
        let metadata = json!({"packages": [{"name": package, "dependencies": [dependency]}]});
        check(&metadata).into_iter().map(|problem| problem.to_string()).collect()
    }

    fn inside(name: &str) -> Value {
        json!({"name": name, "kind": null, "path": "/anywhere"})
    }

    fn outside(name: &str) -> Value {
        json!({"name": name, "kind": null})
    }

    #[test]
    fn arrows_go_one_way() {
        assert!(problems("parlor-core", &inside("parlor-store")).is_empty());
        assert_eq!(
            problems("parlor-store", &inside("parlor-core")),
            ["crate parlor-store: must not depend on parlor-core"]
        );
        assert_eq!(problems("parlor-core", &inside("parlor-protocol")).len(), 1);
        assert_eq!(problems("parlor", &inside("parlor-testkit")).len(), 1);
    }

    #[test]
    fn walls_stand_around_external_crates() {
        assert!(problems("parlor-gateway", &outside("axum")).is_empty());
        for (package, dependency) in [
            ("parlor-core", "axum"),
            ("parlor-core", "rusqlite"),
            ("parlor-core", "axum-extra"),
            ("parlor-api", "tokio-postgres"),
            ("parlor-api", "deadpool-postgres"),
            ("parlor-core", "redis"),
            ("parlor-api", "lapin"),
            ("parlor-model", "serde"),
            ("parlor-model", "serde_json"),
            ("parlor-model", "tokio"),
        ] {
            assert_eq!(problems(package, &outside(dependency)).len(), 1, "{package} may use {dependency}");
        }
    }

    #[test]
    fn tests_may_reach_across_and_build_scripts_may_not() {
        assert!(problems("parlor-model", &json!({"name": "serde", "kind": "dev"})).is_empty());
        assert_eq!(problems("parlor-model", &json!({"name": "serde", "kind": "build"})).len(), 1);
    }

    #[test]
    fn a_new_crate_needs_a_place() {
        assert_eq!(problems("parlor-utils", &outside("anyhow")).len(), 1);
    }
}
