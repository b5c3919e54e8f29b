//! What is sealed opens for its token, within its time, in its one spelling.

use super::*;

const KEY: &[u8] = b"reference-secret-0123456789abcdef0123456789abcdef";
const OLD_KEY: &[u8] = b"an-older-secret-of-at-least-32-bytes";
const START: Timestamp = Timestamp::from_millis(1_795_532_400_000);
const ENDS: Timestamp = Timestamp::from_millis(1_795_532_700_000);
const MOMENT_BEFORE: Timestamp = Timestamp::from_millis(1_795_532_699_999);

fn token(byte: u8) -> SessionToken {
    SessionToken::from_random([byte; 32])
}

/// As answers have them, in an order that no sorted map would give.
#[derive(Serialize)]
struct SessionLike {
    token: &'static str,
    id: &'static str,
}

#[derive(Serialize)]
struct UserLike<'a> {
    name: &'a str,
    email: &'static str,
    age: f64,
}

const SESSION: SessionLike = SessionLike {
    token: "handle",
    id: "handle",
};

fn user(name: &str) -> UserLike<'_> {
    UserLike {
        name,
        email: "ann@example.com",
        age: 41.0,
    }
}

fn sealed(keys: &Keys, name: &str) -> String {
    let payload = Payload {
        session: SESSION,
        user: user(name),
        updated_at: START.millis(),
        version: "1",
        binding: keys.session_tag(token(7).expose()),
    };
    seal(keys, &payload, ENDS).unwrap()
}

fn opened(keys: &Keys, copy: &str) -> Option<String> {
    open(keys, &token(7), copy.as_bytes(), START)
}

#[test]
fn what_is_sealed_opens_as_the_answer_that_it_copies() {
    let keys = Keys::new(KEY, None);
    for name in [
        "Ann",
        "Zoë 李 🎉 \u{2028}",
        "\0\u{1f}\\\"",
        r#"","binding":"x"}"#,
        r#"","expiresAt":1,"signature":"x"}"#,
        r#"\","updatedAt":1,"version":"1"}"#,
    ] {
        let named = serde_json::to_string(name).unwrap();
        let answer = format!(
            r#"{{"session":{{"token":"handle","id":"handle"}},"user":{{"name":{named},"email":"ann@example.com","age":41}}}}"#
        );
        assert_eq!(opened(&keys, &sealed(&keys, name)), Some(answer), "{name}");
    }
}

#[test]
fn sec_c3_no_changed_copy_opens() {
    let keys = Keys::new(KEY, None);
    let good = sealed(&keys, "Ann");
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(opened(&keys, &changed), None, "{at}");
        assert_eq!(opened(&keys, &good[..at]), None, "{at}");
        assert_eq!(opened(&keys, &good[at + 1..]), None, "{at}");
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(&good).unwrap()).unwrap();
    for changed in [
        text.replace("ann@", "eve@"),
        text.replace("1795532700000", "1995532700000"),
        text.replace(r#""version":"1""#, r#""version":"2""#),
        text.replace(r#"{"session":{"#, r#"{"session":{"role":"admin","#),
        // The same to a JSON parser.
        text.replace(",\"user\"", ", \"user\""),
        text.replace("Ann", "\\u0041nn"),
        format!("{text} "),
        text.replace("1795532700000", "1795532700000.0"),
        text.replace("1795532700000", "+1795532700000"),
    ] {
        assert_ne!(changed, text);
        assert_eq!(
            opened(&keys, &URL_SAFE_NO_PAD.encode(&changed)),
            None,
            "{changed}"
        );
    }
    for changed in [
        format!("{good}="),
        format!("{good}x"),
        format!("\"{good}\""),
    ] {
        assert_eq!(opened(&keys, &changed), None);
    }
}

#[test]
fn sec_c3_a_copy_answers_for_its_own_token_alone() {
    let keys = Keys::new(KEY, None);
    let good = sealed(&keys, "Ann");
    assert!(open(&keys, &token(7), good.as_bytes(), START).is_some());
    assert_eq!(open(&keys, &token(8), good.as_bytes(), START), None);
    // What another server with the same key has signed is bound to nothing.
    let payload = r#"{"session":{"token":"x"},"user":{},"updatedAt":1,"version":"1"}"#;
    let signature = keys.sign_data(&signed_text(payload, "1995532700000").unwrap());
    let foreign =
        format!(r#"{{"session":{payload},"expiresAt":1995532700000,"signature":"{signature}"}}"#);
    assert_eq!(opened(&keys, &URL_SAFE_NO_PAD.encode(foreign)), None);
}

#[test]
fn sec_c8_a_copy_of_the_previous_key_is_none() {
    let old = sealed(&Keys::new(OLD_KEY, None), "Ann");
    assert_eq!(opened(&Keys::new(KEY, Some(OLD_KEY)), &old), None);
}

#[test]
fn sec_c6_a_copy_ends_when_it_says() {
    let keys = Keys::new(KEY, None);
    let good = sealed(&keys, "Ann");
    let at = |now| open(&keys, &token(7), good.as_bytes(), now).is_some();
    assert!(at(MOMENT_BEFORE));
    assert!(!at(ENDS));
    assert!(!at(Timestamp::MAX));
}

#[test]
fn sec_g1_no_text_upsets_the_reader() {
    let keys = Keys::new(KEY, None);
    for text in [
        "",
        "{}",
        "\"}",
        r#"{"session":"#,
        r#","signature":""}"#,
        "null",
        "[1]",
        "}",
    ] {
        assert_eq!(opened(&keys, text), None);
        assert_eq!(opened(&keys, &URL_SAFE_NO_PAD.encode(text)), None);
    }
    assert_eq!(open(&keys, &token(7), b"\xff\xfe\x00", START), None);
    assert_eq!(opened(&keys, &URL_SAFE_NO_PAD.encode(b"\xff\xfe\"}")), None);
}
