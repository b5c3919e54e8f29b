//! What a proxy does that it should not, and what becomes of it.

use std::time::Duration;

use serde_json::Value;

use super::stand_in::Mood;
use super::{CA, Place, password_of, with_ca};
use crate::plain::{Server, quick};
use crate::support::{Answer, Browser, Program, soon};

const ORIGIN: &str = "http://localhost:3000";
/// What a request waits for the database, twice in the worst case, and what a busy
/// machine adds.
const DEADLINE: Duration = Duration::from_secs(18);

/// Somebody who is signed up and signed in.
async fn somebody(server: &mut Server) -> Browser {
    let mut ann = Browser::new(ORIGIN, "Laptop/1.0");
    let answer = ann.sign_up(&mut server.address, "ann@example.com").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    ann
}

/// Asked who is signed in, in time.
async fn ask(browser: &mut Browser, server: &mut Server) -> Answer {
    let asked = browser.get(&mut server.address, "/api/auth/get-session");
    tokio::time::timeout(DEADLINE, asked).await.unwrap()
}

fn unavailable(answer: &Answer) {
    let refusal = answer.refusal();
    assert_eq!(refusal, (503, "DATABASE_UNAVAILABLE".into()), "{answer:?}");
    assert!(answer.header("retry-after").is_some());
}

async fn back(browser: &mut Browser, server: &mut Server) {
    let again = async {
        loop {
            let answer = ask(browser, server).await;
            if answer.status == 200 {
                assert_ne!(answer.json(), Value::Null);
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    soon("it recovers", again).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_503_with_its_cause_in_the_log_until_it_ends() {
    let Some(place) = Place::new().await else {
        return;
    };
    let mut server = place.server().await;
    let mut ann = somebody(&mut server).await;
    for status in [401, 404, 502] {
        place.proxy.set(Mood::Refusing(status));
        place.proxy.cut();
        unavailable(&ask(&mut ann, &mut server).await);
        let cause = format!(
            "the WebSocket to localhost:{} was refused with HTTP {status} (08001)",
            place.proxy.address.port()
        );
        let found = |line: &str| line.contains(&cause).then_some(());
        let found = server.program.out.find(&cause, found).await;
        assert_eq!(found, Some(()));
    }
    place.proxy.set(Mood::Good);
    back(&mut ann, &mut server).await;
    let log = server.program.out.text();
    assert!(!log.contains(password_of(&place.database.url)), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_dies_is_noticed_and_a_read_goes_on_with_another() {
    let Some(place) = Place::new().await else {
        return;
    };
    let mut server = place.server().await;
    let mut ann = somebody(&mut server).await;
    for _ in 0..3 {
        place.proxy.cut();
        let answer = ask(&mut ann, &mut server).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_ne!(answer.json(), Value::Null);
    }
    let broken = server.program.event("tunnel_broken").await;
    assert_eq!(broken["level"], "WARN");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_freezes_hangs_no_request() {
    let Some(place) = Place::new().await else {
        return;
    };
    let mut server = place.server().await;
    let mut ann = somebody(&mut server).await;
    place.proxy.set(Mood::Frozen);
    // Rested for longer than it is trusted, a connection is asked first.
    tokio::time::sleep(Duration::from_secs(4)).await;
    unavailable(&ask(&mut ann, &mut server).await);
    let late = |line: &str| {
        line.contains("was not made within 6 s (58000)")
            .then_some(())
    };
    let found = server.program.out.find("the cause", late).await;
    assert_eq!(found, Some(()));
    place.proxy.set(Mood::Good);
    back(&mut ann, &mut server).await;
}

/// Neon's proxy asks for the password in clear inside the WebSocket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_i5_a_proxy_that_cannot_prove_itself_is_asked_for_nothing() {
    let Some(place) = Place::new().await else {
        return;
    };
    let by_address = format!("wss://{}/v2", place.proxy.address);
    let unverified = place.database.url.replace("verify-full", "require");
    for (url, transport, cause) in [
        (unverified, place.proxy.url(), "UnknownIssuer"),
        (
            with_ca(&place.database.url, CA),
            by_address,
            "not valid for name",
        ),
    ] {
        let mut server = place.server_with(&url, &transport).await;
        let mut nobody = Browser::new(ORIGIN, "Laptop/1.0");
        let sign_up = nobody.sign_up(&mut server.address, "ann@example.com");
        unavailable(&soon("an answer", sign_up).await);
        let found = |line: &str| line.contains(cause).then_some(());
        let found = server.program.out.find(cause, found).await;
        assert_eq!(found, Some(()));
    }
    assert_eq!(place.proxy.asked(), [""; 0]);
}

#[tokio::test]
async fn certificates_that_cannot_be_read_stop_the_start() {
    for ca in ["/nowhere/ca.pem", "/dev/null"] {
        let url = with_ca("postgres://ann:hunter2@db.example.com/x", ca);
        let mut env = quick(&url);
        env.push(("DATABASE_TRANSPORT", "websocket"));
        let folder = tempfile::tempdir().unwrap();
        let mut program = Program::start("doorkey", folder.path(), &env);
        assert_eq!(program.exit_code().await, Some(1));
        let failed = program.event("start_failed").await;
        let said = failed["message"].as_str().unwrap();
        assert!(said.contains("sslrootcert"), "{said}");
        assert!(!program.out.whole().await.contains("hunter2"));
    }
}
