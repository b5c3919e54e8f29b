//! The HTTP client: one origin, no redirect followed, certificates verified.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;
use std::time::Duration;

use doorkey::app::{Clock as _, SystemClock};
use doorkey::domain::timestamp::Timestamp;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use serde_json::Value;

/// A function that starts and a database that wakes up stay well below it.
const PATIENCE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);
/// How much of an answer is read: whose page it is shows before.
const ANSWER_MAX: usize = 512 * 1024;
const USER_AGENT: &str = concat!("doorkey-doctor/", env!("CARGO_PKG_VERSION"));

/// The client.
pub(super) struct Client(Pooled<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// A request.
pub(super) struct Ask {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Ask {
    pub(super) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: String::new(),
        }
    }

    /// A `POST` of JSON.
    pub(super) fn post(path: &str, body: &Value) -> Self {
        let mut ask = Self::new(Method::POST, path).with("content-type", "application/json");
        ask.body = body.to_string();
        ask
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// An answer, and when.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) sent: Timestamp,
    pub(super) received: Timestamp,
}

impl Answer {
    /// A header's first value, as far as it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Every value of a header.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.headers.get_all(name).into_iter();
        values.filter_map(|value| value.to_str().ok())
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The code of a refusal of ours.
    pub(super) fn code(&self) -> Option<String> {
        let body = self.json()?;
        let code = body.get("code")?.as_str()?;
        // It is printed, and may be anybody's.
        let is_code = code.len() <= 60 && code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        is_code.then(|| code.to_owned())
    }

    /// Status and code.
    pub(super) fn in_short(&self) -> String {
        match self.code() {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// The name is not known.
    Name,
    /// The certificate is none that browsers take.
    Certificate(CertificateError),
    /// TLS failed otherwise.
    Tls(String),
    /// Nobody took the connection.
    Connection(String),
    /// Nothing came within [`PATIENCE`].
    Late,
    /// What came was no HTTP, or not whole.
    Broken(String),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("the name is not known"),
            Self::Certificate(CertificateError::Other(error)) => {
                write!(f, "its certificate is refused: {error}")
            }
            Self::Certificate(error) => write!(f, "its certificate is refused: {error}"),
            Self::Tls(why) => write!(f, "TLS failed: {why}"),
            Self::Connection(why) => write!(f, "no connection: {why}"),
            Self::Late => write!(f, "no answer within {} seconds", PATIENCE.as_secs()),
            Self::Broken(why) => write!(f, "no whole answer: {why}"),
        }
    }
}

impl Client {
    /// One that trusts the public authorities, or, instead, those of a PEM file.
    pub(super) fn new(authorities: Option<&Path>) -> Result<Self, String> {
        let config = tls(authorities)?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self(Pooled::builder(TokioExecutor::new()).build(connector)))
    }

    /// One request to an origin, and its answer, whatever it is.
    pub(super) async fn ask(&self, origin: &str, ask: Ask) -> Result<Answer, NoAnswer> {
        let mut request = Request::builder()
            .method(ask.method)
            .uri(format!("{origin}{}", ask.path))
            .header("accept", "application/json")
            .header("user-agent", USER_AGENT);
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::from(ask.body));
        let request = request.map_err(|error| NoAnswer::Broken(error.to_string()))?;
        tokio::time::timeout(PATIENCE, self.send(request))
            .await
            .unwrap_or(Err(NoAnswer::Late))
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        let sent = SystemClock.now();
        let answer = self.0.request(request).await;
        let (head, body) = answer.map_err(|error| no_answer(&error))?.into_parts();
        let received = SystemClock.now();
        let body = Limited::new(body, ANSWER_MAX).collect().await;
        let body = body.map_err(|error| NoAnswer::Broken(error.to_string()))?;
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.to_bytes(),
            sent,
            received,
        })
    }
}

fn tls(authorities: Option<&Path>) -> Result<ClientConfig, String> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let Some(file) = authorities else {
        return Ok(builder.with_webpki_roots().with_no_client_auth());
    };
    let wrong = |why: String| format!("--ca {}: {why}", file.display());
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file).map_err(|e| wrong(e.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        let added = roots.add(certificate);
        added.map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("has no certificate".to_owned()));
    }
    let config = builder.with_root_certificates(roots);
    Ok(config.with_no_client_auth())
}

/// What a failure is about, however deep it is wrapped.
fn no_answer(error: &hyper_util::client::legacy::Error) -> NoAnswer {
    let mut cause: &(dyn Error + 'static) = error;
    let mut is_name = false;
    loop {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return match tls {
                rustls::Error::InvalidCertificate(why) => NoAnswer::Certificate(why.clone()),
                other => NoAnswer::Tls(other.to_string()),
            };
        }
        is_name |= cause.to_string() == "dns error";
        // An io::Error's source is that of the error in it, not the error in it.
        let inner = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let inner = inner.map(|inner| inner as &(dyn Error + 'static));
        match inner.or_else(|| cause.source()) {
            Some(deeper) => cause = deeper,
            None => break,
        }
    }
    match (is_name, error.is_connect()) {
        (true, _) => NoAnswer::Name,
        (false, true) => NoAnswer::Connection(cause.to_string()),
        (false, false) => NoAnswer::Broken(cause.to_string()),
    }
}
