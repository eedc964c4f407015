//! The peers: what each is, what it leaves out, and how it is started.

use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::install::Place;
use super::running::{Running, free_port};
use crate::goals::Settings;
use crate::load::dialect::Dialect;

/// A server that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// Parlor itself.
    Parlor,
    /// uWebSockets (C++), as the core of socketify from `PyPI`.
    Uwebsockets,
    /// `ws` from npm on Node.
    NodeWs,
    /// axum with a `tokio::sync::broadcast` a room, as one would begin.
    Naive,
    /// ejabberd from Debian: rooms of XMPP.
    Ejabberd,
    /// Prosody from Debian: rooms of XMPP.
    Prosody,
    /// Django Channels with Redis, Daphne and SQLite.
    Channels,
}

impl Peer {
    /// All of them, Parlor first.
    pub fn all() -> Vec<Self> {
        Self::value_variants().to_vec()
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Parlor => "Parlor",
            Self::Uwebsockets => "uWebSockets (socketify, native publish)",
            Self::NodeWs => "Node `ws`",
            Self::Naive => "axum + tokio::sync::broadcast",
            Self::Ejabberd => "ejabberd MUC",
            Self::Prosody => "Prosody MUC",
            Self::Channels => "Django Channels + Redis + Daphne + SQLite",
        }
    }

    /// What becomes of a message before it is acknowledged.
    pub fn durable(self) -> &'static str {
        match self {
            Self::Parlor => "synced to disk",
            Self::Channels => "stored, not synced",
            _ => "no",
        }
    }

    /// What it speaks; `None` for Parlor, where people have to register first.
    pub fn dialect(self) -> Option<Dialect> {
        match self {
            Self::Parlor => None,
            Self::Ejabberd | Self::Prosody => Some(Dialect::Xmpp),
            _ => Some(Dialect::Parlor),
        }
    }

    /// Starts it, and whatever it needs.
    ///
    /// # Errors
    /// It does not listen within two minutes; its last words are in the error.
    pub fn launch(self, settings: &Settings, place: &Place) -> Result<Running> {
        let mut running = Running::new(&settings.source)?;
        let port = running.address.port();
        match self {
            Self::Parlor => {}
            Self::Uwebsockets => {
                let script = running.file("uwebsockets.py", include_str!("../../peers/uwebsockets.py"))?;
                running.start(place.python().arg(script).arg(port.to_string()))?;
            }
            Self::NodeWs => {
                // Node looks for packages beside the script.
                let script = place.node_folder().join("node-ws.mjs");
                std::fs::write(&script, include_str!("../../peers/node-ws.mjs"))?;
                running.start(Command::new("node").arg(script).arg(port.to_string()))?;
            }
            Self::Naive => {
                let program = settings.program.as_ref().context("this program does not know where it is")?;
                running.start(Command::new(program).args(["naive", &port.to_string()]))?;
            }
            Self::Ejabberd => {
                let config = include_str!("../../peers/ejabberd.yml").replace("@PORT@", &port.to_string());
                let config = running.file("ejabberd.yml", &config)?;
                running.start(place.ejabberd(running.folder()).env("EJABBERD_CONFIG_PATH", config))?;
            }
            Self::Prosody => {
                let config = include_str!("../../peers/prosody.cfg.lua")
                    .replace("@PORT@", &port.to_string())
                    .replace("@FOLDER@", &running.folder().to_string_lossy());
                let config = running.file("prosody.cfg.lua", &config)?;
                std::fs::create_dir_all(running.folder().join("data"))?;
                let program = running.file("prosody.lua", &place.prosody_program()?)?;
                running.start(place.lua().arg(program).arg("--config").arg(config))?;
            }
            Self::Channels => launch_channels(&mut running, place)?,
        }
        running.wait_until_it_listens()?;
        Ok(running)
    }
}

fn launch_channels(running: &mut Running, place: &Place) -> Result<()> {
    let redis = free_port()?.to_string();
    let arguments = ["--port", &redis, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    running.start(place.debian("redis-server").args(arguments))?;
    running.file("channels_chat.py", include_str!("../../peers/channels_chat.py"))?;
    let folder = running.folder().to_owned();
    let mut daphne = place.python();
    daphne
        .args(["-m", "daphne", "-b", "127.0.0.1", "--access-log", "/dev/null", "-p"])
        .args([&running.address.port().to_string(), "channels_chat:application"])
        .env("PYTHONPATH", &folder)
        .env("CHAT_DATABASE", folder.join("chat.sqlite"))
        .env("CHAT_REDIS_PORT", redis);
    running.start(&mut daphne)
}
