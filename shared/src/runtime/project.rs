//! What the program of a project does besides serving.

use std::io::Write as _;
use std::process::ExitCode;

use super::boot::{install_tls, load_settings, no_tunnel};
use super::prepare;
use crate::config::Program;
use crate::store::migrate;
use crate::telemetry::Output;

const USAGE: &str = "\
Usage:
  cargo run               serve every function on http://127.0.0.1:7860
  cargo run -- migrate    bring the schema of DATABASE_URL up to date
";

/// Brings the schema up to date; the log says how.
pub(super) fn migrate() -> ExitCode {
    let Ok(config) = load_settings(Program::Server, Output::Stderr) else {
        return ExitCode::from(2);
    };
    if let Err(error) = no_tunnel(&config.database) {
        tracing::error!(event = "migration_failed", message = %error);
        return ExitCode::from(2);
    }
    install_tls();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime
            .block_on(migrate::migrate(&config.database, &mut |_, _, _| {}))
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match done {
        Ok(done) => {
            prepare::log(done);
            tracing::info!(event = "schema_up_to_date");
            ExitCode::SUCCESS
        }
        Err(message) => {
            tracing::error!(event = "migration_failed", message);
            ExitCode::FAILURE
        }
    }
}

/// Says what it can be told.
pub(super) fn usage() -> ExitCode {
    let _ = std::io::stderr().write_all(USAGE.as_bytes());
    ExitCode::from(2)
}
