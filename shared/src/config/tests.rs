//! The whole reading: what each platform needs, every fault at once, no value
//! repeated.

use super::*;

/// Variables of an environment, as tests write them.
pub(super) type Pairs<'a> = &'a [(&'a str, &'a str)];

pub(super) const KEY: &str = "Zk3vQp9sT1xWc7LmYb5NdR8hGj2FuA4e";
pub(super) const SERVER_URL: &str = "postgres://u:hunter2@db.example.com/x";
pub(super) const IPC: (&str, &str) = ("VERCEL_IPC_PATH", "/tmp/ipc");
pub(super) const LAMBDA: (&str, &str) = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
pub(super) const SPACE: (&str, &str) = ("SPACE_HOST", "team-auth.hf.space");
/// What production asks for, and what it warns of when it is not there.
pub(super) const NEEDED: [(&str, &str); 6] = [
    ("SECRET_KEY", KEY),
    ("DATABASE_URL", SERVER_URL),
    ("FRONTEND_URL", "https://app.example.com"),
    ("PUBLIC_URL", "https://auth.example.com"),
    ("MAIL_URL", "smtps://u:hunter2@smtp.example.com"),
    ("MAIL_FROM", "no-reply@example.com"),
];

pub(super) fn env(pairs: Pairs<'_>) -> Env {
    Env::from_pairs(pairs.iter().copied())
}

pub(super) fn good(program: Program, pairs: Pairs<'_>) -> Loaded {
    load(program, &env(pairs)).unwrap_or_else(|faults| panic!("{pairs:?}: {faults}"))
}

pub(super) fn faulty(program: Program, pairs: Pairs<'_>) -> Vec<&'static str> {
    let faults = load(program, &env(pairs)).expect_err("there are faults");
    faults.0.iter().map(|fault| fault.name).collect()
}

pub(super) fn warned(loaded: &Loaded) -> Vec<&str> {
    loaded.warnings.iter().map(|w| w.name.as_str()).collect()
}

pub(super) fn with_needed<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&NEEDED[..], pairs].concat()
}

#[test]
fn nothing_need_be_set_to_run_locally() {
    let loaded = good(Program::Server, &[]);
    let config = &loaded.config;
    assert_eq!(warned(&loaded), [""; 0]);
    assert_eq!(
        (config.platform, config.production),
        (Platform::Plain, false)
    );
    assert_eq!(config.listen.to_string(), "127.0.0.1:7860");
    assert_eq!(config.database.url.expose(), "sqlite:./data/doorkey.db");
    assert_eq!(
        (config.database.connections, config.migrate),
        (10, Migrate::Auto)
    );
    assert!(config.rate_limit && !config.log.requests);
    assert_eq!(
        (config.password_min, config.log.filter.as_str()),
        (8, "info")
    );
    assert_eq!(config.proxies, ClientAddress::Peer);
    assert!(matches!(config.secrets, SecretSource::KeptIn(_)));
}

#[test]
fn production_needs_its_settings_on_every_platform() {
    let cases: [(Program, (&str, &str), &[&str]); 4] = [
        (
            Program::Server,
            ("HOST", "0.0.0.0"),
            &["SECRET_KEY", "FRONTEND_URL"],
        ),
        (Program::Server, SPACE, &["SECRET_KEY"]),
        (
            Program::Function,
            LAMBDA,
            &["DATABASE_URL", "SECRET_KEY", "FRONTEND_URL"],
        ),
        (
            Program::Function,
            IPC,
            &["DATABASE_URL", "SECRET_KEY", "PUBLIC_URL"],
        ),
    ];
    for (program, platform, expected) in cases {
        assert_eq!(faulty(program, &[platform]), expected, "{platform:?}");
        assert!(good(program, &with_needed(&[platform])).config.production);
    }
}

#[test]
fn switching_the_rate_limit_off_is_warned_of_in_production() {
    let off = ("RATE_LIMIT", "off");
    assert_eq!(warned(&good(Program::Server, &[off])), [""; 0]);
    let open = with_needed(&[("HOST", "0.0.0.0"), off]);
    assert_eq!(warned(&good(Program::Server, &open)), ["RATE_LIMIT"]);
}

#[test]
fn every_fault_is_reported_at_once_with_name_reason_and_example() {
    let pairs = [
        ("HOST", "0.0.0.0"),
        ("DATABASE_URL", "mysql://u:hunter2@db/x"),
        ("SECRET_KEY", "short"),
        ("PORT", "http"),
        ("SESSION_TTL", "1w"),
        ("LOG", "loud"),
        ("MIGRATE", "maybe"),
    ];
    let faults = load(Program::Server, &env(&pairs)).unwrap_err();
    let names: Vec<_> = faults.0.iter().map(|fault| fault.name).collect();
    let expected = [
        "PORT",
        "DATABASE_URL",
        "MIGRATE",
        "SECRET_KEY",
        "FRONTEND_URL",
        "SESSION_TTL",
        "LOG",
    ];
    assert_eq!(names, expected);
    let shown = faults.to_string();
    assert!(shown.starts_with("7 settings cannot be used:\n"), "{shown}");
    for fault in &faults.0 {
        let block = format!(
            "  {} {}\n    for example: {}={}",
            fault.name, fault.wrong, fault.name, fault.example
        );
        assert!(shown.contains(&block), "{shown}");
    }
}

#[test]
fn sec_a7_no_value_is_ever_repeated() {
    let shapes = [
        "hunter2",
        "Hunter2-hunter2-hunter2-hunter2-hunter2",
        "postgres://u:hunter2@db/x?sslmode=hunter2",
        "postgres://u:hunter2@db.example.com/x?sslmode=require",
        "https://u:hunter2@app.example.com",
        "\"hunter2\"",
        "sqlite:hunter2?mode=hunter2",
        "https://hunter2/hunter2",
        "hunter2=hunter2",
    ];
    for setting in names::ALL {
        for shape in shapes {
            for host in ["127.0.0.1", "0.0.0.0"] {
                let env = env(&[
                    ("HOST", host),
                    (setting.name, shape),
                    ("SECRET_KYE", "hunter2"),
                ]);
                let shown = match load(Program::Server, &env) {
                    Ok(loaded) => format!("{:?}", loaded.warnings),
                    Err(faults) => format!("{faults} {faults:?}"),
                };
                let shown = shown.to_ascii_lowercase();
                assert!(
                    !shown.contains("hunter2"),
                    "{}={shape}: {shown}",
                    setting.name
                );
            }
        }
    }
    let config = good(Program::Server, &NEEDED).config;
    let shown = format!("{config:?} {:?}", env(&NEEDED));
    assert!(
        !shown.contains("hunter2") && !shown.contains(KEY),
        "{shown}"
    );
}

#[test]
fn misspelt_names_are_warned_of() {
    assert_eq!(
        warned(&good(Program::Server, &[("DATABSE_URL", "x")])),
        ["DATABSE_URL"]
    );
}
