//! How the server reaches Postgres: by TCP, or in a WebSocket, for places that let
//! nothing out but what looks like the web.

use url::Url;

use super::database_url::DatabaseUrl;
use super::env::Reader;
use super::names;
use super::place::{Place, Platform, Program};

/// What leads outside from a Space (the Spaces' documentation).
pub(super) const SPACE_PORTS: [u16; 3] = [80, 443, 8080];

/// How the Postgres server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// By TCP, at the port that the URL names.
    Tcp,
    /// In a WebSocket: through this proxy, or the one that the database's own host
    /// has at `wss://HOST/v2`, as Neon's do.
    WebSocket(Option<Proxy>),
}

/// A proxy that takes the bytes in a WebSocket to a Postgres server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Its name or address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Its path, from the first slash on.
    pub path: String,
}

impl Proxy {
    /// The one of a database at Neon.
    pub(super) fn of_host(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            port: 443,
            path: "/v2".to_owned(),
        }
    }

    /// Only with TLS: Neon's proxy asks for the password in clear inside.
    fn parse(text: &str) -> Result<Self, String> {
        let cannot_be_read = || "cannot be read as a URL".to_owned();
        let url = Url::parse(text).map_err(|_| cannot_be_read())?;
        let bare = url.username().is_empty() && url.password().is_none();
        if !bare || url.query().is_some() || url.fragment().is_some() {
            return Err("may have a host, a port and a path, and nothing else".to_owned());
        }
        let host = url.host_str().ok_or_else(cannot_be_read)?;
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(443),
            path: url.path().to_owned(),
        })
    }
}

enum Asked {
    Auto,
    Tcp,
    WebSocket(Option<Proxy>),
}

impl Asked {
    fn parse(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "tcp" => Ok(Self::Tcp),
            "websocket" => Ok(Self::WebSocket(None)),
            other if other.starts_with("wss://") => {
                Proxy::parse(text).map(|proxy| Self::WebSocket(Some(proxy)))
            }
            other if other.starts_with("ws://") => {
                Err("begins with ws://, which protects no password: use wss://".to_owned())
            }
            _ => Err("must be auto, tcp, websocket or wss://HOST/PATH".to_owned()),
        }
    }
}

/// Reads the setting, for this database.
pub(super) fn settings(reader: &mut Reader<'_>, place: &Place, url: &DatabaseUrl) -> Transport {
    let setting = &names::DATABASE_TRANSPORT;
    let asked = reader.parsed(setting, Asked::parse).unwrap_or(Asked::Auto);
    let is_shut_in = place.platform == Platform::Space
        && place.program == Program::Server
        && url.port().is_some_and(|port| !SPACE_PORTS.contains(&port))
        && !url.is_on_this_machine();
    let proxy = match asked {
        Asked::Tcp if is_shut_in => {
            reader.warn(
                setting.name,
                "is tcp, but a Space reaches the outside on ports 80, 443 and 8080 only",
            );
            return Transport::Tcp;
        }
        Asked::Auto if is_shut_in => None,
        Asked::Auto | Asked::Tcp => return Transport::Tcp,
        Asked::WebSocket(proxy) => proxy,
    };
    if place.program != Program::Server {
        reader.fault(
            setting,
            "asks for a WebSocket, which only the server `doorkey` has: functions reach \
             Postgres by TCP; leave it out",
        );
    } else if url.is_sqlite() {
        reader.warn(setting.name, "does nothing: DATABASE_URL is an SQLite file");
        return Transport::Tcp;
    } else if url.port().is_none() {
        reader.fault(
            setting,
            "asks for a WebSocket, and DATABASE_URL names a socket",
        );
    } else if proxy.is_none() && !url.is_at_neon() {
        reader.warn(
            setting.name,
            "is websocket, as it is on a Space by itself, and of all hosts only Neon's are known \
             to take one: for others name a proxy, wss://HOST/PATH",
        );
    }
    if let (Platform::Space, Some(proxy)) = (place.platform, &proxy)
        && !SPACE_PORTS.contains(&proxy.port)
    {
        reader.warn(
            setting.name,
            "names a port that a Space does not reach: 80, 443 and 8080 are all",
        );
    }
    Transport::WebSocket(proxy)
}

#[cfg(test)]
mod tests;
