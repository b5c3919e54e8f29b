//! One of the real binaries as a child process, and what it says.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use doorkey::http::FUNCTIONS;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::{PATIENCE, soon};

/// The binary of the function that serves this path.
pub(crate) fn function_of(path: &str) -> &'static str {
    let path = path.split('?').next().unwrap();
    let found = FUNCTIONS
        .iter()
        .find(|function| function.endpoint(path).is_some());
    found
        .unwrap_or_else(|| panic!("nothing serves {path}"))
        .name
}

/// A child process; killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    /// Its standard output: the log.
    pub(crate) out: Output,
    /// Its standard error.
    pub(crate) err: Output,
}

impl Program {
    /// Starts a binary in a folder, with these variables and no others.
    pub(crate) fn start(name: &str, folder: &Path, env: &[(&str, &str)]) -> Self {
        Self::start_with(name, &[], folder, env)
    }

    /// The same with arguments.
    pub(crate) fn start_with(
        name: &str,
        arguments: &[&str],
        folder: &Path,
        env: &[(&str, &str)],
    ) -> Self {
        let mut child = Command::new(binary(name))
            .args(arguments)
            .env_clear()
            .envs(env.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let out = Output::of(child.stdout.take().unwrap());
        let err = Output::of(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    /// Where it listens by itself, once it does.
    pub(crate) async fn address(&self) -> SocketAddr {
        let listening = self.event("listening").await;
        let url = listening["url"].as_str().unwrap();
        url.strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// The first line of the log with this event, once it is there.
    pub(crate) async fn event(&self, event: &str) -> Value {
        let is_it = |line: &str| {
            let line: Value = serde_json::from_str(line).ok()?;
            (line["event"] == event).then_some(line)
        };
        let found = self.out.find(event, is_it).await;
        found.unwrap_or_else(|| {
            panic!("no `{event}`:\n{}\n{}", self.out.text(), self.err.text());
        })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Sends SIGTERM.
    pub(crate) async fn terminate(&self) {
        let id = self.child.id().unwrap().to_string();
        // The shell's own `kill`: there is no safe call for it in std.
        let sent = Command::new("/bin/sh")
            .args(["-c", "kill -TERM \"$0\"", &id])
            .status();
        assert!(sent.await.unwrap().success());
    }

    /// Sends SIGKILL and waits for the end.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// The exit code, once it has ended; none if a signal ended it.
    pub(crate) async fn exit_code(&mut self) -> Option<i32> {
        let ended = soon("the process ends", self.child.wait()).await;
        ended.unwrap().code()
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

/// Where a binary is.
pub(crate) fn binary(name: &str) -> &'static str {
    match name {
        "doorkey" => env!("CARGO_BIN_EXE_doorkey"),
        "health" => env!("CARGO_BIN_EXE_health"),
        "signup" => env!("CARGO_BIN_EXE_signup"),
        "signin" => env!("CARGO_BIN_EXE_signin"),
        "verify" => env!("CARGO_BIN_EXE_verify"),
        "sessions" => env!("CARGO_BIN_EXE_sessions"),
        "recovery" => env!("CARGO_BIN_EXE_recovery"),
        "account" => env!("CARGO_BIN_EXE_account"),
        "tokens" => env!("CARGO_BIN_EXE_tokens"),
        // What `doorkey init` writes into projects.
        "project" => env!("CARGO_BIN_EXE_project"),
        _ => panic!("no binary is named {name}"),
    }
}

/// The lines of one stream so far.
pub(crate) struct Output(watch::Receiver<Vec<String>>);

impl Output {
    fn of(stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let (sender, receiver) = watch::channel(Vec::new());
        tokio::spawn(async move {
            let mut lines = BufReader::new(stream).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                sender.send_modify(|all| all.push(line));
            }
        });
        Self(receiver)
    }

    /// What `pick` takes of the first line that it takes anything of; none if
    /// the stream ends without one.
    pub(crate) async fn find<T>(&self, what: &str, pick: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut receiver = self.0.clone();
        let first = |lines: &Vec<String>| lines.iter().find_map(|line| pick(line));
        let found = tokio::time::timeout(PATIENCE, async {
            let lines = receiver.wait_for(|lines| first(lines).is_some()).await;
            lines.ok().and_then(|lines| first(&lines))
        });
        match found.await {
            Ok(found) => found,
            Err(late) => panic!("{what}: {late}\n{}", self.text()),
        }
    }

    /// All of it, once the stream has ended.
    pub(crate) async fn whole(&self) -> String {
        let found = self.find("the end of the output", |_| None::<()>).await;
        assert_eq!(found, None);
        self.text()
    }

    /// All of it so far.
    pub(crate) fn text(&self) -> String {
        self.0.borrow().join("\n")
    }
}
