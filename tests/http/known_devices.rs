//! Devices that have signed in to an account before have tries of their own.

use std::time::Duration;

use crate::support::{Instance, PASSWORD, db_test};

const DEVICE: &str = "doorkey.known_device";
const WRONG: &str = "not-the-password";

/// Somebody else uses up the account's ten tries, from ten addresses.
async fn use_up(app: &Instance, email: &str) {
    for n in 1..=10 {
        let mut stranger = app.browser().from(&format!("198.51.100.{n}"));
        assert_eq!(stranger.sign_in(email, WRONG).await.status, 401);
    }
    let mut stranger = app.browser().from("198.51.100.99");
    assert_eq!(stranger.sign_in(email, WRONG).await.status, 429);
}

db_test! {
    async fn sec_e4_the_owner_gets_in_from_a_known_device_while_strangers_are_limited(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        assert!(ann.cookie(DEVICE).is_some());
        use_up(&app, "ann@example.com").await;
        let answer = ann.sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let mut elsewhere = app.browser();
        assert_eq!(elsewhere.sign_in("ann@example.com", PASSWORD).await.status, 429);
    }

    async fn sec_e4_a_known_device_has_ten_tries_a_minute_and_no_more(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for _ in 0..10 {
            assert_eq!(ann.sign_in("ann@example.com", WRONG).await.status, 401);
        }
        assert_eq!(ann.sign_in("ann@example.com", PASSWORD).await.status, 429);
        app.advance(Duration::from_mins(1));
        assert_eq!(ann.sign_in("ann@example.com", PASSWORD).await.status, 200);
    }

    async fn sec_e4_collecting_devices_gains_a_client_nothing(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let mut devices = Vec::new();
        for _ in 0..5 {
            let mut fresh = app.browser();
            assert_eq!(fresh.sign_in("ann@example.com", PASSWORD).await.status, 200);
            devices.push(fresh);
        }
        let mut answered = 5;
        for device in &mut devices {
            for _ in 0..10 {
                answered += u32::from(device.sign_in("ann@example.com", WRONG).await.status == 401);
            }
        }
        assert_eq!(answered, 10);
    }

    async fn sec_e4_a_device_known_to_one_account_is_nobody_to_another(db) {
        let app = db.app(&[("RATE_LIMIT", "on")]).await;
        app.browser().from("192.0.2.1").sign_up("bob@example.com").await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        use_up(&app, "bob@example.com").await;
        assert_eq!(ann.sign_in("bob@example.com", PASSWORD).await.status, 429);
        let proof = ann.cookie(DEVICE).unwrap().to_owned();
        let tampered = format!("{}A", &proof[..proof.len() - 1]);
        for forged in ["", "x", ".", &proof[..22], &tampered] {
            let mut eve = app.browser().from("198.51.100.200");
            eve.set_cookie(DEVICE, forged);
            assert_eq!(eve.sign_in("bob@example.com", WRONG).await.status, 429, "{forged}");
        }
    }

    async fn the_mark_is_set_once_hidden_from_scripts_and_not_without_a_limit(db) {
        let app = db.app(&[("RATE_LIMIT", "on"), ("PUBLIC_URL", "https://auth.example.com")]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let again = ann.sign_in("ann@example.com", PASSWORD).await;
        assert!(!again.set_cookies.iter().any(|cookie| cookie.contains(DEVICE)));
        let first = app.browser().from("192.0.2.2").sign_in("ann@example.com", PASSWORD).await;
        let mark = first.set_cookies.iter().find(|cookie| cookie.contains(DEVICE)).unwrap();
        assert!(mark.starts_with("__Secure-doorkey.known_device="), "{mark}");
        assert!(mark.ends_with("; Max-Age=15552000; Path=/; HttpOnly; Secure; SameSite=Lax"), "{mark}");
        let unlimited = db.app(&[]).await;
        let answer = unlimited.browser().sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.set_cookies.len(), 1);
    }
}
