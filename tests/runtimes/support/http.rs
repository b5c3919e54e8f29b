//! HTTP/1.1 by hand: the cases must be able to send what no client library does.

use std::fmt::Write as _;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::soon;

/// A request, before a platform has put it into its own form.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    /// A request without a body.
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// A `GET`.
    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// A `POST` of JSON.
    pub(crate) fn post(path: &str, body: &impl ToString) -> Self {
        let mut request = Self::new("POST", path).with("content-type", "application/json");
        request.body = body.to_string();
        request
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The head on the wire.
    pub(crate) fn head(&self) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if !self.headers.iter().any(|(name, _)| name == "host") {
            head.push_str("host: localhost\r\n");
        }
        if !self.body.is_empty() {
            write!(head, "content-length: {}\r\n", self.body.len()).unwrap();
        }
        head + "\r\n"
    }
}

/// An answer, whatever form it came in.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names are in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Every value of a header.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let all = self.headers.iter().filter(|(other, _)| other == name);
        all.map(|(_, value)| value.as_str()).collect()
    }

    /// A header's first value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// Status and error code.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        (self.status, code)
    }
}

/// A connection that stays open until it is dropped.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    /// Sends bytes as they are.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn call(&mut self, request: &Request) -> Answer {
        self.send(request.head() + &request.body).await;
        self.answer().await
    }

    /// The answer to a request, unless the connection cannot be made or breaks.
    pub(crate) async fn try_call(address: SocketAddr, request: &Request) -> Option<Answer> {
        let stream = TcpStream::connect(address).await.ok()?;
        let mut connection = Self(BufReader::new(stream));
        let bytes = request.head() + &request.body;
        connection.0.write_all(bytes.as_bytes()).await.ok()?;
        connection.try_answer().await
    }

    /// Sends a request's head and returns once the server waits for the body, so
    /// that the request is certainly under way.
    pub(crate) async fn begin(&mut self, request: &Request) {
        let request = request.clone().with("expect", "100-continue");
        self.send(request.head()).await;
        let line = self.line().await.unwrap();
        assert!(line.starts_with("HTTP/1.1 100 "), "{line}");
        assert_eq!(self.line().await.as_deref(), Some(""));
    }

    /// The next answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        self.try_answer()
            .await
            .unwrap_or_else(|| panic!("the connection ended without an answer"))
    }

    /// The next answer, if there is one before the connection ends.
    pub(crate) async fn try_answer(&mut self) -> Option<Answer> {
        soon("an answer", self.read_answer()).await
    }

    async fn read_answer(&mut self) -> Option<Answer> {
        let first = self.line().await?;
        let status = first
            .strip_prefix("HTTP/1.1 ")
            .or_else(|| first.strip_prefix("HTTP/1.0 "));
        let status = status.and_then(|rest| rest.get(..3)?.parse().ok());
        let mut answer = Answer {
            status: status.unwrap_or_else(|| panic!("no status: {first}")),
            headers: Vec::new(),
            body: String::new(),
        };
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            let field = (name.to_ascii_lowercase(), value.trim().to_owned());
            answer.headers.push(field);
        }
        let length = answer
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.ok()?;
        answer.body = String::from_utf8(body).unwrap();
        Some(answer)
    }

    /// A line without its end; none when the connection has ended.
    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line).await {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
        }
    }

    /// Waits until the server has closed it, having sent nothing more.
    pub(crate) async fn ended(&mut self) {
        assert_eq!(self.closed().await, "");
    }

    /// Waits until the server has closed it; what it sent before.
    pub(crate) async fn closed(&mut self) -> String {
        let mut rest = Vec::new();
        // A reset is an end, too.
        let _ = soon("the server closes", self.0.read_to_end(&mut rest)).await;
        String::from_utf8_lossy(&rest).into_owned()
    }
}
