//! The edge: where a process starts, finds out where it runs, listens, and stops.

mod boot;
mod collect;
mod lambda;
mod machine;
mod plain;
mod prepare;
mod project;
mod stop;
mod vercel;

pub use boot::{BootError, boot, install_tls, load_settings, new_secret};

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;

use crate::config::{Config, Platform, Program};
use crate::http::{FUNCTIONS, Function, Web, router_with};
use crate::pages;
use crate::telemetry::Output;

/// Runs one function: on Vercel or Lambda as the platform has it, elsewhere as a
/// small server of its own. The whole of a file in `api/`.
pub fn serve(function: Function) -> ExitCode {
    run(Program::Function, &[function], no_pages)
}

/// Runs all functions as one server.
pub fn serve_all() -> ExitCode {
    run(Program::Server, FUNCTIONS, pages::routes)
}

/// Runs the program of a project that `doorkey init` made: all functions, as one
/// function where a platform calls it, else as a server behind `next dev`. Told
/// to `migrate`, it brings the database's schema up to date instead.
pub fn serve_project() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.as_slice() {
        [] => run(Program::Project, FUNCTIONS, no_pages),
        [word] if word == "migrate" => project::migrate(),
        _ => project::usage(),
    }
}

/// The pages that a program has beside its functions. Handed over from where it starts,
/// so that no other program's binary has them in it.
type Pages = fn(&Arc<Web>) -> Router<Arc<Web>>;

fn no_pages(_: &Arc<Web>) -> Router<Arc<Web>> {
    Router::new()
}

fn run(program: Program, functions: &[Function], pages: Pages) -> ExitCode {
    let Some(config) = load_settings(program, Output::Stdout) else {
        return ExitCode::from(2);
    };
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    else {
        tracing::error!(
            event = "start_failed",
            message = "the system gave no threads"
        );
        return ExitCode::FAILURE;
    };
    let stopped = runtime.block_on(start(config, functions, pages));
    // Blocking threads may still hash for callers that went away.
    runtime.shutdown_background();
    match stopped {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(event = "start_failed", message = %error);
            ExitCode::FAILURE
        }
    }
}

async fn start(config: Config, functions: &[Function], pages: Pages) -> Result<(), BootError> {
    let platform = config.platform;
    let web = Arc::new(Web::new(boot(config)?)?);
    let routes = router_with(Arc::clone(&web), functions, pages(&web));
    match platform {
        Platform::Vercel => vercel::run(&web, routes, functions).await,
        Platform::Lambda => lambda::run(&web, routes).await,
        _ => plain::run(&web, routes).await,
    }
}
