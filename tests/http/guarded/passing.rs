//! What goes through unchanged.

use super::wire::{always, echo, upstream};
use super::{Front, from_our_page};
use crate::support::TestDb;

async fn signed_in_before(answer: &'static str) -> (Front, String, TestDb) {
    let db = TestDb::sqlite();
    let front = Front::of(&db, always(answer).await, &[]).await;
    let (_, cookie) = front.ann().await;
    (front, cookie, db)
}

#[tokio::test]
async fn methods_targets_fields_and_bodies_pass_as_they_are() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let fields = format!(
        "{cookie}{}content-type: text/x\r\ncontent-length: 3\r\nrange: bytes=0-1\r\nif-none-match: \"a\"\r\n\
         accept-encoding: br\r\nx-own: \u{e9}\r\nauthorization: Basic YTpi\r\n",
        from_our_page()
    );
    for method in ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"] {
        let mut wire = front.connect().await;
        wire.ask(&format!("{method} /a%20b/c|d?x=%zz&y=~1"), &fields)
            .await;
        wire.send("abc").await;
        let told = wire.answer().await;
        assert_eq!(told.status, 200, "{told:?}");
        for line in [
            &format!("{method} /a%20b/c|d?x=%zz&y=~1 HTTP/1.1"),
            "content-type: text/x",
            "content-length: 3",
            "range: bytes=0-1",
            "if-none-match: \"a\"",
            "accept-encoding: br",
            "x-own: \u{e9}",
            "authorization: Basic YTpi",
        ] {
            assert!(told.told(line), "{line}: {told:?}");
        }
        assert!(told.body.ends_with("\n\nabc"), "{told:?}");
    }
    // The same connection takes one after another.
    let mut wire = front.connect().await;
    for number in 0..3 {
        wire.ask(&format!("GET /{number}"), &cookie).await;
        assert!(wire.answer().await.told(&format!("GET /{number} HTTP/1.1")));
    }
    let empty = front
        .ask(
            "POST /",
            &format!("{cookie}{}content-length: 0\r\n", from_our_page()),
        )
        .await;
    assert!(empty.told("content-length: 0"), "{empty:?}");
    let bare = front.ask("GET /", &cookie).await;
    assert!(
        !bare.body.contains("content-length") && !bare.body.contains("transfer-encoding"),
        "{bare:?}"
    );
}

#[tokio::test]
async fn answers_without_a_body_have_none_and_keep_their_fields() {
    for (answer, line, status) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 42\r\netag: \"a\"\r\n\r\n",
            "HEAD /",
            200,
        ),
        (
            "HTTP/1.1 204 No Content\r\netag: \"a\"\r\n\r\n",
            "GET /",
            204,
        ),
        (
            "HTTP/1.1 304 Not Modified\r\ncontent-length: 42\r\netag: \"a\"\r\n\r\n",
            "GET /",
            304,
        ),
    ] {
        let (front, cookie, _db) = signed_in_before(answer).await;
        let mut wire = front.connect().await;
        for _ in 0..2 {
            wire.ask(line, &cookie).await;
            let found = wire.answer_to(false).await;
            assert_eq!(
                (found.status, found.field("etag")),
                (status, "\"a\""),
                "{found:?}"
            );
            // Of an answer that may leave it out it is.
            if line == "HEAD /" {
                assert_eq!(found.field("content-length"), "42");
            }
        }
    }
}

#[tokio::test]
async fn statuses_fields_and_parts_come_back_as_they_are() {
    let answer = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Length: 2\r\n\
                  Cache-Control: public, max-age=9\r\nVary: Accept\r\nServer: app\r\nSet-Cookie: a=1\r\n\
                  Set-Cookie: b=2\r\nContent-Security-Policy: default-src *\r\nConnection: close, x-hop\r\n\
                  X-Hop: 1\r\nKeep-Alive: timeout=9\r\nContent-Encoding: br\r\n\r\nab";
    let (front, cookie, _db) = signed_in_before(answer).await;
    let found = front.ask("GET /", &cookie).await;
    assert_eq!((found.status, found.body.as_str()), (206, "ab"));
    for (name, values) in [
        ("content-range", vec!["bytes 0-1/9"]),
        ("cache-control", vec!["public, max-age=9"]),
        ("vary", vec!["Accept", "Cookie"]),
        ("server", vec!["app"]),
        ("set-cookie", vec!["a=1", "b=2"]),
        ("content-security-policy", vec!["default-src *"]),
        ("content-encoding", vec!["br"]),
        ("x-hop", vec![]),
        ("keep-alive", vec![]),
        ("x-frame-options", vec![]),
    ] {
        assert_eq!(found.all(name), values, "{name}");
    }
}

#[tokio::test]
async fn what_comes_before_the_answer_is_no_answer() {
    let answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n\
                  HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let (front, cookie, _db) = signed_in_before(answer).await;
    let found = front.ask("GET /", &cookie).await;
    assert_eq!((found.status, found.body.as_str()), (200, "ok"));
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let fields = format!(
        "{cookie}{}content-length: 3\r\nexpect: 100-continue\r\n",
        from_our_page()
    );
    let mut wire = front.connect().await;
    wire.ask("POST /", &fields).await;
    assert_eq!(wire.answer_head().await.status, 100);
    wire.send("abc").await;
    let told = wire.answer().await;
    assert!(
        told.body.ends_with("abc") && !told.body.contains("expect"),
        "{told:?}"
    );
    // Whoever does not get in need not send anything.
    let mut wire = front.connect().await;
    wire.ask("POST /", "content-length: 3\r\nexpect: 100-continue\r\n")
        .await;
    assert_eq!(wire.answer().await.status, 401);
}

#[tokio::test]
async fn fields_after_an_answer_reach_who_takes_them() {
    let db = TestDb::sqlite();
    let app = upstream(|mut wire| async move {
        while let Some(head) = wire.head().await {
            assert!(head.contains(&"te: trailers".to_owned()), "{head:?}");
            let answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n\
                          2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n";
            wire.send(answer).await;
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    wire.ask(
        "GET /",
        &format!("{cookie}te: trailers\r\nconnection: te, close\r\n"),
    )
    .await;
    let head = wire.answer_head().await;
    assert_eq!(head.field("trailer"), "x-sum");
    let rest = String::from_utf8(wire.rest().await).unwrap();
    assert_eq!(rest, "2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n");
}

#[tokio::test]
async fn an_older_client_gets_a_body_that_ends_with_the_connection() {
    let answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    let (front, cookie, _db) = signed_in_before(answer).await;
    let mut wire = front.connect().await;
    wire.send(format!(
        "GET / HTTP/1.0\r\nhost: localhost:7860\r\n{cookie}\r\n"
    ))
    .await;
    assert_eq!(wire.answer_head().await.field("transfer-encoding"), "");
    assert_eq!(wire.rest().await, b"ok");
}

#[tokio::test]
async fn a_connection_to_the_upstream_is_used_again() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let db = TestDb::sqlite();
    let app = upstream(move |wire| {
        counted.fetch_add(1, Ordering::SeqCst);
        echo(wire)
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    for _ in 0..20 {
        assert_eq!(front.ask("GET /", &cookie).await.status, 200);
    }
    assert!(count.load(Ordering::SeqCst) <= 3, "{count:?}");
}
