//! What every use case works with: settings, database, keys, and the things that
//! tests must be able to control: time, randomness and background work.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::crypto::hasher::PasswordHasher;
use crate::crypto::jwt::KeyCache;
use crate::crypto::keys::Keys;
use crate::domain::timestamp::Timestamp;
use crate::mail::Mailer;
use crate::store::Db;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Where randomness comes from.
pub trait Random: Send + Sync {
    /// Fills `buf` with bytes nobody can foresee.
    fn fill(&self, buf: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness;

/// All of it. One per process, shared by every request.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// Password hashing.
    pub hasher: PasswordHasher,
    /// Keys derived from the secret.
    pub keys: Keys,
    /// The keys that sign tokens for other back ends, as they were last read.
    pub signing_keys: KeyCache,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Mail.
    pub mailer: Mailer,
    /// Work that outlives its request.
    pub background: Background,
    /// Whether sessions that were taken over live: known once it was asked.
    pub legacy_lives: OnceCell<bool>,
    /// When expired rows were last swept.
    pub swept: LastDone,
}

impl App {
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// Work that may go on after the answer. A server waits for it when it stops; a
/// platform that freezes after the answer is made to wait before it.
#[derive(Clone)]
pub struct Background(TaskTracker);

impl Default for Background {
    fn default() -> Self {
        let tracker = TaskTracker::new();
        // A closed tracker still takes tasks; closed only means that its wait
        // ends whenever it is empty.
        tracker.close();
        Self(tracker)
    }
}

impl Background {
    /// Starts `work`.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(work);
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.0.is_empty()
    }

    /// Waits until nothing is under way.
    pub async fn idle(&self) {
        self.0.wait().await;
    }
}

/// When a periodic chore was last done by this process.
#[derive(Default)]
pub struct LastDone(AtomicI64);

impl LastDone {
    /// Whether the chore, done each `period`, is due at `now`; true for one
    /// caller only, who then does it.
    pub fn claim(&self, now: Timestamp, period: Duration) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        let due = now.since(Timestamp::from_millis(last)) >= period;
        due && self
            .0
            .compare_exchange(last, now.millis(), Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where time comes in"
        )]
        let now = std::time::SystemTime::now();
        let since = now
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The system's randomness.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buf: &mut [u8]) -> Result<(), NoRandomness> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where randomness comes in"
        )]
        getrandom::fill(buf).map_err(|_| NoRandomness)
    }
}
