//! Can it be reached: its name, a connection, TLS with a certificate that is
//! verified; and is it where the address says, or is one sent on?

use doorkey::domain::origin::Origin;
use rustls::CertificateError as Wrong;
use url::Url;

use super::client::{Answer, Ask};
use super::deployment::Deployment;
use super::no_answer::{NoAnswer, is_authoritys};
use super::report::{Finding, Words};
use super::stranger::shown;

pub(super) const NAME: &str = "reachable";

/// The check, and the answer to `GET /health` if there is one to look at. Sent
/// from http to https of the same host, it looks there from then on; to another
/// host it is never followed.
pub(super) async fn check(deployment: &mut Deployment) -> (Finding, Option<Answer>) {
    let mut upgraded_from = None;
    loop {
        let answer = match deployment.ask(Ask::get("/health")).await {
            Ok(answer) => answer,
            Err(why) => return (Finding::failed(NAME, unreachable(deployment, &why)), None),
        };
        match sent_on(&deployment.origin, &answer) {
            Some(SentOn::Upgraded(origin)) if upgraded_from.is_none() => {
                upgraded_from = Some(deployment.origin.clone());
                deployment.move_to(origin);
            }
            Some(SentOn::Elsewhere(origin)) => {
                return (Finding::failed(NAME, elsewhere(&origin)), None);
            }
            _ => {
                let finding = reached(deployment, &answer, upgraded_from.as_ref());
                return (finding, Some(answer));
            }
        }
    }
}

enum SentOn {
    /// To https, where all else is as it was.
    Upgraded(Origin),
    /// To another origin.
    Elsewhere(Origin),
}

/// Where an answer sends its caller, if that is another origin.
fn sent_on(from: &Origin, answer: &Answer) -> Option<SentOn> {
    if !(300..=399).contains(&answer.status) {
        return None;
    }
    let base = Url::parse(from.as_str()).ok()?;
    let target = base.join(answer.header("location")?).ok()?;
    let origin = Origin::of_url(target.as_str())?;
    if origin == *from || origin.host() == "vercel.com" {
        // Vercel's sign-in is told apart with the answers that are not ours.
        return None;
    }
    let is_upgrade = !from.is_https() && origin.is_https() && origin.host() == from.host();
    Some(if is_upgrade && target.path() == "/health" {
        SentOn::Upgraded(origin)
    } else {
        SentOn::Elsewhere(origin)
    })
}

fn elsewhere(origin: &Origin) -> Words {
    let to = shown(origin.as_str());
    Words::new(
        format!("it sends on to {to}"),
        "Browsers do not follow a redirect with a preflight, and cookies of one host are not those of the other.",
        format!(
            "Use that address everywhere (the client's baseURL, PUBLIC_URL) and check it: doorkey doctor {to}"
        ),
    )
}

fn reached(deployment: &Deployment, answer: &Answer, from: Option<&Origin>) -> Finding {
    let origin = &deployment.origin;
    let ms = answer.received.since(answer.sent).as_millis();
    if let Some(from) = from {
        return Finding::ok(
            NAME,
            format!("{from} sends on to {origin}, which is looked at; certificate verified"),
        );
    }
    if origin.is_https() {
        return Finding::ok(NAME, format!("TLS, certificate verified; {ms} ms"));
    }
    if origin.is_loopback() {
        return Finding::ok(NAME, format!("on this machine, without TLS; {ms} ms"));
    }
    Finding::warning(
        NAME,
        Words::new(
            format!("without TLS; {ms} ms"),
            "Passwords and sessions cross the network in clear, and its cookies are not Secure.",
            "Serve it over https, and set PUBLIC_URL to the https address.",
        ),
    )
}

fn unreachable(deployment: &Deployment, why: &NoAnswer) -> Words {
    let host = deployment.origin.host();
    let (means, advice) = match why {
        NoAnswer::Name => (
            "DNS has no address for this host.".to_owned(),
            "Look for a typing error, or set the DNS record that the platform names.".to_owned(),
        ),
        NoAnswer::Certificate(wrong) => certificate(wrong, host),
        NoAnswer::Tls(_) => (
            "Something listens there that browsers cannot speak https with.".to_owned(),
            "Give http:// for a server without TLS, or let it speak TLS 1.2 or 1.3.".to_owned(),
        ),
        NoAnswer::Connection(_) => (
            "Nothing takes connections at this address and port.".to_owned(),
            "Start the server, open the port, or correct the address; Doorkey's own port is 7860."
                .to_owned(),
        ),
        NoAnswer::Late | NoAnswer::Over => (
            "Whatever is there does not answer.".to_owned(),
            "Look into its log; a firewall may drop what it should let through.".to_owned(),
        ),
        NoAnswer::Broken(_) => (
            "Something answers there that speaks no HTTP, or ended in the midst of it.".to_owned(),
            "Look for the port of the server, and whether it wants https://.".to_owned(),
        ),
    };
    Words::new(why.to_string(), means, advice)
}

fn certificate(wrong: &Wrong, host: &str) -> (String, String) {
    match wrong {
        Wrong::UnknownIssuer => (
            "No authority that browsers know has signed it, or the chain is not whole.".to_owned(),
            "Install a certificate of a public authority with its whole chain; for one of your own authority give --ca FILE."
                .to_owned(),
        ),
        Wrong::Expired | Wrong::ExpiredContext { .. } => (
            "It is no longer valid, and browsers stop there.".to_owned(),
            "Renew it, and see why its renewal did not run.".to_owned(),
        ),
        Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => (
            format!("It was made for other names than {host}."),
            format!("Add {host} to the certificate, or on the platform to the project's domains."),
        ),
        other if is_authoritys(other) => (
            "The server shows the certificate of an authority as its own: --ca trusts an authority, and the server \
             needs another certificate that this one has signed."
                .to_owned(),
            format!(
                "Make both, for instance with mkcert: `mkcert {host}` for the server, and --ca \
                 \"$(mkcert -CAROOT)/rootCA.pem\"; or sign one yourself with openssl, with CA:FALSE."
            ),
        ),
        _ => (
            "It is not fit for a server, as one that has signed itself; browsers refuse it, too."
                .to_owned(),
            "Install a certificate of a public authority, with its whole chain.".to_owned(),
        ),
    }
}
