//! What no client library sends.

use super::{Server, quick};
use crate::support::{Answer, Connection, Kind, Platform as _, Request};

/// A server, and the check that it has come through.
struct Target(Server);

impl Target {
    async fn new() -> Self {
        let db = Kind::Sqlite.migrated().await;
        // The file may go: these requests never reach the database.
        Self(Server::start("doorkey", &quick(&db.url)).await)
    }

    /// All answers to some bytes, until the server closes or `most` are there.
    async fn answers(&self, bytes: impl AsRef<[u8]>, most: usize) -> Vec<Answer> {
        let mut connection = Connection::open(self.0.address).await;
        connection.send(bytes).await;
        let mut answers = Vec::new();
        while answers.len() < most
            && let Some(answer) = connection.try_answer().await
        {
            answers.push(answer);
        }
        answers
    }

    /// The status of the first answer; none if the connection was closed instead.
    async fn status(&self, bytes: impl AsRef<[u8]>) -> Option<u16> {
        let answers = self.answers(bytes, 1).await;
        answers.first().map(|answer| answer.status)
    }

    async fn is_unharmed(&mut self) {
        let answer = self.0.address.call(Request::get("/health")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(!self.0.program.has_ended());
        let log = self.0.program.out.text();
        assert!(!log.contains("panic"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_after_a_request_is_400_and_the_end() {
    let mut target = Target::new().await;
    let good = Request::get("/health").head();
    for garbage in [
        "\u{0}\u{1}\u{2}\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "GET /health\r\n\r\n",
        "GET /health HTTP/9.9\r\n\r\n",
        "GET /health HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /health HTTP/1.1\r\nhost : spaced\r\n\r\n",
        "GET /health HTTP/1.1\r\nhost: a\u{0}b\r\n\r\n",
    ] {
        let answers = target
            .answers(format!("{good}{good}{garbage}{good}"), 9)
            .await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [200, 200, 400], "{garbage:?}");
    }
    // What HTTP/2 begins with, and then nothing of it.
    let mut connection = Connection::open(target.0.address).await;
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    connection
        .send(format!("{preface}{}", good.repeat(9)))
        .await;
    connection.closed().await;
    // A TLS client that took the port for one of its kind.
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n";
    assert_eq!(target.status(hello).await, Some(400));
    target.is_unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_without_end_is_cut_off() {
    let mut target = Target::new().await;
    let large = Request::get("/health").with("x-large", &"a".repeat(100 * 1024));
    assert_eq!(target.status(large.head()).await, Some(431));
    let mut many = Request::get("/health");
    for number in 0..1000 {
        many = many.with(&format!("x-{number}"), "a");
    }
    assert_eq!(target.status(many.head()).await, Some(431));
    let long = Request::get(&format!("/{}", "a".repeat(100 * 1024)));
    let status = target.status(long.head()).await;
    assert!(matches!(status, Some(414 | 431)), "{status:?}");
    target.is_unharmed().await;
}

/// Waiting for the rest costs the sender nothing and us a connection (slow-loris).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_beginning_that_goes_no_further_is_cut_off() {
    let mut target = Target::new().await;
    let mut beginnings = Vec::new();
    for begun in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n\r\n",
        "GET /health HTTP/1.1\r\nx: ",
    ] {
        let mut connection = Connection::open(target.0.address).await;
        connection.send(begun).await;
        beginnings.push(connection);
    }
    for mut connection in beginnings {
        connection.ended().await;
    }
    target.is_unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_methods_and_targets_are_refused() {
    let mut target = Target::new().await;
    let fields = "HTTP/1.1\r\nhost: localhost\r\ncookie: secret=4711\r\n\r\n";
    for (line, statuses) in [
        ("CONNECT example.com:443", [400, 404, 405]),
        ("CONNECT localhost:7860", [400, 404, 405]),
        ("TRACE /health", [405, 405, 405]),
        ("TRACE /", [404, 405, 405]),
        ("BREW /health", [405, 405, 405]),
        ("OPTIONS *", [204, 404, 405]),
        ("GET *", [400, 404, 404]),
        ("GET /HEALTH", [404, 404, 404]),
        ("GET //health", [404, 404, 404]),
        ("GET /./health", [404, 404, 404]),
        ("GET /health/", [404, 404, 404]),
        ("GET /x/../health", [404, 404, 404]),
        ("GET /%68ealth", [404, 404, 404]),
        ("GET http://example.com/x", [400, 404, 404]),
        ("GET ftp://example.com/x", [400, 404, 404]),
    ] {
        let answers = target.answers(format!("{line} {fields}"), 1).await;
        let answer = answers
            .first()
            .unwrap_or_else(|| panic!("no answer: {line}"));
        assert!(statuses.contains(&answer.status), "{line}: {answer:?}");
        // TRACE gives a request back, cookies and all, to whoever reads answers.
        assert!(!answer.body.contains("4711"), "{line}: {answer:?}");
    }
    target.is_unharmed().await;
}

/// A server must take the absolute form (RFC 9112 §3.2.2); it is no proxy, and
/// the host in it changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absolute_target_is_served_as_the_same_path() {
    let mut target = Target::new().await;
    let fields = "HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for (url, status) in [
        ("http://localhost/health", 200),
        ("http://example.com:81/health", 200),
        ("https://example.com/api/auth/list-sessions", 401),
    ] {
        let found = target.status(format!("GET {url} {fields}")).await;
        assert_eq!(found, Some(status), "{url}");
    }
    target.is_unharmed().await;
}

/// Two readers of one connection must see the same requests (CWE-444).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_two_lengths_is_refused() {
    let mut target = Target::new().await;
    let hidden = "GET /api/auth/ok HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let head = "POST /api/auth/sign-out HTTP/1.1\r\nhost: localhost\r\n";
    for lengths in [
        "content-length: 0\r\ncontent-length: 5\r\n",
        "content-length: 0, 5\r\n",
        "content-length: +0\r\n",
        "content-length: -1\r\n",
        "content-length: 0x10\r\n",
        "content-length: 99999999999999999999999\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
    ] {
        let answers = target
            .answers(format!("{head}{lengths}\r\n{hidden}"), 9)
            .await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [400], "{lengths:?}");
    }
    // Where the two contradict each other, the chunks count, and the connection
    // ends after the answer (RFC 9112 §6.3): what follows is nobody's request.
    let both = "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    let answers = target.answers(format!("{head}{both}{hidden}"), 9).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200]);
    target.is_unharmed().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_body_is_refused() {
    let mut target = Target::new().await;
    let head = "POST /api/signin HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    for body in ["zz\r\n", "ffffffffffffffffff\r\n", "2\r\n{}zz\r\n0\r\n\r\n"] {
        let status = target.status(format!("{head}{body}")).await;
        assert_eq!(status, Some(400), "{body:?}");
    }
    target.is_unharmed().await;
}
