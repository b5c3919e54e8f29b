//! Streams end with the session that they belong to.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;

use super::wire::{Wire, soon, upstream};
use super::{Front, RECHECK, cookie_of};
use crate::support::{TestDb, db_test};

/// Begins to answer, and goes on without end.
async fn endless(mut wire: Wire) {
    wire.head().await;
    wire.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    loop {
        if tokio::io::AsyncWriteExt::write_all(&mut wire.0, b"2\r\nok\r\n")
            .await
            .is_err()
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn listen(front: &Front, cookie: &str) -> Wire {
    let mut wire = front.connect().await;
    wire.ask("GET /events", cookie).await;
    assert_eq!(wire.answer_head().await.status, 200);
    wire.chunk().await.unwrap().unwrap();
    wire
}

/// A part must not pass for the whole: the last chunk is missing.
async fn is_cut_off(wire: &mut Wire) {
    let rest = wire.rest().await;
    assert!(
        !rest.ends_with(b"0\r\n\r\n"),
        "{}",
        String::from_utf8_lossy(&rest)
    );
}

db_test! {
    async fn sec_j5_streams_of_a_session_that_is_revoked_or_over_are_cut_off(db) {
        let front = Front::of(&db, upstream(endless).await, &[]).await;
        let (mut ann, cookie) = front.ann().await;
        let mut second = front.app.browser();
        second.sign_in("ann@example.com", crate::support::PASSWORD).await;
        let mut revoked = listen(&front, &cookie_of(&second)).await;
        let mut also = listen(&front, &cookie_of(&second)).await;
        let mut kept = listen(&front, &cookie).await;
        let answer = ann.post("/api/auth/revoke-other-sessions", json!({})).await;
        assert_eq!(answer.status, 200);
        is_cut_off(&mut revoked).await;
        is_cut_off(&mut also).await;
        tokio::time::sleep(RECHECK * 3).await;
        assert!(kept.chunk().await.unwrap().is_some());
        front.app.advance(Duration::from_hours(8 * 24));
        is_cut_off(&mut kept).await;
    }
}

/// One that waits for its answer is not kept waiting either.
#[tokio::test]
async fn sec_j5_nor_is_an_answer_given_that_comes_too_late() {
    let db = TestDb::sqlite();
    let reached = Arc::new(Notify::new());
    let told = Arc::clone(&reached);
    let app = upstream(move |mut wire| {
        let reached = Arc::clone(&told);
        async move {
            wire.head().await;
            reached.notify_one();
            wire.rest().await;
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (mut ann, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    wire.ask("GET /thinking", &cookie).await;
    soon(reached.notified()).await;
    ann.post_empty("/api/auth/sign-out").await;
    assert_eq!(wire.answer().await.refusal(), (401, "UNAUTHORIZED".into()));
}
