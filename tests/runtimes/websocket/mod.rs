//! The server's database is reached in a WebSocket alone: through a proxy that the
//! cases have themselves.

mod faults;
mod stand_in;
mod works;

use crate::plain::{Server, quick};
use crate::support::{Database, Kind};
use stand_in::{CA, Proxy};

/// A database, and a proxy that leads to its server.
struct Place {
    database: Database,
    proxy: Proxy,
}

impl Place {
    async fn new() -> Option<Self> {
        let kind = Kind::postgres()?;
        let database = kind.empty().await;
        let proxy = Proxy::start(&server_of(&database.url)).await;
        Some(Self { database, proxy })
    }

    /// The database's URL, with the proxy's authority.
    fn url(&self) -> String {
        with_ca(&self.database.url, CA)
    }

    async fn server(&self) -> Server {
        self.server_with(&self.url(), &self.proxy.url()).await
    }

    async fn server_with(&self, url: &str, transport: &str) -> Server {
        let mut env = quick(url);
        env.push(("DATABASE_TRANSPORT", transport));
        Server::start("doorkey", &env).await
    }
}

/// `HOST:PORT` of a URL.
fn server_of(url: &str) -> String {
    let (_, after) = url.split_once('@').unwrap();
    after.split('/').next().unwrap().to_owned()
}

fn with_ca(url: &str, ca: &str) -> String {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let kept = query.split('&').filter(|pair| !pair.starts_with("ssl"));
    let query: Vec<_> = kept.filter(|pair| !pair.is_empty()).collect();
    let query = query.join("&");
    format!("{before}?{query}&sslrootcert={ca}")
}

/// The password in a URL.
fn password_of(url: &str) -> &str {
    let (user, _) = url.split_once('@').unwrap();
    user.rsplit_once(':').unwrap().1
}
