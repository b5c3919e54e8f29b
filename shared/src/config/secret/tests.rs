//! Which keys are taken, and that a made key is one key.

use super::*;
use crate::config::tests::Pairs;
use crate::config::{DataFolder, Env, Program, place};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

const KEY: &str = "Zk3vQp9sT1xWc7LmYb5NdR8hGj2FuA4e";
const OTHER: &str = "mXq6Jt0VwEr4Sa8KzPn2Bd7Lf1GhYc3u";
const OPEN: (&str, &str) = ("HOST", "0.0.0.0");

/// What was read, and the names of faults and of warnings.
fn read(pairs: Pairs<'_>) -> (Option<SecretSource>, Vec<&'static str>, Vec<String>) {
    let env = Env::from_pairs(pairs.iter().copied());
    let mut reader = Reader::new(&env);
    let place = place::find(&mut reader, Program::Server);
    let found = settings(&mut reader, &place);
    for fault in &reader.faults {
        let repeated = |value: &str| !value.trim().is_empty() && fault.wrong.contains(value);
        assert!(!pairs.iter().any(|(_, value)| repeated(value)), "{fault}");
    }
    let faults = reader.faults.iter().map(|fault| fault.name).collect();
    (
        found,
        faults,
        reader.warnings.into_iter().map(|w| w.name).collect(),
    )
}

fn given(pairs: Pairs<'_>) -> (String, Option<String>) {
    let Some(SecretSource::Given(secrets)) = read(pairs).0 else {
        panic!("keys are given: {pairs:?}");
    };
    let text = |key: &SecretKey| String::from_utf8(key.expose().to_vec()).unwrap();
    (text(&secrets.current), secrets.previous.as_ref().map(text))
}

#[test]
fn without_randomness_no_key_is_made() {
    let folder = Folder::new();
    let none: Randomness<'_> = &mut |_| Err(std::io::Error::other("none"));
    assert!(keep_or_make(&folder.0, none).is_err());
    assert!(fs::read_dir(&folder.0).map_or(true, |mut left| left.next().is_none()));
}

#[test]
fn keys_come_from_either_name_byte_for_byte() {
    let spaced = format!(" {KEY}\n");
    assert_eq!(given(&[("SECRET_KEY", KEY)]), (KEY.into(), None));
    assert_eq!(given(&[("BETTER_AUTH_SECRET", KEY)]), (KEY.into(), None));
    assert_eq!(
        given(&[("SECRET_KEY", KEY), ("BETTER_AUTH_SECRET", KEY)]),
        (KEY.into(), None)
    );
    assert_eq!(
        given(&[("SECRET_KEY", ""), ("BETTER_AUTH_SECRET", KEY)]),
        (KEY.into(), None)
    );
    assert_eq!(given(&[("SECRET_KEY", &spaced)]), (spaced.clone(), None));
    let rotated = [("SECRET_KEY", KEY), ("SECRET_KEY_PREVIOUS", OTHER)];
    assert_eq!(given(&rotated), (KEY.into(), Some(OTHER.into())));
}

#[test]
fn faults_in_keys_are_named() {
    let short = &KEY[1..];
    let cases: [(Pairs<'_>, &[&str]); 8] = [
        (
            &[("SECRET_KEY", KEY), ("BETTER_AUTH_SECRET", OTHER)],
            &["BETTER_AUTH_SECRET"],
        ),
        (&[("SECRET_KEY", short)], &["SECRET_KEY"]),
        (&[("BETTER_AUTH_SECRET", short)], &["BETTER_AUTH_SECRET"]),
        (
            &[("SECRET_KEY", short), ("BETTER_AUTH_SECRET", KEY)],
            &["SECRET_KEY"],
        ),
        (
            &[("SECRET_KEY", KEY), ("SECRET_KEY_PREVIOUS", short)],
            &["SECRET_KEY_PREVIOUS"],
        ),
        (&[("SECRET_KEY_PREVIOUS", OTHER)], &["SECRET_KEY"]),
        (&[OPEN], &["SECRET_KEY"]),
        (&[OPEN, ("SECRET_KEY", " ")], &["SECRET_KEY"]),
    ];
    for (pairs, expected) in cases {
        let (found, faults, _) = read(pairs);
        assert_eq!(faults, expected, "{pairs:?}");
        assert!(
            found.is_none() || faults == ["BETTER_AUTH_SECRET"],
            "{pairs:?}"
        );
    }
}

#[test]
fn an_unchanged_previous_key_is_warned_of() {
    let (_, faults, warnings) = read(&[("SECRET_KEY", KEY), ("SECRET_KEY_PREVIOUS", KEY)]);
    assert_eq!(
        (faults, warnings),
        (vec![], vec!["SECRET_KEY_PREVIOUS".to_owned()])
    );
}

#[test]
fn weak_keys_are_refused_in_production_and_warned_of_elsewhere() {
    let repeated = "a".repeat(40);
    for weak in [
        "better-auth-secret-12345678901234567890",
        names::SECRET_KEY.example,
        names::SECRET_KEY_PREVIOUS.example,
        &repeated,
        "abababababababababababababababab",
        "12345678901234567890123456789012",
        "secretsecretsecretsecretsecretsecret",
        "Change_Me-Change_Me-7hG2kQ9xW4zT1pL",
        "my-SECRET-for-staging-7hG2kQ9xW4zT1pL",
        "correct-horse-pass-word-staple-1234",
        "aabbccddaabbccdaabbccddabcdabcddd",
    ] {
        let (_, faults, _) = read(&[OPEN, ("SECRET_KEY", weak)]);
        assert_eq!(faults, ["SECRET_KEY"], "{weak}");
        let (found, faults, warnings) = read(&[("SECRET_KEY", weak)]);
        assert!(found.is_some() && faults.is_empty(), "{weak}");
        assert_eq!(warnings, ["SECRET_KEY"], "{weak}");
    }
}

#[test]
fn random_keys_in_any_alphabet_are_taken() {
    for key in [
        KEY,
        "9f86d081884c7d659a2feaa0c55ad015",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        "MZXW6YTBOI5DQNRSGEZTKN3BGIZDMMZU",
    ] {
        let (_, faults, warnings) = read(&[OPEN, ("SECRET_KEY", key)]);
        assert!(faults.is_empty() && warnings.is_empty(), "{key}");
    }
}

#[test]
fn without_a_key_a_local_machine_keeps_its_own_in_the_data_folder() {
    for (data, folder) in [
        (DataFolder::Missing, "./data"),
        (DataFolder::Plain, "/data"),
        (DataFolder::Mounted, "/data"),
    ] {
        let env = Env::from_pairs([("X", "y")]).with_data_folder(data);
        let mut reader = Reader::new(&env);
        let place = place::find(&mut reader, Program::Server);
        let Some(SecretSource::KeptIn(kept)) = settings(&mut reader, &place) else {
            panic!("the key is kept");
        };
        assert_eq!(kept, Path::new(folder));
    }
}

#[test]
fn sec_a7_keys_cannot_be_printed() {
    let found = read(&[("SECRET_KEY", KEY), ("SECRET_KEY_PREVIOUS", OTHER)]).0;
    let shown = format!("{found:?}");
    assert!(!shown.contains(KEY) && !shown.contains(OTHER), "{shown}");
    assert!(shown.contains("[redacted]"), "{shown}");
}

/// A folder of the test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("doorkey-keep-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Bytes that differ from call to call, beginning with `seed`.
fn counting(seed: u8) -> impl FnMut(&mut [u8]) -> std::io::Result<()> {
    let mut next = seed;
    move |bytes| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_add(7);
        }
        Ok(())
    }
}

#[test]
fn a_made_key_is_kept_and_private() {
    let folder = Folder::new();
    let dir = folder.0.join("data");
    let made = keep_or_make(&dir, &mut counting(1)).unwrap();
    assert_eq!(made.expose().len(), 43);
    let again = keep_or_make(&dir, &mut |_| panic!("the key is there")).unwrap();
    assert_eq!(made.expose(), again.expose());
    assert_eq!(fs::read(dir.join("secret.key")).unwrap(), made.expose());
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let bits = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(bits(&dir.join("secret.key")), 0o600);
        assert_eq!(bits(&dir), 0o700);
    }
}

#[test]
fn eight_starts_at_once_agree_on_one_key() {
    for round in 0..20 {
        let folder = Folder::new();
        let start = Barrier::new(8);
        let keys: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0_u8..8)
                .map(|n| {
                    let (dir, start) = (&folder.0, &start);
                    scope.spawn(move || {
                        start.wait();
                        let key = keep_or_make(dir, &mut counting(n)).unwrap();
                        key.expose().to_vec()
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(
            keys.windows(2).all(|pair| pair[0] == pair[1]),
            "round {round}"
        );
        assert_eq!(folder.names(), ["secret.key"]);
    }
}

#[test]
fn a_file_that_holds_no_key_is_an_error_and_stays() {
    let folder = Folder::new();
    fs::create_dir(&folder.0).unwrap();
    let path = folder.0.join("secret.key");
    for text in ["", "short"] {
        fs::write(&path, text).unwrap();
        let error = keep_or_make(&folder.0, &mut counting(1)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains("secret.key"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_key_ends_where_its_line_ends() {
    let folder = Folder::new();
    fs::create_dir(&folder.0).unwrap();
    fs::write(folder.0.join("secret.key"), format!("{KEY}\n")).unwrap();
    let key = keep_or_make(&folder.0, &mut counting(1)).unwrap();
    assert_eq!(key.expose(), KEY.as_bytes());
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = Folder::new();
    fs::write(&folder.0, "a file").unwrap();
    assert!(keep_or_make(&folder.0, &mut counting(1)).is_err());
    fs::remove_file(&folder.0).unwrap();
}
