//! Sweeping out what has expired. Done after writes, in the background, at most
//! once per ten minutes and process: so it needs no scheduler, works in
//! functions that live for seconds, and leaves a sleeping database asleep.

use std::time::Duration;

use crate::app::App;
use crate::crypto::jwt::KEPT;
use crate::domain::timestamp::Timestamp;
use crate::store::{Db, StoreError, one_time_tokens, rate_limits, sessions, signing_keys};

const PERIOD: Duration = Duration::from_mins(10);
/// Batches of one sweep: a bound on how long it can keep a function awake.
const BATCHES: usize = 20;

/// Starts a sweep if one is due.
pub fn sweep_if_due(app: &App) {
    let now = app.now();
    if !app.swept.claim(now, PERIOD) {
        return;
    }
    let db = app.db.clone();
    app.background.spawn(async move {
        if let Err(error) = sweep(&db, now).await {
            tracing::warn!(event = "sweep_failed", %error);
        }
    });
}

async fn sweep(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    signing_keys::sweep(db, now.minus(KEPT)).await?;
    for _ in 0..BATCHES {
        let more_sessions = sessions::sweep(db, now).await?;
        let more_limits = rate_limits::sweep(db, now).await?;
        let more_tokens = one_time_tokens::sweep(db, now).await?;
        if !more_sessions && !more_limits && !more_tokens {
            break;
        }
    }
    Ok(())
}
