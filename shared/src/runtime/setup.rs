//! Standing in for a server that cannot start, on a Space: all that is seen of it there is
//! its page, and "Runtime error" would name nothing.

use std::io::{Write as _, stderr};

use tokio::net::TcpListener;

use super::connections::Connections;
use super::plain;
use super::stop::Stop;
use crate::config::{self, Env, Faults, Platform, Program};
use crate::http;

/// On a Space, shows what is wrong until told to stop; elsewhere does nothing. The faults
/// are on the standard error already.
pub(super) fn serve(faults: Faults) {
    let (platform, address) = config::listening(Program::Server, &Env::from_process());
    if platform != Platform::Space {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    if let Ok(runtime) = runtime {
        runtime.block_on(async {
            let mut stop = Stop::listen();
            let Ok(listener) = TcpListener::bind(address).await else {
                return;
            };
            let bound = listener.local_addr().unwrap_or(address);
            let _ = writeln!(stderr(), "Until then a page at http://{bound} says so.");
            let (routes, open) = (http::setup(platform, faults), Connections::default());
            tokio::select! {
                _ = stop.told() => {}
                _ = plain::accept_all(&listener, &routes, &open) => {}
            }
        });
    }
}
