//! A form is posted by our own page alone: browsers say from where a request comes, and
//! no page can make them lie (Fetch Metadata; RFC 6454 §7; OWASP CSRF Prevention).

use http::HeaderMap;
use http::header::{ORIGIN, REFERER};

use crate::domain::origin::Origin;
use crate::http::api_error::ApiError;

/// Refuses what another page posts, one of a trusted front end, too: it has the
/// protocol. Who says nothing at all is no browser, and has no cookie of somebody's.
pub(super) fn check(headers: &HeaderMap, own: &Origin) -> Result<(), ApiError> {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return Err(foreign());
    }
    let mut origins = headers.get_all(ORIGIN).iter();
    match (origins.next(), origins.next()) {
        // What a page under `Referrer-Policy: no-referrer` sends. A browser that says
        // where from in its other words may do so.
        (Some(value), None) if value == "null" && site.is_some() => Ok(()),
        (Some(value), None) => is(own, value.to_str().ok().and_then(Origin::parse)),
        (None, _) if site.is_some() => Ok(()),
        (None, _) => match headers.get(REFERER) {
            Some(value) => is(own, value.to_str().ok().and_then(Origin::of_url)),
            None => Ok(()),
        },
        (Some(_), Some(_)) => Err(foreign()),
    }
}

fn is(own: &Origin, named: Option<Origin>) -> Result<(), ApiError> {
    named
        .filter(|origin| origin == own)
        .map(drop)
        .ok_or_else(foreign)
}

fn foreign() -> ApiError {
    ApiError::forbidden("INVALID_ORIGIN", "The form is on another origin's page")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(pairs: &[(&'static str, &'static str)]) -> bool {
        let own = Origin::parse("https://auth.example.com").unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        check(&headers, &own).is_ok()
    }

    #[test]
    fn sec_d1_only_our_own_page_posts_a_form() {
        let (site, same) = ("sec-fetch-site", "same-origin");
        let own = "https://auth.example.com";
        for pairs in [
            &[("origin", own)][..],
            &[("origin", own), (site, same)],
            &[("origin", "null"), (site, same)],
            &[(site, same)],
            &[("referer", "https://auth.example.com/sign-in")],
            &[],
        ] {
            assert!(passes(pairs), "{pairs:?}");
        }
        for pairs in [
            &[("origin", "https://app.example.com")][..],
            &[("origin", "https://evil.example"), (site, same)],
            &[("origin", "http://auth.example.com")],
            &[("origin", "https://auth.example.com:8443")],
            &[("origin", "https://auth.example.com.evil.example")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", own), ("origin", own)],
            &[("origin", own), (site, "cross-site")],
            &[("origin", own), (site, "same-site")],
            &[(site, "none")],
            &[("referer", "https://evil.example/auth.example.com")],
            &[("referer", "nonsense")],
        ] {
            assert!(!passes(pairs), "{pairs:?}");
        }
    }
}
