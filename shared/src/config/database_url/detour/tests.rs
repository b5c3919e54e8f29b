//! What is asked of a proxy, and what sqlx is told instead.

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::str::FromStr as _;

use super::*;

fn parsed(url: &str) -> DatabaseUrl {
    DatabaseUrl::parse(url).unwrap()
}

#[test]
fn the_proxy_is_the_databases_own_host_unless_another_is_named() {
    let neon = parsed("postgres://u:p@EP-x-1.eu.aws.neon.tech/db?sslrootcert=/ca.pem");
    let detour = neon.detour(None).unwrap();
    assert_eq!(detour.proxy, Proxy::of_host("ep-x-1.eu.aws.neon.tech"));
    assert_eq!(
        (detour.proxy.port, detour.proxy.path.as_str()),
        (443, "/v2")
    );
    assert_eq!(detour.address, "ep-x-1.eu.aws.neon.tech:5432");
    assert_eq!(detour.roots.as_deref(), Some("/ca.pem"));
    let named = Proxy::of_host("pg.example.com");
    for (url, address) in [
        ("postgres://u:p@db:6000/x", "db:6000"),
        ("postgres://u:p@[::1]/x", "%5B::1%5D:5432"),
        ("postgres://u:p@db/x?host=other&port=7000", "other:7000"),
        (
            "postgres://u:p@db/x?host=a%26b%3D%0d%0ac",
            "a%26b%3D%0D%0Ac:5432",
        ),
    ] {
        let detour = parsed(url).detour(Some(&named)).unwrap();
        assert_eq!(detour.proxy, named);
        assert_eq!(detour.address, address, "{url}");
    }
    for url in ["sqlite:a.db", "postgres:///x?host=/run/pg"] {
        assert_eq!(parsed(url).detour(None), None, "{url}");
    }
}

#[test]
fn sqlx_is_led_to_the_near_end_and_nowhere_else() {
    let near = "127.0.0.1:54321".parse().unwrap();
    for url in [
        "postgres://u%40:p%2Fw@ep-x.neon.tech/db?sslmode=require&channel_binding=require",
        "postgres://u%40:p%2Fw@ep-x.neon.tech:6543/db?sslrootcert=/none.pem&sslcert=a&ssl-key=b",
        "postgres:///db?user=u%40&password=p&host=ep-x.neon.tech&port=1&hostaddr=10.0.0.1",
    ] {
        let through = parsed(url).through(near);
        let options = PgConnectOptions::from_str(through.expose()).unwrap();
        assert_eq!(
            (options.get_host(), options.get_port()),
            ("127.0.0.1", 54321)
        );
        assert!(
            matches!(options.get_ssl_mode(), PgSslMode::Disable),
            "{url}"
        );
        assert_eq!(options.get_username(), "u@");
        assert_eq!(options.get_database(), Some("db"));
        assert_eq!(through.tls(), Tls::Enough);
        assert!(!through.expose().contains("none.pem"));
        assert_eq!(format!("{through:?}"), "DatabaseUrl([redacted])");
    }
    let neon = parsed("postgres://u:p@ep-x.neon.tech/db").through(near);
    assert_eq!(neon.place(), "postgres ep-x.neon.tech by WebSocket");
    let file = parsed("sqlite:a.db").through(near);
    assert_eq!(file.expose(), "sqlite:a.db");
}
