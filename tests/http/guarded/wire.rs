//! HTTP/1.1 by hand, on both sides of the guard.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::HOST;

/// How long anything may take that must happen; only a failure waits so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for what must happen.
pub(super) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work)
        .await
        .expect("it must happen soon")
}

/// One end of a connection.
pub(super) struct Wire(pub(super) BufReader<TcpStream>);

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The fields' lines, names in lower case.
    pub(super) fields: Vec<String>,
    pub(super) body: String,
}

impl Answer {
    /// Every value of a field.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        let start = format!("{name}: ");
        let values = self
            .fields
            .iter()
            .filter_map(|field| field.strip_prefix(&start));
        values.collect()
    }

    /// The only value of a field; empty if there is none.
    pub(super) fn field(&self, name: &str) -> &str {
        let all = self.all(name);
        assert!(all.len() < 2, "{self:?}");
        all.first().copied().unwrap_or_default()
    }

    /// Status and error code.
    pub(super) fn refusal(&self) -> (u16, String) {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"));
        (
            self.status,
            body["code"].as_str().unwrap_or_default().to_owned(),
        )
    }

    /// Whether the echo had this line.
    pub(super) fn told(&self, line: &str) -> bool {
        self.body.lines().any(|told| told == line)
    }
}

impl Wire {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    pub(super) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// A request's head: `GET /` and further lines, each with its end.
    pub(super) async fn ask(&mut self, line: &str, fields: &str) {
        let host = if fields.starts_with("host:") || fields.contains("\nhost:") {
            String::new()
        } else {
            format!("host: {HOST}\r\n")
        };
        self.send(format!("{line} HTTP/1.1\r\n{host}{fields}\r\n"))
            .await;
    }

    /// A line without its end; none when the connection has ended.
    pub(super) async fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        match soon(self.0.read_until(b'\n', &mut line)).await {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(String::from_utf8_lossy(&line).trim_end().to_owned()),
        }
    }

    /// The lines of a head; none when the connection has ended.
    pub(super) async fn head(&mut self) -> Option<Vec<String>> {
        let mut lines = vec![self.line().await?];
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Some(lines);
            }
            let field = line
                .split_once(':')
                .map(|(name, value)| format!("{}: {}", name.to_ascii_lowercase(), value.trim()));
            lines.push(field.unwrap_or(line));
        }
    }

    /// Status and fields of the next answer.
    pub(super) async fn answer_head(&mut self) -> Answer {
        let mut lines = self.head().await.expect("an answer");
        let first = lines.remove(0);
        let status = first
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or_else(|| panic!("no status: {first}")),
            fields: lines,
            body: String::new(),
        }
    }

    /// The next answer, whole.
    pub(super) async fn answer(&mut self) -> Answer {
        self.answer_to(true).await
    }

    pub(super) async fn answer_to(&mut self, may_have_body: bool) -> Answer {
        let mut answer = self.answer_head().await;
        if may_have_body && !matches!(answer.status, 100..200 | 204 | 304) {
            let body = self.body(&answer.fields).await.expect("a whole body");
            answer.body = String::from_utf8_lossy(&body).into_owned();
        }
        answer
    }

    /// A body by its length or its chunks; none when it breaks off.
    pub(super) async fn body(&mut self, fields: &[String]) -> Option<Vec<u8>> {
        if fields
            .iter()
            .any(|field| field == "transfer-encoding: chunked")
        {
            let mut body = Vec::new();
            while let Some(chunk) = self.chunk().await? {
                body.extend(chunk);
            }
            return Some(body);
        }
        let length = fields
            .iter()
            .find_map(|field| field.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        soon(self.0.read_exact(&mut body)).await.ok()?;
        Some(body)
    }

    /// The next chunk; the inner none is the last, with its trailers read over.
    pub(super) async fn chunk(&mut self) -> Option<Option<Vec<u8>>> {
        let line = self.line().await?;
        let length = usize::from_str_radix(line.split(';').next()?, 16).ok()?;
        if length == 0 {
            while !self.line().await?.is_empty() {}
            return Some(None);
        }
        let mut chunk = vec![0; length + 2];
        soon(self.0.read_exact(&mut chunk)).await.ok()?;
        chunk.truncate(length);
        Some(Some(chunk))
    }

    /// So many bytes.
    pub(super) async fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        soon(self.0.read_exact(&mut bytes)).await.unwrap();
        bytes
    }

    /// Waits for the other side to end it; what it had sent until then.
    pub(super) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset is an end, too.
        let _ = soon(self.0.read_to_end(&mut rest)).await;
        rest
    }
}

/// An upstream that does with each connection what `script` says.
pub(super) async fn upstream<F, Done>(script: F) -> SocketAddr
where
    F: Fn(Wire) -> Done + Send + 'static,
    Done: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(script(Wire(BufReader::new(stream))));
        }
    });
    address
}

/// Says back every request's head, line by line, and then its body.
pub(super) async fn echo(mut wire: Wire) {
    while let Some(head) = wire.head().await {
        let Some(body) = wire.body(&head).await else {
            return;
        };
        let mut text = head.join("\n");
        write!(text, "\n\n{}", String::from_utf8_lossy(&body)).unwrap();
        let length = text.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n"
        );
        let text = if head[0].starts_with("HEAD ") {
            String::new()
        } else {
            text
        };
        if wire.0.write_all((answer + &text).as_bytes()).await.is_err() {
            return;
        }
    }
}

/// One that answers every request with these bytes and keeps the connection.
pub(super) async fn always(bytes: &'static str) -> SocketAddr {
    upstream(move |mut wire| async move {
        while let Some(head) = wire.head().await {
            let _ = wire.body(&head).await;
            if wire.0.write_all(bytes.as_bytes()).await.is_err() {
                return;
            }
        }
    })
    .await
}
