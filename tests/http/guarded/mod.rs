//! The server in front of another back end, over real sockets on both sides: what is
//! written on one side is looked at on the other, byte for byte.

mod entry;
mod faults;
mod http2;
mod identity;
mod limits;
mod pages;
mod passing;
mod sessions;
mod smuggling;
mod sockets;
mod streams;
mod wire;

use std::net::SocketAddr;
use std::time::Duration;

use doorkey::runtime::serve_on;
use doorkey::upstream::{Guarded, Readiness};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::wire::{Answer, Wire, echo, upstream};
use crate::support::{Browser, Instance, ORIGIN, SESSION, TestDb};

/// Where the service's own users are, by its settings.
const HOST: &str = "localhost:7860";
/// How often the sessions of open streams are looked up here.
const RECHECK: Duration = Duration::from_millis(100);

/// The guard of one upstream, listening.
struct Front {
    app: Instance,
    address: SocketAddr,
    readiness: Readiness,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Front {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Front {
    /// Of an upstream at that address.
    async fn of(db: &TestDb, upstream: SocketAddr, settings: &[(&str, &str)]) -> Self {
        let url = format!("http://{upstream}");
        let mut all = vec![("UPSTREAM_URL", url.as_str())];
        if !settings.iter().any(|(name, _)| *name == "PAGES") {
            all.push(("PAGES", "on"));
        }
        all.extend(settings);
        let app = db.app(&all).await;
        let readiness = Readiness::assumed();
        let address = app.web.app.config.upstream.address.clone().unwrap();
        let (web, routes) = (app.web.clone(), app.routes.clone());
        let guarded = Guarded::new(web, routes, &address, readiness.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            app,
            address: listener.local_addr().unwrap(),
            readiness,
            tasks: [
                tokio::spawn(guarded.watch(RECHECK)),
                tokio::spawn(serve_on(listener, guarded)),
            ],
        }
    }

    /// Of one that says back what it was asked, on a database of its own.
    async fn echo() -> (Self, TestDb) {
        let db = TestDb::sqlite();
        let front = Self::of(&db, upstream(echo).await, &[]).await;
        (front, db)
    }

    /// Somebody signed in, and the field that says so.
    async fn ann(&self) -> (Browser, String) {
        let mut ann = self.app.browser();
        ann.sign_up("ann@example.com").await;
        let cookie = cookie_of(&ann);
        (ann, cookie)
    }

    /// A connection.
    async fn connect(&self) -> Wire {
        Wire::connect(self.address).await
    }

    /// Asks with these lines of fields, on a connection of its own.
    async fn ask(&self, line: &str, fields: &str) -> Answer {
        let mut wire = self.connect().await;
        wire.ask(line, fields).await;
        let has_body = !line.starts_with("HEAD ");
        wire.answer_to(has_body).await
    }
}

/// The `Cookie` line of a browser with a session.
fn cookie_of(browser: &Browser) -> String {
    format!("cookie: {SESSION}={}\r\n", browser.cookie(SESSION).unwrap())
}

/// The line of a page of the front end.
fn from_our_page() -> String {
    format!("origin: {ORIGIN}\r\n")
}
