//! Web sockets.

use super::wire::{Wire, always, soon, upstream};
use super::{Front, RECHECK, cookie_of, from_our_page};
use crate::support::{TestDb, db_test};

const HANDSHAKE: &str = "connection: keep-alive, Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Switches, says first what it was told, and then whatever it hears.
async fn socket(mut wire: Wire) {
    let head = wire.head().await.unwrap().join("\n");
    wire.send(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
         sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nset-cookie: better-auth.session_token=planted\r\n\r\n",
    )
    .await;
    wire.send(format!("{:5}", head.len())).await;
    wire.send(head).await;
    let (mut from, mut to) = wire.0.into_inner().into_split();
    let _ = tokio::io::copy(&mut from, &mut to).await;
}

async fn open(front: &Front, cookie: &str) -> (Wire, String) {
    let mut wire = front.connect().await;
    wire.ask(
        "GET /ws?x=1",
        &format!("{cookie}{}{HANDSHAKE}", from_our_page()),
    )
    .await;
    let answer = wire.answer_head().await;
    assert_eq!(answer.status, 101, "{answer:?}");
    assert_eq!(answer.field("upgrade"), "websocket");
    assert_eq!(answer.field("connection").to_ascii_lowercase(), "upgrade");
    assert_eq!(
        answer.field("sec-websocket-accept"),
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
    assert_eq!(answer.field("set-cookie"), "");
    let length = String::from_utf8(wire.bytes(5).await).unwrap();
    let told = wire.bytes(length.trim().parse().unwrap()).await;
    (wire, String::from_utf8(told).unwrap())
}

#[tokio::test]
async fn bytes_go_to_and_fro() {
    let db = TestDb::sqlite();
    let front = Front::of(&db, upstream(socket).await, &[]).await;
    let (_, cookie) = front.ann().await;
    let (mut wire, told) = open(&front, &cookie).await;
    let told: Vec<&str> = told.lines().collect();
    for line in [
        "GET /ws?x=1 HTTP/1.1",
        "x-auth-email: ann@example.com",
        "upgrade: websocket",
        "connection: Upgrade",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version: 13",
    ] {
        assert!(told.contains(&line), "{line}: {told:?}");
    }
    for text in ["hello", "\u{0}\u{1}\r\n\r\nGET / HTTP/1.1\r\n\r\n"] {
        wire.send(text).await;
        assert_eq!(wire.bytes(text.len()).await, text.as_bytes());
    }
    let (mut from, mut to) = wire.0.into_inner().into_split();
    let large = vec![7; 4 << 20];
    let sent = large.clone();
    let sending = tokio::spawn(async move {
        tokio::io::AsyncWriteExt::write_all(&mut to, &sent)
            .await
            .unwrap();
        to
    });
    let mut back = vec![0; large.len()];
    soon(tokio::io::AsyncReadExt::read_exact(&mut from, &mut back))
        .await
        .unwrap();
    assert_eq!(back, large);
    // An end is passed on, and comes back.
    let mut to = sending.await.unwrap();
    tokio::io::AsyncWriteExt::shutdown(&mut to).await.unwrap();
    let mut rest = Vec::new();
    soon(tokio::io::AsyncReadExt::read_to_end(&mut from, &mut rest))
        .await
        .unwrap();
    assert_eq!(rest, b"");
}

/// A browser sends the cookie with a handshake of any page (CWE-1385).
#[tokio::test]
async fn sec_j3_a_web_socket_is_opened_by_a_page_of_ours_alone() {
    let db = TestDb::sqlite();
    let front = Front::of(&db, upstream(socket).await, &[]).await;
    let (_, cookie) = front.ann().await;
    for page in [
        "",
        "origin: https://evil.example\r\n",
        "origin: null\r\n",
        "origin: http://localhost:7861\r\n",
    ] {
        let answer = front
            .ask("GET /ws", &format!("{cookie}{page}{HANDSHAKE}"))
            .await;
        assert_eq!(answer.refusal().0, 403, "{page}");
    }
    let answer = front
        .ask("GET /ws", &format!("{}{HANDSHAKE}", from_our_page()))
        .await;
    assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
}

/// What is in a tunnel nobody looks at, so no other protocol gets one.
#[tokio::test]
async fn sec_j4_no_other_protocol_is_switched_to() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    for upgrade in [
        "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAM\r\n",
        "connection: Upgrade\r\nupgrade: websocket, h2c\r\n",
        "connection: Upgrade\r\nupgrade: websocket\r\nupgrade: h2c\r\n",
        "connection: Upgrade\r\nupgrade: TLS/1.0\r\n",
        "upgrade: websocket\r\n",
    ] {
        let told = front
            .ask("GET /", &format!("{cookie}{}{upgrade}", from_our_page()))
            .await;
        assert_eq!(told.status, 200);
        assert!(
            !told.body.contains("upgrade") && !told.body.contains("http2"),
            "{told:?}"
        );
    }
    let fields = format!(
        "{cookie}{}{HANDSHAKE}content-length: 5\r\n",
        from_our_page()
    );
    assert_eq!(
        front.ask("GET /ws", &fields).await.refusal(),
        (400, "MALFORMED_REQUEST".into())
    );
}

#[tokio::test]
async fn a_handshake_that_is_refused_is_an_answer_like_any_other() {
    let refused = "HTTP/1.1 426 Upgrade Required\r\ncontent-length: 2\r\n\r\nno";
    let db = TestDb::sqlite();
    let front = Front::of(&db, always(refused).await, &[]).await;
    let (_, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    for _ in 0..2 {
        wire.ask(
            "GET /ws",
            &format!("{cookie}{}{HANDSHAKE}", from_our_page()),
        )
        .await;
        let answer = wire.answer().await;
        assert_eq!((answer.status, answer.body.as_str()), (426, "no"));
    }
}

/// Nobody may talk the upstream's switch into a tunnel that was not asked for.
#[tokio::test]
async fn sec_j4_a_switch_that_nobody_asked_for_is_no_answer() {
    let switched =
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n";
    let other = "HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: Upgrade\r\n\r\n";
    for (answer, fields) in [(switched, ""), (other, HANDSHAKE)] {
        let db = TestDb::sqlite();
        let front = Front::of(&db, always(answer).await, &[]).await;
        let (_, cookie) = front.ann().await;
        let found = front
            .ask("GET /ws", &format!("{cookie}{}{fields}", from_our_page()))
            .await;
        assert_eq!(found.refusal(), (502, "UPSTREAM_INVALID_ANSWER".into()));
    }
}

db_test! {
    async fn sec_j5_a_session_that_is_revoked_loses_its_sockets(db) {
        let front = Front::of(&db, upstream(socket).await, &[]).await;
        let (mut ann, cookie) = front.ann().await;
        let mut bob = front.app.browser();
        bob.sign_up("bob@example.com").await;
        let (mut lost, _) = open(&front, &cookie).await;
        let (mut kept, _) = open(&front, &cookie_of(&bob)).await;
        ann.post_empty("/api/auth/sign-out").await;
        assert_eq!(lost.rest().await, b"");
        tokio::time::sleep(RECHECK * 3).await;
        kept.send("still here").await;
        assert_eq!(kept.bytes(10).await, b"still here");
    }
}
