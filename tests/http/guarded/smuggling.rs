//! One connection read in two ways (CWE-444; RFC 9112 §11.2): what the guard takes for
//! one request must be one for the upstream, too.

use std::sync::Arc;
use std::sync::Mutex;

use super::wire::upstream;
use super::{Front, from_our_page};
use crate::support::TestDb;

/// A request hidden in a body.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n";

type Seen = Arc<Mutex<Vec<String>>>;

/// An upstream that keeps the first lines of what it takes for requests.
async fn front() -> (Front, String, Seen, TestDb) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let app = upstream(move |mut wire| {
        let kept = Arc::clone(&kept);
        async move {
            while let Some(head) = wire.head().await {
                kept.lock().unwrap().push(head.join("\n"));
                if wire.body(&head).await.is_none() {
                    return;
                }
                wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                    .await;
            }
        }
    });
    let db = TestDb::sqlite();
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    (front, cookie, seen, db)
}

/// The upstream would take it for what it is not.
#[tokio::test]
async fn sec_j4_a_coding_that_would_be_lost_is_refused() {
    let (front, cookie, seen, _db) = front().await;
    let fields = format!(
        "{cookie}{}transfer-encoding: gzip, chunked\r\n",
        from_our_page()
    );
    let mut wire = front.connect().await;
    wire.ask("POST /", &fields).await;
    let answer = wire.answer().await;
    assert_eq!(answer.refusal(), (501, "NOT_IMPLEMENTED".into()));
    assert_eq!(answer.field("connection"), "close");
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn sec_j4_a_body_of_two_lengths_is_one_or_none() {
    let (front, cookie, seen, _db) = front().await;
    let length = HIDDEN.len();
    for lengths in [
        format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"),
        format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n"),
        format!("content-length: 0\r\ncontent-length: {length}\r\n"),
        format!("content-length: 0, {length}\r\n"),
        format!("content-length: +{length}\r\n"),
        format!("content-length: 0x{length:x}\r\n"),
        "content-length: -1\r\n".to_owned(),
        "content-length:\r\n".to_owned(),
        "transfer-encoding: gzip\r\n".to_owned(),
        "transfer-encoding: chunked, identity\r\n".to_owned(),
        "transfer-encoding: xchunked\r\n".to_owned(),
        "transfer-encoding: chunked\r\ntransfer-encoding: cow\r\n".to_owned(),
        "transfer-encoding : chunked\r\n".to_owned(),
        "transfer-encoding:\u{b}chunked\r\n".to_owned(),
        " transfer-encoding: chunked\r\n".to_owned(),
        "x: y\r\n transfer-encoding: chunked\r\n".to_owned(),
        "x: y\rtransfer-encoding: chunked\r\n".to_owned(),
        "x: y\0\r\n".to_owned(),
        "transfer-encoding\r\n".to_owned(),
    ] {
        let mut wire = front.connect().await;
        wire.ask(
            "POST /outer",
            &format!("{cookie}{}{lengths}", from_our_page()),
        )
        .await;
        // As chunks: nothing, and then the hidden one.
        let _ = tokio::io::AsyncWriteExt::write_all(
            &mut wire.0,
            format!("0\r\n\r\n{HIDDEN}").as_bytes(),
        )
        .await;
        // A refusal may be lost: what was sent after it resets the connection.
        let first = wire
            .head()
            .await
            .map_or_else(|| "reset 400".to_owned(), |head| head[0].clone());
        let seen: Vec<String> = std::mem::take(&mut *seen.lock().unwrap());
        let is_refused =
            [" 400", " 501"].iter().any(|code| first.contains(code)) && seen.is_empty();
        let is_one = first.contains(" 200") && seen.len() == 1;
        assert!(is_refused || is_one, "{lengths:?}: {first} {seen:?}");
        for head in seen {
            assert!(head.starts_with("POST /outer"), "{lengths:?}: {head}");
            // Whatever it is, it is one length.
            let all =
                ["content-length: ", "transfer-encoding: "].map(|name| head.matches(name).count());
            assert_eq!(all.iter().sum::<usize>(), 1, "{lengths:?}: {head}");
        }
        // What follows is another request: without a session, and refused as such.
        if is_one {
            let second = wire
                .head()
                .await
                .unwrap_or_else(|| vec!["reset 400".to_owned()]);
            let is_refused = [" 400", " 401"].iter().any(|code| second[0].contains(code));
            assert!(is_refused, "{lengths:?}: {second:?}");
        }
    }
}

#[tokio::test]
async fn sec_j4_a_host_is_named_once_and_is_a_host() {
    let (front, cookie, seen, _db) = front().await;
    for hosts in [
        "",
        "host: a\r\nhost: b\r\n",
        "host:\r\n",
        "host: a b\r\n",
        "host: user@evil\r\n",
        "host: evil/path\r\n",
        "host: a, b\r\n",
    ] {
        let mut wire = front.connect().await;
        wire.send(format!("GET / HTTP/1.1\r\n{hosts}{cookie}\r\n"))
            .await;
        assert_eq!(
            wire.answer().await.refusal(),
            (400, "MALFORMED_REQUEST".into()),
            "{hosts:?}"
        );
    }
    assert!(seen.lock().unwrap().is_empty());
}

/// Bare line feeds end a line for some; what is passed on has none in any case.
#[tokio::test]
async fn sec_j4_what_is_passed_on_is_written_anew() {
    let (front, cookie, seen, _db) = front().await;
    let mut wire = front.connect().await;
    let cookie = cookie.trim_end();
    wire.send(format!(
        "GET /a HTTP/1.1\nhost: localhost\n{cookie}\nX-Own:  a\t \n\n"
    ))
    .await;
    let status = wire.answer().await.status;
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    match status {
        200 => assert!(seen[0].contains("\nx-own: a\n"), "{seen:?}"),
        status => assert_eq!((status, seen.len()), (400, 0)),
    }
}
