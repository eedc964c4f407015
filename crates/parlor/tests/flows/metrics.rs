//! Who may read what the server counts.

use anyhow::Result;
use parlor_testkit::Server;
use reqwest::StatusCode;

use crate::support::server;

async fn status(url: &str, headers: &[(&str, &str)]) -> Result<StatusCode> {
    let request = headers
        .iter()
        .fold(reqwest::Client::new().get(url), |request, (name, value)| request.header(*name, *value));
    Ok(request.send().await?.status())
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_for_this_machine_unless_somebody_passes_them_on() -> Result<()> {
    let server = Server::start(server()).await?;
    let url = format!("{}/metrics", server.url());
    assert_eq!(status(&url, &[]).await?, 200);
    for name in ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via"]
    {
        assert_eq!(status(&url, &[(name, "127.0.0.1")]).await?, 404, "{name}");
    }
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_them_from_everywhere() -> Result<()> {
    let server = Server::start(server().env("PARLOR_METRICS_TOKEN", "s3cret")).await?;
    let url = format!("{}/metrics", server.url());
    for (header, expected) in [
        ("Bearer s3cret", 200),
        ("bearer s3cret", 200),
        ("Bearer s3cre", 404),
        ("Bearer ", 404),
        ("Bearer", 404),
        ("Basic s3cret", 404),
    ] {
        let brought = [("authorization", header), ("x-forwarded-for", "203.0.113.9")];
        assert_eq!(status(&url, &brought).await?, expected, "{header}");
    }
    assert_eq!(status(&url, &[]).await?, 404, "from this machine too");
    assert!(!server.log().contains("s3cret"));
    server.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_of_their_own_takes_them_from_the_main_one() -> Result<()> {
    let server =
        Server::start(server().env("PARLOR_METRICS_LISTEN", "127.0.0.1:0").env("PARLOR_LOG", "info")).await?;
    let log = server.log();
    let told = log.split("metrics at ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let own = told.unwrap_or_else(|| panic!("{log}")).trim_end_matches("/metrics").to_owned();
    for path in ["/metrics", "/healthz", "/readyz"] {
        assert_eq!(
            status(&format!("{own}{path}"), &[("x-forwarded-for", "203.0.113.9")]).await?,
            200,
            "{path}"
        );
    }
    assert_eq!(status(&format!("{own}/api/v1/server"), &[]).await?, 404);
    assert_eq!(status(&format!("{}/metrics", server.url()), &[]).await?, 404);
    assert_eq!(status(&format!("{}/healthz", server.url()), &[]).await?, 200);
    server.stop().await
}
