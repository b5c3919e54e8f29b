//! Why there is no answer.

use std::error::Error;
use std::fmt;
use std::io;

use rustls::CertificateError;

use super::client::{ALL, PATIENCE};

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
    /// The time for all checks is over.
    Over,
    /// What came was no HTTP, or not whole.
    Broken(String),
}

/// Whether a server shows the certificate of an authority as its own, as those that
/// `openssl req -x509` makes: rustls has no name for it of its own.
pub(super) fn is_authoritys(why: &CertificateError) -> bool {
    matches!(why, CertificateError::Other(error) if error.to_string().contains("CaUsedAsEndEntity"))
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("the name is not known"),
            Self::Certificate(why) if is_authoritys(why) => f.write_str(
                "its certificate is refused: it is that of an authority (CaUsedAsEndEntity)",
            ),
            Self::Certificate(CertificateError::Other(error)) => {
                write!(f, "its certificate is refused: {error}")
            }
            Self::Certificate(error) => write!(f, "its certificate is refused: {error}"),
            Self::Tls(why) => write!(f, "TLS failed: {why}"),
            Self::Connection(why) => write!(f, "no connection: {why}"),
            Self::Late => write!(f, "no answer within {} seconds", PATIENCE.as_secs()),
            Self::Over => write!(
                f,
                "not waited for: the {} seconds for all checks are over",
                ALL.as_secs()
            ),
            Self::Broken(why) => write!(f, "no whole answer: {why}"),
        }
    }
}

/// What a failure is about, however deep it is wrapped.
pub(super) fn no_answer(error: &hyper_util::client::legacy::Error) -> NoAnswer {
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
