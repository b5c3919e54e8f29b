//! SMTP with TLS.

use std::time::Duration;

use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;
use tokio::sync::OnceCell;

use super::failure::Failure;
use super::letter::Letter;
use crate::config::{SmtpServer, SmtpTls};

/// How long one address of a server is tried: there is time for another, where the
/// first is of a family of addresses that leads nowhere.
const CONNECT: Duration = Duration::from_secs(4);

/// A way to a mail server.
pub(super) struct Smtp {
    server: SmtpServer,
    /// How we greet it: the sender's domain, since the machine's own name is nobody
    /// else's business.
    greeting: ClientId,
    made: OnceCell<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Smtp {
    /// To a server, for mails from this address.
    pub(super) fn new(server: SmtpServer, from: &str) -> Self {
        let domain = from
            .rsplit_once('@')
            .map_or("localhost", |(_, domain)| domain);
        Self {
            server,
            greeting: ClientId::Domain(domain.to_owned()),
            made: OnceCell::new(),
        }
    }

    /// One attempt. A server that took the mail and whose answer was lost gets it a
    /// second time: better two mails than none.
    pub(super) async fn send(&self, letter: &Letter) -> Result<(), Failure> {
        let message = letter.mime()?;
        let transport = self.made.get_or_try_init(|| async { self.make() }).await?;
        transport.send(message).await?;
        Ok(())
    }

    fn make(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
        let server = &self.server;
        // No connection is kept: mails are rare, a function that was frozen has a
        // dead one, and an attempt that was given up leaves one in the middle of a
        // dialogue, where the next mail would follow.
        let pool = PoolConfig::new().max_size(0);
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls(server)?)
            .hello_name(self.greeting.clone())
            .timeout(Some(CONNECT))
            .pool_config(pool);
        let builder = match &server.credentials {
            Some(known) => builder.credentials(Credentials::new(
                known.user.expose_secret().to_owned(),
                known.password.expose_secret().to_owned(),
            )),
            None => builder,
        };
        Ok(builder.build())
    }
}

fn tls(server: &SmtpServer) -> Result<Tls, Failure> {
    if server.tls == SmtpTls::Off {
        return Ok(Tls::None);
    }
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.ca {
        builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
    }
    let parameters = builder.build()?;
    Ok(match server.tls {
        SmtpTls::Implicit => Tls::Wrapper(parameters),
        SmtpTls::Required => Tls::Required(parameters),
        SmtpTls::IfOffered => Tls::Opportunistic(parameters),
        SmtpTls::Off => Tls::None,
    })
}
