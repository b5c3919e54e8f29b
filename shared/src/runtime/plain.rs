//! A server of its own: HTTP on a socket.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::boot::BootError;
use super::connections::Connections;
use super::prepare::prepare;
use super::routes::Routes;
use super::stop::{GRACE, Stop};
use crate::http::Web;

/// How long to wait when the system has no file descriptor for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Listens, serves, prepares the database meanwhile, and stops when told to, or when
/// `over` is done: idle connections at once, requests under way within [`GRACE`].
pub(super) async fn run<R: Routes>(
    web: &Arc<Web>,
    routes: R,
    over: impl Future<Output = ()>,
) -> Result<(), BootError> {
    let mut stop = Stop::listen();
    let address = web.app.config.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| BootError::Listen(address, error))?;
    let bound = listener.local_addr().unwrap_or(address);
    tracing::info!(
        event = "listening",
        url = format!("http://{bound}"),
        // Where forms work: they come from this origin, or are refused.
        open = %web.app.config.public_url,
        database = %web.app.config.database.url.place(),
        version = env!("CARGO_PKG_VERSION")
    );
    let connections = Connections::default();
    let prepared = prepare_then_wait(web);
    let stopped = tokio::select! {
        _ = stop.told() => Ok(()),
        () = over => Ok(()),
        error = prepared => error,
        never = accept_all(&listener, &routes, &connections) => never,
    };
    drop(listener);
    tracing::info!(event = "stopping");
    let finished = async {
        connections.finish().await;
        web.app.background.idle().await;
    };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!(
            event = "stopped_early",
            message = "requests were still under way"
        );
    }
    web.app.db.close().await;
    stopped
}

async fn prepare_then_wait(web: &Arc<Web>) -> Result<(), BootError> {
    prepare(&web.app).await?;
    std::future::pending().await
}

/// Serves on a socket until it is dropped.
pub(super) async fn accept_all<R: Routes>(
    listener: &TcpListener,
    routes: &R,
    connections: &Connections,
) -> Result<(), BootError> {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => connections.serve(stream, peer, routes.clone()),
            Err(error) => {
                tracing::warn!(event = "accept_failed", %error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
