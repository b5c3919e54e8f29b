//! The edge: where a process starts, finds out where it runs, listens, and stops.

mod boot;
mod child;
mod collect;
mod connections;
mod descriptors;
mod guarded;
mod http2;
mod lambda;
mod machine;
mod one_form;
mod plain;
mod prepare;
mod project;
mod routes;
mod setup;
mod stop;
mod vercel;

pub use boot::{BootError, OpenTunnel, boot, install_tls, load_settings, new_secret};
pub use guarded::serve_on;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use boot::no_tunnel;

use crate::config::{Config, Faults, Platform, Program};
use crate::http::{FUNCTIONS, Function, Web, router};
use crate::telemetry::Output;

/// The exit code after settings that cannot be used.
const WRONG_SETTINGS: u8 = 2;

/// Runs one function: on Vercel or Lambda as the platform has it, elsewhere as a
/// small server of its own. The whole of a file in `api/`.
pub fn serve(function: Function) -> ExitCode {
    run(Program::Function, &[function])
}

/// Runs all functions as one server, in front of another back end where the settings
/// name one, or `command` starts one. It reaches its database through `open_tunnel` where
/// they ask for that; handed over, so that no other program's binary has the code of it.
pub fn serve_all(command: &[OsString], open_tunnel: OpenTunnel) -> ExitCode {
    let served = within(Program::Server, |mut config| async move {
        install_tls();
        open_tunnel(&mut config.database).map_err(BootError::Tunnel)?;
        guarded::start(config, command).await
    });
    served.unwrap_or_else(|faults| {
        setup::serve(faults);
        WRONG_SETTINGS.into()
    })
}

/// Runs the program of a project that `doorkey init` made: all functions, as one
/// function where a platform calls it, else as a server behind `next dev`. Told
/// to `migrate`, it brings the database's schema up to date instead.
pub fn serve_project() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.as_slice() {
        [] => run(Program::Project, FUNCTIONS),
        [word] if word == "migrate" => project::migrate(),
        _ => project::usage(),
    }
}

fn run(program: Program, functions: &[Function]) -> ExitCode {
    let served = within(program, |config| async {
        start(config, functions).await.map(|()| ExitCode::SUCCESS)
    });
    served.unwrap_or(WRONG_SETTINGS.into())
}

/// Reads the settings and does `work` with them, on every core.
fn within<F>(program: Program, work: impl FnOnce(Config) -> F) -> Result<ExitCode, Faults>
where
    F: Future<Output = Result<ExitCode, BootError>>,
{
    let config = load_settings(program, Output::Stdout)?;
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    else {
        tracing::error!(
            event = "start_failed",
            message = "the system gave no threads"
        );
        return Ok(ExitCode::FAILURE);
    };
    let stopped = runtime.block_on(work(config));
    // Blocking threads may still hash for callers that went away.
    runtime.shutdown_background();
    Ok(stopped.unwrap_or_else(|error| {
        tracing::error!(event = "start_failed", message = %error);
        ExitCode::FAILURE
    }))
}

async fn start(config: Config, functions: &[Function]) -> Result<(), BootError> {
    no_tunnel(&config.database).map_err(BootError::Tunnel)?;
    let platform = config.platform;
    let web = Arc::new(Web::new(boot(config)?)?);
    let routes = router(Arc::clone(&web), functions);
    match platform {
        Platform::Vercel => vercel::run(&web, routes, functions).await,
        Platform::Lambda => lambda::run(&web, routes).await,
        _ => plain::run(&web, routes, std::future::pending()).await,
    }
}
