//! AWS's side: the runtime API, from which a function takes its events.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::support::soon;

/// What came of an invocation: the function's answer, or its error.
pub(super) type Outcome = Result<Value, Value>;

/// A runtime API for one function.
pub(super) struct Emulator {
    /// Its host and port.
    pub(super) api: String,
    events: mpsc::UnboundedSender<Event>,
    count: AtomicU64,
    server: JoinHandle<()>,
}

struct Event {
    id: String,
    payload: Value,
    outcome: oneshot::Sender<Outcome>,
}

struct Inner {
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Event>>,
    running: Mutex<HashMap<String, oneshot::Sender<Outcome>>>,
}

impl Emulator {
    pub(super) async fn start() -> Self {
        let (events, receiver) = mpsc::unbounded_channel();
        let inner = Arc::new(Inner {
            events: tokio::sync::Mutex::new(receiver),
            running: Mutex::default(),
        });
        let invocation = "/2018-06-01/runtime/invocation";
        let routes = Router::new()
            .route(&format!("{invocation}/next"), get(next))
            .route(&format!("{invocation}/{{id}}/response"), post(answered))
            .route(&format!("{invocation}/{{id}}/error"), post(failed))
            .with_state(inner);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self {
            api,
            events,
            count: AtomicU64::new(1),
            server,
        }
    }

    /// Invokes the function with an event.
    pub(super) async fn invoke(&self, payload: Value) -> Outcome {
        let (sender, receiver) = oneshot::channel();
        let count = self.count.fetch_add(1, Ordering::SeqCst);
        let sent = self.events.send(Event {
            id: format!("00000000-0000-4000-8000-{count:012}"),
            payload,
            outcome: sender,
        });
        assert!(sent.is_ok());
        soon("an invocation", receiver).await.unwrap()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(inner): State<Arc<Inner>>) -> impl IntoResponse {
    let Some(event) = inner.events.lock().await.recv().await else {
        // The case is over; its function is about to be killed.
        return std::future::pending().await;
    };
    let mut running = inner.running.lock().unwrap();
    running.insert(event.id.clone(), event.outcome);
    let headers = [
        ("lambda-runtime-aws-request-id", event.id),
        // Far off, in 2100.
        ("lambda-runtime-deadline-ms", "4102444800000".to_owned()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:doorkey".to_owned(),
        ),
    ];
    (headers, Json(event.payload))
}

async fn answered(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    settle(&inner, &id, Ok(serde_json::from_slice(&body).unwrap()))
}

async fn failed(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    settle(&inner, &id, Err(serde_json::from_slice(&body).unwrap()))
}

fn settle(inner: &Inner, id: &str, outcome: Outcome) -> StatusCode {
    let sender = inner.running.lock().unwrap().remove(id).unwrap();
    sender.send(outcome).unwrap();
    StatusCode::ACCEPTED
}
