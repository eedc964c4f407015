//! What the tests need and cargo does not bring. As root on Debian it is installed; elsewhere it is named.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::counts::Counts;
use super::npm;
use crate::children::succeeds;
use crate::output::say;
use crate::tools;

/// A program and the Debian package that holds it.
struct Need {
    program: &'static str,
    package: &'static str,
    /// Whether there is nothing better to install.
    is_there: fn() -> bool,
    /// Whether the tests can do without, because something else serves.
    is_replaced: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need {
        program: "initdb",
        package: "postgresql",
        is_there: || tools::postgres_folder().is_some(),
        is_replaced: || false,
    },
    Need {
        program: "chromium",
        package: tools::HEADLESS_CHROMIUM,
        is_there: || tools::chosen_chromium().is_some() || tools::find(tools::HEADLESS_CHROMIUM).is_some(),
        is_replaced: || tools::chromium().is_some(),
    },
    Need {
        program: "node",
        package: "nodejs",
        is_there: || tools::find("node").is_some(),
        is_replaced: || false,
    },
    Need {
        program: "nginx",
        package: "nginx-light",
        is_there: || tools::find("nginx").is_some() || Path::new("/usr/sbin/nginx").is_file(),
        is_replaced: || false,
    },
    Need {
        program: "caddy",
        package: "caddy",
        is_there: || tools::find("caddy").is_some(),
        is_replaced: || false,
    },
    Need { program: "npm", package: "npm", is_there: || tools::find("npm").is_some(), is_replaced: || false },
];

/// Makes sure that everything is there.
pub(super) fn run() -> Result<Counts> {
    let lacking: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    if !lacking.is_empty() && tools::is_root() && tools::find("apt-get").is_some() {
        let packages: Vec<&str> = lacking.iter().map(|need| need.package).collect();
        install(&packages)?;
    }
    let lacking: Vec<&str> = NEEDS.iter().filter(|need| need.is_lacking()).map(|need| need.program).collect();
    if !lacking.is_empty() {
        bail!("not installed: {}", lacking.join(", "));
    }
    npm::install_dependencies()?;
    say("PostgreSQL, Chromium, nginx, Caddy, Node.js and the npm packages are there");
    Ok(Counts::PASSED)
}

impl Need {
    fn is_lacking(&self) -> bool {
        !(self.is_there)() && !(self.is_replaced)()
    }
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(["--quiet", "--assume-yes"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        succeeds(&mut command)
    };
    // A stale list of packages names files that are gone; a machine that can't refresh it may still have them cached.
    if !apt(&["update"])? {
        say("`apt-get update` failed; trying with what is known");
    }
    let arguments: Vec<&str> =
        ["install", "--no-install-recommends"].into_iter().chain(packages.iter().copied()).collect();
    if !apt(&arguments)? {
        say(&format!("`apt-get install {}` failed", packages.join(" ")));
    }
    Ok(())
}
