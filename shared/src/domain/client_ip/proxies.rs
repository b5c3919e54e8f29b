//! The proxies that may tell a client's address.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

/// An IPv4 address stands in the last 32 bits of an IPv4-mapped one.
const MAPPED_BITS: u8 = 96;

/// Networks of proxies whose `X-Forwarded-For` is believed; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// What is wrong with an entry of the list; it names the entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustedProxiesError {
    /// Neither an address nor a network.
    #[error("`{0}` is neither an address nor a network such as 10.0.0.0/8")]
    Malformed(String),
    /// A network of length 0: whoever connects could name any address.
    #[error("`{0}` is every address there is, so anybody could claim to be anybody")]
    Everybody(String),
}

impl TrustedProxies {
    /// Whether `ip`, in whichever form, lies in one of the networks.
    pub fn trusts(&self, ip: &IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(&ip))
    }
}

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    /// Reads `10.0.0.0/8, 192.0.2.1, fd00::/8`; empty entries are skipped.
    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        raw.split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(network)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn network(entry: &str) -> Result<IpNet, TrustedProxiesError> {
    let network = entry
        .parse::<IpNet>()
        .or_else(|_| entry.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| TrustedProxiesError::Malformed(entry.to_owned()))?;
    let network = unmapped(network);
    if network.prefix_len() == 0 {
        return Err(TrustedProxiesError::Everybody(entry.to_owned()));
    }
    Ok(network)
}

/// Addresses are compared in canonical form, so networks of mapped ones must be.
fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else {
        return network;
    };
    let v4 = v6.addr().to_ipv4_mapped();
    let prefix = v6.prefix_len().checked_sub(MAPPED_BITS);
    match (v4, prefix) {
        (Some(v4), Some(prefix)) => Ipv4Net::new(v4, prefix).map_or(network, IpNet::V4),
        _ => network,
    }
}
