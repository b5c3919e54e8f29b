//! The keys as this process last read them, and whose turn it is to read or make
//! more.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::KeySet;

/// Holding it is being the one who reads and makes keys. It may be given to another
/// thread, so that who asked can go away without a second one beginning.
pub type Turn = OwnedMutexGuard<()>;

/// One a process.
#[derive(Default)]
pub struct KeyCache {
    last: Mutex<Option<Arc<KeySet>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl KeyCache {
    /// What was last put.
    pub fn get(&self) -> Option<Arc<KeySet>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    /// Keeps what was read.
    pub fn put(&self, set: Arc<KeySet>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some(set);
    }

    /// Waits for one's turn.
    pub async fn turn(&self) -> Turn {
        Arc::clone(&self.turn).lock_owned().await
    }
}
