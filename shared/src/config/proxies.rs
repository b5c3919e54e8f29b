//! Whose word is taken for a client's address.

use super::env::Reader;
use super::names;
use super::place::{Place, Platform};
use crate::domain::client_ip::{TrustedProxies, TrustedProxiesError};

/// How the address of a client is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAddress {
    /// It is the other end of the connection; on Lambda, the event's source address.
    Peer,
    /// It is the right-most address of `X-Forwarded-For` that is none of these.
    Proxies(TrustedProxies),
    /// It stands in this header, which the platform overwrites.
    Header(&'static str),
}

/// Requests reach a Space from the platform's own proxies, at private addresses.
const PRIVATE_NETWORKS: &str = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.0/8,::1,fc00::/7";

pub(super) fn settings(reader: &mut Reader<'_>, place: &Place) -> ClientAddress {
    let setting = &names::TRUSTED_PROXIES;
    let platforms_own = match place.platform {
        Platform::Plain | Platform::Lambda => ClientAddress::Peer,
        Platform::Vercel => ClientAddress::Header("x-real-ip"),
        Platform::Space => PRIVATE_NETWORKS
            .parse()
            .map_or(ClientAddress::Peer, ClientAddress::Proxies),
    };
    if place.platform.is_functions() {
        if reader.is_set(setting) {
            reader.warn(
                setting.name,
                "does nothing here: the platform itself tells the client's address",
            );
        }
        return platforms_own;
    }
    reader
        .parsed(setting, parse)
        .map_or(platforms_own, ClientAddress::Proxies)
}

fn parse(text: &str) -> Result<TrustedProxies, String> {
    text.parse().map_err(|error| {
        // The error's own text repeats the entry.
        match error {
            TrustedProxiesError::Malformed(_) => {
                "has an entry that is neither an address nor a network".to_owned()
            }
            TrustedProxiesError::Everybody(_) => {
                "has a network of every address there is: anybody could claim to be anybody"
                    .to_owned()
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::Pairs;
    use crate::config::{Env, Program, place};

    fn read(pairs: Pairs<'_>) -> (ClientAddress, usize, usize) {
        let env = Env::from_pairs(pairs.iter().copied());
        let mut reader = Reader::new(&env);
        let place = place::find(&mut reader, Program::Function);
        let found = settings(&mut reader, &place);
        (found, reader.faults.len(), reader.warnings.len())
    }

    #[test]
    fn sec_e3_each_platform_names_who_is_believed() {
        let ipc = ("VERCEL_IPC_PATH", "/tmp/ipc");
        let lambda = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
        let space = ("SPACE_ID", "team/auth");
        let list = ("TRUSTED_PROXIES", "192.0.2.0/24, 2001:db8::1");
        let listed = ClientAddress::Proxies("192.0.2.0/24,2001:db8::1".parse().unwrap());
        let vercel = ClientAddress::Header("x-real-ip");
        let cases: [(Pairs<'_>, ClientAddress, usize); 7] = [
            (&[], ClientAddress::Peer, 0),
            (&[list], listed.clone(), 0),
            (&[space, list], listed, 0),
            (&[ipc], vercel.clone(), 0),
            (&[ipc, list], vercel, 1),
            (&[lambda], ClientAddress::Peer, 0),
            (&[lambda, list], ClientAddress::Peer, 1),
        ];
        for (pairs, expected, warnings) in cases {
            assert_eq!(read(pairs), (expected, 0, warnings), "{pairs:?}");
        }
    }

    #[test]
    fn sec_e3_a_space_believes_private_addresses_only() {
        let (ClientAddress::Proxies(proxies), 0, 0) = read(&[("SPACE_ID", "team/auth")]) else {
            panic!("a Space has proxies");
        };
        for (ip, trusted) in [
            ("10.20.3.4", true),
            ("172.31.0.1", true),
            ("192.168.1.1", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("fd12::1", true),
            ("11.0.0.1", false),
            ("172.15.255.255", false),
            ("172.32.0.1", false),
            ("192.169.0.1", false),
            ("fe80::1", false),
            ("8.8.8.8", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(proxies.trusts(&ip.parse().unwrap()), trusted, "{ip}");
        }
    }

    #[test]
    fn bad_networks_are_faults() {
        for list in [
            "10.0.0.0/33",
            "proxy.example.com",
            "0.0.0.0/0",
            "10.0.0.0/8;::1",
        ] {
            let (_, faults, _) = read(&[("TRUSTED_PROXIES", list)]);
            assert_eq!(faults, 1, "{list}");
        }
    }
}
