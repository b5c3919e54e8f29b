//! The upstream away, slow, or talking nonsense: an answer with a code, no hang, and
//! nobody else harmed.

use std::time::Duration;

use tokio::net::TcpListener;

use super::wire::{Wire, echo, soon, upstream};
use super::{Front, from_our_page};
use crate::support::TestDb;

const NAVIGATION: &str = "sec-fetch-mode: navigate\r\n";

/// Behaves as the path says.
async fn moody(mut wire: Wire) {
    let Some(head) = wire.head().await else {
        return;
    };
    let path = head[0].split(' ').nth(1).unwrap().to_owned();
    let answer = match path.as_str() {
        "/silent" => {
            wire.rest().await;
            return;
        }
        "/close" => return,
        "/half-head" => "HTTP/1.1 200 OK\r\ncontent-le",
        "/half-length" => "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
        "/half-chunks" => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "/half-chunk" => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf",
        "/bad-chunk" => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhalf\r\n",
        "/garbage" => "SSH-2.0-OpenSSH_9.9\r\n\r\n",
        "/two-lengths" => "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc",
        "/length-and-chunks" => {
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        }
        "/chunks-and-length" => {
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        }
        "/folded" => "HTTP/1.1 200 OK\r\nx-a: 1\r\n folded\r\ncontent-length: 0\r\n\r\n",
        "/bare-cr" => "HTTP/1.1 200 OK\r\nx-a: 1\rset-cookie: a=1\r\ncontent-length: 0\r\n\r\n",
        "/nul" => "HTTP/1.1 200 OK\r\nx-a: \0\r\ncontent-length: 0\r\n\r\n",
        "/stalls" => {
            wire.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
                .await;
            wire.rest().await;
            return;
        }
        _ => "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
    };
    wire.send(answer).await;
}

async fn moody_front() -> (Front, String, TestDb) {
    let db = TestDb::sqlite();
    let front = Front::of(&db, upstream(moody).await, &[("UPSTREAM_TIMEOUT", "1s")]).await;
    let (_, cookie) = front.ann().await;
    (front, cookie, db)
}

#[tokio::test]
async fn sec_j6_a_fault_of_the_upstream_is_an_answer_with_a_code() {
    let (front, cookie, _db) = moody_front().await;
    for (path, status, code) in [
        ("/silent", 504, "UPSTREAM_TIMEOUT"),
        ("/close", 502, "UPSTREAM_INVALID_ANSWER"),
        ("/half-head", 502, "UPSTREAM_INVALID_ANSWER"),
        ("/garbage", 502, "UPSTREAM_INVALID_ANSWER"),
        ("/two-lengths", 502, "UPSTREAM_INVALID_ANSWER"),
        ("/length-and-chunks", 502, "UPSTREAM_INVALID_ANSWER"),
        ("/folded", 502, "UPSTREAM_INVALID_ANSWER"),
        ("/bare-cr", 502, "UPSTREAM_INVALID_ANSWER"),
        ("/nul", 502, "UPSTREAM_INVALID_ANSWER"),
    ] {
        // The same connection goes on to serve.
        let mut wire = front.connect().await;
        wire.ask(&format!("GET {path}"), &cookie).await;
        assert_eq!(
            wire.answer().await.refusal(),
            (status, code.into()),
            "{path}"
        );
        wire.ask("GET /good", &cookie).await;
        assert_eq!(wire.answer().await.body, "ok", "{path}");
    }
    // Only one length is passed on, whichever of the two it kept.
    let answer = front.ask("GET /chunks-and-length", &cookie).await;
    let is_plain =
        answer.status == 200 && answer.body == "ok" && answer.field("content-length").is_empty();
    assert!(is_plain || answer.status == 502, "{answer:?}");
}

#[tokio::test]
async fn sec_j6_half_an_answer_does_not_pass_for_a_whole_one() {
    let (front, cookie, _db) = moody_front().await;
    for path in [
        "/half-length",
        "/half-chunks",
        "/half-chunk",
        "/bad-chunk",
        "/stalls",
    ] {
        let mut wire = front.connect().await;
        wire.ask(&format!("GET {path}"), &cookie).await;
        // Nothing at all, when it broke off before the first part was written.
        if let Some(head) = wire.head().await {
            assert_eq!(head[0], "HTTP/1.1 200 OK", "{path}");
            assert_eq!(wire.body(&head).await, None, "{path}");
        }
        assert_eq!(front.ask("GET /good", &cookie).await.body, "ok");
    }
}

#[tokio::test]
async fn sec_j6_an_upstream_that_hangs_or_is_dead_harms_no_other_request() {
    let (front, cookie, _db) = moody_front().await;
    let mut hanging = Vec::new();
    for _ in 0..100 {
        let mut wire = front.connect().await;
        wire.ask("GET /silent", &cookie).await;
        hanging.push(wire);
    }
    let began = std::time::Duration::from_millis(900);
    let quick = async {
        assert_eq!(front.ask("GET /good", &cookie).await.status, 200);
        assert_eq!(front.ask("GET /health", "").await.status, 200);
        assert_eq!(
            front.ask("GET /api/auth/get-session", &cookie).await.status,
            200
        );
    };
    tokio::time::timeout(began, quick)
        .await
        .expect("the others wait for nothing");
    for mut wire in hanging {
        assert_eq!(wire.answer().await.refusal().0, 504);
    }
}

#[tokio::test]
async fn sec_j6_a_dead_upstream_is_502_at_once() {
    let db = TestDb::sqlite();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let front = Front::of(&db, address, &[]).await;
    let (_, cookie) = front.ann().await;
    let answer = front.ask("GET /", &cookie).await;
    assert_eq!(answer.refusal(), (502, "UPSTREAM_UNREACHABLE".into()));
    // Nothing of the inside is in it.
    assert!(!answer.body.contains("127.0.0.1"), "{answer:?}");
    assert!(!answer.field("content-security-policy").is_empty());
}

/// While there is something to wait for, there is no limit to an upload's length.
#[tokio::test]
async fn a_slow_upload_is_no_silence_of_the_upstream() {
    let db = TestDb::sqlite();
    let front = Front::of(&db, upstream(echo).await, &[("UPSTREAM_TIMEOUT", "1s")]).await;
    let (_, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    wire.ask(
        "POST /up",
        &format!("{cookie}{}content-length: 5\r\n", from_our_page()),
    )
    .await;
    for byte in ["a", "b", "c", "d", "e"] {
        tokio::time::sleep(Duration::from_millis(500)).await;
        wire.send(byte).await;
    }
    assert!(wire.answer().await.body.ends_with("abcde"));
}

/// Else anybody could make it look as if the app were at fault.
#[tokio::test]
async fn a_body_that_is_none_is_the_clients_fault() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    let fields = format!("{cookie}{}transfer-encoding: chunked\r\n", from_our_page());
    wire.ask("POST /up", &fields).await;
    wire.send("3\r\nabc\r\nnothing\r\n").await;
    let answer = wire.answer().await;
    assert_eq!(answer.refusal(), (400, "MALFORMED_REQUEST".into()));
}

#[tokio::test]
async fn people_are_told_in_a_page() {
    let (front, cookie, _db) = moody_front().await;
    for (path, status, code) in [
        ("/close", 502, "UPSTREAM_INVALID_ANSWER"),
        ("/silent", 504, "UPSTREAM_TIMEOUT"),
    ] {
        let answer = front
            .ask(&format!("GET {path}"), &format!("{cookie}{NAVIGATION}"))
            .await;
        assert_eq!(answer.status, status);
        assert!(
            answer.field("content-type").starts_with("text/html"),
            "{answer:?}"
        );
        assert!(answer.body.contains(code), "{answer:?}");
        assert!(
            answer.field("content-security-policy").contains("nonce-"),
            "{answer:?}"
        );
    }
    let page = soon(front.ask("HEAD /close", &format!("{cookie}{NAVIGATION}"))).await;
    assert_eq!(page.status, 502);
}
