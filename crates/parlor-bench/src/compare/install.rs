//! Installs peers into the cache, with pip, npm and apt: nothing of the system is changed, and what is there already is
//! used again.
//!
//! Packages of Debian are unpacked into a folder and not installed: they would start services and make users.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::peer::Peer;
use crate::goals::Settings;

const PYTHON_PACKAGES: [&str; 5] =
    ["socketify==0.0.31", "channels==4.3.2", "channels-redis==4.3.0", "daphne==4.2.3", "django==5.2.19"];
const NODE_PACKAGE: &str = "ws@8.23.0";
const DEBIAN_PACKAGES: [&str; 4] = ["libuv1", "redis-server", "ejabberd", "prosody"];

/// Where peers are installed.
#[derive(Debug, Clone)]
pub struct Place {
    folder: PathBuf,
}

/// Installs what a peer needs, unless it is there.
///
/// # Errors
/// A tool is missing, or a registry does not answer: the peer has to be left out.
pub fn place(settings: &Settings, peer: Peer) -> Result<Place> {
    let place = Place { folder: settings.cached("peers")? };
    match peer {
        Peer::Parlor | Peer::Naive => {}
        Peer::Uwebsockets => {
            place.install_debian(settings).and_then(|()| place.install_python(settings))?;
        }
        Peer::NodeWs => place.install_node(settings)?,
        Peer::Ejabberd | Peer::Prosody => place.install_debian(settings)?,
        Peer::Channels => {
            place.install_debian(settings).and_then(|()| place.install_python(settings))?;
        }
    }
    Ok(place)
}

impl Place {
    fn install_python(&self, settings: &Settings) -> Result<()> {
        self.once(settings, "python", &PYTHON_PACKAGES.join(" "), || {
            run(Command::new("python3").args(["-m", "venv"]).arg(self.folder.join("python")))?;
            run(self.python().args(["-m", "pip", "install", "--quiet"]).args(PYTHON_PACKAGES))
        })
    }

    fn install_node(&self, settings: &Settings) -> Result<()> {
        self.once(settings, "node", NODE_PACKAGE, || {
            let folder = self.node_folder();
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
            let arguments = ["install", "--no-audit", "--no-fund", "--silent", NODE_PACKAGE];
            run(Command::new("npm").args(arguments).current_dir(&folder))
        })
    }

    fn install_debian(&self, settings: &Settings) -> Result<()> {
        self.once(settings, "debian", &DEBIAN_PACKAGES.join(" "), || {
            let packages = self.folder.join("debs");
            std::fs::create_dir_all(packages.join("partial"))?;
            let arguments = ["install", "--yes", "--quiet", "--download-only", "--no-install-recommends"];
            let archives = format!("Dir::Cache::Archives={}", packages.display());
            let mut apt = Command::new("apt-get");
            apt.args(arguments).args(["-o", &archives, "-o", "Debug::NoLocking=1"]).args(DEBIAN_PACKAGES);
            run(&mut apt)?;
            for entry in std::fs::read_dir(&packages)? {
                let path = entry?.path();
                if path.extension() == Some(OsStr::new("deb")) {
                    run(Command::new("dpkg").arg("-x").arg(&path).arg(self.root()))?;
                }
            }
            Ok(())
        })
    }

    /// Does it unless a note says that it was done for the same packages.
    fn once(
        &self,
        settings: &Settings,
        name: &str,
        what: &str,
        install: impl Fn() -> Result<()>,
    ) -> Result<()> {
        let note = self.folder.join(format!("{name}.installed"));
        if std::fs::read_to_string(&note).is_ok_and(|noted| noted == what) {
            return Ok(());
        }
        settings.say(&format!("installing {what} into {}", self.folder.display()));
        install().with_context(|| format!("{what} can't be installed"))?;
        Ok(std::fs::write(note, what)?)
    }

    fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    /// The folder of Node's packages.
    pub fn node_folder(&self) -> PathBuf {
        self.folder.join("node")
    }

    /// Python with the packages, and with the libraries of Debian that they need.
    pub fn python(&self) -> Command {
        self.with_libraries(self.folder.join("python/bin/python"))
    }

    /// A program of Debian.
    pub fn debian(&self, name: &str) -> Command {
        self.with_libraries(self.root().join("usr/bin").join(name))
    }

    /// Lua with its unpacked libraries.
    pub fn lua(&self) -> Command {
        let root = self.root();
        let mut lua = self.debian("lua5.4");
        let share = root.join("usr/share/lua/5.4");
        lua.env("LUA_PATH", format!("{0}/?.lua;{0}/?/init.lua;;", share.display()));
        lua.env("LUA_CPATH", format!("{}/?.so;;", root.join("usr/lib/x86_64-linux-gnu/lua/5.4").display()));
        lua
    }

    /// Prosody's program with the folders where it is here.
    pub fn prosody_program(&self) -> Result<String> {
        let root = self.root();
        let program = std::fs::read_to_string(root.join("usr/bin/prosody"))?;
        let library = format!("'{}", root.join("usr/lib/prosody").display());
        Ok(program.replace("'/usr/lib/prosody", &library))
    }

    /// ejabberd with its logs and its database in this folder.
    pub fn ejabberd(&self, folder: &Path) -> Command {
        let erlang = self.root().join("usr/lib/erlang");
        let runtime = erlang.join("erts-13.1.5/bin");
        let mut command = self.with_libraries(runtime.join("erlexec"));
        let database = format!("\"{}\"", folder.join("mnesia").display());
        command
            .env("ROOTDIR", &erlang)
            .env("BINDIR", &runtime)
            .env("EMU", "beam")
            .env("PROGNAME", "erl")
            .env("HOME", folder)
            .env("ERL_LIBS", self.root().join("usr/lib/x86_64-linux-gnu"))
            .env("EJABBERD_LOG_PATH", folder.join("ejabberd.log"))
            .args(["+K", "true", "+P", "250000", "+Q", "65536", "-noinput", "-mnesia", "dir"])
            .arg(database)
            .args(["-s", "ejabberd"]);
        command
    }

    fn with_libraries(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        command.env("LD_LIBRARY_PATH", self.root().join("usr/lib/x86_64-linux-gnu"));
        command
    }
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("there is no {name}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {}", said.lines().last().unwrap_or("it failed"));
    Ok(())
}
