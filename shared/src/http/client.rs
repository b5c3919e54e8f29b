//! Who is asking: the client's address and browser.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::USER_AGENT;
use http::request::Parts;

use super::session_cookie::values;
use super::state::Web;
use crate::config::ClientAddress;
use crate::domain::client_ip::ClientIp;
use crate::service::Client;

/// The address at the other end of the connection, put into the request's
/// extensions by the runtime.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

impl FromRequestParts<std::sync::Arc<Web>> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        web: &std::sync::Arc<Web>,
    ) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
        Ok(Self {
            ip: address(&web.app.config.proxies, peer, &parts.headers),
            user_agent: user_agent(&parts.headers),
            known_device: known_device(web, &parts.headers),
        })
    }
}

/// The client's address by the deployment's rule: nobody but the platform or a
/// named proxy can say it for somebody else.
fn address(rule: &ClientAddress, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<ClientIp> {
    match rule {
        ClientAddress::Peer => peer.map(ClientIp::new),
        ClientAddress::Header(name) => headers.get(*name)?.to_str().ok().and_then(ClientIp::parse),
        ClientAddress::Proxies(proxies) => {
            let hops = headers.get_all("x-forwarded-for").iter();
            let hops: Vec<&str> = hops.map(|hop| hop.to_str().unwrap_or("?")).collect();
            ClientIp::resolve(peer, &hops, proxies)
        }
    }
}

/// The device's proof; of several the first, since a planted one proves nothing.
fn known_device(web: &Web, headers: &HeaderMap) -> Option<String> {
    let value = values(headers, web.cookies.known_device_name()).next()?;
    std::str::from_utf8(value).ok().map(str::to_owned)
}

/// As sent, without what a database cannot keep or a log should not show.
fn user_agent(headers: &HeaderMap) -> Option<String> {
    let sent = String::from_utf8_lossy(headers.get(USER_AGENT)?.as_bytes());
    Some(sent.chars().filter(|c| !c.is_control()).collect())
}
