//! Bringing the schema up to date while the server already listens.

use std::time::Duration;

use super::boot::BootError;
use crate::app::App;
use crate::config::Migrate;
use crate::store::StoreError;
use crate::store::adopt::Adopted;
use crate::store::migrate::{Done, MigrateError, NEEDED, is_done, migrate, version};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Well below what a request waits for: one that comes when the database is back
/// must not be turned away.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Opens the database's gate once the schema is in place. Goes on trying while
/// the database is away; returns an error only where trying again cannot help.
pub(super) async fn prepare(app: &App) -> Result<(), BootError> {
    if app.config.migrate == Migrate::Off {
        app.db.open_gate();
        return Ok(());
    }
    let mut pause = FIRST_PAUSE;
    loop {
        match bring_up_to_date(app).await {
            Ok(()) => {
                app.db.open_gate();
                return Ok(());
            }
            Err(MigrateError::Store(error @ StoreError::Unavailable(_))) => {
                app.db.set_away(true);
                tracing::error!(event = "database_away", %error);
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(other) => return Err(other.into()),
        }
    }
}

async fn bring_up_to_date(app: &App) -> Result<(), MigrateError> {
    // Asked first: an instance of many that finds all done needs no lock, and
    // no direct connection past the pooler.
    let is_done = is_done(&app.config.database).await?;
    app.db.set_away(false);
    if is_done {
        return Ok(());
    }
    let done = match migrate(&app.config.database, &mut |_, _, _| {}).await {
        // Nothing is missing but rows of the system that was taken over.
        Err(error @ MigrateError::OnlyPooled) if version(&app.db).await? >= NEEDED => {
            tracing::warn!(event = "not_taken_over", %error);
            return Ok(());
        }
        done => done?,
    };
    log(done);
    Ok(())
}

/// What was done, in the log.
pub(super) fn log(done: Done) {
    for name in done.applied {
        tracing::info!(event = "migrated", name);
    }
    let Adopted { users, sessions } = done.adopted;
    if users + sessions > 0 {
        tracing::info!(event = "taken_over", users, sessions);
    }
}
