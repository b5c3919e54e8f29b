//! A proxy as Neon has it, of the cases' own: TLS with the tests' certificate,
//! `GET /v2?address=HOST:PORT`, the bytes of Postgres in binary frames. It takes the
//! WebSocket's handshake apart by hand and misbehaves when told to.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_websockets::{Message, ServerBuilder};

/// The authority of the tests' certificate for `localhost`.
pub(super) const CA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doctor/tls/ca.pem");

/// What it does with whoever comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// Carries everything.
    Good,
    /// Carries it late, in small pieces, with pings between.
    Slow,
    /// Says no, with this status.
    Refusing(u16),
    /// Takes connections and says nothing; those that it has stop where they are.
    Frozen,
}

/// The proxy; its connections end with it.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    /// What was asked of it, request line by request line.
    asked: Arc<Mutex<Vec<String>>>,
    mood: watch::Sender<Mood>,
    /// Counts up to end every connection.
    cuts: watch::Sender<u32>,
    _server: JoinSet<()>,
}

impl Proxy {
    /// One that leads to this address and to no other.
    pub(super) async fn start(allowed: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mood, _) = watch::channel(Mood::Good);
        let (cuts, _) = watch::channel(0);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let desk = Desk {
            allowed: allowed.to_owned(),
            asked: Arc::clone(&asked),
            mood: mood.subscribe(),
            tls: acceptor(),
        };
        let cut = cuts.subscribe();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (desk, mut cut) = (desk.clone(), cut.clone());
                cut.mark_unchanged();
                connections.spawn(async move {
                    tokio::select! {
                        _ = desk.take(stream) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Self {
            address,
            asked,
            mood,
            cuts,
            _server: server,
        }
    }

    /// As `DATABASE_TRANSPORT` names it.
    pub(super) fn url(&self) -> String {
        format!("wss://localhost:{}/v2", self.address.port())
    }

    pub(super) fn set(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// Ends every connection without a goodbye.
    pub(super) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[derive(Clone)]
struct Desk {
    allowed: String,
    asked: Arc<Mutex<Vec<String>>>,
    mood: watch::Receiver<Mood>,
    tls: TlsAcceptor,
}

impl Desk {
    async fn take(mut self, stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).ok()?;
        self.thawed().await?;
        let mut stream = self.tls.accept(stream).await.ok()?;
        let head = read_head(&mut stream).await?;
        let line = head.lines().next()?.to_owned();
        self.asked.lock().unwrap().push(line.clone());
        let mood = *self.mood.borrow();
        let refused = match mood {
            Mood::Refusing(status) => Some(status),
            _ if line != format!("GET /v2?address={} HTTP/1.1", self.allowed) => Some(403),
            _ => None,
        };
        if let Some(status) = refused {
            let answer = format!("HTTP/1.1 {status} No\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.ok()?;
            return stream.shutdown().await.ok();
        }
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
             sec-websocket-accept: {}\r\n\r\n",
            accepted(&head)
        );
        stream.write_all(answer.as_bytes()).await.ok()?;
        let server = TcpStream::connect(&self.allowed).await.ok()?;
        server.set_nodelay(true).ok()?;
        self.carry(stream, server).await
    }

    async fn carry(self, stream: TlsStream<TcpStream>, server: TcpStream) -> Option<()> {
        let (mut sink, mut frames) = ServerBuilder::new().serve(stream).split();
        let (mut from, mut to) = server.into_split();
        let (mut here, mut there) = (self.clone(), self);
        let up = async {
            while let Some(Ok(message)) = frames.next().await {
                here.thawed().await?;
                if message.is_binary() {
                    to.write_all(message.as_payload()).await.ok()?;
                } else if message.is_close() {
                    break;
                } else {
                    assert!(message.is_pong(), "{message:?}");
                }
            }
            Some(())
        };
        let down = async {
            let mut buffer = vec![0; 64 * 1024];
            loop {
                let read = from.read(&mut buffer).await.ok()?;
                if read == 0 {
                    return sink.close().await.ok();
                }
                let mood = there.thawed().await?;
                let piece = if mood == Mood::Slow { 700 } else { read };
                for bytes in buffer[..read].chunks(piece) {
                    if mood == Mood::Slow {
                        sink.send(Message::ping("still there?")).await.ok()?;
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    let bytes = bytes.to_vec();
                    sink.send(Message::binary(bytes)).await.ok()?;
                }
            }
        };
        tokio::select! {
            done = up => done,
            done = down => done,
        }
    }

    /// The mood, once it is not frozen.
    async fn thawed(&mut self) -> Option<Mood> {
        let mood = self.mood.wait_for(|mood| *mood != Mood::Frozen).await;
        mood.ok().map(|mood| *mood)
    }
}

/// All up to the empty line; nothing comes after it before the answer.
async fn read_head(stream: &mut TlsStream<TcpStream>) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// RFC 6455, 4.2.2.
fn accepted(head: &str) -> String {
    let key = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("sec-websocket-key")
            .then_some(value)
    });
    let text = format!("{}258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key.unwrap());
    STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

fn acceptor() -> TlsAcceptor {
    let file = |name: &str| Path::new(CA).with_file_name(name);
    let certificate = CertificateDer::from_pem_file(file("localhost.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("localhost.key")).unwrap();
    let provider = rustls::crypto::ring::default_provider();
    let config = ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
