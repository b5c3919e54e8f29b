//! A deployment: Doorkey's own router on a port of this machine, and before it
//! whatever the case puts there.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use doorkey::config::{Env, Program, load};
use doorkey::http::{FUNCTIONS, Peer, Web, router};
use doorkey::runtime::boot;
use doorkey::store::migrate::migrate;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What stands before Doorkey and changes an answer, or gives one of its own.
pub(crate) type Alter = fn(&Parts, Response) -> Response;

/// How it is deployed.
pub(crate) struct Setup {
    settings: Vec<(String, String)>,
    migrated: bool,
    alter: Alter,
}

/// A running one, gone when dropped.
pub(crate) struct Deployment {
    pub(crate) url: String,
    server: JoinHandle<()>,
    _folder: TempDir,
}

impl Drop for Deployment {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// As it should be.
pub(crate) fn sound() -> Setup {
    Setup {
        settings: Vec::new(),
        migrated: true,
        alter: |_, response| response,
    }
}

impl Setup {
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Nobody has run `doorkey migrate`.
    pub(crate) fn unmigrated(mut self) -> Self {
        self.migrated = false;
        self
    }

    pub(crate) fn altered(mut self, alter: Alter) -> Self {
        self.alter = alter;
        self
    }

    /// Serves it at `http://localhost` and some port.
    pub(crate) async fn start(self) -> Deployment {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        self.serve(listener, format!("http://localhost:{port}"))
            .await
    }

    /// Serves it on a port that is known elsewhere as `public`.
    pub(crate) async fn serve(self, listener: TcpListener, public: String) -> Deployment {
        let folder = tempfile::tempdir().unwrap();
        let routes = self.routes(&folder, &public).await;
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.unwrap();
        });
        Deployment {
            url: public,
            server,
            _folder: folder,
        }
    }

    async fn routes(&self, folder: &TempDir, public: &str) -> Router {
        let database = format!("sqlite:{}/test.db", folder.path().display());
        let usual = [
            ("DATABASE_URL", database.as_str()),
            ("PUBLIC_URL", public),
            ("SECRET_KEY", "a-secret-for-tests-0123456789abcdefghij"),
            ("ARGON2_M_KIB", "64"),
        ];
        let own = self.settings.iter();
        let own = own.map(|(name, value)| (name.as_str(), value.as_str()));
        let env = Env::from_pairs(usual.into_iter().chain(own));
        let loaded = load(Program::Server, &env);
        let config = loaded.unwrap_or_else(|faults| panic!("{faults}")).config;
        if self.migrated {
            migrate(&config.database, &mut |_, _, _| {}).await.unwrap();
        }
        let app = boot(config).unwrap();
        app.db.open_gate();
        let alter = self.alter;
        let before = move |mut request: Request, next: Next| async move {
            let local = Peer(IpAddr::from([127, 0, 0, 1]));
            request.extensions_mut().insert(local);
            let (parts, body) = request.into_parts();
            let response = next.run(Request::from_parts(parts.clone(), body)).await;
            alter(&parts, response)
        };
        router(Arc::new(Web::new(app).unwrap()), FUNCTIONS).layer(from_fn(before))
    }
}

/// An answer of somebody else's.
pub(crate) fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response {
    let mut response = Response::new(Body::from(body.to_owned()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        let name = HeaderName::from_static(name);
        let value = HeaderValue::from_str(value).unwrap();
        response.headers_mut().append(name, value);
    }
    response
}

/// The answer with a header set anew, or without it.
pub(crate) fn set(mut response: Response, name: &'static str, value: Option<&str>) -> Response {
    let name = HeaderName::from_static(name);
    response.headers_mut().remove(&name);
    if let Some(value) = value {
        let value = HeaderValue::from_str(value).unwrap();
        response.headers_mut().insert(name, value);
    }
    response
}
