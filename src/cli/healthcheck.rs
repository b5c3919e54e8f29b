//! `doorkey healthcheck`: for a container, in which there is nothing else to ask with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use doorkey::config::{Env, Program, listening};

use super::fail;
use crate::doctor;

pub(super) const EXAMPLES: &str = "\
Example:
  HEALTHCHECK CMD [\"/usr/local/bin/doorkey\", \"healthcheck\"]

Asks the server of this machine, by the same HOST and PORT, for /health, which never
touches the database. Says nothing if all is well. Exit codes: 0 healthy, 1 not.";

pub(super) fn run() -> ExitCode {
    let (_, listens) = listening(Program::Server, &Env::from_process());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let found = match runtime {
        Ok(runtime) => runtime.block_on(doctor::is_healthy(reached_at(listens))),
        Err(error) => Err(error.to_string()),
    };
    match found {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => fail(&why),
    }
}

/// Where a server that listens on every address is reached on its own machine.
fn reached_at(listens: SocketAddr) -> SocketAddr {
    let ip = match listens.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        one => one,
    };
    SocketAddr::new(ip, listens.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_asked_where_it_can_be_reached() {
        for (listens, asked) in [
            ("0.0.0.0:7860", "127.0.0.1:7860"),
            ("[::]:80", "[::1]:80"),
            ("127.0.0.1:3000", "127.0.0.1:3000"),
            ("10.0.0.7:8080", "10.0.0.7:8080"),
        ] {
            assert_eq!(reached_at(listens.parse().unwrap()).to_string(), asked);
        }
    }
}
