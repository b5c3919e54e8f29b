//! The way to a proxy: TCP, TLS, and HTTP's upgrade to a WebSocket.

use std::fmt;
use std::io;
use std::time::Duration;

use doorkey::config::Detour;
use http::header::{HeaderValue, USER_AGENT};
use http::uri::{Scheme, Uri};
use rustls::pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_websockets::{ClientBuilder, Limits, WebSocketStream, upgrade};

use super::trust;

/// How long all of it may take. Below the time for which a request waits for the
/// database, so that the log has the cause and not only that it was late.
const PATIENCE: Duration = Duration::from_secs(6);
/// A frame is read whole before it is passed on: what one may ask of our memory.
const FRAME_MAX: usize = 16 * 1024 * 1024;
/// A connection without a word is asked for a sign of life after this long.
const SILENCE: Duration = Duration::from_secs(30);
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(10);
/// How long the other side may take nothing (RFC 5482).
#[cfg(target_os = "linux")]
const UNREAD_TIMEOUT: Duration = Duration::from_secs(20);
const AGENT: HeaderValue = HeaderValue::from_static(concat!("doorkey/", env!("CARGO_PKG_VERSION")));

/// A connection whose bytes are Postgres' own.
pub(super) type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// Where a tunnel leads, and how. Shown as the proxy's host and port.
pub(super) struct Way {
    host: String,
    port: u16,
    name: ServerName<'static>,
    uri: Uri,
    tls: TlsConnector,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Failure {
    /// No address, nobody there, or the network refuses.
    Unreachable(io::Error),
    /// The certificate is refused, or it is no TLS.
    Tls(io::Error),
    /// Another status than 101.
    Refused(u16),
    /// Something else than a WebSocket's answer.
    Strange(tokio_websockets::Error),
    /// Nothing in time.
    Late,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(error) => write!(f, "cannot be reached: {error}"),
            Self::Tls(error) => write!(f, "has no TLS that can be trusted: {error}"),
            Self::Refused(status) => write!(f, "was refused with HTTP {status}"),
            Self::Strange(error) => write!(f, "is none: {error}"),
            Self::Late => write!(f, "was not made within {} s", PATIENCE.as_secs()),
        }
    }
}

impl Way {
    pub(super) fn new(detour: Detour) -> io::Result<Self> {
        let Detour {
            proxy,
            address,
            roots,
        } = detour;
        let host = proxy.host;
        let authority = match (host.contains(':'), proxy.port) {
            (true, port) => format!("[{host}]:{port}"),
            (false, 443) => host.clone(),
            (false, port) => format!("{host}:{port}"),
        };
        let uri = Uri::builder()
            .scheme(Scheme::HTTPS)
            .authority(authority)
            .path_and_query(format!("{}?address={address}", proxy.path))
            .build()
            .map_err(io::Error::other)?;
        let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
        Ok(Self {
            host,
            port: proxy.port,
            name,
            uri,
            tls: TlsConnector::from(trust::tls(roots.as_deref())?),
        })
    }

    /// A new connection.
    pub(super) async fn connect(&self) -> Result<Socket, Failure> {
        let connected = tokio::time::timeout(PATIENCE, self.connect_in_time()).await;
        connected.unwrap_or(Err(Failure::Late))
    }

    async fn connect_in_time(&self) -> Result<Socket, Failure> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await;
        let tcp = tcp.map_err(Failure::Unreachable)?;
        set_up(&tcp);
        let tls = self.tls.connect(self.name.clone(), tcp).await;
        let tls = tls.map_err(Failure::Tls)?;
        let limits = Limits::default().max_payload_len(Some(FRAME_MAX));
        let builder = ClientBuilder::from_uri(self.uri.clone()).limits(limits);
        let builder = builder.add_header(USER_AGENT, AGENT);
        let upgraded = builder.map_err(Failure::Strange)?.connect_on(tls).await;
        match upgraded {
            Ok((socket, _)) => Ok(socket),
            Err(tokio_websockets::Error::Upgrade(upgrade::Error::DidNotSwitchProtocols(
                status,
            ))) => Err(Failure::Refused(status)),
            Err(error) => Err(Failure::Strange(error)),
        }
    }
}

/// So that a proxy that is gone without a word is noticed, idle or not: what still
/// waits for it would stay for ever.
fn set_up(tcp: &TcpStream) {
    let _ = tcp.set_nodelay(true);
    let socket = SockRef::from(tcp);
    let questions = TcpKeepalive::new()
        .with_time(SILENCE)
        .with_interval(BETWEEN_QUESTIONS);
    let _ = socket.set_tcp_keepalive(&questions);
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(UNREAD_TIMEOUT));
}
