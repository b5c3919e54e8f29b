//! The server as the init of an app: `doorkey -- COMMAND`.

mod ends;
mod serves;

use std::net::SocketAddr;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::support::{Answer, Browser, Connection, KEY, Program, Request};

const ORIGIN: &str = "http://localhost:3000";

/// An app in Python: says how it was asked, does what the path says.
const APP: &str = r#"
import http.server, os, signal, sys, time
class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path == "/crash":
            os._exit(7)
        if self.path == "/done":
            os._exit(0)
        if self.path == "/orphan" and os.fork() == 0:
            if os.fork() == 0:
                time.sleep(0.2)
            os._exit(0)
        body = "".join(f"{k}={v}\n" for k, v in sorted(os.environ.items()))
        body += "".join(f"{k.lower()}: {v}\n" for k, v in self.headers.items())
        body = body.encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
if "--slow" in sys.argv:
    time.sleep(1)
if "--deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "--clean" in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: (print("APP CLEANS UP", flush=True), os._exit(5)))
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), App).serve_forever()
"#;

/// The server, and the app that it started.
struct Guard {
    program: Program,
    address: SocketAddr,
    _folder: TempDir,
}

/// A port that nobody listens on, a moment ago.
async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

/// Where programs are.
#[expect(
    clippy::disallowed_methods,
    reason = "where Python is, is the machine's to say"
)]
fn path() -> String {
    std::env::var("PATH").unwrap()
}

/// `doorkey -- COMMAND`, its database and its app in a folder.
async fn start(command: &[&str]) -> (Program, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.py"), APP).unwrap();
    let url = format!("sqlite:{}/users.db", folder.path().display());
    let upstream = format!("http://127.0.0.1:{}", free_port().await);
    let path = path();
    let env = [
        ("PORT", "0"),
        ("PATH", path.as_str()),
        ("DATABASE_URL", url.as_str()),
        ("SECRET_KEY", KEY),
        ("ARGON2_M_KIB", "64"),
        ("RATE_LIMIT", "off"),
        ("UPSTREAM_URL", upstream.as_str()),
        ("APPS_OWN", "kept"),
    ];
    let arguments = [&["--"], command].concat();
    let program = Program::start_with("doorkey", &arguments, folder.path(), &env);
    (program, folder)
}

impl Guard {
    async fn of(command: &[&str]) -> Self {
        let (program, folder) = start(command).await;
        let address = program.address().await;
        Self {
            program,
            address,
            _folder: folder,
        }
    }

    /// Somebody signed in, as the field that says so.
    async fn ann(&mut self) -> String {
        let mut ann = Browser::new(ORIGIN, "any");
        let answer = ann.sign_up(&mut self.address, "ann@example.com").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        ann.cookie_header()
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).with("cookie", cookie);
        Connection::open(self.address).await.call(&request).await
    }

    /// The same, until the app has come up.
    async fn get_when_up(&self, path: &str, cookie: &str) -> Answer {
        loop {
            let answer = self.get(path, cookie).await;
            if !matches!(answer.status, 502 | 503) {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How often the log has this event.
    fn count(&self, event: &str) -> usize {
        self.program
            .out
            .text()
            .matches(&format!("\"event\":\"{event}\""))
            .count()
    }
}
