//! The session as a cookie, and pages of other origins.

use parlor_api::Options;
use parlor_edge::Edge;
use parlor_identity::CookiePort;
use serde_json::json;

use crate::support::{Call, Person, World, open_settings, world};

async fn guest_with_cookie(world: &World) -> Person {
    let body = json!({"display_name": "Grace", "cookie": true});
    let answer = world.send(Call::post("/auth/guest", body)).await;
    assert_eq!((answer.status, answer.json.get("token")), (201, None));
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let session = world.identity.authenticate(&token).await.unwrap().session;
    let id = answer.json["user"]["id"].as_str().unwrap().to_owned();
    Person { id, token, session }
}

#[tokio::test]
async fn a_cookie_takes_the_place_of_the_token() {
    let world = world().await;
    let grace = guest_with_cookie(&world).await;
    let me = world.send(Call::get("/me").cookie_of(&grace)).await;
    assert_eq!((me.status, &me.json["user"]["id"]), (200, &json!(grace.id)));
    let rename = Call::patch("/me", json!({"display_name": "Gracie"})).cookie_of(&grace);
    let same = rename.header("origin", "http://127.0.0.1:8080").header("sec-fetch-site", "same-origin");
    assert_eq!(world.send(same).await.status, 200);
}

fn secure_edge() -> Edge {
    Edge::new("https://chat.example.org", CookiePort::OfPublicUrl, Vec::new())
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let options = Options { edge: secure_edge(), ..Options::default() };
    let world = World::with(open_settings(), options).await;
    let body = json!({"display_name": "Grace", "cookie": true});
    let answer = world.send(Call::post("/auth/guest", body)).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-parlor_session=") && cookie.ends_with("; Secure"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    assert_eq!(world.send(Call::get("/me").header("cookie", pair)).await.status, 200);
    let plain = pair.trim_start_matches("__Host-");
    assert_eq!(world.send(Call::get("/me").header("cookie", plain)).await.outcome(), "unauthenticated");
}

#[tokio::test]
async fn other_pages_may_not_act_in_ones_name() {
    let world = world().await;
    let grace = guest_with_cookie(&world).await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:8080.evil.example"),
        ("origin", "http://127.0.0.1:80801"),
        ("origin", "http://evil127.0.0.1:8080"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let call = Call::patch("/me", json!({"display_name": "Owned"})).cookie_of(&grace);
        let answer = world.send(call.header(name, value)).await;
        assert_eq!(answer.outcome(), "origin_forbidden", "{name}: {value}");
        let call = Call::new("POST", "/auth/logout").cookie_of(&grace).header(name, value);
        assert_eq!(world.send(call).await.outcome(), "origin_forbidden", "{name}: {value}");
    }
    let me = world.send(Call::get("/me").cookie_of(&grace)).await;
    assert_eq!(me.json["user"]["display_name"], "Grace");
    let bearer = Call::patch("/me", json!({"display_name": "Gracie"})).by(&grace);
    assert_eq!(world.send(bearer.header("origin", "https://evil.example")).await.status, 200);
}

#[tokio::test]
async fn a_form_of_another_page_is_not_json() {
    let world = world().await;
    let grace = guest_with_cookie(&world).await;
    let call = Call::patch("/me", json!({"display_name": "Owned"})).cookie_of(&grace);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let answer = world.send(call.clone().header("content-type", kind)).await;
        assert_eq!(answer.outcome(), "bad_request", "{kind}");
    }
}

#[tokio::test]
async fn no_credential_is_taken_from_an_address() {
    let world = world().await;
    let ada = world.member("ada").await;
    for name in ["token", "access_token", "auth", "parlor_session"] {
        let answer = world.send(Call::get(&format!("/me?{name}={}", ada.token))).await;
        assert_eq!(answer.outcome(), "unauthenticated");
    }
}

#[tokio::test]
async fn two_servers_on_one_host_keep_their_sessions_apart() {
    let (one, two) = (world().await, world().await);
    let cookie_at =
        |answer: &crate::support::Answer| answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let enter = || Call::post("/auth/guest", json!({"display_name": "Grace", "cookie": true}));
    let first = cookie_at(&one.send(enter().header("host", "localhost:8081")).await);
    let second = cookie_at(&two.send(enter().header("host", "localhost:8082")).await);
    // A browser keeps one jar for the host, and sends both to both.
    let jar = format!("{first}; {second}");
    for (server, host) in [(&one, "localhost:8081"), (&two, "localhost:8082")] {
        let me = server.send(Call::get("/me").header("cookie", &jar).header("host", host)).await;
        assert_eq!(me.status, 200, "{host}");
    }
}

#[tokio::test]
async fn an_upgrade_of_the_server_signs_nobody_out() {
    let mut world = world().await;
    let grace = world.guest("Grace").await;
    let former = format!("parlor_session={}", grace.token);
    let me = world.send(Call::get("/me").header("cookie", &former)).await;
    let lines: Vec<_> = me.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    assert!(lines[0].starts_with(&format!("parlor_session_8080={};", grace.token)), "renamed at once");
    assert!(lines[1].starts_with("parlor_session=; Max-Age=0;"));
    let me = world.send(Call::get("/me").cookie_of(&grace)).await;
    assert_eq!((me.status, me.header("set-cookie")), (200, ""));
    // Whoever signs out is out, under whichever name.
    let both = format!("{former}; parlor_session_8080={}", grace.token);
    let out = Call::new("POST", "/auth/logout").header("cookie", &both);
    assert_eq!(world.send(out).await.status, 204);
    assert_eq!(world.ended().await, [grace.session]);
    let again = Call::get("/me").header("cookie", &former);
    assert_eq!(world.send(again).await.outcome(), "unauthenticated");
}
