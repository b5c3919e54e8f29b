//! Binaries that listen by themselves: on a machine or in a container.

mod away;
mod faults;
mod functions;
mod kept_key;
mod logs;
mod mail;
mod many;
mod raw;
mod settings;
mod space;
mod start;
mod stop;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use tempfile::TempDir;

use crate::support::{Answer, Connection, KEY, Platform, Program, Request, function_of};

/// The front end's origin, by default.
const ORIGIN: &str = "http://localhost:3000";

/// Settings under which a case can be quick: cheap hashes, no limit to tries.
pub(crate) fn quick(database: &str) -> Vec<(&str, &str)> {
    vec![
        ("PORT", "0"),
        ("DATABASE_URL", database),
        ("SECRET_KEY", KEY),
        ("ARGON2_M_KIB", "64"),
        ("RATE_LIMIT", "off"),
    ]
}

/// A process that listens, in a folder of its own.
pub(crate) struct Server {
    pub(crate) program: Program,
    pub(crate) address: SocketAddr,
    _folder: TempDir,
}

impl Server {
    pub(crate) async fn start(name: &str, env: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (program, address) = start_in(folder.path(), name, env).await;
        Self {
            program,
            address,
            _folder: folder,
        }
    }
}

/// Starts a binary in a folder and waits until it listens.
async fn start_in(folder: &Path, name: &str, env: &[(&str, &str)]) -> (Program, SocketAddr) {
    let program = Program::start(name, folder, env);
    let address = program.address().await;
    (program, address)
}

impl Platform for SocketAddr {
    async fn call(&mut self, request: Request) -> Answer {
        Connection::open(*self).await.call(&request).await
    }
}

/// Functions that each listen on a port of their own.
struct Functions<'a> {
    env: Vec<(&'a str, &'a str)>,
    running: BTreeMap<&'static str, Server>,
}

impl Platform for Functions<'_> {
    async fn call(&mut self, request: Request) -> Answer {
        let name = function_of(&request.path);
        if !self.running.contains_key(name) {
            let started = Server::start(name, &self.env).await;
            self.running.insert(name, started);
        }
        let mut address = self.running[name].address;
        address.call(request).await
    }
}
