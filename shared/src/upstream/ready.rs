//! Whether the upstream can be asked yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Known to whoever starts the upstream, asked by whoever passes requests on.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// Of one that somebody else runs: it is asked, and what comes of it is seen.
    pub fn assumed() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// Of one that is being started.
    pub fn awaited() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }

    /// Says whether it is.
    pub fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    pub(super) fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
