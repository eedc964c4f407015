//! What the configuration means to each part of the server.

use parlor_api::{MetricsAccess, MetricsToken};
use parlor_core::limits::budget::Cap;
use parlor_core::limits::budgets::{BOUNDS, Bounds};
use parlor_core::limits::{Kind, Rule, Scarce};
use parlor_core::{Limits, Settings};
use parlor_edge::Edge;
use parlor_gateway::Patience;
use parlor_identity::{CookiePort, IdentitySettings};
use parlor_store::{Database, Planted};

use crate::config::{Configuration, PublicUrl};

/// Which database keeps the data.
pub(crate) fn database(configuration: &Configuration) -> Database {
    match &configuration.database.url {
        Some(url) => Database::postgres(url.expose()),
        None => Database::sqlite(&configuration.server.data_dir),
    }
}

/// How the database is used.
pub(crate) fn store(configuration: &Configuration, planted: Planted) -> parlor_store::Options {
    let database = &configuration.database;
    parlor_store::Options {
        readers: database.readers.get(),
        queue: database.queue.get(),
        queue_bytes: database.queue_bytes.get(),
        batch: database.batch.get(),
        planted,
    }
}

/// Who may come in, and how much of what is allowed.
pub(crate) fn core(configuration: &Configuration) -> Settings {
    let limits = &configuration.limits;
    Settings {
        server_name: configuration.server.name.0.clone(),
        registration: configuration.access.registration,
        guests: configuration.access.guests,
        limits: Limits {
            enabled: limits.enabled,
            max_body_bytes: limits.max_body_bytes.get(),
            rules: rules(configuration),
            bounds: bounds(configuration),
            rendering_bytes: u64::try_from(limits.rendering_bytes.get()).unwrap_or(u64::MAX),
        },
    }
}

fn rules(configuration: &Configuration) -> Vec<Rule> {
    let limits = &configuration.limits;
    let rates = [
        (Kind::Login, limits.login),
        (Kind::LoginName, limits.login_name),
        (Kind::LoginStrangers, limits.login_strangers),
        (Kind::Password, limits.password),
        (Kind::Register, limits.register),
        (Kind::Guest, limits.guest),
        (Kind::InspectInvite, limits.inspect_invite),
        (Kind::Connect, limits.connect),
        (Kind::Send, limits.send),
        (Kind::Write, limits.write),
        (Kind::Create, limits.create),
        (Kind::Read, limits.read),
        (Kind::CatchUp, limits.catch_up),
    ];
    rates.map(|(kind, rate)| Rule { kind, burst: rate.burst, period: rate.period() }).to_vec()
}

fn bounds(configuration: &Configuration) -> Vec<Bounds> {
    let limits = &configuration.limits;
    BOUNDS
        .map(|Bounds { scarce, cap }| {
            let (total, address, person) = match scarce {
                Scarce::Connections => {
                    (limits.max_connections.get(), Some(limits.max_open_per_address.get()), None)
                }
                Scarce::Bodies => (limits.max_bodies.get(), Some(limits.max_bodies_per_address.get()), None),
                Scarce::Requests => (
                    limits.max_requests.get(),
                    Some(limits.max_requests_per_address.get()),
                    Some(limits.max_requests_per_user.get()),
                ),
                Scarce::Answers => (
                    limits.max_answer_bytes.get(),
                    Some(limits.max_answer_bytes_per_address.get()),
                    Some(limits.max_answer_bytes_per_user.get()),
                ),
                Scarce::CatchUps => (
                    limits.max_catch_up_bytes.get(),
                    Some(limits.max_catch_up_bytes_per_address.get()),
                    Some(limits.max_catch_up_bytes_per_user.get()),
                ),
                Scarce::Renderings => {
                    (limits.max_renderings.get(), None, Some(limits.max_renderings_per_user.get()))
                }
            };
            let share = |share: Option<usize>| share.map_or(u64::MAX, |share| share as u64);
            let cap = Cap { total: total as u64, address: share(address), person: share(person), ..cap };
            Bounds { scarce, cap }
        })
        .to_vec()
}

/// How people sign in.
pub(crate) fn identity(configuration: &Configuration) -> IdentitySettings {
    let sessions = &configuration.sessions;
    IdentitySettings {
        session_ttl: sessions.lifetime.get(),
        concurrent_hashes: sessions.concurrent_hashes.get(),
        queued_hashes: sessions.queued_hashes.get(),
    }
}

/// The HTTP interface.
pub(crate) fn api(configuration: &Configuration, edge: &Edge) -> parlor_api::Options {
    let (server, limits) = (&configuration.server, &configuration.limits);
    parlor_api::Options {
        edge: edge.clone(),
        metrics: metrics(configuration),
        max_request_bytes: limits.max_request_bytes.get(),
        request_timeout: server.request_within.get(),
        body_timeout: server.body_within.get(),
    }
}

/// How requests reach the server, for both transports.
pub(crate) fn edge(configuration: &Configuration, public_url: &PublicUrl) -> Edge {
    let proxies = configuration.server.trusted_proxies.ranges().to_vec();
    Edge::new(public_url.to_string(), cookie_port(configuration), proxies)
}

/// A token is asked for wherever there is one; a listener of its own takes the path from the main one.
fn metrics(configuration: &Configuration) -> MetricsAccess {
    let server = &configuration.server;
    match (&server.metrics_token, server.metrics_listen) {
        (Some(token), _) => MetricsAccess::Token(MetricsToken::new(token.expose())),
        (None, Some(_)) => MetricsAccess::Nobody,
        (None, None) => MetricsAccess::ThisMachine,
    }
}

/// Whoever names the public address knows the port that browsers see.
fn cookie_port(configuration: &Configuration) -> CookiePort {
    match configuration.server.public_url {
        Some(_) => CookiePort::OfPublicUrl,
        None => CookiePort::OfHost,
    }
}

/// How long clients may let the server wait.
pub(crate) fn patience(configuration: &Configuration) -> Patience {
    let server = &configuration.server;
    Patience {
        head: server.head_within.get(),
        idle: server.idle_within.get(),
        answer: server.taken_within.get(),
    }
}

/// The live sockets.
pub(crate) fn gateway(configuration: &Configuration, edge: &Edge) -> parlor_gateway::Options {
    let limits = &configuration.limits;
    parlor_gateway::Options {
        edge: edge.clone(),
        deflate: configuration.server.compress_sockets,
        ping_every: configuration.server.ping_every.get(),
        max_frame_bytes: limits.max_frame_bytes.get(),
        max_in_flight: limits.max_commands.get(),
        max_connections_per_address: limits.max_connections_per_address.get(),
        max_connections_per_user: limits.max_connections_per_user.get(),
        max_behind: u64::from(limits.max_behind.0),
        ..parlor_gateway::Options::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::value::Value as _;

    #[test]
    fn the_defaults_are_those_of_the_parts() {
        let configuration = Configuration::default();
        let same = |one: &dyn std::fmt::Debug, other: &dyn std::fmt::Debug| {
            assert_eq!(format!("{one:?}"), format!("{other:?}"));
        };
        same(&store(&configuration, Planted::Nothing), &parlor_store::Options::default());
        same(&core(&configuration), &Settings::default());
        same(&patience(&configuration), &Patience::default());
        same(&identity(&configuration), &IdentitySettings::default());
        let public_url = PublicUrl::parse("http://127.0.0.1:8080").unwrap();
        let edge = edge(&configuration, &public_url);
        let expected = parlor_api::Options { edge: edge.clone(), ..parlor_api::Options::default() };
        same(&api(&configuration, &edge), &expected);
        let expected = parlor_gateway::Options { edge: edge.clone(), ..parlor_gateway::Options::default() };
        same(&gateway(&configuration, &edge), &expected);
    }
}
