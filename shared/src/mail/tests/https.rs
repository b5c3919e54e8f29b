//! Resend and Postmark, by a stand-in that speaks as they do.

use serde_json::Value;

use super::stand_in::WebServer;
use super::*;

const KEY: &str = "re_4711-secret";

fn mailer_to(service: &str, server: &WebServer) -> Mailer {
    mailer(&format!("{service}://{KEY}@{}", server.address))
}

#[tokio::test]
async fn resend_is_asked_as_it_wants_it() {
    let server = WebServer::start(&[]).await;
    let (mailer, log) = (mailer_to("resend", &server), Log::new());
    mailer.send(&mail()).await;
    log.assert_sent(&mailer, 1);
    let requests = server.requests.lock().await;
    let [(head, body)] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert!(head.starts_with("POST /emails HTTP/1.1\r\n"), "{head}");
    for line in [
        "authorization: Bearer re_4711-secret\r\n",
        "content-type: application/json\r\n",
        "user-agent: doorkey/",
        "idempotency-key: abababababababababababababababab\r\n",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["from"], "Käse <no-reply@example.org>");
    assert_eq!(body["to"], serde_json::json!(["ann@example.com"]));
    assert_eq!(body["subject"], "Choose a new password for Example");
    assert!(
        body["text"]
            .as_str()
            .unwrap()
            .lines()
            .any(|line| line == LINK)
    );
    assert!(body["html"].as_str().unwrap().contains("t0-K_en"));
    assert_eq!(body["headers"]["Auto-Submitted"], "auto-generated");
}

#[tokio::test]
async fn postmark_is_asked_as_it_wants_it_and_tracks_nothing() {
    let server = WebServer::start(&[]).await;
    let (mailer, log) = (mailer_to("postmark", &server), Log::new());
    mailer.send(&mail()).await;
    log.assert_sent(&mailer, 1);
    let requests = server.requests.lock().await;
    let (head, body) = &requests[0];
    assert!(head.starts_with("POST /email HTTP/1.1\r\n"), "{head}");
    assert!(
        head.contains("x-postmark-server-token: re_4711-secret\r\n"),
        "{head}"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["To"], "ann@example.com");
    assert_eq!(body["Subject"], "Choose a new password for Example");
    assert!(body["TextBody"].as_str().unwrap().contains(LINK));
    assert!(body["HtmlBody"].as_str().unwrap().contains("t0-K_en"));
    assert_eq!(
        (&body["TrackOpens"], &body["TrackLinks"]),
        (&false.into(), &"None".into())
    );
}

#[tokio::test]
async fn a_service_that_is_busy_is_asked_again_for_the_same_mail() {
    let server = WebServer::start(&[(429, "{}"), (503, "no json")]).await;
    let (mailer, log) = (mailer_to("resend", &server), Log::new());
    mailer.send(&mail()).await;
    log.assert_sent(&mailer, 3);
    let requests = server.requests.lock().await;
    let key = |head: &str| {
        head.lines()
            .find(|line| line.starts_with("idempotency-key"))
            .map(str::to_owned)
    };
    assert_eq!(requests.len(), 3);
    assert!(
        requests
            .iter()
            .all(|(head, _)| key(head) == key(&requests[0].0))
    );
}

#[tokio::test]
async fn sec_a7_a_services_refusal_is_final_and_only_its_code_is_logged() {
    for (service, answer, reason) in [
        (
            "resend",
            (
                403,
                r#"{"name":"validation_error","message":"ann@example.com t0-K_en"}"#,
            ),
            "the service answered 403 validation_error",
        ),
        (
            "resend",
            (401, r#"{"name":"key re_4711-secret"}"#),
            "the service answered 401",
        ),
        (
            "postmark",
            (422, r#"{"ErrorCode":406,"Message":"ann@example.com"}"#),
            "the service answered 422 406",
        ),
        ("postmark", (301, ""), "the service answered 301"),
    ] {
        let answers: &'static [(u16, &'static str)] = Box::leak(Box::new([answer]));
        let server = WebServer::start(answers).await;
        let (mailer, log) = (mailer_to(service, &server), Log::new());
        mailer.send(&mail()).await;
        log.assert_failed(&mailer, reason, 1);
    }
}

#[tokio::test]
async fn a_service_that_is_away_is_tried_three_times() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (mailer, log) = (mailer(&format!("resend://{KEY}@{address}")), Log::new());
    mailer.send(&mail()).await;
    assert_eq!(mailer.failed(), 1);
    let text = log.text();
    assert!(
        text.contains("refused") && text.contains("attempts=3"),
        "{text}"
    );
    assert!(!text.contains("t0-K_en") && !text.contains(KEY), "{text}");
}
