//! Where the process runs, where it listens, and whether that is production.

use super::env::Reader;
use super::names;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// What the binary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The server with every route, and the command line.
    Server,
    /// One function of `api/`.
    Function,
    /// All functions in one, in a project that `doorkey init` made: a function
    /// where a platform calls it, a server behind `next dev` elsewhere.
    Project,
}

/// Where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// A container or a machine: it listens by itself.
    Plain,
    /// Vercel's function runtime.
    Vercel,
    /// AWS Lambda's function runtime.
    Lambda,
    /// A Hugging Face Space.
    Space,
}

impl Platform {
    /// Whether the platform calls it, many instances at a time, none of which
    /// has a disk that lasts.
    pub fn is_functions(self) -> bool {
        matches!(self, Self::Vercel | Self::Lambda)
    }
}

/// What every other group of settings depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) program: Program,
    pub(super) platform: Platform,
    pub(super) listen: SocketAddr,
    pub(super) production: bool,
}

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const EVERYWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Finds the place. `HOST` and `PORT` count only where the process listens by
/// itself: on Vercel and Lambda the platform's own values are not ours.
pub(super) fn find(reader: &mut Reader<'_>, program: Program) -> Place {
    let platform = platform(reader, program);
    let faults_before = reader.faults.len();
    let listen = listen(reader, program, platform);
    let in_doubt = reader.faults.len() > faults_before;
    let production = platform != Platform::Plain
        || !listen.ip().is_loopback()
        || is_behind_a_platform(reader)
        || in_doubt;
    Place {
        program,
        platform,
        listen,
        production,
    }
}

/// The variable alone does not say it: Vercel's proxy passes `VERCEL_IPC_PATH`
/// on to plain servers, which then must not speak the functions' protocol.
fn platform(reader: &Reader<'_>, program: Program) -> Platform {
    let has = |name| reader.env.platform(name).is_some();
    let plain = if has("SPACE_ID") || has("SPACE_HOST") {
        Platform::Space
    } else {
        Platform::Plain
    };
    match program {
        Program::Server => plain,
        _ if has("VERCEL_IPC_PATH") => Platform::Vercel,
        _ if has("AWS_LAMBDA_RUNTIME_API") => Platform::Lambda,
        _ => plain,
    }
}

/// A server that a platform started listens on loopback, behind the platform's
/// proxy, and yet the world reaches it.
fn is_behind_a_platform(reader: &Reader<'_>) -> bool {
    ["VERCEL_IPC_PATH", "AWS_LAMBDA_RUNTIME_API"]
        .into_iter()
        .any(|name| reader.env.platform(name).is_some())
}

fn listen(reader: &mut Reader<'_>, program: Program, platform: Platform) -> SocketAddr {
    let default_port = match (program, platform) {
        (_, Platform::Space) | (Program::Server | Program::Project, _) => 7860,
        (Program::Function, _) => 3000,
    };
    if platform.is_functions() {
        return SocketAddr::new(LOOPBACK, default_port);
    }
    let default_host = if platform == Platform::Space {
        EVERYWHERE
    } else {
        LOOPBACK
    };
    let host = reader.parsed(&names::HOST, parse_host);
    let port = reader.parsed(&names::PORT, |text| {
        text.parse()
            .map_err(|_| "must be a port number from 0 to 65535".to_owned())
    });
    SocketAddr::new(host.unwrap_or(default_host), port.unwrap_or(default_port))
}

fn parse_host(text: &str) -> Result<IpAddr, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(LOOPBACK);
    }
    text.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .map_err(|_| "must be an IP address of this machine, or 0.0.0.0 for all".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Env;
    use crate::config::tests::Pairs;

    fn place(program: Program, pairs: Pairs<'_>) -> (Place, usize) {
        let env = Env::from_pairs(pairs.iter().copied());
        let mut reader = Reader::new(&env);
        let place = find(&mut reader, program);
        (place, reader.faults.len())
    }

    #[test]
    fn the_place_follows_from_program_and_environment() {
        use Platform::{Lambda, Plain, Space, Vercel};
        use Program::{Function, Project, Server};
        let ipc = ("VERCEL_IPC_PATH", "/tmp/ipc");
        let lambda = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
        let space = ("SPACE_ID", "team/auth");
        let cases: &[(Program, Pairs<'_>, Platform, &str, bool)] = &[
            (Server, &[], Plain, "127.0.0.1:7860", false),
            (Function, &[], Plain, "127.0.0.1:3000", false),
            (
                Function,
                &[("PORT", "3105")],
                Plain,
                "127.0.0.1:3105",
                false,
            ),
            (
                Server,
                &[("HOST", "localhost")],
                Plain,
                "127.0.0.1:7860",
                false,
            ),
            (
                Server,
                &[("HOST", "[::1]"), ("PORT", "0")],
                Plain,
                "[::1]:0",
                false,
            ),
            (Server, &[("HOST", "::1")], Plain, "[::1]:7860", false),
            (Server, &[("HOST", "0.0.0.0")], Plain, "0.0.0.0:7860", true),
            (
                Server,
                &[("HOST", "10.1.2.3")],
                Plain,
                "10.1.2.3:7860",
                true,
            ),
            (Server, &[("HOST", "::")], Plain, "[::]:7860", true),
            (Server, &[space], Space, "0.0.0.0:7860", true),
            (
                Server,
                &[("SPACE_HOST", "team-auth.hf.space")],
                Space,
                "0.0.0.0:7860",
                true,
            ),
            (
                Server,
                &[space, ("HOST", "127.0.0.1")],
                Space,
                "127.0.0.1:7860",
                true,
            ),
            (Function, &[space], Space, "0.0.0.0:7860", true),
            (Function, &[ipc], Vercel, "127.0.0.1:3000", true),
            (Function, &[ipc, lambda], Vercel, "127.0.0.1:3000", true),
            (
                Function,
                &[ipc, ("PORT", "x"), ("HOST", "y")],
                Vercel,
                "127.0.0.1:3000",
                true,
            ),
            (
                Function,
                &[lambda, ("PORT", "8080")],
                Lambda,
                "127.0.0.1:3000",
                true,
            ),
            (Server, &[ipc], Plain, "127.0.0.1:7860", true),
            (Server, &[lambda], Plain, "127.0.0.1:7860", true),
            (Function, &[("VERCEL", "1")], Plain, "127.0.0.1:3000", false),
            (Project, &[], Plain, "127.0.0.1:7860", false),
            (Project, &[ipc], Vercel, "127.0.0.1:7860", true),
            (Project, &[lambda], Lambda, "127.0.0.1:7860", true),
            (
                Function,
                &[("VERCEL_IPC_PATH", "")],
                Plain,
                "127.0.0.1:3000",
                false,
            ),
        ];
        for &(program, pairs, platform, listen, production) in cases {
            let (found, faults) = place(program, pairs);
            assert_eq!(faults, 0, "{pairs:?}");
            assert_eq!(
                (
                    found.platform,
                    found.listen.to_string().as_str(),
                    found.production
                ),
                (platform, listen, production),
                "{program:?} {pairs:?}"
            );
        }
    }

    #[test]
    fn a_bad_address_is_a_fault_and_never_counts_as_local() {
        for pair in [("HOST", "myhost"), ("PORT", "65536"), ("PORT", "http")] {
            let (found, faults) = place(Program::Server, &[pair]);
            assert_eq!(faults, 1, "{pair:?}");
            assert!(found.production, "{pair:?}");
        }
    }
}
