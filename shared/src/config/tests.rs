//! The whole reading: every fault at once, no value repeated, and the table of
//! names in agreement with `.env.example`.

use super::*;
use std::ffi::OsString;
use std::path::Path;

const KEY: &str = "Zk3vQp9sT1xWc7LmYb5NdR8hGj2FuA4e";
const SERVER_URL: &str = "postgres://u:hunter2@db.example.com/x";
const IPC: (&str, &str) = ("VERCEL_IPC_PATH", "/tmp/ipc");
const LAMBDA: (&str, &str) = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
const SPACE: (&str, &str) = ("SPACE_HOST", "team-auth.hf.space");
/// What production asks for.
const NEEDED: [(&str, &str); 4] = [
    ("SECRET_KEY", KEY),
    ("DATABASE_URL", SERVER_URL),
    ("FRONTEND_URL", "https://app.example.com"),
    ("PUBLIC_URL", "https://auth.example.com"),
];

fn env(pairs: &[(&str, &str)]) -> Env {
    Env::from_pairs(pairs.iter().copied())
}

fn good(program: Program, pairs: &[(&str, &str)]) -> Loaded {
    load(program, &env(pairs)).unwrap_or_else(|faults| panic!("{pairs:?}: {faults}"))
}

fn faulty(program: Program, pairs: &[(&str, &str)]) -> Vec<&'static str> {
    let faults = load(program, &env(pairs)).expect_err("there are faults");
    faults.0.iter().map(|fault| fault.name).collect()
}

fn warned(loaded: &Loaded) -> Vec<&str> {
    loaded.warnings.iter().map(|w| w.name.as_str()).collect()
}

fn with_needed<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
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
fn production_needs_its_settings_on_every_platform() {
    let cases: [(Program, (&str, &str), &[&str]); 4] = [
        (
            Program::Server,
            ("HOST", "0.0.0.0"),
            &["SECRET_KEY", "FRONTEND_URL"],
        ),
        (Program::Server, SPACE, &["SECRET_KEY", "FRONTEND_URL"]),
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
fn databases_are_warned_of_where_they_are_not_safe() {
    let neon = "postgres://u:p@ep-x-pooler.neon.tech/db?sslmode=require&channel_binding=require";
    let lost = ("DATABASE_URL", "sqlite:/tmp/a.db");
    let kept = ("DATABASE_URL", "sqlite:/data/a.db");
    let cases: [(Program, &[(&str, &str)], DataFolder, bool); 9] = [
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

#[test]
fn numbers_have_bounds() {
    for (name, least, most) in [
        ("DB_POOL", 1, 200),
        ("PASSWORD_MIN", 8, 64),
        ("HASH_QUEUE", 1, 10_000),
    ] {
        for (number, fits) in [
            (least - 1, false),
            (least, true),
            (most, true),
            (most + 1, false),
        ] {
            let env = Env::from_pairs([(name, number.to_string())]);
            assert_eq!(load(Program::Server, &env).is_ok(), fits, "{name}={number}");
        }
        for text in ["ten", "1.5", "-1", "99999999999"] {
            assert_eq!(faulty(Program::Server, &[(name, text)]), [name], "{text}");
        }
    }
    assert_eq!(
        good(Program::Server, &[("PASSWORD_MIN", "15")])
            .config
            .password_min,
        15
    );
    assert_eq!(
        good(Program::Server, &[("DB_POOL", "7")])
            .config
            .database
            .connections,
        7
    );
}

#[test]
fn switches_are_on_or_off() {
    for (text, on) in [
        ("on", true),
        ("TRUE", true),
        ("1", true),
        ("off", false),
        ("False", false),
        ("0", false),
    ] {
        let pairs = [("RATE_LIMIT", text), ("LOG_REQUESTS", text)];
        let config = good(Program::Server, &pairs).config;
        assert_eq!((config.rate_limit, config.log.requests), (on, on), "{text}");
    }
    assert_eq!(
        faulty(Program::Server, &[("RATE_LIMIT", "yes")]),
        ["RATE_LIMIT"]
    );
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

#[cfg(unix)]
#[test]
fn what_is_not_utf8_is_a_fault_where_it_is_ours() {
    use std::os::unix::ffi::OsStringExt as _;
    let odd = OsString::from_vec(vec![b'a', 0xff]);
    for setting in names::ALL.iter().filter(|setting| !setting.later) {
        let env = Env::from_pairs([(setting.name, odd.clone())]);
        let faults = load(Program::Server, &env).unwrap_err();
        let names: Vec<_> = faults.0.iter().map(|fault| fault.name).collect();
        assert!(names.contains(&setting.name), "{} {names:?}", setting.name);
    }
    let env = Env::from_pairs([("OTHER", odd.clone()), ("SPACE_ID", odd)]);
    assert!(load(Program::Server, &env).is_ok());
}

#[test]
fn empty_values_count_as_unset_and_quoted_ones_as_faults() {
    for setting in names::ALL {
        let loaded = good(Program::Server, &[(setting.name, " ")]);
        assert_eq!(warned(&loaded), [""; 0], "{}", setting.name);
        if !setting.later {
            let quoted = format!("\"{}\"", setting.example);
            let env = Env::from_pairs([(setting.name, quoted)]);
            let faults = load(Program::Server, &env).unwrap_err();
            assert!(
                faults
                    .0
                    .iter()
                    .any(|fault| fault.wrong.contains("quotation"))
            );
        }
    }
}

#[test]
fn settings_of_later_versions_are_warned_of() {
    for setting in names::ALL.iter().filter(|setting| setting.later) {
        let loaded = good(Program::Server, &[(setting.name, setting.example)]);
        assert_eq!(warned(&loaded), [setting.name]);
    }
}

#[test]
fn misspelt_names_are_warned_of() {
    assert_eq!(
        warned(&good(Program::Server, &[("DATABSE_URL", "x")])),
        ["DATABSE_URL"]
    );
}

#[test]
fn every_example_is_of_the_right_form() {
    for setting in names::ALL.iter().filter(|setting| !setting.later) {
        let mut pairs = with_needed(&[]);
        pairs.retain(|(name, _)| *name != setting.name);
        pairs.push((setting.name, setting.example));
        pairs.retain(|(name, _)| setting.name != "BETTER_AUTH_SECRET" || *name != "SECRET_KEY");
        good(Program::Server, &pairs);
    }
}

#[test]
fn the_data_folder_is_what_can_be_written() {
    let folder = std::env::temp_dir().join(format!("doorkey-data-{}", std::process::id()));
    assert_eq!(DataFolder::probe(&folder), DataFolder::Missing);
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(DataFolder::probe(&folder), DataFolder::Plain);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    std::fs::remove_dir(&folder).unwrap();
    std::fs::write(&folder, "a file").unwrap();
    assert_eq!(DataFolder::probe(&folder), DataFolder::Missing);
    std::fs::remove_file(&folder).unwrap();
    #[cfg(target_os = "linux")]
    assert_eq!(
        DataFolder::probe(Path::new("/dev/shm")),
        DataFolder::Mounted
    );
}

/// The file is what this function writes: run the test to see the difference.
fn env_example() -> String {
    let mut text = String::from(
        "# Every setting of Doorkey. None is needed to run it on one machine: take out the\n\
         # # before those that you need, and keep the file with your keys out of git.\n",
    );
    for setting in names::ALL {
        if setting.name == names::DATABASE_TRANSPORT.name {
            text.push_str("\n\n# Not in this version yet: set, these do nothing but warn.\n");
        }
        let names::Setting {
            name,
            meaning,
            default,
            example,
            ..
        } = setting;
        text.push_str(&format!(
            "\n# {meaning} Default: {default}.\n#{name}={example}\n"
        ));
    }
    text
}

#[test]
fn the_example_file_lists_exactly_the_known_settings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.env.example");
    if std::fs::read_to_string(&path).unwrap_or_default() != env_example() {
        panic!("{} should be:\n{}", path.display(), env_example());
    }
}
