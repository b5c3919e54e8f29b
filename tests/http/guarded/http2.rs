//! HTTP/2 from the side of the client; what the upstream gets is HTTP/1.1.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::wire::{soon, upstream};
use super::{Front, HOST};
use crate::support::{ORIGIN, TestDb};

/// What stands in a line of a field.
fn value_of(line: &str) -> &str {
    line.split_once(": ").unwrap().1.trim_end()
}

/// A connection that many requests may be under way on.
struct Client(SendRequest<Full<Bytes>>);

impl Client {
    async fn connect(front: &Front) -> Self {
        let stream = TcpStream::connect(front.address).await.unwrap();
        let shaken = Builder::new(TokioExecutor::new()).handshake(TokioIo::new(stream));
        let (client, connection) = shaken.await.unwrap();
        tokio::spawn(connection);
        Self(client)
    }

    async fn ask(&self, path: &str, fields: &[(&str, &str)], body: &'static str) -> Told {
        let mut client = self.0.clone();
        let method = if body.is_empty() { "GET" } else { "POST" };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{HOST}{path}"));
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let answer = client.send_request(request.body(Full::from(body)).unwrap());
        Told::of(soon(answer).await.unwrap()).await
    }
}

/// It opens no window and answers pings: nothing else would ever end it.
#[tokio::test]
async fn sec_j6_an_answer_that_nobody_takes_is_let_go() {
    let db = TestDb::sqlite();
    let gone = Arc::new(Notify::new());
    let told = Arc::clone(&gone);
    let app = upstream(move |mut wire| {
        let gone = Arc::clone(&told);
        async move {
            wire.head().await;
            wire.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
                .await;
            wire.0.read_to_end(&mut Vec::new()).await.ok();
            gone.notify_one();
        }
    });
    let front = Front::of(&db, app.await, &[("PUBLIC_PATHS", "/open")]).await;
    let stream = TcpStream::connect(front.address).await.unwrap();
    let mut builder = Builder::new(TokioExecutor::new());
    let shaken = builder
        .initial_stream_window_size(0)
        .handshake(TokioIo::new(stream));
    let (mut client, connection) = shaken.await.unwrap();
    tokio::spawn(connection);
    let request = Request::get(format!("http://{HOST}/open"))
        .body(Full::<Bytes>::default())
        .unwrap();
    let answer = soon(client.send_request(request)).await.unwrap();
    let given_up = timeout(Duration::from_mins(1), gone.notified()).await;
    assert!(
        given_up.is_ok(),
        "it is kept for as long as the client likes"
    );
    drop(answer);
}

struct Told {
    status: StatusCode,
    text: String,
}

impl Told {
    async fn of(answer: http::Response<Incoming>) -> Self {
        let status = answer.status();
        let body = soon(answer.into_body().collect()).await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        Self { status, text }
    }

    fn told(&self, line: &str) -> bool {
        self.text.lines().any(|told| told == line)
    }
}

#[tokio::test]
async fn what_comes_in_http2_goes_on_as_one_of_http1_does() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let session = value_of(&cookie);
    let client = Client::connect(&front).await;
    let fields = [
        ("cookie", "theme=dark"),
        ("cookie", session),
        ("cookie", "lang=en"),
        ("origin", ORIGIN),
        ("x-auth-email", "eve@example.com"),
        ("te", "trailers"),
    ];
    let told = client.ask("/a?b=c", &fields, "whole").await;
    assert_eq!(told.status, 200, "{}", told.text);
    for line in [
        "POST /a?b=c HTTP/1.1",
        "host: localhost:7860",
        "x-forwarded-host: localhost:7860",
        "cookie: theme=dark; lang=en",
        "x-auth-email: ann@example.com",
        "content-length: 5",
    ] {
        assert!(told.told(line), "{line}: {}", told.text);
    }
    assert!(told.text.ends_with("\n\nwhole"), "{}", told.text);
    assert!(!told.text.contains("eve@"), "{}", told.text);
}

/// Who believes the field and who the authority would not agree about whose page asks.
#[tokio::test]
async fn sec_j4_a_host_that_differs_from_the_authority_is_not_believed() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let session = value_of(&cookie);
    let client = Client::connect(&front).await;
    let fields = [
        ("host", "evil.example"),
        ("origin", "http://evil.example"),
        ("cookie", session),
    ];
    let told = client.ask("/", &fields, "x").await;
    assert_eq!(told.status, 403, "{}", told.text);
    let told = client.ask("/", &fields[2..], "").await;
    assert!(told.told("host: localhost:7860"), "{}", told.text);
}

#[tokio::test]
async fn our_own_routes_and_refusals_are_the_same() {
    let (front, _db) = Front::echo().await;
    let client = Client::connect(&front).await;
    let told = client.ask("/health", &[], "").await;
    assert!(told.text.contains("\"ok\""), "{}", told.text);
    let told = client.ask("/", &[], "").await;
    assert_eq!(told.status, 401, "{}", told.text);
    assert!(told.text.contains("UNAUTHORIZED"), "{}", told.text);
    let told = client.ask("/", &[("accept", "text/html")], "").await;
    assert_eq!(told.status, 303, "{}", told.text);
}

/// One that waits does not hold up another; that nobody waits any more is passed on.
#[tokio::test]
async fn a_stream_lasts_beside_others_and_its_end_is_passed_on() {
    let db = TestDb::sqlite();
    let gone = Arc::new(Notify::new());
    let told = Arc::clone(&gone);
    let app = upstream(move |mut wire| {
        let gone = Arc::clone(&told);
        async move {
            let head = wire.head().await.unwrap();
            if head[0].starts_with("GET /events ") {
                wire.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
                    .await;
                wire.rest().await;
                gone.notify_one();
            } else {
                wire.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnext")
                    .await;
            }
        }
    });
    let front = Front::of(&db, app.await, &[]).await;
    let (_, cookie) = front.ann().await;
    let session = value_of(&cookie);
    let client = Client::connect(&front).await;
    let request = Request::get(format!("http://{HOST}/events"))
        .header(header::COOKIE, session)
        .body(Full::default())
        .unwrap();
    let mut events = soon(client.0.clone().send_request(request)).await.unwrap();
    let first = soon(events.body_mut().frame()).await.unwrap().unwrap();
    assert_eq!(first.into_data().unwrap(), "a");
    let next = client.ask("/next", &[("cookie", session)], "").await;
    assert_eq!(next.text, "next");
    drop(events);
    soon(gone.notified()).await;
}
