//! Which database is taken, and what is said of it.

use super::*;
use crate::config::load;
use crate::config::tests::{
    IPC, KEY, LAMBDA, NEEDED, Pairs, SERVER_URL, SPACE, env, faulty, good, warned, with_needed,
};

#[test]
fn the_database_is_kept_in_the_containers_data_folder() {
    for (data, url) in [
        (DataFolder::Missing, "sqlite:./data/doorkey.db"),
        (DataFolder::Plain, "sqlite:/data/doorkey.db"),
        (DataFolder::Mounted, "sqlite:/data/doorkey.db"),
    ] {
        let env = env(&[]).with_data_folder(data);
        let loaded = load(Program::Server, &env).unwrap();
        assert_eq!(loaded.config.database.url.expose(), url);
    }
}

#[test]
fn functions_need_a_database_and_never_migrate() {
    for platform in [IPC, LAMBDA] {
        let names = faulty(Program::Function, &[platform, ("SECRET_KEY", KEY)]);
        assert!(names.contains(&"DATABASE_URL"), "{names:?}");
        let loaded = good(Program::Function, &with_needed(&[platform]));
        assert_eq!(loaded.config.migrate, Migrate::Off);
        assert_eq!(loaded.config.database.connections, 2);
        assert_eq!(warned(&loaded), [""; 0]);
        let asked = good(
            Program::Function,
            &with_needed(&[platform, ("MIGRATE", "auto")]),
        );
        assert_eq!(
            (asked.config.migrate, warned(&asked)),
            (Migrate::Off, vec!["MIGRATE"])
        );
    }
    assert_eq!(good(Program::Function, &[]).config.migrate, Migrate::Auto);
    assert_eq!(
        good(Program::Server, &[("MIGRATE", "OFF")]).config.migrate,
        Migrate::Off
    );
}

#[test]
fn databases_are_warned_of_where_they_are_not_safe() {
    let neon = "postgres://u:p@ep-x-pooler.neon.tech/db?sslmode=require&channel_binding=require";
    let lost = ("DATABASE_URL", "sqlite:/tmp/a.db");
    let kept = ("DATABASE_URL", "sqlite:/data/a.db");
    let cases: [(Program, Pairs<'_>, DataFolder, bool); 9] = [
        (Program::Server, &[lost], DataFolder::Missing, false),
        (Program::Server, &[SPACE, lost], DataFolder::Mounted, true),
        (Program::Server, &[SPACE, kept], DataFolder::Plain, true),
        (Program::Server, &[SPACE, kept], DataFolder::Mounted, false),
        (Program::Function, &[IPC, lost], DataFolder::Missing, true),
        (
            Program::Function,
            &[LAMBDA, kept],
            DataFolder::Mounted,
            true,
        ),
        (
            Program::Server,
            &[("DATABASE_URL", neon)],
            DataFolder::Missing,
            true,
        ),
        (
            Program::Server,
            &[("DATABASE_URL", SERVER_URL)],
            DataFolder::Missing,
            false,
        ),
        (
            Program::Server,
            &[(
                "DATABASE_URL",
                "postgres://u@db.example.com/x?sslmode=disable",
            )],
            DataFolder::Missing,
            true,
        ),
    ];
    for (program, pairs, data, expected) in cases {
        let pairs = [&NEEDED[..1], &NEEDED[2..], pairs].concat();
        let loaded = load(program, &env(&pairs).with_data_folder(data)).unwrap();
        assert_eq!(
            warned(&loaded).contains(&"DATABASE_URL"),
            expected,
            "{pairs:?} {data:?}"
        );
    }
}

#[test]
fn the_unpooled_database_must_be_the_same_kind_and_unpooled() {
    let unpooled = |url| [("DATABASE_URL", SERVER_URL), ("DATABASE_URL_UNPOOLED", url)];
    let direct = good(
        Program::Server,
        &unpooled("postgres://u:p@direct.example.com/x"),
    );
    let host = direct
        .config
        .database
        .unpooled
        .as_ref()
        .and_then(DatabaseUrl::host);
    assert_eq!(host, Some("direct.example.com"));
    assert_eq!(warned(&direct), [""; 0]);
    let pooled = good(
        Program::Server,
        &unpooled("postgres://u:p@ep-x-pooler.neon.tech/x"),
    );
    assert_eq!(warned(&pooled), ["DATABASE_URL_UNPOOLED"]);
    for url in ["sqlite:a.db", "hunter2"] {
        assert_eq!(
            faulty(Program::Server, &unpooled(url)),
            ["DATABASE_URL_UNPOOLED"]
        );
    }
    let files = [
        ("DATABASE_URL", "sqlite:a.db"),
        ("DATABASE_URL_UNPOOLED", "sqlite:b.db"),
    ];
    assert_eq!(faulty(Program::Server, &files), ["DATABASE_URL_UNPOOLED"]);
}

#[test]
fn a_poolers_host_is_noticed() {
    let pooled = [("DATABASE_URL", "postgres://u:p@ep-x-pooler.neon.tech/db")];
    assert!(good(Program::Server, &pooled).config.database.looks_pooled);
    assert!(!good(Program::Server, &NEEDED).config.database.looks_pooled);
}
