//! How values are taken, whatever they mean.

use super::*;
use crate::config::tests::{faulty, good, warned};
use crate::config::{Program, load, names};

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

#[cfg(unix)]
#[test]
fn what_is_not_utf8_is_a_fault_where_it_is_ours() {
    use std::os::unix::ffi::OsStringExt as _;
    let odd = OsString::from_vec(vec![b'a', 0xff]);
    for setting in names::ALL {
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
    // Mounted, but in memory.
    #[cfg(target_os = "linux")]
    assert_eq!(DataFolder::probe(Path::new("/dev/shm")), DataFolder::Plain);
}

#[test]
fn the_processs_environment_is_read_and_shown_by_name_only() {
    let env = Env::from_process();
    let cargos_value = env.platform("CARGO_MANIFEST_DIR").unwrap();
    let shown = format!("{env:?}");
    assert!(shown.contains("CARGO_MANIFEST_DIR"), "{shown}");
    assert!(!shown.contains(cargos_value), "{shown}");
}
