//! `COOKIE_CACHE`: get-session from a signed copy in a cookie, and what that costs.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::seed::known;
use crate::support::{
    Answer, Browser, CLEARED, Instance, PASSWORD, SESSION, db_test, decode_component,
};

const ON: [(&str, &str); 1] = [("COOKIE_CACHE", "on")];
const OLD_KEY: &str = "an-older-secret-for-tests-0123456789abcdef";
const NEW_KEY: &str = "a-newer-secret-for-tests-0123456789abcdefg";
const GET: &str = "/api/auth/get-session";
const FRESH: &str = "/api/auth/get-session?disableCookieCache=true";
const DATA: &str = "better-auth.session_data";
const MOMENT: Duration = Duration::from_millis(1);
const ALMOST: Duration = Duration::from_millis(299_999);

async fn signed_up(app: &Instance, email: &str) -> Browser {
    let mut browser = app.browser();
    browser.sign_up(email).await;
    assert!(browser.cookie(DATA).is_some());
    browser
}

async fn unremembered(app: &Instance) -> Answer {
    let mut browser = app.browser();
    let body = json!({"email": "ann@example.com", "password": PASSWORD, "rememberMe": false});
    browser.post("/api/auth/sign-in/email", body).await
}

/// The line that sets the copy, apart: value, attributes.
fn data(answer: &Answer) -> Option<(&str, &str)> {
    let lines = answer.set_cookies.iter();
    let mut found = lines.filter_map(|line| line.strip_prefix(DATA)?.strip_prefix('='));
    let (first, second) = (found.next(), found.next());
    assert_eq!(second, None, "one at most");
    first?.split_once("; ")
}

fn decoded(value: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(value).unwrap()).unwrap()
}

/// Path and query of the link that was mailed last.
async fn link(app: &Instance) -> String {
    let mails = app.mails().await;
    let texts = mails.iter().rev().filter_map(|mail| mail["text"].as_str());
    let words = texts.flat_map(str::split_whitespace);
    let mut paths =
        words.filter_map(|word| word.find("/api/auth/verify-email").map(|at| &word[at..]));
    paths.next().unwrap().to_owned()
}

db_test! {
    async fn the_copy_is_written_as_the_reference_writes_it(db) {
        let app = db.app(&ON).await;
        let mut ann = app.browser().with("user-agent", "Test \"1\"/ü");
        let body = json!({"name": "Zoë \u{1F389} \"\\/\u{2028}", "email": "zoe@example.com", "password": PASSWORD});
        let answer = ann.post("/api/auth/sign-up/email", body).await;
        let (value, attributes) = data(&answer).unwrap();
        assert_eq!(attributes, "Max-Age=300; Path=/; HttpOnly; SameSite=Lax");
        let text = decoded(value);
        let session = ann.get(FRESH).await.text();
        let members = session.strip_suffix('}').unwrap();
        let (payload, rest) = text.strip_prefix(r#"{"session":"#).unwrap().split_once(r#","expiresAt":1"#)
            .map(|(payload, rest)| (payload, format!("1{rest}"))).unwrap();
        let binding = payload.strip_prefix(members).unwrap();
        let binding = binding.strip_prefix(r#","updatedAt":1795532400000,"version":"1","binding":""#).unwrap();
        assert_eq!(binding.strip_suffix("\"}").unwrap().len(), 43);
        let signed = format!(r#"{},"expiresAt":1795532700000}}"#, payload.strip_suffix('}').unwrap());
        let signature = app.web.app.keys.sign_data(&signed);
        assert_eq!(rest, format!(r#"1795532700000,"signature":"{signature}"}}"#));
        let token = ann.cookie(SESSION).unwrap().split_once('.').unwrap().0;
        assert!(!text.contains(token), "a handle, as in every body");
    }

    async fn it_is_set_when_a_session_begins_or_was_read(db) {
        let app = db.app(&[("COOKIE_CACHE", "10m")]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let answer = ann.sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(data(&answer).unwrap().1, "Max-Age=600; Path=/; HttpOnly; SameSite=Lax");
        let mut bare = app.browser_like(&ann);
        let answer = bare.get(GET).await;
        assert_eq!(answer.set_cookies.len(), 1, "{answer:?}");
        assert!(data(&answer).is_some());
        for path in ["/api/verify", "/api/auth/list-sessions"] {
            let answer = app.browser_like(&ann).get(path).await;
            assert_eq!(data(&answer).is_some(), path != "/api/verify", "{path}");
        }
        let kept = app.browser_like(&ann).get("/api/auth/get-session?disableRefresh=true").await;
        assert!(kept.set_cookies.is_empty(), "as in the reference");
    }

    async fn get_session_is_answered_without_the_database_and_nothing_else_is(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let read = ann.get(FRESH).await;
        app.web.app.db.close().await;
        for path in [GET, "/api/auth/get-session?disableRefresh=true", "/api/auth/get-session?disableCookieCache=false"] {
            let answer = ann.get(path).await;
            assert_eq!((answer.status, answer.text()), (200, read.text()), "{path}");
            assert!(answer.set_cookies.is_empty(), "{path}");
            assert_eq!(answer.header("content-type"), "application/json");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("pragma"), "no-cache");
        }
        for path in [FRESH, "/api/verify", "/api/auth/list-sessions", "/api/sessions"] {
            assert_eq!(ann.get(path).await.status, 503, "{path}");
        }
        for path in ["sign-out", "revoke-sessions", "revoke-other-sessions"] {
            assert_eq!(ann.post_empty(&format!("/api/auth/{path}")).await.status, 503, "{path}");
        }
    }

    async fn a_bypass_reads_anew_and_leaves_a_new_copy(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        db.execute("UPDATE users SET name = 'Anna'").await;
        assert_eq!(ann.session().await["user"]["name"], "Ann", "that is the price");
        app.advance(MOMENT);
        let answer = ann.get(FRESH).await;
        assert_eq!(answer.json()["user"]["name"], "Anna");
        assert_eq!(data(&answer).unwrap().1, "Max-Age=300; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(ann.session().await["user"]["name"], "Anna");
    }

    async fn a_change_of_ones_own_is_in_the_copy_at_once(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let answer = ann.post("/api/auth/update-user", json!({"name": "Anna"})).await;
        assert_eq!(answer.set_cookies.len(), 2, "{answer:?}");
        assert!(data(&answer).is_some());
        let change = json!({"currentPassword": PASSWORD, "newPassword": "another-horse-battery", "revokeOtherSessions": true});
        let answer = ann.post("/api/auth/change-password", change).await;
        assert!(data(&answer).is_some(), "a copy of the new session: {answer:?}");
        let read = ann.get(FRESH).await.json();
        app.web.app.db.close().await;
        let copied = ann.session().await;
        assert_eq!(copied["user"]["name"], "Anna");
        assert_eq!(copied, read);
    }

    async fn a_link_that_is_opened_beside_a_copy_clears_or_renews_it(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let answer = ann.get(&link(&app).await).await;
        assert_eq!(answer.set_cookies, [CLEARED[1]]);
        assert_eq!(ann.session().await["user"]["emailVerified"], true);
        let asked = ann.post("/api/auth/change-email", json!({"newEmail": "anna@example.com"})).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        let answer = ann.get(&link(&app).await).await;
        assert!(data(&answer).is_some(), "{answer:?}");
        app.web.app.db.close().await;
        assert_eq!(ann.session().await["user"]["email"], "anna@example.com");
    }

    async fn sec_c3_a_copy_alone_is_nobody(db) {
        let app = db.app(&ON).await;
        let ann = signed_up(&app, "ann@example.com").await;
        let token = ann.cookie(SESSION).unwrap().split_once('.').unwrap().0.to_owned();
        app.web.app.db.close().await;
        for session in [None, Some("x"), Some(token.as_str()), Some("forged.signature")] {
            let mut thief = app.browser();
            thief.set_cookie(DATA, ann.cookie(DATA).unwrap());
            if let Some(value) = session {
                thief.set_cookie(SESSION, value);
            }
            let answer = thief.get(GET).await;
            assert_eq!((answer.status, answer.text().as_str()), (200, "null"), "{session:?}");
        }
    }

    async fn sec_c3_a_copy_never_answers_for_another_session(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let mut eve = signed_up(&app, "eve@example.com").await;
        let mut other = app.browser();
        other.sign_in("ann@example.com", PASSWORD).await;
        for theirs in [&ann, &other] {
            eve.set_cookie(DATA, theirs.cookie(DATA).unwrap());
            let answer = eve.get(GET).await;
            assert_eq!(answer.json()["user"]["email"], "eve@example.com");
            assert!(data(&answer).is_some(), "in its place");
        }
        let id = ann.session().await["session"]["id"].clone();
        ann.set_cookie(DATA, other.cookie(DATA).unwrap());
        assert_eq!(ann.session().await["session"]["id"], id, "of one user, two sessions");
        app.web.app.db.close().await;
        ann.set_cookie(DATA, other.cookie(DATA).unwrap());
        assert_eq!(ann.get(GET).await.status, 503, "it was not believed for a moment");
    }

    async fn sec_c3_a_changed_or_doubled_copy_is_none(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let good = ann.cookie(DATA).unwrap().to_owned();
        let text = decoded(&good);
        let admin = URL_SAFE_NO_PAD.encode(text.replace("ann@example.com", "eve@example.com"));
        let later = URL_SAFE_NO_PAD.encode(text.replace("1795532700000", "1995532700000"));
        let spaced = URL_SAFE_NO_PAD.encode(text.replace(r#","user":"#, r#", "user":"#));
        let cut = good[..good.len() - 1].to_owned();
        for value in [admin, later, spaced, cut, format!("{good}="), "x".into(), String::new()] {
            ann.set_cookie(DATA, &value);
            let answer = ann.get(GET).await;
            assert_eq!(answer.json()["user"]["email"], "ann@example.com", "{value}");
            assert!(data(&answer).unwrap().0.len() > 500, "a good one in its place: {value}");
        }
        let twice = format!("{DATA}={good}; {DATA}={good}; {SESSION}={}", ann.cookie(SESSION).unwrap());
        let answer = app.browser().with("cookie", &twice).get(GET).await;
        assert!(data(&answer).is_some(), "one of them may have been planted");
    }

    async fn sec_c4_a_revoked_session_is_gone_at_once_but_for_get_session_within_the_time(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let mut phone = app.browser();
        phone.sign_in("ann@example.com", PASSWORD).await;
        let answer = ann.post_empty("/api/auth/revoke-other-sessions").await;
        assert_eq!(answer.status, 200);
        for path in ["/api/verify", "/api/auth/list-sessions"] {
            assert_eq!(phone.clone().get(path).await.status, 401, "{path}");
        }
        let refused = phone.clone().post_empty("/api/auth/revoke-sessions").await;
        assert_eq!(refused.refusal(), (401, "UNAUTHORIZED".into()));
        assert_eq!(refused.set_cookies, CLEARED, "the copy too");

        app.advance(ALMOST);
        assert_eq!(phone.session().await["user"]["email"], "ann@example.com", "the price");
        assert_eq!(phone.clone().get(FRESH).await.json(), Value::Null, "unless one asks");
        app.advance(MOMENT);
        let answer = phone.get(GET).await;
        assert_eq!(answer.json(), Value::Null);
        assert_eq!(answer.set_cookies, CLEARED);
    }

    async fn sec_c4_signing_out_and_revoking_clear_the_browsers_own_copy(db) {
        let app = db.app(&ON).await;
        app.browser().sign_up("ann@example.com").await;
        for path in ["sign-out", "revoke-sessions", "revoke-session"] {
            let mut ann = app.browser();
            ann.sign_in("ann@example.com", PASSWORD).await;
            let handle = ann.session().await["session"]["token"].clone();
            let answer = ann.post(&format!("/api/auth/{path}"), json!({"token": handle})).await;
            assert_eq!(answer.set_cookies, CLEARED, "{path}");
            assert_eq!(ann.cookie(DATA), None, "{path}");
            assert_eq!(ann.session().await, Value::Null, "{path}");
        }
    }

    async fn sec_c6_a_copy_ends_with_its_time_and_with_its_session(db) {
        let app = db.app(&[("COOKIE_CACHE", "10s")]).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        app.advance(Duration::from_millis(9_999));
        assert!(ann.get(GET).await.set_cookies.is_empty());
        app.advance(MOMENT);
        assert!(data(&ann.get(GET).await).is_some(), "read, and copied anew");

        let short = db.app(&[("COOKIE_CACHE", "on"), ("SESSION_TTL", "1m"), ("SESSION_REFRESH", "59s")]).await;
        let mut ann = short.browser();
        let answer = ann.sign_in("ann@example.com", PASSWORD).await;
        assert!(data(&answer).unwrap().1.starts_with("Max-Age=60; "), "{answer:?}");
        short.advance(Duration::from_millis(59_999));
        assert_ne!(ann.clone().session().await, Value::Null);
        short.advance(MOMENT);
        assert_eq!(ann.get(GET).await.set_cookies, CLEARED);
    }

    async fn a_session_that_ends_with_the_browser_is_copied_once_for_a_minute(db) {
        for (cache, life) in [("on", 60_000), ("10s", 10_000)] {
            let app = db.app(&[("COOKIE_CACHE", cache)]).await;
            if cache == "on" {
                app.browser().sign_up("ann@example.com").await;
            }
            let answer = unremembered(&app).await;
            let (value, attributes) = data(&answer).unwrap();
            assert_eq!(attributes, "Path=/; HttpOnly; SameSite=Lax");
            let mut ann = app.browser();
            for line in &answer.set_cookies {
                let (name, value) = line.split_once(';').unwrap().0.split_once('=').unwrap();
                ann.set_cookie(name, value);
            }
            let sealed: Value = serde_json::from_str(&decoded(value)).unwrap();
            let ends = sealed["expiresAt"].as_i64().unwrap();
            assert_eq!(ends - sealed["session"]["updatedAt"].as_i64().unwrap(), life);
            app.advance(Duration::from_millis(u64::try_from(life).unwrap() - 1));
            assert!(ann.get(GET).await.set_cookies.is_empty(), "{cache}");
            app.advance(MOMENT);
            let answer = ann.get(GET).await;
            assert_eq!(answer.json()["user"]["email"], "ann@example.com");
            assert_eq!(answer.set_cookies, [CLEARED[1]], "and no new one, as in the reference");
            assert!(ann.get(GET).await.set_cookies.is_empty());
        }
    }

    async fn a_refreshed_session_is_copied_with_its_new_end(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        app.advance(Duration::from_hours(24));
        let answer = ann.get(GET).await;
        assert_eq!(answer.set_cookies.len(), 2, "{answer:?}");
        assert!(answer.set_cookies[0].starts_with(SESSION));
        assert_eq!(ann.session().await["session"]["expiresAt"], "2026-12-02T15:00:00.000Z");
        assert!(data(&answer).is_some());
    }

    async fn sec_c8_a_copy_of_the_previous_key_is_none(db) {
        let before = db.app(&[("SECRET_KEY", OLD_KEY), ("COOKIE_CACHE", "on")]).await;
        let old = signed_up(&before, "ann@example.com").await;
        let settings = [("SECRET_KEY", NEW_KEY), ("SECRET_KEY_PREVIOUS", OLD_KEY), ("COOKIE_CACHE", "on")];
        let rotating = db.app(&settings).await;
        let mut ann = rotating.browser_like(&old);
        ann.set_cookie(DATA, old.cookie(DATA).unwrap());
        let answer = ann.get(GET).await;
        assert_eq!(answer.json()["user"]["email"], "ann@example.com");
        assert_eq!(answer.set_cookies.len(), 2, "both signed anew: {answer:?}");
        ann.set_cookie(DATA, old.cookie(DATA).unwrap());
        assert!(data(&ann.get(GET).await).is_some(), "beside the new cookie it is none either");
        ann.set_cookie(SESSION, old.cookie(SESSION).unwrap());
        let answer = ann.get(GET).await;
        assert_eq!(answer.set_cookies.len(), 2, "an old cookie is renewed, whatever is beside it");
    }

    async fn a_copy_that_no_browser_would_keep_is_not_set_and_one_of_before_is_cleared(db) {
        let app = db.app(&ON).await;
        let mut ann = signed_up(&app, "ann@example.com").await;
        let wide = format!("UPDATE users SET image = 'https://example.com/{}'", "i".repeat(2000));
        db.execute(&wide).await;
        let answer = ann.get(FRESH).await;
        assert!(data(&answer).unwrap().0.len() > 3000, "{answer:?}");
        let line = answer.set_cookies.iter().find(|line| line.starts_with(DATA)).unwrap();
        assert!(line.len() <= 4090, "{}", line.len());

        let wider = format!("UPDATE users SET name = '{}'", "李".repeat(255));
        db.execute(&wider).await;
        let answer = ann.get(FRESH).await;
        assert_eq!(answer.set_cookies, [CLEARED[1]]);
        assert_eq!(ann.session().await["user"]["name"], "李".repeat(255));
        let answer = ann.sign_in("ann@example.com", PASSWORD).await;
        assert_eq!(answer.set_cookies[1..], [CLEARED[1]]);
    }

    async fn a_session_that_was_taken_over_is_copied_once_its_cookie_is_signed(db) {
        db.load_seed().await;
        let app = db.today(&ON).await;
        let users = known().users;
        let session = users.iter().find_map(|user| {
            let live = user.sessions.iter().find(|session| session.live);
            live.filter(|session| session.token.len() == 43).map(|session| (user, session))
        });
        let (user, session) = session.unwrap();
        let mut ann = app.browser();
        ann.set_cookie("session_token", &session.token);
        assert!(data(&ann.get(GET).await).is_some());
        let copy = ann.cookie(DATA).unwrap().to_owned();
        app.web.app.db.close().await;
        assert_eq!(ann.session().await["user"]["id"], user.id);
        let mut old = app.browser();
        old.set_cookie("session_token", &session.token);
        old.set_cookie(DATA, &copy);
        assert_eq!(old.get(GET).await.status, 503, "unsigned, it is read");
    }

    async fn a_bearer_under_its_signature_may_bring_a_copy_and_one_without_may_not(db) {
        let app = db.app(&[("COOKIE_CACHE", "on"), ("BEARER", "on")]).await;
        let ann = signed_up(&app, "ann@example.com").await;
        let signed = decode_component(ann.cookie(SESSION).unwrap());
        let raw = signed.split_once('.').unwrap().0;
        app.web.app.db.close().await;
        for (shown, status) in [(signed.as_str(), 200), (raw, 503)] {
            let mut program = app.browser().with("authorization", &format!("Bearer {shown}"));
            program.set_cookie(DATA, ann.cookie(DATA).unwrap());
            assert_eq!(program.get(GET).await.status, status);
        }
    }

    async fn switched_off_again_what_is_left_is_neither_believed_nor_kept(db) {
        let on = db.app(&ON).await;
        let mut ann = signed_up(&on, "ann@example.com").await;
        db.execute("UPDATE users SET name = 'Anna'").await;
        let off = db.app(&[]).await;
        let mut same = off.browser_like(&ann);
        same.set_cookie(DATA, ann.cookie(DATA).unwrap());
        let answer = same.get(GET).await;
        assert_eq!(answer.json()["user"]["name"], "Anna");
        assert_eq!(answer.set_cookies, [CLEARED[1]]);
        on.advance(Duration::from_hours(24));
        same.set_cookie(DATA, ann.cookie(DATA).unwrap());
        let answer = same.get(GET).await;
        assert_eq!(answer.set_cookies[1..], [CLEARED[1]], "beside a refreshed cookie too");
        assert_ne!(ann.session().await, Value::Null);
    }
}
