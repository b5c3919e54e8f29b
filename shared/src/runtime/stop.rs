//! Being told to stop.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

/// How long requests and background work that are under way may still take.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// Waits for SIGTERM or SIGINT.
pub(super) async fn told_to_stop() {
    let (Ok(mut term), Ok(mut int)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        // Without handlers the signals end the process by themselves.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
