//! Serving the web client.

use crate::support::{Call, world};

#[tokio::test]
async fn pages_of_the_client_answer_with_its_page() {
    let world = world().await;
    let index = world.send(Call::get("//")).await;
    assert_eq!((index.status, index.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(index.header("cache-control"), "no-cache");
    for path in ["//r/tea", "//r/%C3%A9t%C3%A9", "//setup", "//invite", "//settings/profile", "//index.html"]
    {
        let answer = world.send(Call::get(path)).await;
        assert_eq!((answer.status, &answer.text), (200, &index.text), "{path}");
    }
}

#[tokio::test]
async fn what_looks_like_a_file_is_one_or_is_not_there() {
    let world = world().await;
    for path in
        ["//assets/", "//assets/nothing", "//nothing.js", "//r/tea.png", "//assets/../secret", "//.env"]
    {
        let answer = world.send(Call::get(path)).await;
        assert_eq!((answer.status, answer.code()), (404, "no_such_path"), "{path}");
    }
}

#[tokio::test]
async fn every_file_is_served_as_it_was_built() {
    let world = world().await;
    for asset in parlor_web::assets() {
        let path = format!("/{}", asset.path);
        let plain = world.send(Call::get(&path)).await;
        assert_eq!((plain.status, plain.header("content-type")), (200, asset.mime), "{path}");
        assert!(plain.bytes == asset.bytes, "{path}");
        assert_eq!(plain.header("cache-control").contains("immutable"), asset.immutable, "{path}");
        assert_eq!(plain.header("content-encoding"), "", "{path}");
        let packed = world.send(Call::get(&path).header("accept-encoding", "gzip, br")).await;
        let expected = if asset.brotli.is_some() { "br" } else { "" };
        assert_eq!(packed.header("content-encoding"), expected, "{path}");
        assert!(packed.bytes == asset.brotli.unwrap_or(asset.bytes), "{path}");
    }
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let world = world().await;
    for encoding in ["identity", "br"] {
        let call = Call::get("//").header("accept-encoding", encoding);
        let first = world.send(call.clone()).await;
        let etag = first.header("etag");
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
        let second = world.send(call.clone().header("if-none-match", etag)).await;
        assert_eq!((second.status, second.text.as_str()), (304, ""));
        assert_eq!(second.header("etag"), etag);
        let other = world.send(call.header("if-none-match", "\"other\"")).await;
        assert_eq!(other.status, 200);
    }
}

/// Markup is only made through policies that the page's own rules name: a policy they don't name stops the client.
#[tokio::test]
async fn the_client_makes_markup_only_through_policies_that_are_allowed() {
    let world = world().await;
    let index = world.send(Call::get("//")).await;
    let allowed = index.header("content-security-policy").split("trusted-types ").nth(1).unwrap().to_owned();
    for asset in parlor_web::assets().iter().filter(|asset| asset.mime.starts_with("text/javascript")) {
        let script = std::str::from_utf8(asset.bytes).unwrap();
        for call in script.split("createPolicy(").skip(1) {
            let name = call.trim_start_matches(['"', '\'', '`']).split(['"', '\'', '`']).next().unwrap();
            assert!(
                allowed.split([' ', ';']).any(|word| word == name),
                "{} asks for the policy {name}",
                asset.path
            );
        }
    }
}
