//! Look-ups that come while others are under way go to Postgres together: a round trip,
//! and sqlx's question whether the connection still lives, are paid once for many.
//!
//! A look-up that finds nobody asking goes alone, as any statement does. Those that come
//! meanwhile wait in a queue for a *lane*: a task that takes a connection out of the
//! pool, sends what waits as one statement, and goes on until nothing waits. It is a
//! task, so that somebody who goes away takes nobody with them. A statement is made of
//! what waits when it is sent: nobody is told what was true before they asked.

mod queue;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tokio::sync::oneshot;
use tokio::time::timeout;

use self::queue::{Queue, Waiting};
use super::connect;
use super::db::{DEADLINE, Db, RETURN};
use super::error::StoreError;
use super::session_lookups::{Asked, Found, find_alone, find_many};

/// How long a lane may be away before what waits gets another one: far more than the
/// journey to a database that is near, less than to one that is far, where waiting for
/// somebody else's journey would cost the most.
const PROMPT: Duration = Duration::from_millis(2);
/// Most lanes, whatever the pool.
const MOST_LANES: u32 = 4;
/// After how many statements a lane gives its connection back when none is left for
/// others, and when there are: the pool hands its connections out first come, first
/// served, and closes them when they are old.
const TURNS_IF_SCARCE: u32 = 16;
const TURNS: u32 = 4096;

/// Who asks, and who waits.
pub(super) struct Gather {
    queue: Mutex<Queue>,
}

impl Gather {
    /// For a pool of so many connections, one of which is left for other work.
    pub(super) fn new(connections: u32) -> Self {
        let lanes = connections.saturating_sub(1).clamp(1, MOST_LANES);
        Self {
            queue: Mutex::new(Queue::new(lanes)),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many connections the lanes have, or are about to have.
    pub(super) fn lanes(&self) -> u32 {
        self.queue().lanes()
    }

    /// Looks one session up, alone or with others.
    pub(super) async fn find(
        self: &Arc<Self>,
        db: &Db,
        pool: &PgPool,
        asked: Asked,
    ) -> Result<Found, StoreError> {
        let _asking = match self.wait(pool, asked) {
            None => Some(Alone(self)),
            Some(answer) => match timeout(DEADLINE, answer).await {
                Ok(Ok(found)) => return Ok(found),
                Err(_) => return Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut)),
                // The statement failed, for whatever reason: one of its own says why,
                // and may well succeed.
                Ok(Err(_)) => None,
            },
        };
        find_alone(db, asked).await
    }

    /// Joins the queue; `None` for one that goes alone, and is counted so until its
    /// [`Alone`] is dropped.
    fn wait(self: &Arc<Self>, pool: &PgPool, asked: Asked) -> Option<oneshot::Receiver<Found>> {
        let answer = self.queue().join(asked)?;
        self.start_if_needed(pool);
        Some(answer)
    }

    fn start_if_needed(self: &Arc<Self>, pool: &PgPool) {
        let starts = self.queue().starts_lane();
        if starts {
            let lane = Lane {
                gather: Arc::clone(self),
                pool: pool.clone(),
                is_late: false,
                has_ended: false,
            };
            tokio::spawn(lane.run());
        }
    }
}

/// A look-up that goes alone.
struct Alone<'a>(&'a Gather);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        self.0.queue().end_alone();
    }
}

/// A task that asks for those who wait.
struct Lane {
    gather: Arc<Gather>,
    pool: PgPool,
    is_late: bool,
    has_ended: bool,
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut queue = self.gather.queue();
        queue.end_lane(self.is_late);
        if !self.has_ended {
            // The pool closes, its runtime ends, or it panicked: whoever waits goes on
            // alone.
            queue.turn_away();
        }
    }
}

impl Lane {
    async fn run(mut self) {
        let pool = self.pool.clone();
        // A server that stops waits for nothing here: its requests are over.
        self.has_ended = pool.close_event().do_until(self.ask()).await.is_ok();
        let gather = Arc::clone(&self.gather);
        drop(self);
        // Somebody may have come at the last moment.
        gather.start_if_needed(&pool);
    }

    async fn ask(&mut self) {
        let others = self.gather.lanes().saturating_sub(1);
        connect::given_back(&self.pool, others, RETURN).await;
        let Ok(mut conn) = self.pool.acquire().await else {
            // Each learns the reason for itself.
            self.gather.queue().turn_away();
            return;
        };
        for turn in 1..=TURNS {
            // Those who were just answered, and those whose request is in, come first:
            // the more in a statement, the less each costs.
            tokio::task::yield_now().await;
            let batch = self.gather.queue().take();
            if batch.is_empty() {
                return;
            }
            match timeout(DEADLINE, self.serve(&mut conn, batch)).await {
                Ok(true) => {}
                Ok(false) => return,
                // Nobody waits for this any longer. Asked whether it still lives, as
                // all that go back to the pool are, it might not answer that either.
                Err(_) => return drop(conn.detach()),
            }
            if turn >= TURNS_IF_SCARCE && self.is_scarce() {
                return;
            }
        }
    }

    /// Asks for a batch; whether that succeeded. Those who get no answer go alone.
    async fn serve(&mut self, conn: &mut PgConnection, batch: Vec<Waiting>) -> bool {
        let asked: Vec<Asked> = batch.iter().map(|one| one.asked).collect();
        let Ok(found) = self.minding(find_many(conn, &asked)).await else {
            return false;
        };
        for (one, found) in batch.into_iter().zip(found) {
            if let Some(found) = found {
                // Nobody there any more is fine.
                let _ = one.answer.send(found);
            }
        }
        true
    }

    /// Lets those who wait have another lane if this takes long.
    async fn minding<T>(&mut self, statement: impl Future<Output = T>) -> T {
        let mut statement = std::pin::pin!(statement);
        if let Ok(done) = timeout(PROMPT, statement.as_mut()).await {
            return done;
        }
        self.is_late = true;
        self.gather.queue().lane_is_late();
        self.gather.start_if_needed(&self.pool);
        let done = statement.await;
        self.is_late = false;
        self.gather.queue().lane_is_back();
        done
    }

    /// Whether nobody else could have a connection now.
    fn is_scarce(&self) -> bool {
        let most = self.pool.options().get_max_connections();
        self.pool.num_idle() == 0 && self.pool.size() >= most
    }
}
