//! The HTTP client: one origin, no redirect followed, certificates verified.

use std::path::Path;
use std::time::Duration;

use doorkey::app::{Clock as _, SystemClock};
use doorkey::domain::timestamp::Timestamp;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::time::Instant;

use super::no_answer::{NoAnswer, no_answer};

/// A function that starts and a database that wakes up stay well below it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// For all checks together, however many of them meet with silence.
pub(super) const ALL: Duration = Duration::from_mins(1);
const CONNECT: Duration = Duration::from_secs(10);
/// How much of an answer is read: whose page it is shows before.
const ANSWER_MAX: usize = 512 * 1024;
const USER_AGENT: &str = concat!("doorkey-doctor/", env!("CARGO_PKG_VERSION"));

/// The client.
#[derive(Clone)]
pub(super) struct Client {
    pool: Pooled<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// When it asks no more.
    until: Instant,
}

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
    /// What was asked for.
    pub(super) path: String,
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
        Ok(Self {
            pool: Pooled::builder(TokioExecutor::new()).build(connector),
            until: Instant::now() + ALL,
        })
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
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(NoAnswer::Over);
        }
        let late = if left < PATIENCE {
            NoAnswer::Over
        } else {
            NoAnswer::Late
        };
        tokio::time::timeout(PATIENCE.min(left), self.send(ask.path, request))
            .await
            .unwrap_or(Err(late))
    }

    async fn send(&self, path: String, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        let sent = SystemClock.now();
        let answer = self.pool.request(request).await;
        let (head, body) = answer.map_err(|error| no_answer(&error))?.into_parts();
        let received = SystemClock.now();
        let body = beginning(body).await;
        let body = body.map_err(|error| NoAnswer::Broken(error.to_string()))?;
        Ok(Answer {
            path,
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            sent,
            received,
        })
    }
}

/// As much of a body as is read: a page of any length is judged by its beginning.
async fn beginning(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let mut kept = Vec::new();
    while let Some(frame) = body.frame().await {
        let data = frame?.into_data().unwrap_or_default();
        let room = ANSWER_MAX - kept.len();
        kept.extend(data.iter().take(room));
        if kept.len() == ANSWER_MAX {
            break;
        }
    }
    Ok(kept.into())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_asked_when_the_time_for_all_is_over() {
        let mut client = Client::new(None).unwrap();
        client.until = Instant::now();
        let answer = client.ask("http://127.0.0.1:9", Ask::get("/")).await;
        assert!(matches!(answer, Err(NoAnswer::Over)), "{answer:?}");
    }
}
