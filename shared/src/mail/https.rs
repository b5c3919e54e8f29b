//! Services that send mails for others, over HTTPS: the only way out of places that
//! let no SMTP through. The one file below the HTTP layer that speaks HTTP: as a
//! client, of somebody else's interface.

use std::time::Duration;

use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Collected, Full, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::failure::Failure;
use super::letter::{AUTO_SUBMITTED, Letter};
use crate::config::{HttpsMail, Provider};

/// How much of an answer is read.
const ANSWER_MAX: usize = 64 * 1024;
/// How long an unused connection is kept: a function's may be dead after a freeze.
const IDLE: Duration = Duration::from_secs(5);
/// Resend refuses requests without it.
const USER_AGENT: &str = concat!("doorkey/", env!("CARGO_PKG_VERSION"));

type HttpsClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A way to one of the services.
pub(super) struct Https {
    service: HttpsMail,
    client: OnceCell<HttpsClient>,
}

impl Https {
    pub(super) fn new(service: HttpsMail) -> Self {
        Self {
            service,
            client: OnceCell::new(),
        }
    }

    /// One attempt. 429 and 5xx may pass; any other refusal will not.
    pub(super) async fn send(&self, letter: &Letter) -> Result<(), Failure> {
        let request = self.request(letter)?;
        let client = self
            .client
            .get_or_try_init(|| async { self.make() })
            .await?;
        let answer = client.request(request).await;
        let answer = answer.map_err(|error| Failure::of_connection(Some(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
        let body = body.map(Collected::to_bytes).unwrap_or_default();
        let reason = match code(&body) {
            Some(code) => format!("the service answered {} {code}", status.as_u16()),
            None => format!("the service answered {}", status.as_u16()),
        };
        let may_pass = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        Err(Failure {
            is_transient: may_pass,
            reason,
        })
    }

    fn make(&self) -> Result<HttpsClient, Failure> {
        let builder = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .map_err(|_| Failure::permanent("TLS cannot be set up"))?;
        let builder = match self.service.stand_in {
            Some(_) => builder.https_or_http(),
            None => builder.https_only(),
        };
        Ok(Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(1)
            .build(builder.enable_http1().build()))
    }

    fn request(&self, letter: &Letter) -> Result<Request<Full<Bytes>>, Failure> {
        let (host, path, key_name, key_prefix, body) = match self.service.provider {
            Provider::Resend => {
                let body = resend(letter)?;
                (
                    "api.resend.com",
                    "/emails",
                    "authorization",
                    "Bearer ",
                    body,
                )
            }
            Provider::Postmark => {
                let (host, key_name) = ("api.postmarkapp.com", "x-postmark-server-token");
                (host, "/email", key_name, "", postmark(letter)?)
            }
        };
        let origin = match &self.service.stand_in {
            Some(place) => format!("http://{place}"),
            None => format!("https://{host}"),
        };
        let key = format!("{key_prefix}{}", self.service.key.expose_secret());
        Request::post(format!("{origin}{path}"))
            .header(key_name, key)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("user-agent", USER_AGENT)
            // Resend's: a mail that is tried again is sent once.
            .header("idempotency-key", &letter.id)
            .body(Full::from(body.to_string()))
            .map_err(|_| Failure::permanent("it cannot be put into a request"))
    }
}

/// <https://resend.com/docs/api-reference/emails/send-email>
fn resend(letter: &Letter) -> Result<Value, Failure> {
    let (name, value) = AUTO_SUBMITTED;
    Ok(json!({
        "from": letter.from.to_string(),
        "to": [letter.recipient()?.to_string()],
        "subject": letter.texts.subject,
        "text": letter.texts.text,
        "html": letter.texts.html,
        "headers": {name: value},
    }))
}

/// <https://postmarkapp.com/developer/api/email-api>. Tracking would lead every link
/// past a third party, and tell when a mail was opened.
fn postmark(letter: &Letter) -> Result<Value, Failure> {
    let (name, value) = AUTO_SUBMITTED;
    Ok(json!({
        "From": letter.from.to_string(),
        "To": letter.recipient()?.to_string(),
        "Subject": letter.texts.subject,
        "TextBody": letter.texts.text,
        "HtmlBody": letter.texts.html,
        "Headers": [{"Name": name, "Value": value}],
        "TrackOpens": false,
        "TrackLinks": "None",
    }))
}

/// The service's own code for a refusal: Resend's `name`, Postmark's `ErrorCode`.
/// Its message may repeat addresses.
fn code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    if let Some(number) = body.get("ErrorCode").and_then(Value::as_u64) {
        return Some(number.to_string());
    }
    let name = body.get("name")?.as_str()?;
    let is_code = name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_code.then(|| name.to_owned())
}
