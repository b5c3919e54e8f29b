//! A Postgres that is away when the server starts.

use std::time::Duration;

use doorkey::crypto::keys::Keys;
use serde_json::Value;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::{Server, quick};
use crate::support::{KEY, Kind, Platform as _, Request};

/// The deadline of 8 seconds, and what a busy machine adds.
const DEADLINE: Duration = Duration::from_secs(14);

/// A well-formed, well-signed cookie of no session.
fn cookie() -> String {
    let token = "A".repeat(43);
    let signature = Keys::new(KEY.as_bytes(), None).sign(&token);
    let signature = signature
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    format!("better-auth.session_token={token}.{signature}")
}

/// Carries every connection on to the real server.
fn carry(listener: TcpListener, server: String) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let server = server.clone();
            tokio::spawn(async move {
                let mut far = TcpStream::connect(server).await.unwrap();
                // Either side may end it.
                let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            });
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_starts_without_its_database_and_recovers_by_itself() {
    let Some(kind) = Kind::postgres() else { return };
    let db = kind.empty().await;
    let (before, after) = db.url.split_once('@').unwrap();
    let (real, rest) = after.split_once('/').unwrap();
    // Bound and not yet listening: the port is ours, and refuses connections.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let stand_in = socket.local_addr().unwrap();
    let url = format!("{before}@{stand_in}/{rest}");
    let server = Server::start("doorkey", &quick(&url)).await;
    let (mut address, mut other) = (server.address, server.address);

    let who = Request::get("/api/auth/get-session").with("cookie", &cookie());
    let away = tokio::time::timeout(DEADLINE, address.call(who.clone()));
    let (away, health) = tokio::join!(away, other.call(Request::get("/health")));
    assert_eq!(health.status, 200, "{health:?}");
    let away = away.unwrap();
    assert_eq!(away.status, 503, "{away:?}");
    let seconds: u32 = away.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{away:?}");

    let carrier = carry(socket.listen(64).unwrap(), real.to_owned());
    server.program.event("migrated").await;
    let back = address.call(who).await;
    assert_eq!((back.status, back.json()), (200, Value::Null));
    carrier.abort();
}
