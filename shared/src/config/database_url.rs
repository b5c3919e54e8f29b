//! The database's URL: read once, brought into the form that sqlx understands,
//! and never printed, since it carries a password.

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use url::Url;

mod detour;

pub use detour::Detour;

/// Where a database is: a Postgres server, or a file for `SQLite`.
#[derive(Clone)]
pub struct DatabaseUrl {
    url: SecretString,
    place: Place,
}

#[derive(Clone, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    Server(Server),
}

/// What is needed of a Postgres URL to judge it; its password is not among it.
#[derive(Clone, PartialEq, Eq)]
struct Server {
    /// A host name, an address without brackets, or the path of a socket.
    host: String,
    /// `None` for a socket.
    port: Option<u16>,
    pooled: bool,
    tls: Tls,
    /// `sslrootcert`: a file, or PEM itself.
    roots: Option<String>,
    in_websocket: bool,
}

/// How far a connection to Postgres is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// It does not leave this machine, or the server's certificate is checked.
    Enough,
    /// Encrypted, but to whomever answers: sqlx checks nothing.
    Unverified,
    /// May be, or is, in clear.
    Optional,
}

impl DatabaseUrl {
    /// Reads `postgres://…`, `postgresql://…`, `sqlite:PATH` or `sqlite:///PATH`.
    ///
    /// From Postgres URLs, parameters that sqlx does not know are taken out
    /// (`channel_binding`, `pgbouncer`); a server elsewhere for which no
    /// `sslmode` is given gets `verify-full`.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence; it never repeats the URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        let scheme = text.split(':').next().unwrap_or_default();
        match scheme.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => parse_postgres(text),
            "sqlite" => parse_sqlite(text),
            scheme if scheme.contains('+') => Err(
                "names a driver after its scheme, as Python does: leave the + and what follows it out"
                    .to_owned(),
            ),
            _ => Err("must begin with postgres://, postgresql:// or sqlite:".to_owned()),
        }
    }

    /// The URL with its password, as sqlx reads it.
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }

    /// Whether it is a file for `SQLite`.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// The file, taken as it stands; `None` for a server.
    pub fn sqlite_path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Server(_) => None,
        }
    }

    /// The Postgres server: a host name, an address, or the path of a socket.
    pub fn host(&self) -> Option<&str> {
        self.server().map(|server| server.host.as_str())
    }

    /// Where it is, for the log: the file, or the server without user, password
    /// and parameters.
    pub fn place(&self) -> String {
        match &self.place {
            Place::File(path) => format!("sqlite {}", path.display()),
            Place::Server(server) if server.in_websocket => {
                format!("postgres {} by WebSocket", server.host)
            }
            Place::Server(server) => format!("postgres {}", server.host),
        }
    }

    /// Whether a pooler seems to stand before the server.
    pub(super) fn looks_pooled(&self) -> bool {
        self.server().is_some_and(|server| server.pooled)
    }

    /// How far the way to it is protected.
    pub fn tls(&self) -> Tls {
        self.server().map_or(Tls::Enough, |server| server.tls)
    }

    fn server(&self) -> Option<&Server> {
        match &self.place {
            Place::Server(server) => Some(server),
            Place::File(_) => None,
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl([redacted])")
    }
}

fn parse_sqlite(text: &str) -> Result<DatabaseUrl, String> {
    let rest = text.get("sqlite:".len()..).unwrap_or_default();
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let raw_path = match path.strip_prefix("//") {
        None => path,
        Some(absolute) if absolute.starts_with("/./") || absolute.starts_with("/../") => {
            return Err(
                "names a relative path after three slashes: write sqlite:./PATH".to_owned(),
            );
        }
        Some(absolute) if absolute.starts_with('/') => without_leading_slashes(absolute),
        Some(name) if name.starts_with(":memory:") => ":memory:",
        Some(_) => {
            return Err(
                "has two slashes before its path: write sqlite:PATH or sqlite:///PATH".to_owned(),
            );
        }
    };
    if raw_path == ":memory:" || parameters.contains("mode=memory") {
        return Err(
            "asks for a database in memory, which every connection would have of its own \
             and lose with it: name a file"
                .to_owned(),
        );
    }
    if raw_path.is_empty() || raw_path.ends_with('/') {
        return Err("names no file".to_owned());
    }
    if !matches!(parameters, "" | "mode=rwc") {
        return Err("has parameters: an SQLite file takes none".to_owned());
    }
    let path = percent_decode_str(raw_path)
        .decode_utf8()
        .map_err(|_| "names a path that is not UTF-8".to_owned())?;
    Ok(DatabaseUrl {
        url: format!("sqlite:{raw_path}").into(),
        place: Place::File(PathBuf::from(path.into_owned())),
    })
}

/// `////a.db`, as Python spells it, to `/a.db`: sqlx would take two slashes for
/// the end of a scheme and the path for a relative one.
fn without_leading_slashes(path: &str) -> &str {
    let extra = path.len() - path.trim_start_matches('/').len();
    path.get(extra.saturating_sub(1)..).unwrap_or(path)
}

fn parse_postgres(text: &str) -> Result<DatabaseUrl, String> {
    let mut url = Url::parse(text).map_err(|_| {
        "cannot be read as a URL; in user name and password, characters such as / # ? @ % \
         must be percent-encoded"
            .to_owned()
    })?;
    if !url.has_authority() {
        return Err("must have two slashes after its scheme".to_owned());
    }
    let given: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut server = server(&url, &given)?;
    let mut kept: Vec<_> = given
        .into_iter()
        .filter(|(key, _)| !matches!(key.as_str(), "channel_binding" | "pgbouncer"))
        .collect();
    if server.tls == Tls::Optional && !kept.iter().any(|(key, _)| is_sslmode(key)) {
        kept.push(("sslmode".to_owned(), "verify-full".to_owned()));
        server.tls = Tls::Enough;
    }
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    Ok(DatabaseUrl {
        url: String::from(url).into(),
        place: Place::Server(server),
    })
}

/// Reads host, port and sslmode as sqlx does: parameters outdo the authority,
/// and the last of several counts.
fn server(url: &Url, parameters: &[(String, String)]) -> Result<Server, String> {
    let last = |wanted: &dyn Fn(&str) -> bool| {
        let mut from_last = parameters.iter().rev();
        from_last
            .find(|(key, _)| wanted(key))
            .map(|(_, value)| value.clone())
    };
    let in_authority = url
        .host_str()
        .map(|host| percent_decode_str(host).decode_utf8_lossy().into_owned());
    let host = last(&|key| matches!(key, "host" | "hostaddr"))
        .or(in_authority)
        .map(plain_host)
        .filter(|host| !host.is_empty())
        .ok_or_else(|| "names no host".to_owned())?;
    let port = match last(&|key| key == "port") {
        Some(port) => Some(
            port.parse()
                .map_err(|_| "has a port that is none".to_owned())?,
        ),
        None => url.port(),
    };
    if last(&|key| key == "statement-cache-capacity").is_some_and(|n| n == "0") {
        return Err(
            "sets statement-cache-capacity=0, which leaks statements on the server: leave it out"
                .to_owned(),
        );
    }
    let mode = last(&is_sslmode).map(|mode| mode.to_ascii_lowercase());
    let tls = match mode.as_deref() {
        Some("verify-full" | "verify-ca") => Tls::Enough,
        Some("require") => Tls::Unverified,
        None | Some("disable" | "allow" | "prefer") => Tls::Optional,
        Some(_) => {
            return Err(
                "has an sslmode that is none of disable, allow, prefer, require, verify-ca, \
                 verify-full"
                    .to_owned(),
            );
        }
    };
    let label = host.split('.').next().unwrap_or_default();
    Ok(Server {
        pooled: label.ends_with("-pooler")
            || port == Some(6543)
            || last(&|key| key == "pgbouncer").is_some_and(|value| value == "true"),
        tls: if is_this_machine(&host) {
            Tls::Enough
        } else {
            tls
        },
        port: (!host.starts_with('/')).then(|| port.unwrap_or(5432)),
        roots: last(&|key| matches!(key, "sslrootcert" | "ssl-root-cert" | "ssl-ca")),
        in_websocket: false,
        host,
    })
}

/// A name in lower case, an address without brackets, a socket's path as it is.
fn plain_host(host: String) -> String {
    if host.starts_with('/') {
        host
    } else {
        host.trim_matches(['[', ']']).to_ascii_lowercase()
    }
}

fn is_sslmode(key: &str) -> bool {
    matches!(key, "sslmode" | "ssl-mode")
}

pub(super) fn is_this_machine(host: &str) -> bool {
    host.starts_with('/')
        || host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests;
