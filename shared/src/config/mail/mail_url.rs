//! `MAIL_URL`: where mails go. Faults say what is wrong and repeat nothing of the
//! value, which has a password in it.

use std::borrow::Cow;
use std::path::PathBuf;

use lettre::transport::smtp::client::Certificate;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use super::super::database_url::is_this_machine;

/// Where mails go.
#[derive(Clone, Debug)]
pub enum MailTo {
    /// Into the log, links and all: for one's own machine.
    Log,
    /// Into a file, one JSON object a line.
    File(PathBuf),
    /// To a mail server.
    Smtp(SmtpServer),
    /// To a service that sends them, over HTTPS.
    Https(HttpsMail),
}

/// A mail server that takes mails for others.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    /// Its name or address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: SmtpTls,
    /// Who we are to it.
    pub credentials: Option<Credentials>,
    /// A further root certificate to trust, as PEM.
    pub ca: Option<Vec<u8>>,
}

/// How a connection to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// From its first byte (RFC 8314).
    Implicit,
    /// By STARTTLS, or no mail is sent.
    Required,
    /// By STARTTLS if the server offers it: on this machine alone.
    IfOffered,
    /// Not at all: on this machine alone.
    Off,
}

/// A name and a password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The name.
    pub user: SecretString,
    /// The password.
    pub password: SecretString,
}

/// A service that sends mails, and our key to it.
#[derive(Clone, Debug)]
pub struct HttpsMail {
    /// Which one.
    pub provider: Provider,
    /// The key.
    pub key: SecretString,
    /// Host and port of a stand-in on this machine, spoken to without TLS.
    pub stand_in: Option<String>,
}

/// The services that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// resend.com
    Resend,
    /// postmarkapp.com
    Postmark,
}

impl MailTo {
    /// Whether mails leave this machine, in the name of `MAIL_FROM`.
    pub(super) fn leaves(&self) -> bool {
        matches!(self, Self::Smtp(_) | Self::Https(_))
    }

    /// Reads the setting; a `?ca=` file, too.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
        let key = rest.strip_prefix("//");
        match (scheme, key) {
            ("log", _) if rest.is_empty() => Ok(Self::Log),
            ("file", _) if rest.starts_with("//") => {
                Err("must be file: and a path, without // between".to_owned())
            }
            ("file", _) if !rest.is_empty() => Ok(Self::File(rest.into())),
            ("smtp" | "smtps", Some(_)) => smtp(text).map(Self::Smtp),
            ("resend", Some(key)) => https(Provider::Resend, key).map(Self::Https),
            ("postmark", Some(key)) => https(Provider::Postmark, key).map(Self::Https),
            _ => Err(
                "must begin with smtps://, smtp://, resend://, postmark:// or file:, or be log:"
                    .to_owned(),
            ),
        }
    }
}

fn https(provider: Provider, rest: &str) -> Result<HttpsMail, String> {
    let (key, stand_in) = match rest.split_once('@') {
        Some((key, place)) => (key, Some(place)),
        None => (rest, None),
    };
    let is_key = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if key.is_empty() || !key.bytes().all(is_key) {
        return Err("must have the service's key after ://, and nothing else".to_owned());
    }
    if let Some(place) = stand_in {
        let url = Url::parse(&format!("http://{place}/")).ok();
        let is_local = url
            .as_ref()
            .and_then(Url::host_str)
            .is_some_and(|host| is_this_machine(host.trim_matches(['[', ']'])));
        if !is_local || place.contains(['/', '?', '#', '@']) {
            return Err(
                "may name another host than the service's on this machine alone".to_owned(),
            );
        }
    }
    Ok(HttpsMail {
        provider,
        key: key.into(),
        stand_in: stand_in.map(str::to_owned),
    })
}

fn smtp(text: &str) -> Result<SmtpServer, String> {
    let not_a_url = || {
        "must be smtps://user:password@host, perhaps with a port; in the password / ? # @ : and % \
         are written as %2F %3F %23 %40 %3A and %25"
            .to_owned()
    };
    let url = Url::parse(text).map_err(|_| not_a_url())?;
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    let is_host = |b: u8| b.is_ascii_alphanumeric() || b".-:".contains(&b);
    if host.is_empty() || !host.bytes().all(is_host) || !matches!(url.path(), "" | "/") {
        return Err(not_a_url());
    }
    let is_local = is_this_machine(&host);
    let mut tls = match url.scheme() {
        "smtps" => SmtpTls::Implicit,
        _ if is_local => SmtpTls::IfOffered,
        _ => SmtpTls::Required,
    };
    let mut ca = None;
    for (name, value) in url.query_pairs() {
        match (name.as_ref(), value.as_ref()) {
            ("tls", "off") if !is_local => {
                return Err("may switch TLS off for a server on this machine alone".to_owned());
            }
            ("tls", "off") if tls == SmtpTls::Implicit => {
                return Err("has tls=off, and smtps:// is TLS: begin with smtp://".to_owned());
            }
            ("tls", "off") => tls = SmtpTls::Off,
            ("ca", path) => ca = Some(certificate(path)?),
            _ => return Err("has an option that is neither tls=off nor ca=FILE".to_owned()),
        }
    }
    let port = url.port().unwrap_or(match tls {
        SmtpTls::Implicit => 465,
        _ => 587,
    });
    if port == 0 {
        return Err("has port 0".to_owned());
    }
    Ok(SmtpServer {
        credentials: credentials(&url)?,
        host,
        port,
        tls,
        ca,
    })
}

fn credentials(url: &Url) -> Result<Option<Credentials>, String> {
    let decode = |text| {
        percent_decode_str(text)
            .decode_utf8()
            .map(Cow::into_owned)
            .map(SecretString::from)
            .map_err(|_| "has a user or password that is not UTF-8".to_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err("has a password and no user before it".to_owned()),
        (_, None) => Err("has a user and no password".to_owned()),
        (user, Some(password)) => Ok(Some(Credentials {
            user: decode(user)?,
            password: decode(password)?,
        })),
    }
}

fn certificate(path: &str) -> Result<Vec<u8>, String> {
    let pem = std::fs::read(path).map_err(|_| "names a ca file that cannot be read".to_owned())?;
    let is_pem =
        pem.windows(10).any(|part| part == b"-----BEGIN") && Certificate::from_pem(&pem).is_ok();
    is_pem
        .then_some(pem)
        .ok_or_else(|| "names a ca file that is no certificate in PEM".to_owned())
}
