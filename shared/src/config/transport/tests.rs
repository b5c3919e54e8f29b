//! When Postgres is reached in a WebSocket, and what is said of it.

use super::*;
use crate::config::load;
use crate::config::tests::{IPC, Pairs, SPACE, env, faulty, good, warned, with_needed};

const NEON: &str = "postgres://u:hunter2@ep-x-1.eu.aws.neon.tech/db?sslmode=require";

/// The settings with this database, on a Space or not.
fn pairs<'a>(url: &'a str, more: Pairs<'a>) -> Vec<(&'a str, &'a str)> {
    let mut pairs = with_needed(more);
    pairs.retain(|(name, _)| *name != "DATABASE_URL" && *name != "MAIL_URL");
    pairs.push(("DATABASE_URL", url));
    pairs.push(("MAIL_URL", "resend://key"));
    pairs
}

#[test]
fn a_space_reaches_postgres_in_a_websocket_and_others_by_tcp() {
    use Transport::{Tcp, WebSocket};
    let asks = |what| ("DATABASE_TRANSPORT", what);
    let other = "postgres://u:p@db.example.com/x?sslmode=verify-full";
    let cases: &[(&str, Pairs<'_>, Transport, &[&str])] = &[
        (NEON, &[], Tcp, &["DATABASE_URL"]),
        (NEON, &[SPACE], WebSocket(None), &[]),
        (NEON, &[SPACE, asks("AUTO")], WebSocket(None), &[]),
        (NEON, &[asks("websocket")], WebSocket(None), &[]),
        (
            NEON,
            &[SPACE, asks("tcp")],
            Tcp,
            &["DATABASE_TRANSPORT", "DATABASE_URL"],
        ),
        (other, &[], Tcp, &[]),
        (other, &[SPACE], WebSocket(None), &["DATABASE_TRANSPORT"]),
        ("postgres://u:p@db.example.com:443/x", &[SPACE], Tcp, &[]),
        ("postgres://u:p@127.0.0.1/x", &[SPACE], Tcp, &[]),
        ("postgres:///x?host=/run/pg", &[SPACE], Tcp, &[]),
        (
            "sqlite:a.db",
            &[asks("websocket")],
            Tcp,
            &["DATABASE_TRANSPORT"],
        ),
    ];
    for (url, more, transport, warnings) in cases {
        let loaded = good(Program::Server, &pairs(url, more));
        assert_eq!(&loaded.config.database.transport, transport, "{more:?}");
        assert_eq!(&warned(&loaded), warnings, "{url} {more:?}");
    }
}

#[test]
fn a_proxy_may_be_named_with_host_port_and_path_alone() {
    let proxy = |url: &str| {
        let asked = [SPACE, ("DATABASE_TRANSPORT", url)];
        load(Program::Server, &env(&pairs(NEON, &asked))).map(|loaded| {
            let warned = warned(&loaded).len();
            (loaded.config.database.transport, warned)
        })
    };
    for (url, host, port, path, warnings) in [
        ("wss://pg.example.com", "pg.example.com", 443, "/", 0),
        (
            "WSS://pg.example.com:8080/v1",
            "pg.example.com",
            8080,
            "/v1",
            0,
        ),
        ("wss://[::1]:5443/V2/", "::1", 5443, "/V2/", 1),
    ] {
        let (host, path) = (host.to_owned(), path.to_owned());
        let expected = Transport::WebSocket(Some(Proxy { host, port, path }));
        assert_eq!(proxy(url).unwrap(), (expected, warnings), "{url}");
    }
    for url in [
        "ws://pg.example.com/v2",
        "https://pg.example.com",
        "wss://",
        "wss://u:hunter2@pg.example.com/",
        "wss://pg.example.com/?address=a",
        "wss://pg.example.com/#a",
        "udp",
    ] {
        let faults = proxy(url).unwrap_err().to_string();
        assert!(faults.contains("DATABASE_TRANSPORT"), "{faults}");
        assert!(!faults.contains("hunter2"), "{faults}");
    }
}

#[test]
fn functions_and_sockets_have_no_websocket() {
    let asked = [("DATABASE_TRANSPORT", "websocket")];
    for program in [Program::Function, Program::Project] {
        for more in [&asked[..], &[asked[0], IPC]] {
            let names = faulty(program, &pairs(NEON, more));
            assert_eq!(names, ["DATABASE_TRANSPORT"], "{program:?}");
        }
    }
    let socket = pairs("postgres:///x?host=/run/pg", &asked);
    assert_eq!(faulty(Program::Server, &socket), ["DATABASE_TRANSPORT"]);
    let function = good(Program::Function, &with_needed(&[IPC]));
    assert_eq!(function.config.database.transport, Transport::Tcp);
}
