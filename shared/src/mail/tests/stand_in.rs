//! Servers of a case's own, on loopback and without TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

type Stream = BufReader<TcpStream>;

/// A mail server that answers what it is told to.
pub(super) struct MailServer {
    pub(super) address: SocketAddr,
    /// Every mail that it took: the commands, then the message.
    pub(super) mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// One that answers the `n`th connection's `MAIL FROM` with the `n`th of these,
    /// and all later ones' with 250. `""` ends the connection instead, `"-"` answers
    /// nothing.
    pub(super) async fn start(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, answers)
    }

    pub(super) fn on(listener: TcpListener, answers: &'static [&'static str]) -> Self {
        let address = listener.local_addr().unwrap();
        let mails = Arc::default();
        let taken = Arc::clone(&mails);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let answer = answers.get(number).copied().unwrap_or("250 ok");
                tokio::spawn(talk(BufReader::new(stream), answer, Arc::clone(&taken)));
            }
        });
        Self { address, mails }
    }
}

async fn talk(mut stream: Stream, to_mail: &str, mails: Arc<Mutex<Vec<String>>>) -> Option<()> {
    stream.write_all(b"220 here\r\n").await.ok()?;
    let mut said = String::new();
    loop {
        let line = line(&mut stream).await?;
        said.push_str(&line);
        let verb: String = line.chars().take(4).collect();
        let answer = match verb.as_str() {
            "EHLO" => "250-here\r\n250 8BITMIME",
            "MAIL" if to_mail.is_empty() => return None,
            "MAIL" if to_mail == "-" => std::future::pending().await,
            "MAIL" => to_mail,
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                while !said.ends_with("\r\n.\r\n") {
                    said.push_str(&self::line(&mut stream).await?);
                }
                mails.lock().await.push(std::mem::take(&mut said));
                "250 taken"
            }
            _ => "250 ok",
        };
        stream
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
    }
}

async fn line(stream: &mut Stream) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then_some(line)
}

/// Answers requests over HTTP, a connection each: the `n`th with the `n`th of these
/// (status and body), all later ones with 200.
pub(super) struct WebServer {
    pub(super) address: SocketAddr,
    /// Every request: its head, in lower case, and its body.
    pub(super) requests: Arc<Mutex<Vec<(String, String)>>>,
}

impl WebServer {
    pub(super) async fn start(answers: &'static [(u16, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::default();
        let taken: Arc<Mutex<Vec<_>>> = Arc::clone(&requests);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let mut stream = BufReader::new(stream);
                let Some(request) = request(&mut stream).await else {
                    continue;
                };
                taken.lock().await.push(request);
                let (status, body) = answers.get(number).copied().unwrap_or((200, "{}"));
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { address, requests }
    }
}

async fn request(stream: &mut Stream) -> Option<(String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        head.push_str(&line(stream).await?);
    }
    let lower = head.to_ascii_lowercase();
    let (_, after) = lower.split_once("content-length: ")?;
    let length: usize = after.split("\r\n").next()?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    // The names alone are of any case.
    Some((head, String::from_utf8(body).ok()?))
}
