//! Open streams and sockets, and the sessions that they belong to. A request is looked
//! at once, at its beginning; what goes on for hours must end with its session all the
//! same.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::app::App;
use crate::domain::ids::SessionId;
use crate::service::sessions;

/// All that is open.
#[derive(Default)]
pub(super) struct Watch {
    count: AtomicU64,
    open: Mutex<HashMap<u64, (SessionId, CancellationToken)>>,
}

/// One open stream; no longer watched when this is dropped.
pub(super) struct Seat {
    watch: Arc<Watch>,
    number: u64,
    ended: CancellationToken,
}

impl Watch {
    /// Watches a stream of that session from now on.
    pub(super) fn seat(self: &Arc<Self>, session: SessionId) -> Seat {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let ended = CancellationToken::new();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.insert(number, (session, ended.clone()));
        Seat {
            watch: Arc::clone(self),
            number,
            ended,
        }
    }

    /// Looks all their sessions up together, and ends the streams of those that are
    /// gone. While the database is away nothing is known to be gone.
    pub(super) async fn check(&self, app: &App) {
        let ids: HashSet<SessionId> = {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.values().map(|(session, _)| *session).collect()
        };
        let ids: Vec<SessionId> = ids.into_iter().collect();
        if ids.is_empty() {
            return;
        }
        match sessions::ended_of(app, &ids).await {
            Ok(ended) if ended.is_empty() => {}
            Ok(ended) => self.end(&ended.into_iter().collect()),
            Err(error) => tracing::error!(event = "open_streams_not_checked", %error),
        }
    }

    fn end(&self, ended: &HashSet<SessionId>) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = 0;
        for (session, stream) in open.values() {
            if ended.contains(session) {
                stream.cancel();
                count += 1;
            }
        }
        tracing::info!(event = "open_streams_ended", count);
    }
}

impl Seat {
    /// Waits until the session is known to have ended.
    pub(super) fn ended(&self) -> WaitForCancellationFutureOwned {
        self.ended.clone().cancelled_owned()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let open = self.watch.open.lock();
        open.unwrap_or_else(PoisonError::into_inner)
            .remove(&self.number);
    }
}
