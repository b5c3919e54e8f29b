//! Web sockets: once both sides have switched, bytes go to and fro unread.

use std::time::Duration;

use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderValue};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncWriteExt as _, ReadHalf, WriteHalf, copy, split};

use super::watch::Seat;

/// How long one direction may go on when the other has ended.
const LINGER: Duration = Duration::from_secs(10);

type End = TokioIo<Upgraded>;

/// Says that the protocol is switched, in a request or an answer.
pub(super) fn switch(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

/// Joins both ends until one is gone, or the session is.
pub(super) async fn tunnel(client: OnUpgrade, upstream: OnUpgrade, seat: Option<Seat>) {
    let joined = async {
        // Who does not switch has gone away; nothing is left to tell anybody.
        if let (Ok(client), Ok(upstream)) = tokio::join!(client, upstream) {
            join(TokioIo::new(client), TokioIo::new(upstream)).await;
        }
    };
    match seat {
        None => joined.await,
        Some(seat) => tokio::select! {
            () = joined => {}
            () = seat.ended() => {}
        },
    }
}

async fn join(client: End, upstream: End) {
    let (from_client, to_client) = split(client);
    let (from_upstream, to_upstream) = split(upstream);
    let up = pump(from_client, to_upstream);
    let down = pump(from_upstream, to_client);
    tokio::pin!(up, down);
    tokio::select! {
        () = &mut up => drop(tokio::time::timeout(LINGER, down).await),
        () = &mut down => drop(tokio::time::timeout(LINGER, up).await),
    }
}

/// One direction, as fast as its reader takes it; its end is passed on, too.
async fn pump(mut from: ReadHalf<End>, mut to: WriteHalf<End>) {
    let _ = copy(&mut from, &mut to).await;
    let _ = to.shutdown().await;
}
