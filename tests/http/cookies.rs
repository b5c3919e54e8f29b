//! The session's cookie: what is set, and what of what comes back is believed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    Answer, Browser, ORIGIN, PASSWORD, SESSION, db_test, decode_component, encode_component,
};

const OLD_KEY: &str = "an-older-secret-for-tests-0123456789abcdef";
const NEW_KEY: &str = "a-newer-secret-for-tests-0123456789abcdefg";
const CROSS_SITE: [(&str, &str); 2] = [
    ("PUBLIC_URL", "https://x.hf.space"),
    ("FRONTEND_URL", "https://y.vercel.app"),
];

type Settings<'a> = &'a [(&'a str, &'a str)];

/// Values of which none is the one that was set.
fn forgeries(good: &str, other: &str) -> Vec<String> {
    let (token, signature) = good.split_once('.').unwrap();
    let raw = decode_component(signature);
    let (_, others_signature) = other.split_once('.').unwrap();
    let short = &signature[..signature.len() - 1];
    vec![
        String::new(),
        ".".to_owned(),
        token.to_owned(),
        format!("{token}."),
        format!(".{signature}"),
        // wrong
        format!("{token}.{others_signature}"),
        format!("{token}.{}", encode_component(&"A".repeat(44))),
        format!("{}.{signature}", swap_case(token)),
        // truncated
        format!("{token}.{short}"),
        format!("{token}.{}", encode_component(raw.trim_end_matches('='))),
        format!("{}.{signature}", &token[1..]),
        // encoded another way
        format!("{token}.{raw}"),
        format!("{token}.{}", signature.replace("%3D", "%3d")),
        format!("{token}.{}", signature.replace('%', "%25")),
        format!(
            "{token}.{}=",
            raw.trim_end_matches('=')
                .replace('+', "-")
                .replace('/', "_")
        ),
        format!("{token}.{}", encode_component(&loosely_padded(&raw))),
        format!("%{:02X}{}.{signature}", token.as_bytes()[0], &token[1..]),
        format!("{token}%2E{signature}"),
        format!("\"{good}\""),
        // doubled
        format!("{good}.{signature}"),
        format!("{good}{signature}"),
        format!("{good},{good}"),
        format!("{token}.{good}"),
    ]
}

fn swap_case(text: &str) -> String {
    let swap = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    text.chars().map(swap).collect()
}

/// Base64 of the same bytes whose unused bits are not zero.
fn loosely_padded(base64: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = base64.as_bytes()[42];
    let at = ALPHABET.iter().position(|byte| *byte == last).unwrap();
    format!("{}{}=", &base64[..42], char::from(ALPHABET[at + 1]))
}

/// The value in a `Set-Cookie` field, and what follows it.
fn parts(set_cookie: &str) -> (&str, &str, &str) {
    let (pair, attributes) = set_cookie.split_once("; ").unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    (name, value, attributes)
}

fn names_and_attributes(answer: &Answer) -> Vec<(&str, &str)> {
    let all = answer.set_cookies.iter().map(|cookie| parts(cookie));
    all.map(|(name, _, attributes)| (name, attributes))
        .collect()
}

db_test! {
    async fn sec_c2_a_token_that_came_in_is_never_adopted(db) {
        let app = db.app(&[]).await;
        let mut eve = app.browser();
        eve.sign_up("eve@example.com").await;
        let mut seen = BTreeSet::from([eve.cookie(SESSION).unwrap().to_owned()]);
        let anything = "a".repeat(43);
        let mut planted = vec![app.signed(&anything), anything];
        planted.extend(seen.clone());
        app.browser().sign_up("ann@example.com").await;
        for (n, value) in planted.iter().enumerate() {
            let mut ann = app.browser();
            ann.set_cookie(SESSION, value);
            assert_eq!(ann.sign_in("ann@example.com", PASSWORD).await.status, 200);
            assert!(seen.insert(ann.cookie(SESSION).unwrap().to_owned()), "a new one each time");
            assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
            let mut new = app.browser();
            new.set_cookie(SESSION, value);
            new.sign_up(&format!("new{n}@example.com")).await;
            assert!(seen.insert(new.cookie(SESSION).unwrap().to_owned()), "a new one each time");
        }
        assert_eq!(eve.session().await["user"]["email"], "eve@example.com");
        let mut made_up = app.browser();
        made_up.set_cookie(SESSION, &planted[0]);
        assert_eq!(made_up.session().await, Value::Null);
    }

    async fn sec_c3_attributes_fit_where_front_end_and_service_are(db) {
        let lax = "Path=/; HttpOnly; Secure; SameSite=Lax";
        let none = "Path=/; HttpOnly; Secure; SameSite=None; Partitioned";
        let page = "https://app.example.com";
        let same_site = [("PUBLIC_URL", "https://auth.example.com"), ("FRONTEND_URL", page)];
        let cases: [(Settings<'_>, &str, &str, &str); 4] = [
            (&[], ORIGIN, "", "Path=/; HttpOnly; SameSite=Lax"),
            (&[("PUBLIC_URL", page), ("FRONTEND_URL", page)], page, "__Secure-", lax),
            (&same_site, page, "__Secure-", lax),
            (&CROSS_SITE, "https://y.vercel.app", "__Secure-", none),
        ];
        for (n, (settings, page, prefix, attributes)) in cases.into_iter().enumerate() {
            let app = db.app(settings).await;
            let mut ann = app.browser().with("origin", page);
            let email = format!("ann{n}@example.com");
            ann.sign_up(&email).await;
            let name = |name: &str| format!("{prefix}better-auth.{name}");
            let (session, flag) = (name("session_token"), name("dont_remember"));
            let week = format!("Max-Age=604800; {attributes}");
            let gone = format!("Max-Age=0; {attributes}");

            let answer = ann.sign_in(&email, PASSWORD).await;
            assert_eq!(names_and_attributes(&answer), [(session.as_str(), week.as_str())]);
            assert_ne!(ann.session().await, Value::Null);
            let body = json!({"email": email, "password": PASSWORD, "rememberMe": false});
            let answer = ann.post("/api/auth/sign-in/email", body).await;
            let both = [(session.as_str(), attributes), (flag.as_str(), attributes)];
            assert_eq!(names_and_attributes(&answer), both);
            assert_eq!(ann.cookie(&flag).unwrap(), app.signed("true"));
            let answer = ann.post_empty("/api/auth/sign-out").await;
            let data = name("session_data");
            let all = [&session, &data, &flag].map(|name| (name.as_str(), gone.as_str()));
            let cleared = names_and_attributes(&answer);
            assert_eq!(cleared[..3], all);
            // One of the time before cookies were partitioned may be left.
            let whole = gone.strip_suffix("; Partitioned");
            let left_over: Vec<_> = whole.map(|gone| (session.as_str(), gone)).into_iter().collect();
            assert_eq!(cleared[3..], left_over);
        }
    }

    async fn sec_c3_on_https_only_the_prefixed_name_counts(db) {
        let app = db.app(&CROSS_SITE).await;
        let mut ann = app.browser().with("origin", "https://y.vercel.app");
        ann.sign_up("ann@example.com").await;
        let value = ann.cookie("__Secure-better-auth.session_token").unwrap();
        let mut planted = app.browser();
        planted.set_cookie(SESSION, value);
        assert_eq!(planted.session().await, Value::Null);
    }

    async fn sec_c3_what_is_not_exactly_our_signature_is_no_session_and_reads_nothing(db) {
        let app = db.app(&[]).await;
        let (mut ann, mut eve) = (app.browser(), app.browser());
        ann.sign_up("ann@example.com").await;
        eve.sign_up("eve@example.com").await;
        let good = ann.cookie(SESSION).unwrap().to_owned();
        let other = eve.cookie(SESSION).unwrap().to_owned();
        app.web.app.db.close().await;
        for value in forgeries(&good, &other) {
            let mut forger = app.browser();
            forger.set_cookie(SESSION, &value);
            let answer = forger.get("/api/auth/get-session").await;
            assert_eq!((answer.status, answer.text().as_str()), (200, "null"), "{value}");
            assert!(answer.set_cookies.is_empty(), "{value}");
            for path in ["/api/verify", "/api/auth/list-sessions"] {
                assert_eq!(forger.get(path).await.status, 401, "{path} {value}");
            }
            let answer = forger.post_empty("/api/auth/revoke-sessions").await;
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()), "{value}");
            assert_eq!(forger.post_empty("/api/auth/sign-out").await.status, 200, "{value}");
        }
        let answer = ann.get("/api/auth/get-session").await;
        assert_eq!(answer.refusal(), (503, "DATABASE_UNAVAILABLE".into()), "that one is read");
    }

    async fn sec_c3_of_two_valid_cookies_neither_is_trusted(db) {
        let app = db.app(&[]).await;
        let (mut ann, mut eve) = (app.browser(), app.browser());
        ann.sign_up("ann@example.com").await;
        eve.sign_up("eve@example.com").await;
        let pair = |value: &str| format!("{SESSION}={value}");
        let (ann, eve) = (pair(ann.cookie(SESSION).unwrap()), pair(eve.cookie(SESSION).unwrap()));
        let forged = pair("forged.signature");
        for (fields, email) in [
            (vec![format!("{ann}; {ann}")], Some("ann@example.com")),
            (vec![ann.clone(), ann.clone()], Some("ann@example.com")),
            (vec![format!("{forged}; {ann}")], Some("ann@example.com")),
            (vec![ann.clone(), forged], Some("ann@example.com")),
            (vec![format!("{ann}; {eve}")], None),
            (vec![format!("{eve}; {ann}")], None),
            (vec![ann.clone(), eve.clone()], None),
            (vec![format!("{ann}; {eve}; {ann}")], None),
        ] {
            let start = app.browser();
            let add = |b: Browser, field: &String| b.and("cookie", field.as_bytes());
            let mut browser = fields.iter().fold(start, add);
            let found = browser.session().await;
            assert_eq!(found["user"]["email"].as_str(), email, "{fields:?}");
            let status = if email.is_some() { 200 } else { 401 };
            assert_eq!(browser.get("/api/verify").await.status, status, "{fields:?}");
        }
    }

    async fn sec_c3_neighbours_and_split_fields_do_not_lose_the_session(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let own = format!("{SESSION}={}", ann.cookie(SESSION).unwrap());
        let odd = [b"odd=\xff\xfe; ", own.as_bytes(), b"; more=\xc3\xa9"].concat();
        let named = format!("x{own}; {SESSION}x=1; {SESSION}; =; ;;{own}");
        for fields in [
            vec![odd.as_slice()],
            vec![b"odd=\xff\xfe", own.as_bytes(), b"theme=dark"],
            vec![named.as_bytes()],
        ] {
            let start = app.browser();
            let mut browser = fields.iter().fold(start, |b, field| b.and("cookie", field));
            assert_eq!(browser.session().await["user"]["email"], "ann@example.com", "{fields:?}");
        }
    }

    async fn sec_c8_the_previous_key_is_accepted_and_replaced_and_a_removed_one_is_not(db) {
        let before = db.app(&[("SECRET_KEY", OLD_KEY)]).await;
        let mut ann = before.browser();
        ann.sign_up("ann@example.com").await;
        let old = ann.cookie(SESSION).unwrap().to_owned();

        let rotating = db.app(&[("SECRET_KEY", NEW_KEY), ("SECRET_KEY_PREVIOUS", OLD_KEY)]).await;
        let mut ann = rotating.browser_like(&ann);
        assert_eq!(ann.get("/api/verify").await.status, 200);
        let answer = ann.get("/api/auth/get-session").await;
        assert_eq!(answer.json()["user"]["email"], "ann@example.com");
        let token = old.split_once('.').unwrap().0;
        let (_, value, attributes) = parts(&answer.set_cookies[0]);
        assert_eq!(value, rotating.signed(token), "the same token, signed anew");
        assert_eq!(attributes, "Max-Age=604800; Path=/; HttpOnly; SameSite=Lax");
        assert!(ann.get("/api/auth/get-session").await.set_cookies.is_empty());

        let after = db.app(&[("SECRET_KEY", NEW_KEY)]).await;
        assert_ne!(after.browser_like(&ann).session().await, Value::Null);
        let mut late = after.browser();
        late.set_cookie(SESSION, &old);
        assert_eq!(late.session().await, Value::Null);
    }

    async fn what_a_body_calls_token_opens_nothing(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let signed_in = ann.sign_in("ann@example.com", PASSWORD).await;
        let secret = ann.cookie(SESSION).unwrap().split_once('.').unwrap().0.to_owned();
        let list = ann.get("/api/auth/list-sessions").await;
        let current = ann.get("/api/auth/get-session").await;
        for answer in [&signed_in, &list, &current] {
            assert!(!answer.text().contains(&secret), "{answer:?}");
        }
        let handle = signed_in.json()["token"].as_str().unwrap().to_owned();
        assert_eq!(current.json()["session"]["token"], handle, "one value in every body");
        for value in [handle.clone(), app.signed(&handle)] {
            let mut eve = app.browser();
            eve.set_cookie(SESSION, &value);
            assert_eq!(eve.session().await, Value::Null);
            let eve = app.browser().with("authorization", &format!("Bearer {value}"));
            assert_eq!(eve.clone().session().await, Value::Null);
        }
    }
}
