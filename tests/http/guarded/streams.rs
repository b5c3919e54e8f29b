//! Bodies while they last: passed on as they come, no faster than they are taken, and
//! let go when nobody waits for them any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{Notify, mpsc};

use super::wire::{Wire, soon, upstream};
use super::{Front, from_our_page};
use crate::support::TestDb;

const EVENTS: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
/// More than all buffers on the way hold together.
const LARGE: usize = 64 << 20;

async fn chunk(wire: &mut Wire) -> String {
    String::from_utf8(wire.chunk().await.unwrap().unwrap()).unwrap()
}

#[tokio::test]
async fn each_event_arrives_when_it_is_sent() {
    let db = TestDb::sqlite();
    let next = Arc::new(Notify::new());
    let told = Arc::clone(&next);
    let app = upstream(move |mut wire| {
        let next = Arc::clone(&told);
        async move {
            wire.head().await;
            wire.send(EVENTS).await;
            for event in ["data: 1\n\n", "data: 2\n\n"] {
                wire.send(format!("{:x}\r\n{event}\r\n", event.len())).await;
                next.notified().await;
            }
            wire.send("0\r\n\r\n").await;
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    wire.ask("GET /events", &cookie).await;
    assert_eq!(
        wire.answer_head().await.field("content-type"),
        "text/event-stream"
    );
    // The second is not even written before the first was read.
    assert_eq!(chunk(&mut wire).await, "data: 1\n\n");
    next.notify_one();
    assert_eq!(chunk(&mut wire).await, "data: 2\n\n");
    next.notify_one();
    assert_eq!(wire.chunk().await, Some(None));
}

#[tokio::test]
async fn an_upload_is_seen_while_it_is_sent() {
    let db = TestDb::sqlite();
    let (seen, mut first) = mpsc::channel(1);
    let app = upstream(move |mut wire| {
        let seen = seen.clone();
        async move {
            let head = wire.head().await.unwrap();
            assert!(
                head.contains(&"transfer-encoding: chunked".to_owned()),
                "{head:?}"
            );
            let bytes = wire.chunk().await.unwrap().unwrap();
            seen.send(bytes).await.unwrap();
            assert_eq!(wire.chunk().await, Some(Some(b"second".to_vec())));
            assert_eq!(wire.chunk().await, Some(None));
            wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await;
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    wire.ask(
        "POST /up",
        &format!("{cookie}{}transfer-encoding: chunked\r\n", from_our_page()),
    )
    .await;
    wire.send("5\r\nfirst\r\n").await;
    assert_eq!(soon(first.recv()).await.unwrap(), b"first");
    wire.send("6\r\nsecond\r\n0\r\n\r\n").await;
    assert_eq!(wire.answer().await.status, 200);
}

/// The answer may be over, and the upload go on.
#[tokio::test]
async fn sec_j5_nor_does_an_upload_that_is_answered_outlast_its_session() {
    let db = TestDb::sqlite();
    let gone = Arc::new(Notify::new());
    let told = Arc::clone(&gone);
    let app = upstream(move |mut wire| {
        let gone = Arc::clone(&told);
        async move {
            wire.head().await;
            wire.send("HTTP/1.1 204 No Content\r\n\r\n").await;
            while let Some(Some(_)) = wire.chunk().await {}
            gone.notify_one();
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (mut ann, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    let fields = format!("{cookie}{}transfer-encoding: chunked\r\n", from_our_page());
    wire.ask("POST /up", &fields).await;
    wire.send("5\r\nfirst\r\n").await;
    assert_eq!(wire.answer().await.status, 204);
    ann.post_empty("/api/auth/sign-out").await;
    soon(gone.notified()).await;
}

/// What the upstream does not take, nobody else does: the client is held up.
#[tokio::test]
async fn a_large_upload_goes_as_fast_as_it_is_taken() {
    let db = TestDb::sqlite();
    let go = Arc::new(Notify::new());
    let told = Arc::clone(&go);
    let app = upstream(move |mut wire| {
        let go = Arc::clone(&told);
        async move {
            wire.head().await;
            go.notified().await;
            let mut left = LARGE;
            let mut buffer = vec![0; 1 << 16];
            while left > 0 {
                left -= wire.0.read(&mut buffer).await.unwrap();
            }
            wire.send("HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")
                .await;
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    let wire = front.connect().await;
    let (from, mut to) = wire.0.into_inner().into_split();
    let head = format!(
        "PUT /up HTTP/1.1\r\nhost: localhost:7860\r\n{cookie}{}content-length: {LARGE}\r\n\r\n",
        from_our_page()
    );
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let sending = tokio::spawn(async move {
        to.write_all(head.as_bytes()).await.unwrap();
        let part = vec![b'x'; 1 << 16];
        while counted.load(Ordering::SeqCst) < LARGE {
            to.write_all(&part).await.unwrap();
            counted.fetch_add(part.len(), Ordering::SeqCst);
        }
        to
    });
    let stalled = soon(async {
        loop {
            let before = sent.load(Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(300)).await;
            if before > 0 && before == sent.load(Ordering::SeqCst) {
                return before;
            }
        }
    });
    let stalled = stalled.await;
    assert!(
        stalled < LARGE / 2,
        "{stalled} bytes were taken, and nobody had read one"
    );
    go.notify_one();
    let to = soon(sending).await.unwrap();
    let mut wire = Wire(tokio::io::BufReader::new(from.reunite(to).unwrap()));
    assert_eq!(wire.answer().await.status, 201);
}

#[tokio::test]
async fn a_large_answer_goes_as_fast_as_it_is_taken() {
    let db = TestDb::sqlite();
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let app = upstream(move |mut wire| {
        let sent = Arc::clone(&counted);
        async move {
            wire.head().await;
            wire.send(format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n"
            ))
            .await;
            let part = vec![b'x'; 1 << 16];
            while sent.load(Ordering::SeqCst) < LARGE && wire.0.write_all(&part).await.is_ok() {
                sent.fetch_add(part.len(), Ordering::SeqCst);
            }
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    wire.ask("GET /down", &cookie).await;
    assert_eq!(
        wire.answer_head().await.field("content-length"),
        LARGE.to_string()
    );
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = sent.load(Ordering::SeqCst);
    assert!(
        before < LARGE / 2,
        "{before} bytes were taken, and nobody had read one"
    );
    assert_eq!(wire.bytes(LARGE).await.len(), LARGE);
}

/// Whoever hangs up while the upstream thinks, or while it answers, frees it.
#[tokio::test]
async fn a_client_that_goes_away_is_gone_for_the_upstream_too() {
    let db = TestDb::sqlite();
    let (gone, mut told) = mpsc::channel(1);
    let (under_way, mut begun) = mpsc::channel(1);
    let app = upstream(move |mut wire| {
        let (gone, under_way) = (gone.clone(), under_way.clone());
        async move {
            let head = wire.head().await.unwrap();
            if head[0].contains("/events") {
                wire.send(EVENTS).await;
                wire.send("2\r\nok\r\n").await;
            }
            under_way.send(()).await.unwrap();
            wire.rest().await;
            gone.send(()).await.unwrap();
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    for path in ["/thinking", "/events"] {
        let mut wire = front.connect().await;
        wire.ask(&format!("GET {path}"), &cookie).await;
        soon(begun.recv()).await.unwrap();
        if path == "/events" {
            wire.answer_head().await;
        }
        drop(wire);
        soon(told.recv()).await.unwrap();
    }
    // In the middle of an upload as well.
    let mut wire = front.connect().await;
    wire.ask(
        "POST /upload",
        &format!("{cookie}{}content-length: 100\r\n", from_our_page()),
    )
    .await;
    wire.send("abc").await;
    soon(begun.recv()).await.unwrap();
    drop(wire);
    soon(told.recv()).await.unwrap();
}
