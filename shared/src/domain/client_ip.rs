//! The address that a client is counted by, and whom to believe about it. One
//! client must not look like many (CVE-2026-45364: the spellings of one IPv6
//! address each had a limit of their own), nor name itself.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

mod proxies;
#[cfg(test)]
mod tests;

pub use proxies::{TrustedProxies, TrustedProxiesError};

/// The part of an IPv6 address that one customer gets whole (RFC 6177): any
/// address within it is the same client.
const IPV6_CLIENT_MASK: u128 = !0 << 64;

/// A client's address in one form: IPv4-mapped IPv6 is IPv4, no zone, no port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientIp(IpAddr);

impl ClientIp {
    /// Takes an address as a socket tells it.
    pub fn new(ip: IpAddr) -> Self {
        Self(ip.to_canonical())
    }

    /// Reads one hop of `X-Forwarded-For` or a platform's header: any spelling of
    /// an address, alone or as `1.2.3.4:port`, `[v6]`, `[v6]:port`; a zone
    /// (`%eth0`) is dropped. `None` for everything else.
    pub fn parse(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        if let Some(bracketed) = raw.strip_prefix('[') {
            let (address, after) = bracketed.split_once(']')?;
            let port_is_fine = after.is_empty() || after.strip_prefix(':').is_some_and(is_port);
            return port_is_fine.then(|| parse_v6(address))?;
        }
        match raw.split_once(':') {
            Some((address, port)) if address.contains('.') => {
                is_port(port).then(|| parse_v4(address))?
            }
            Some(_) => parse_v6(raw),
            None => parse_v4(raw),
        }
    }

    /// The name under which requests are counted: an IPv4 address whole, an IPv6
    /// address as its /64, e.g. `192.0.2.1` or `2001:db8::/64`.
    pub fn rate_key(&self) -> String {
        match self.0 {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => {
                let network = Ipv6Addr::from_bits(ip.to_bits() & IPV6_CLIENT_MASK);
                format!("{network}/64")
            }
        }
    }

    /// The client behind a connection from `peer`, given the values of all its
    /// `X-Forwarded-For` headers in order of arrival; `None` when the peer is not
    /// known (a Unix socket).
    ///
    /// Each trusted proxy vouches for the hop that it wrote, which is the one to
    /// its left. So the answer is the right-most hop that is no trusted proxy;
    /// what stands left of that, or of a hop that cannot be read, was sent by
    /// anybody.
    pub fn resolve(
        peer: Option<IpAddr>,
        x_forwarded_for: &[&str],
        proxies: &TrustedProxies,
    ) -> Option<Self> {
        let mut believed = Self::new(peer?);
        let hops = x_forwarded_for
            .iter()
            .rev()
            .flat_map(|value| value.rsplit(','));
        for hop in hops {
            if !proxies.trusts(&believed.0) {
                break;
            }
            match Self::parse(hop) {
                Some(ip) => believed = ip,
                None => break,
            }
        }
        Some(believed)
    }
}

impl fmt::Display for ClientIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn parse_v4(text: &str) -> Option<ClientIp> {
    text.parse().ok().map(|ip| ClientIp::new(IpAddr::V4(ip)))
}

fn parse_v6(text: &str) -> Option<ClientIp> {
    let (address, zone) = text.split_once('%').unwrap_or((text, "0"));
    let zone_is_fine = !zone.is_empty() && zone.bytes().all(|b| b.is_ascii_graphic());
    let ip: Ipv6Addr = address.parse().ok()?;
    zone_is_fine.then(|| ClientIp::new(IpAddr::V6(ip)))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok()
}
