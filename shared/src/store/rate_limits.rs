//! The table `rate_limits`: an exact sliding window of ten tries a key.
//!
//! Ten columns hold the ten latest tries. One statement shifts them, and only if
//! the tenth is older than the window; the row's lock makes it exact over any
//! number of instances. (Counters in two buckets let 15 through in a rolling
//! minute, a token bucket 19, fixed windows 20.)

use std::time::Duration;

use super::db::{Db, on, read, statements};
use super::error::StoreError;
use crate::domain::timestamp::Timestamp;

/// Tries that a window holds: as many as the table has columns for.
pub const TRIES: u32 = 10;
/// Its length.
pub const WINDOW: Duration = Duration::from_mins(1);

#[expect(clippy::cast_possible_truncation, reason = "a minute")]
const WINDOW_MS: i64 = WINDOW.as_millis() as i64;
const SWEEP_BATCH: i64 = 1000;

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// Counted.
    Taken,
    /// Not counted; there is room again after this long.
    Denied(Duration),
}

statements! {
    // Clocks differ between instances: the newest time never goes back.
    TAKE = "INSERT INTO rate_limits AS r (key, t0) VALUES ($1, $2) \
            ON CONFLICT (key) DO UPDATE SET t9 = r.t8, t8 = r.t7, t7 = r.t6, t6 = r.t5, \
            t5 = r.t4, t4 = r.t3, t3 = r.t2, t2 = r.t1, t1 = r.t0, \
            t0 = CASE WHEN excluded.t0 > r.t0 THEN excluded.t0 ELSE r.t0 END \
            WHERE r.t9 IS NULL OR r.t9 <= $3";
    OLDEST = "SELECT t9 FROM rate_limits WHERE key = $1";
    SWEEP = "DELETE FROM rate_limits WHERE key IN \
             (SELECT key FROM rate_limits WHERE t0 <= $1 LIMIT $2)";
}

/// Counts a try of `key` at `now`, in a commit of its own.
pub async fn take(db: &Db, key: &str, now: Timestamp) -> Result<Try, StoreError> {
    let rows = on!(db, pool => {
        sqlx::query(TAKE).bind(key).bind(now.millis()).bind(now.millis() - WINDOW_MS).execute(pool).await?.rows_affected()
    });
    if rows == 1 {
        return Ok(Try::Taken);
    }
    let oldest: Option<(Option<i64>,)> = read!(db, conn => {
        sqlx::query_as(OLDEST).bind(key).fetch_optional(conn).await
    });
    let oldest = oldest.and_then(|(t9,)| t9).unwrap_or(now.millis());
    let wait = (oldest + WINDOW_MS - now.millis()).clamp(1, WINDOW_MS);
    Ok(Try::Denied(Duration::from_millis(
        u64::try_from(wait).unwrap_or(1),
    )))
}

/// Deletes keys without a try in the window before `now`, a batch at most;
/// whether the batch was full.
pub async fn sweep(db: &Db, now: Timestamp) -> Result<bool, StoreError> {
    let before = now.millis() - WINDOW_MS;
    let rows = on!(db, pool => {
        sqlx::query(SWEEP).bind(before).bind(SWEEP_BATCH).execute(pool).await?.rows_affected()
    });
    Ok(i64::try_from(rows).is_ok_and(|rows| rows >= SWEEP_BATCH))
}
