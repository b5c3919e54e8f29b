//! Being told to stop.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long requests and background work that are under way may still take.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// Which signal it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
}

/// Listens for SIGTERM and SIGINT from the moment it is made: before that they
/// would end the process in the middle of whatever it does.
pub(super) struct Stop(Option<(Signal, Signal)>);

impl Stop {
    /// Begins to listen. Where that fails the signals end the process by
    /// themselves.
    pub(super) fn listen() -> Self {
        let both = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        );
        Self(match both {
            (Ok(terminate), Ok(interrupt)) => Some((terminate, interrupt)),
            _ => None,
        })
    }

    /// Waits to be told, and by which signal.
    pub(super) async fn told(&mut self) -> Told {
        let Some((terminate, interrupt)) = &mut self.0 else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => Told::Terminate,
            _ = interrupt.recv() => Told::Interrupt,
        }
    }
}
