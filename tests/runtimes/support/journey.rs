//! What every deployment must be able to do, from sign-up to sign-out.

use serde_json::{Value, json};

use super::PASSWORD;
use super::browser::{Browser, Platform};

/// The user agents of the two browsers.
const LAPTOP: &str = "Laptop/1.0";
const PHONE: &str = "Phone/2.0";
const EMAIL: &str = "ann.lee@example.com";

/// Signs up on one browser and in on another, looks at the list of sessions,
/// which says that both are at `ip`, ends the second, and signs out. Returns what
/// must never be in a log.
pub(crate) async fn journey(platform: &mut impl Platform, origin: &str, ip: &str) -> Vec<String> {
    let mut laptop = Browser::new(origin, LAPTOP);
    let answer = laptop.sign_up(platform, EMAIL).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(laptop.session(platform).await["user"]["email"], EMAIL);

    let mut phone = Browser::new(origin, PHONE);
    let answer = phone.sign_in(platform, EMAIL).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_ne!(phone.session(platform).await, Value::Null);
    let mut secrets = vec![
        EMAIL.into(),
        "ann.lee".into(),
        PASSWORD.into(),
        "Ann Lee".into(),
    ];
    for cookie in laptop.cookies.values().chain(phone.cookies.values()) {
        secrets.push(cookie.clone());
        secrets.extend(cookie.split('.').map(str::to_owned));
    }

    let sessions = laptop.get(platform, "/api/auth/list-sessions").await.json();
    let sessions = sessions.as_array().unwrap();
    let on = |agent: &str| {
        sessions
            .iter()
            .find(|session| session["userAgent"] == agent)
    };
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    assert_eq!(on(LAPTOP).unwrap()["ipAddress"], ip);
    let second = on(PHONE).unwrap();
    assert_eq!(second["ipAddress"], ip);

    let revoked = json!({"token": second["token"]});
    let answer = laptop
        .post(platform, "/api/auth/revoke-session", revoked)
        .await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"status": true}))
    );
    assert_eq!(phone.session(platform).await, Value::Null);
    let answer = phone.get(platform, "/api/verify").await;
    assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));

    let before = laptop.cookies.clone();
    let answer = laptop.post(platform, "/api/auth/sign-out", json!({})).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"success": true}))
    );
    // That the device is known outlives its sessions.
    let is_mark = |name: &String| name.ends_with("doorkey.known_device");
    assert!(laptop.cookies.keys().all(is_mark), "{answer:?}");
    laptop.cookies = before;
    assert_eq!(laptop.session(platform).await, Value::Null);
    secrets
}
