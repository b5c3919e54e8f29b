//! A way to Postgres where nothing but the ports of the web leads outside: a
//! listener on loopback, to which the pool connects as to any server, and for each
//! of its connections a WebSocket to a proxy that speaks Neon's protocol
//! (`wss://HOST/v2?address=HOST:PORT`, the bytes in binary frames, no TLS inside).
//!
//! Whoever is on this machine may connect to the listener, too, and gains nothing by
//! it: the server still asks for the password, and has an address of its own. What
//! they could do is to use up connections, which are bounded here.

mod bridge;
mod refusal;
mod trust;
mod way;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use doorkey::config::{DatabaseSettings, DatabaseUrl, Proxy, Transport};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use bridge::Ended;
use refusal::Refusal;
use way::Way;

/// How long to wait when the system has no file descriptor for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);
/// Besides the pool's own: those of migrations, and some that are still ending.
const SPARE: usize = 8;

/// Where the settings ask for it, opens a tunnel for each address of the database,
/// and makes them lead there. It lasts as long as the runtime in which it is opened.
///
/// # Errors
/// A certificate that cannot be read, or no port to listen on.
pub(crate) fn open(settings: &mut DatabaseSettings) -> io::Result<()> {
    let Transport::WebSocket(proxy) = &settings.transport else {
        return Ok(());
    };
    let connections = usize::try_from(settings.connections).unwrap_or(usize::MAX / 4);
    let most = connections * 2 + SPARE;
    let lead = |url: &DatabaseUrl| lead(url, proxy.as_ref(), most);
    let url = lead(&settings.url)?;
    settings.unpooled = settings.unpooled.as_ref().map(lead).transpose()?;
    settings.url = url;
    Ok(())
}

fn lead(url: &DatabaseUrl, proxy: Option<&Proxy>, most: usize) -> io::Result<DatabaseUrl> {
    let Some(detour) = url.detour(proxy) else {
        return Ok(url.clone());
    };
    let way = Arc::new(Way::new(detour)?);
    let listener = std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    listener.set_nonblocking(true)?;
    let near = listener.local_addr()?;
    let listener = TcpListener::from_std(listener)?;
    tokio::spawn(accept_all(listener, way, Arc::new(Semaphore::new(most))));
    Ok(url.through(near))
}

async fn accept_all(listener: TcpListener, way: Arc<Way>, room: Arc<Semaphore>) {
    loop {
        match listener.accept().await {
            Ok((local, _)) => {
                let (way, room) = (Arc::clone(&way), Arc::clone(&room));
                tokio::spawn(async move { take(local, &way, &room).await });
            }
            Err(error) => {
                tracing::warn!(event = "accept_failed", %error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// One connection of the pool, from its first byte to its last.
async fn take(local: TcpStream, way: &Way, room: &Semaphore) {
    let _ = local.set_nodelay(true);
    let Ok(_permit) = room.try_acquire() else {
        return Refusal::full().tell(local).await;
    };
    match way.connect().await {
        Ok(socket) => {
            if let Ended::Broken(why) = bridge::carry(local, socket).await {
                tracing::warn!(event = "tunnel_broken", proxy = %way, error = why);
            }
        }
        Err(failure) => Refusal::of(way, &failure).tell(local).await,
    }
}
