//! Without settings, on one machine: the key is made once and shared.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{ORIGIN, start_in};
use crate::support::Browser;

const SETTINGS: [(&str, &str); 2] = [("PORT", "0"), ("ARGON2_M_KIB", "64")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_in_one_folder_share_a_key_that_is_made_once() {
    if Path::new("/data").exists() {
        eprintln!("skipped: this machine has a /data, where the key would be kept");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let start = |name| start_in(folder.path(), name, &SETTINGS);
    // All at once, so that they must agree on who makes it.
    let (mut signup, mut signin, mut verify, mut sessions) = tokio::join!(
        start("signup"),
        start("signin"),
        start("verify"),
        start("sessions"),
    );
    let key = folder.path().join("data/secret.key");
    let made = fs::read_to_string(&key).unwrap();
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let folder_mode = fs::metadata(folder.path().join("data"))
        .unwrap()
        .permissions();
    assert_eq!(folder_mode.mode() & 0o777, 0o700);
    let mut files = fs::read_dir(folder.path().join("data")).unwrap();
    assert!(files.all(|file| !file.unwrap().file_name().to_string_lossy().starts_with('.')));

    let mut browser = Browser::new(ORIGIN, "any");
    let answer = browser.sign_up(&mut signup.1, "ann@example.com").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    browser.cookies.clear();
    let answer = browser.sign_in(&mut signin.1, "ann@example.com").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let session = browser.session(&mut verify.1).await;
    assert_eq!(session["user"]["email"], "ann@example.com");
    let answer = browser
        .get(&mut sessions.1, "/api/auth/list-sessions")
        .await;
    assert_eq!(answer.json().as_array().unwrap().len(), 2, "{answer:?}");

    drop(verify);
    let mut again = start("verify").await;
    assert_ne!(browser.session(&mut again.1).await, serde_json::Value::Null);
    assert_eq!(fs::read_to_string(&key).unwrap(), made);
}
