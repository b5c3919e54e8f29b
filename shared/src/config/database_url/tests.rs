//! What a database's URL may be, and what becomes of it.

use super::*;

/// sqlx must read what we hand on; it is the judge of our reading.
fn host_in_sqlx(url: &DatabaseUrl) -> String {
    let options: sqlx::postgres::PgConnectOptions = url.expose().parse().unwrap();
    options.get_host().to_owned()
}

#[test]
fn postgres_urls_are_brought_into_sqlx_form() {
    let cases = [
        (
            "postgres://u:p@ep-x-pooler.eu.aws.neon.tech/db?sslmode=require&channel_binding=require",
            "postgres://u:p@ep-x-pooler.eu.aws.neon.tech/db?sslmode=require",
        ),
        (
            "postgresql://u:p%23%2F@db.example.com/db",
            "postgresql://u:p%23%2F@db.example.com/db?sslmode=verify-full",
        ),
        (
            "postgres://u@db.example.com:6543/db?pgbouncer=true&sslmode=verify-ca",
            "postgres://u@db.example.com:6543/db?sslmode=verify-ca",
        ),
        (
            "postgres://u@db/db?ssl-mode=disable",
            "postgres://u@db/db?ssl-mode=disable",
        ),
        ("postgres://u@localhost/db", "postgres://u@localhost/db"),
        (
            "postgres://u@127.0.0.1:5433/db?channel_binding=prefer",
            "postgres://u@127.0.0.1:5433/db",
        ),
        ("postgres://u@[::1]/db", "postgres://u@[::1]/db"),
        (
            "postgres:///db?host=%2Fvar%2Frun%2Fpostgresql",
            "postgres:///db?host=%2Fvar%2Frun%2Fpostgresql",
        ),
        (
            "postgres://u@localhost/db?host=db.example.com",
            "postgres://u@localhost/db?host=db.example.com&sslmode=verify-full",
        ),
    ];
    for (given, expected) in cases {
        assert_eq!(DatabaseUrl::parse(given).unwrap().expose(), expected);
    }
}

#[test]
fn the_host_is_the_one_that_sqlx_connects_to() {
    for (given, host) in [
        ("postgres://u@Db.Example.com/db", "db.example.com"),
        (
            "postgres://u@localhost/db?host=db.example.com",
            "db.example.com",
        ),
        (
            "postgres://u@localhost/db?host=a.example&hostaddr=10.0.0.7",
            "10.0.0.7",
        ),
        ("postgres://u@db.example.com/db?host=127.0.0.1", "127.0.0.1"),
    ] {
        let url = DatabaseUrl::parse(given).unwrap();
        assert_eq!(url.host(), Some(host), "{given}");
        assert_eq!(host_in_sqlx(&url).to_ascii_lowercase(), host, "{given}");
    }
    let ipv6 = DatabaseUrl::parse("postgres://u@[::1]:5432/db").unwrap();
    assert_eq!(ipv6.host(), Some("::1"));
    let socket = DatabaseUrl::parse("postgres://u@%2Frun%2FPg/db").unwrap();
    assert_eq!(socket.host(), Some("/run/Pg"));
}

#[test]
fn protection_is_judged_by_host_and_mode() {
    let cases = [
        ("db.example.com", "", Tls::Enough),
        ("db.example.com", "?sslmode=verify-full", Tls::Enough),
        ("db.example.com", "?sslmode=VERIFY-CA", Tls::Enough),
        ("db.example.com", "?sslmode=require", Tls::Unverified),
        ("db.example.com", "?sslmode=prefer", Tls::Optional),
        ("db.example.com", "?sslmode=allow", Tls::Optional),
        ("db.example.com", "?ssl-mode=disable", Tls::Optional),
        (
            "db.example.com",
            "?sslmode=verify-full&sslmode=disable",
            Tls::Optional,
        ),
        ("10.0.0.7", "?sslmode=require", Tls::Unverified),
        ("localhost", "?sslmode=disable", Tls::Enough),
        ("127.8.9.1", "", Tls::Enough),
        ("[::1]", "?sslmode=prefer", Tls::Enough),
        ("%2Frun%2Fpg", "?sslmode=disable", Tls::Enough),
        (
            "localhost",
            "?sslmode=disable&host=db.example.com",
            Tls::Optional,
        ),
        ("localhost.example.com", "?sslmode=disable", Tls::Optional),
    ];
    for (host, query, tls) in cases {
        let url = DatabaseUrl::parse(&format!("postgres://u:p@{host}/db{query}")).unwrap();
        assert_eq!(url.tls(), tls, "{host} {query}");
    }
}

#[test]
fn poolers_are_known_by_host_port_or_parameter() {
    for (given, pooled) in [
        ("postgres://u@ep-x-pooler.eu.neon.tech/db", true),
        ("postgres://u@ep-x.eu.neon.tech/db", false),
        ("postgres://u@ep-x.my-pooler.tech/db", false),
        ("postgres://u@db.example.com:6543/db", true),
        ("postgres://u@db.example.com:5432/db", false),
        ("postgres://u@db.example.com/db?port=6543", true),
        ("postgres://u@db.example.com/db?pgbouncer=true", true),
        ("postgres://u@db.example.com/db?pgbouncer=false", false),
        ("sqlite:./x-pooler.db", false),
    ] {
        assert_eq!(
            DatabaseUrl::parse(given).unwrap().looks_pooled(),
            pooled,
            "{given}"
        );
    }
}

#[test]
fn sqlite_urls_name_a_file() {
    for (given, path, exposed) in [
        ("sqlite:./data/a.db", "./data/a.db", "sqlite:./data/a.db"),
        ("sqlite:a.db", "a.db", "sqlite:a.db"),
        ("sqlite:/data/a.db", "/data/a.db", "sqlite:/data/a.db"),
        ("sqlite:///data/a.db", "/data/a.db", "sqlite:/data/a.db"),
        ("sqlite:////data/a.db", "/data/a.db", "sqlite:/data/a.db"),
        ("sqlite:a.db?mode=rwc", "a.db", "sqlite:a.db"),
        (
            "sqlite:my%20data/a.db",
            "my data/a.db",
            "sqlite:my%20data/a.db",
        ),
        ("SQLite:a.db", "a.db", "sqlite:a.db"),
    ] {
        let url = DatabaseUrl::parse(given).unwrap();
        assert_eq!(url.sqlite_path(), Some(Path::new(path)), "{given}");
        assert_eq!(url.expose(), exposed, "{given}");
        assert_eq!(url.host(), None);
        assert!(url.is_sqlite());
        let options: sqlx::sqlite::SqliteConnectOptions = url.expose().parse().unwrap();
        assert_eq!(options.get_filename(), Path::new(path), "{given}");
    }
}

#[test]
fn what_cannot_be_used_is_refused_without_repeating_it() {
    for (given, hint) in [
        ("", "must begin"),
        ("hunter2", "must begin"),
        ("mysql://u:hunter2@db/x", "must begin"),
        ("postgresql+asyncpg://u:hunter2@db/x", "driver"),
        ("sqlite+aiosqlite:///./x.db", "driver"),
        ("postgres:u:hunter2@db/x", "two slashes"),
        ("postgres:///db", "no host"),
        ("postgres://u:hun#ter2@db.example.com/x", "percent-encoded"),
        ("postgres://u:hunter2@db:99999/x", "percent-encoded"),
        ("postgres://u:hunter2@db/x?port=hunter2", "port"),
        ("postgres://u:hunter2@db/x?sslmode=hunter2", "sslmode"),
        ("postgres://u:hunter2@db/x?sslmode=", "sslmode"),
        (
            "postgres://u:hunter2@db/x?statement-cache-capacity=0",
            "leaks",
        ),
        ("sqlite::memory:", "memory"),
        ("sqlite://:memory:", "memory"),
        ("sqlite:a.db?mode=memory", "memory"),
        ("sqlite:", "no file"),
        ("sqlite:///", "no file"),
        ("sqlite:data/", "no file"),
        ("sqlite:///./data/a.db", "three slashes"),
        ("sqlite://data/a.db", "two slashes"),
        ("sqlite:a.db?mode=ro", "parameters"),
        ("sqlite:a%FF.db", "UTF-8"),
    ] {
        let wrong = DatabaseUrl::parse(given).unwrap_err();
        assert!(wrong.contains(hint), "{given}: {wrong}");
        assert!(!wrong.contains("hunter2"), "{given}: {wrong}");
    }
}

#[test]
fn sec_a7_a_database_url_cannot_be_printed() {
    let url = DatabaseUrl::parse("postgres://u:hunter2@db.example.com/x").unwrap();
    assert_eq!(format!("{url:?}"), "DatabaseUrl([redacted])");
}
