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

pub use boot::{BootError, OpenTunnel, boot, install_tls, load_settings, new_secret};

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
    run(Program::Function, &[function], NOTHING)
}

/// Runs all functions as one server, which reaches its database through this tunnel
/// where the settings ask for one.
pub fn serve_all(open_tunnel: OpenTunnel) -> ExitCode {
    let beside = Beside {
        pages: pages::routes,
        open_tunnel,
    };
    run(Program::Server, FUNCTIONS, beside)
}

/// Runs the program of a project that `doorkey init` made: all functions, as one
/// function where a platform calls it, else as a server behind `next dev`. Told
/// to `migrate`, it brings the database's schema up to date instead.
pub fn serve_project() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.as_slice() {
        [] => run(Program::Project, FUNCTIONS, NOTHING),
        [word] if word == "migrate" => project::migrate(),
        _ => project::usage(),
    }
}

/// What a program has beside its functions. Handed over from where it starts, so that no
/// other program's binary has the code of it.
#[derive(Clone, Copy)]
struct Beside {
    pages: fn(&Arc<Web>) -> Router<Arc<Web>>,
    open_tunnel: OpenTunnel,
}

const NOTHING: Beside = Beside {
    pages: no_pages,
    open_tunnel: boot::no_tunnel,
};

fn no_pages(_: &Arc<Web>) -> Router<Arc<Web>> {
    Router::new()
}

fn run(program: Program, functions: &[Function], beside: Beside) -> ExitCode {
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
    let stopped = runtime.block_on(start(config, functions, beside));
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

async fn start(
    mut config: Config,
    functions: &[Function],
    beside: Beside,
) -> Result<(), BootError> {
    let platform = config.platform;
    install_tls();
    (beside.open_tunnel)(&mut config.database).map_err(BootError::Tunnel)?;
    let web = Arc::new(Web::new(boot(config)?)?);
    let routes = router_with(Arc::clone(&web), functions, (beside.pages)(&web));
    match platform {
        Platform::Vercel => vercel::run(&web, routes, functions).await,
        Platform::Lambda => lambda::run(&web, routes).await,
        _ => plain::run(&web, routes).await,
    }
}
