//! The domain whose hosts share the session's cookies: the `Domain` attribute
//! (RFC 6265bis §4.1.2.3).

use std::fmt;

use super::{Origin, registrable_domain};

/// A host's own name or a parent of it that somebody registered. Every host below
/// it is sent the cookies, and may set others in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieDomain(String);

/// Why a text is no such domain. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CookieDomainError {
    /// No name of a host: an address, a URL, a port, or odd characters.
    #[error("must be a domain's name alone, without scheme, port or path")]
    NotADomain,
    /// Browsers set no cookie for it, since strangers have hosts below it.
    #[error("is a public suffix: strangers have hosts below it, and browsers refuse its cookies")]
    PublicSuffix,
    /// A host sets cookies for itself and for its parents only.
    #[error("must be the host of PUBLIC_URL or a parent of it")]
    Elsewhere,
}

impl CookieDomain {
    /// Reads the domain for the cookies that `service` sets. A dot before it, as
    /// cookies once had it, is forgiven; IDN becomes A-labels.
    ///
    /// # Errors
    /// When a browser would refuse the cookies, or give them to strangers.
    pub fn parse(text: &str, service: &Origin) -> Result<Self, CookieDomainError> {
        let bare = text.strip_prefix('.').unwrap_or(text);
        if bare.contains(['/', ':', '?', '#', '%']) {
            return Err(CookieDomainError::NotADomain);
        }
        let named = Origin::of_url(&format!("https://{bare}"));
        let named = named.filter(|origin| !origin.host_is_ip());
        let domain = named
            .ok_or(CookieDomainError::NotADomain)?
            .host()
            .to_owned();
        if registrable_domain(&domain).is_none() {
            return Err(CookieDomainError::PublicSuffix);
        }
        let below = service.host().strip_suffix(domain.as_str());
        if below.is_some_and(|below| below.is_empty() || below.ends_with('.')) {
            return Ok(Self(domain));
        }
        Err(CookieDomainError::Elsewhere)
    }
}

impl fmt::Display for CookieDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, service: &str) -> Result<String, CookieDomainError> {
        let service = Origin::parse(service).unwrap();
        CookieDomain::parse(text, &service).map(|domain| domain.to_string())
    }

    #[test]
    fn it_is_the_services_host_or_a_parent_of_it() {
        let service = "https://auth.app.example.com";
        for (text, domain) in [
            ("example.com", "example.com"),
            ("app.example.com", "app.example.com"),
            ("auth.app.example.com", "auth.app.example.com"),
            (".example.com", "example.com"),
            ("Example.COM", "example.com"),
        ] {
            assert_eq!(read(text, service).as_deref(), Ok(domain), "{text}");
        }
        assert_eq!(
            read("bücher.example", "https://auth.xn--bcher-kva.example").as_deref(),
            Ok("xn--bcher-kva.example")
        );
        assert_eq!(
            read("app.localhost", "http://auth.app.localhost:7860").as_deref(),
            Ok("app.localhost")
        );
    }

    #[test]
    fn sec_c3_no_domain_gives_cookies_to_strangers() {
        use CookieDomainError::{Elsewhere, NotADomain, PublicSuffix};
        let service = "https://auth.example.com";
        for (text, service, wrong) in [
            ("com", service, PublicSuffix),
            ("co.uk", "https://auth.example.co.uk", PublicSuffix),
            ("vercel.app", "https://ann.vercel.app", PublicSuffix),
            ("hf.space", "https://ann-auth.hf.space", PublicSuffix),
            ("localhost", "http://localhost:7860", PublicSuffix),
            ("example.org", service, Elsewhere),
            ("x.auth.example.com", service, Elsewhere),
            ("ample.com", service, Elsewhere),
            ("app.example.com", service, Elsewhere),
            ("127.0.0.1", "http://127.0.0.1:7860", NotADomain),
            ("0x7f.1", "http://127.0.0.1:7860", NotADomain),
            ("[::1]", "http://[::1]:7860", NotADomain),
            ("https://example.com", service, NotADomain),
            ("example.com:443", service, NotADomain),
            ("example.com/", service, NotADomain),
            ("ann@example.com", service, NotADomain),
            ("*.example.com", service, NotADomain),
            ("..example.com", service, NotADomain),
            ("example.com.", service, NotADomain),
            ("example.com; Path=/x", service, NotADomain),
            ("exa mple.com", service, NotADomain),
            (".", service, NotADomain),
            ("", service, NotADomain),
        ] {
            assert_eq!(read(text, service), Err(wrong), "{text}");
        }
    }
}
