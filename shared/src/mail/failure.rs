//! Why a mail was not sent, in words that may stand in a log: no link, no address,
//! no credentials, and no text of a server, which may repeat any of them.

use std::error::Error as _;
use std::io;

use lettre::transport::smtp::Error as SmtpError;

use crate::templates::TemplateError;

/// Why an attempt failed.
#[derive(Debug)]
pub(super) struct Failure {
    /// Whether trying again may help.
    pub(super) is_transient: bool,
    /// For the log.
    pub(super) reason: String,
}

impl Failure {
    pub(super) fn transient(reason: impl Into<String>) -> Self {
        Self {
            is_transient: true,
            reason: reason.into(),
        }
    }

    pub(super) fn permanent(reason: impl Into<String>) -> Self {
        Self {
            is_transient: false,
            reason: reason.into(),
        }
    }

    /// A certificate that is not trusted is not so the next time either.
    pub(super) fn of_connection(cause: Option<&(dyn std::error::Error + 'static)>) -> Self {
        let Some(cause) = cause else {
            return Self::transient("the connection failed");
        };
        match tls_error(cause) {
            Some(error @ rustls::Error::InvalidCertificate(_)) => {
                Self::permanent(format!("TLS: {error}"))
            }
            Some(error) => Self::transient(format!("TLS: {error}")),
            None => Self::transient(format!("the connection failed: {}", innermost(cause))),
        }
    }
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        Self::permanent(format!("template {error}"))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::transient(format!("the file cannot be written: {}", error.kind()))
    }
}

impl From<SmtpError> for Failure {
    fn from(error: SmtpError) -> Self {
        if let Some(code) = error.status() {
            let code = code.to_string();
            let reason = match enhanced_code(error.source()) {
                Some(enhanced) => format!("the server answered {code} {enhanced}"),
                None => format!("the server answered {code}"),
            };
            return Self {
                is_transient: error.is_transient(),
                reason,
            };
        }
        if error.is_response() {
            // Also what comes of a connection that ends in the midst of it.
            return Self::transient("the server's answer was no SMTP, or not whole");
        }
        if error.is_client() {
            // Fixed texts of the library: no STARTTLS, no AUTH that is known, …
            let what = error.source().map(ToString::to_string);
            return Self::permanent(what.unwrap_or_else(|| "it cannot be sent".to_owned()));
        }
        Self::of_connection(error.source())
    }
}

/// The enhanced code (RFC 3463) at the beginning of a server's text, such as 5.7.8.
fn enhanced_code(source: Option<&(dyn std::error::Error + 'static)>) -> Option<String> {
    let text = source?.to_string();
    let first = text.split_whitespace().next()?;
    let mut parts = first.split('.');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        })
    };
    let is_code = is_number(parts.next()) && is_number(parts.next()) && is_number(parts.next());
    (is_code && parts.next().is_none()).then(|| first.to_owned())
}

/// The TLS error that a connection's error is about, however deep it is wrapped.
fn tls_error<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e rustls::Error> {
    if let Some(found) = error.downcast_ref::<rustls::Error>() {
        return Some(found);
    }
    // An io::Error's source is that of the error in it, not the error in it.
    let inner = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
        .map(|inner| inner as &(dyn std::error::Error + 'static));
    tls_error(inner.or_else(|| error.source())?)
}

/// The system's own words: which host or port is the operator's to know.
fn innermost(mut error: &(dyn std::error::Error + 'static)) -> String {
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_codes_of_a_servers_text_are_kept() {
        let code = |text: &str| {
            let error = io::Error::other(text.to_owned());
            enhanced_code(Some(&error))
        };
        assert_eq!(
            code("5.1.1 <ann@example.com> unknown"),
            Some("5.1.1".into())
        );
        assert_eq!(code("4.2.1"), Some("4.2.1".into()));
        for text in [
            "",
            "ann@example.com 5.1.1",
            "5.1",
            "5.1.1.1",
            "5.1.x",
            "5.1.10000",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn an_untrusted_certificate_is_found_below_its_wrappings_and_not_tried_again() {
        let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let error = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, tls));
        let failure = Failure::of_connection(Some(&error));
        assert_eq!(
            failure.reason,
            "TLS: invalid peer certificate: UnknownIssuer"
        );
        assert!(!failure.is_transient);
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert!(Failure::of_connection(Some(&refused)).is_transient);
    }
}
