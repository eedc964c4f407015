//! What surrounds every request: headers, unknown paths and methods, bounds.

use parlor_core::limits::{Scarce, Whose};
use std::time::Duration;

use parlor_api::Options;
use parlor_edge::Edge;
use parlor_identity::CookiePort;
use serde_json::json;

use crate::support::{Call, World, open_settings, world};

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let world = world().await;
    for call in [
        Call::get("/server"),
        Call::get("/me"),
        Call::get("/nowhere"),
        Call::get("/openapi.json"),
        Call::get("//"),
        Call::get("//assets/nothing.js"),
        Call::get("//docs"),
        Call::get("//healthz"),
        Call::get("//metrics"),
    ] {
        let path = call.path.clone();
        let answer = world.send(call).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none';",
            "script-src 'self';",
            "style-src 'self';",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
    }
}

#[tokio::test]
async fn what_browsers_ignore_on_plain_http_is_not_said_there() {
    let plain = world().await;
    let edge = Edge::new("https://chat.example.org", CookiePort::OfPublicUrl, Vec::new());
    let secure = World::with(open_settings(), Options { edge, ..Options::default() }).await;
    let lan = Call::get("//").without("host").header("host", "192.168.1.5:8080");
    let name = "cross-origin-opener-policy";
    assert!(!plain.send(lan.clone()).await.headers.contains_key(name));
    for answer in [
        plain.send(Call::get("//").without("host").header("host", "[::1]:8080")).await,
        plain.send(lan.clone().header("sec-fetch-site", "none")).await,
        secure.send(lan).await,
    ] {
        assert_eq!(answer.header(name), "same-origin");
    }
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_there() {
    let plain = world().await;
    let edge = Edge::new("https://chat.example.org", CookiePort::OfPublicUrl, Vec::new());
    let secure = World::with(open_settings(), Options { edge, ..Options::default() }).await;
    for path in ["/server", "/me", "/nowhere", "//", "//docs", "//healthz"] {
        let header = secure.send(Call::get(path)).await.header("strict-transport-security").to_owned();
        assert_eq!(header, "max-age=31536000", "{path}");
        let answer = plain.send(Call::get(path)).await;
        assert!(!answer.headers.contains_key("strict-transport-security"), "{path}");
    }
}

#[tokio::test]
async fn a_request_names_one_host() {
    let world = world().await;
    for path in ["/server", "/nowhere", "//", "//healthz"] {
        let call = Call::get(path);
        for faulty in [
            call.clone().without("host"),
            call.clone().another("host", "127.0.0.1:8080"),
            call.clone().header("host", ""),
            call.clone().header("host", "two hosts"),
        ] {
            let answer = world.send(faulty).await;
            assert_eq!((answer.status, answer.code()), (400, "bad_request"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        }
        assert_ne!(world.send(call.header("host", "any.example:1")).await.status, 400, "{path}");
    }
}

#[tokio::test]
async fn personal_answers_are_not_stored() {
    let world = world().await;
    let ada = world.member("ada").await;
    for call in [Call::get("/me").by(&ada), Call::get("/me"), Call::get("/server")] {
        assert_eq!(world.send(call).await.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_answer_in_our_form() {
    let world = world().await;
    for path in ["/nowhere", "/rooms/a/b/c/d", "/auth", "/me/", "//api", "//api/", "//api/v2/me", "//api/v1"]
    {
        for method in ["GET", "POST", "DELETE", "BREW"] {
            let answer = world.send(Call::new(method, path)).await;
            assert_eq!((answer.status, answer.code()), (404, "no_such_path"), "{method} {path}");
        }
    }
    for (method, path) in [
        ("DELETE", "/auth/login"),
        ("PUT", "/me"),
        ("GET", "/auth/register"),
        ("BREW", "/rooms"),
        ("POST", "//docs"),
        ("POST", "//"),
    ] {
        let answer = world.send(Call::new(method, path)).await;
        assert_eq!((answer.status, answer.code()), (405, "method_not_allowed"), "{method} {path}");
    }
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let world = world().await;
    for path in ["/server", "//docs", "//", "//healthz"] {
        let answer = world.send(Call::new("HEAD", path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{path}");
    }
}

#[tokio::test]
async fn a_full_server_says_so_at_once() {
    let world = world().await;
    let requests = world.core.budgets().of(Scarce::Requests);
    let _all = requests.take(Whose::NOBODY, requests.cap().total).unwrap();
    let answer = world.send(Call::get("/server")).await;
    assert_eq!((answer.outcome().as_str(), answer.header("retry-after")), ("busy", "1"));
    assert_eq!(world.send(Call::get("//healthz")).await.status, 200);
    assert_eq!(world.send(Call::get("//metrics").on_this_machine()).await.status, 200);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let options = Options { request_timeout: Duration::from_millis(50), ..Options::default() };
    let world = World::with(open_settings(), options).await;
    let (release, released) = std::sync::mpsc::channel::<()>();
    // Nothing else is written until it is released.
    let long = world.core.store().write(move |_| {
        Box::pin(async move {
            let _ = released.recv();
            Ok::<_, parlor_store::Error>(())
        })
    });
    let request = async {
        let answer = world.send(Call::post("/auth/guest", json!({"display_name": "Grace"}))).await;
        drop(release);
        answer
    };
    let (held, answer) = tokio::join!(long, request);
    held.unwrap();
    assert_eq!(answer.outcome(), "internal");
    assert!(answer.json["details"]["incident"].as_str().unwrap().len() >= 8);
}

#[tokio::test]
async fn a_fault_shows_nothing_but_an_incident() {
    let world = world().await;
    let ada = world.member("ada").await;
    world.core.store().close().await;
    let answer = world.send(Call::get("/me").by(&ada)).await;
    assert!(["unavailable", "internal"].contains(&answer.code()), "{}", answer.text);
}

#[tokio::test]
async fn a_panic_shows_nothing_but_an_incident() {
    let world = world().await;
    let ada = world.member("ada").await;
    let room = world.room(&ada, "Tea", "public").await;
    // The test's answer to "who is connected" panics once its lock is poisoned.
    let online = world.online.clone();
    let poisoned = std::thread::spawn(move || {
        let _guard = online.lock().unwrap();
        panic!("a panic that is part of the test");
    });
    assert!(poisoned.join().is_err());
    let answer = world.send(Call::get(&format!("/rooms/{room}/members")).by(&ada)).await;
    assert_eq!(answer.outcome(), "internal");
    assert!(!answer.text.contains("Poison"), "{}", answer.text);
    assert!(answer.json["details"]["incident"].as_str().unwrap().len() >= 8);
    assert_eq!(world.send(Call::get("/me").by(&ada)).await.status, 200);
}
