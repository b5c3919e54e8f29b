//! A URL whose server is not connected to directly: where the detour leads, and the
//! same URL with its near end.

use std::net::SocketAddr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret as _;
use url::Url;

use super::{DatabaseUrl, Place, Tls, is_sslmode};
use crate::config::transport::Proxy;

/// What stands in a host's name and port stays as it is, as Neon's own driver sends it.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b':');

/// Where a WebSocket to a Postgres server leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detour {
    /// The proxy.
    pub proxy: Proxy,
    /// The server that it shall reach, percent-encoded for a query.
    pub address: String,
    /// Further certificates that are trusted: a file in PEM, or its text.
    pub roots: Option<String>,
}

impl DatabaseUrl {
    /// The way through a proxy; `None` for files and sockets.
    pub fn detour(&self, proxy: Option<&Proxy>) -> Option<Detour> {
        let server = self.server()?;
        let port = server.port?;
        let host = if server.host.contains(':') {
            format!("[{}]", server.host)
        } else {
            server.host.clone()
        };
        let own = || Proxy::of_host(&server.host);
        Some(Detour {
            proxy: proxy.cloned().unwrap_or_else(own),
            address: utf8_percent_encode(&format!("{host}:{port}"), KEPT).to_string(),
            roots: server.roots.clone(),
        })
    }

    /// The same database, reached at the near end of a tunnel: the way from there on
    /// is protected by the tunnel. It is still named by its own host.
    #[must_use]
    pub fn through(&self, near: SocketAddr) -> Self {
        let (Place::Server(server), Ok(mut url)) =
            (&self.place, Url::parse(self.url.expose_secret()))
        else {
            return self.clone();
        };
        let is_of_the_way = |key: &str| {
            matches!(key, "host" | "hostaddr" | "port") || key.starts_with("ssl") && key != "ssl"
        };
        let mut kept: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        kept.retain(|(key, _)| !is_of_the_way(key) && !is_sslmode(key));
        // Parameters outdo the authority.
        kept.push(("host".to_owned(), near.ip().to_string()));
        kept.push(("port".to_owned(), near.port().to_string()));
        kept.push(("sslmode".to_owned(), "disable".to_owned()));
        url.set_query(None);
        url.query_pairs_mut().extend_pairs(kept);
        let mut server = server.clone();
        server.tls = Tls::Enough;
        server.in_websocket = true;
        Self {
            url: String::from(url).into(),
            place: Place::Server(server),
        }
    }

    /// The server's port; `None` for files and sockets.
    pub(in crate::config) fn port(&self) -> Option<u16> {
        self.server().and_then(|server| server.port)
    }

    /// Whether it cannot be anywhere else.
    pub(in crate::config) fn is_on_this_machine(&self) -> bool {
        self.server()
            .is_none_or(|server| super::is_this_machine(&server.host))
    }

    /// Whether the server is one of Neon's, whose hosts all have a WebSocket.
    pub(in crate::config) fn is_at_neon(&self) -> bool {
        self.host().is_some_and(|host| host.ends_with(".neon.tech"))
    }
}

#[cfg(test)]
mod tests;
