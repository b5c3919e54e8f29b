//! The back end that the server guards: where it is, what of it is open to all,
//! and how it is treated.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use url::Url;

use super::env::Reader;
use super::limits::parse_duration;
use super::names;
use super::place::{Place, Program};

mod public_paths;
mod rate;

pub use public_paths::PublicPaths;
pub use rate::Rate;

/// How long the upstream may be silent, unless it is said otherwise: models think.
const USUAL_TIMEOUT: Duration = Duration::from_mins(5);
const TIMEOUTS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_hours(1);

/// What the settings say of the upstream, whether there is one or not.
#[derive(Clone, Debug)]
pub struct UpstreamSettings {
    /// Where it is; `None` where none is named.
    pub address: Option<UpstreamAddress>,
    /// What needs no session.
    pub public: PublicPaths,
    /// How often one user may ask it.
    pub rate: Option<Rate>,
    /// Whether it is given a signed token about the user.
    pub jwt: bool,
    /// How long it may be silent.
    pub timeout: Duration,
}

/// Where the upstream is: a host and a port, by plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamAddress {
    host: String,
    port: u16,
}

impl Default for UpstreamAddress {
    /// Where development servers listen by themselves.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8000,
        }
    }
}

impl UpstreamAddress {
    /// `HOST:PORT`; an IPv6 address in brackets.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "must be http://HOST:PORT and nothing more".to_owned();
        let url = Url::parse(text).map_err(|_| wrong())?;
        if url.scheme() == "https" {
            return Err("must be http://: the back end is on this machine or beside it".to_owned());
        }
        let is_bare = matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        match url.host_str() {
            Some(host) if url.scheme() == "http" && is_bare && !text.contains('@') => Ok(Self {
                host: host.to_owned(),
                port: url.port().unwrap_or(80),
            }),
            _ => Err(wrong()),
        }
    }

    /// Whether it is where this machine itself listens at `own`.
    pub fn is_at(&self, own: SocketAddr) -> bool {
        let bare = self.host.trim_matches(['[', ']']);
        let is_ours = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified();
        let is_here = bare == "localhost" || bare.parse().is_ok_and(is_ours);
        is_here && self.port == own.port()
    }
}

/// Reads the settings. Only the server guards anything.
pub(super) fn settings(reader: &mut Reader<'_>, place: &Place) -> UpstreamSettings {
    if place.program != Program::Server {
        warn_that_nothing_is_guarded(reader);
    }
    let address = reader.parsed(&names::UPSTREAM_URL, UpstreamAddress::parse);
    let is_itself = address.as_ref().is_some_and(|at| at.is_at(place.listen));
    if is_itself && place.program == Program::Server {
        reader.fault(&names::UPSTREAM_URL, "is where this service itself listens");
    }
    let public = reader
        .parsed(&names::PUBLIC_PATHS, PublicPaths::parse)
        .unwrap_or_default();
    if public.are_all() {
        reader.warn(
            names::PUBLIC_PATHS.name,
            "opens every path: nobody needs to sign in",
        );
    }
    UpstreamSettings {
        address,
        public,
        rate: reader
            .parsed(&names::UPSTREAM_RATE, Rate::parse)
            .unwrap_or_default(),
        jwt: reader.switch(&names::UPSTREAM_JWT, false),
        timeout: reader
            .parsed(&names::UPSTREAM_TIMEOUT, parse_timeout)
            .unwrap_or(USUAL_TIMEOUT),
    }
}

fn warn_that_nothing_is_guarded(reader: &mut Reader<'_>) {
    for setting in [
        &names::UPSTREAM_URL,
        &names::PUBLIC_PATHS,
        &names::UPSTREAM_RATE,
        &names::UPSTREAM_JWT,
        &names::UPSTREAM_TIMEOUT,
    ] {
        if reader.is_set(setting) {
            reader.warn(
                setting.name,
                "does nothing here: only the server guards a back end",
            );
        }
    }
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    parse_duration(text)
        .ok()
        .filter(|timeout| TIMEOUTS.contains(timeout))
        .ok_or_else(|| "must be a time from 1s to 1h, such as 5m".to_owned())
}

#[cfg(test)]
mod tests;
