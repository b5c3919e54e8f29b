//! Vercel's side: a Unix socket on which a function says that it has started and
//! that a request has ended, and HTTP to the function's port.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::watch;

use crate::support::{Answer, Connection, KEY, Platform, Program, Request, function_of, soon};

/// Where browsers reach the deployment.
pub(crate) const ORIGIN: &str = "https://auth.example.com";
/// The address that the platform saw.
pub(crate) const CLIENT: &str = "203.0.113.9";

/// Variables that the platform sets, and the two that every deployment needs.
pub(crate) fn environment(database: &str) -> Vec<(&str, &str)> {
    vec![
        ("VERCEL", "1"),
        ("VERCEL_ENV", "production"),
        ("VERCEL_URL", "doorkey-4f9a2c.vercel.app"),
        ("VERCEL_PROJECT_PRODUCTION_URL", "auth.example.com"),
        ("DATABASE_URL", database),
        ("SECRET_KEY", KEY),
    ]
}

/// One instance of a function.
pub(crate) struct Function {
    pub(crate) program: Program,
    pub(crate) address: SocketAddr,
    messages: watch::Receiver<Vec<Value>>,
    requests: u64,
    _folder: TempDir,
}

impl Function {
    /// Starts one and waits for its `server-started`.
    pub(crate) async fn start(name: &str, env: &[(&str, &str)]) -> Self {
        for _ in 0..5 {
            if let Some(started) = soon("a function starts", Self::try_start(name, env)).await {
                return started;
            }
        }
        panic!("{name} did not start on any port");
    }

    /// None if somebody else was given the port meanwhile: the platform's runtime
    /// takes no port 0.
    async fn try_start(name: &str, env: &[(&str, &str)]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address().await;
        let socket = folder.path().join("ipc.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let program = launch(name, folder.path(), &socket, address.port(), env);
        let (stream, _) = listener.accept().await.unwrap();
        let mut messages = read_messages(stream);
        let started = messages.wait_for(|all| !all.is_empty()).await;
        let started = started.ok()?.first().cloned()?;
        assert_eq!(started["type"], "server-started");
        assert_eq!(started["payload"]["httpPort"], address.port());
        assert!(started["payload"]["initDuration"].is_u64(), "{started}");
        Some(Self {
            program,
            address,
            messages,
            requests: 0,
            _folder: folder,
        })
    }

    /// The request with the platform's own headers; its number.
    pub(crate) fn mark(&mut self, request: Request) -> (Request, u64) {
        self.requests += 1;
        let id = self.requests;
        let request = request
            .with("x-vercel-internal-invocation-id", &format!("inv-{id}"))
            .with("x-vercel-internal-request-id", &id.to_string())
            .with("x-real-ip", CLIENT)
            .with("host", "auth.example.com");
        (request, id)
    }

    /// Sends a request, and waits for its answer and its `end`.
    pub(crate) async fn call(&mut self, request: Request) -> Answer {
        let (request, id) = self.mark(request);
        let answer = Connection::open(self.address).await.call(&request).await;
        self.ended(id).await;
        answer
    }

    /// Waits for the `end` of a request.
    pub(crate) async fn ended(&self, id: u64) {
        let context = json!({"invocationId": format!("inv-{id}"), "requestId": id});
        let end = json!({"type": "end", "payload": {"context": context, "error": null}});
        let mut messages = self.messages.clone();
        let came = soon("an `end`", messages.wait_for(|all| all.contains(&end))).await;
        assert!(came.is_ok(), "no `end` of request {id}");
    }
}

pub(crate) fn launch(
    name: &str,
    folder: &Path,
    socket: &Path,
    port: u16,
    env: &[(&str, &str)],
) -> Program {
    let port = port.to_string();
    let mut env = env.to_vec();
    env.push(("VERCEL_IPC_PATH", socket.to_str().unwrap()));
    env.push(("VERCEL_DEV_PORT", &port));
    Program::start(name, folder, &env)
}

async fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// JSON texts, each followed by a NUL.
fn read_messages(stream: UnixStream) -> watch::Receiver<Vec<Value>> {
    let (sender, receiver) = watch::channel(Vec::new());
    tokio::spawn(async move {
        let mut stream = BufReader::new(stream);
        loop {
            let mut message = Vec::new();
            let read = stream.read_until(0, &mut message).await;
            if read.is_err() || message.pop() != Some(0) {
                return;
            }
            let message = serde_json::from_slice(&message).unwrap();
            sender.send_modify(|all| all.push(message));
        }
    });
    receiver
}

/// All functions of a deployment, each started when it is first called.
pub(crate) struct Vercel<'a> {
    env: Vec<(&'a str, &'a str)>,
    running: BTreeMap<&'static str, Function>,
    rewrites: bool,
}

impl<'a> Vercel<'a> {
    /// A deployment. With `rewrites`, functions are told the rewritten path
    /// instead of the browser's.
    pub(crate) fn new(env: Vec<(&'a str, &'a str)>, rewrites: bool) -> Self {
        Self {
            env,
            running: BTreeMap::new(),
            rewrites,
        }
    }
}

impl Platform for Vercel<'_> {
    async fn call(&mut self, mut request: Request) -> Answer {
        let name = function_of(&request.path);
        if self.rewrites {
            request.path = format!("/api/{name}?doorkey_path={}", request.path);
        }
        if !self.running.contains_key(name) {
            let started = Function::start(name, &self.env).await;
            self.running.insert(name, started);
        }
        // Believed, this would be the address in the list of sessions.
        let request = request.with("x-forwarded-for", "198.51.100.66");
        self.running.get_mut(name).unwrap().call(request).await
    }
}
