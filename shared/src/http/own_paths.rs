//! Which paths are this service's where it stands in front of another back end. The
//! one place that says so: what is not here is the other's.

use super::functions::FUNCTIONS;

/// Pages of ours.
const PAGES: &[&str] = &[
    SIGN_IN,
    "/sign-up",
    "/forgot-password",
    "/reset-password",
    "/verify-email",
    "/account",
];

/// Where whoever has no session is sent.
pub(crate) const SIGN_IN: &str = "/sign-in";

/// Where they come back to, signed in: it sends them on to what they had asked for,
/// or says why it cannot.
pub(crate) const RETURN: &str = "/doorkey/return";

/// Everything below these is ours, whether it is there or not.
const BELOW: &[&str] = &["/api/auth", "/doorkey"];

/// Whether a path is one of our pages, which the other back end has itself where ours are
/// switched off.
pub(crate) fn is_page(path: &str) -> bool {
    PAGES.contains(&path)
}

/// Whether a path, as it is written, is ours.
pub(crate) fn is_own(path: &str) -> bool {
    let mut endpoints = FUNCTIONS.iter().flat_map(|function| function.endpoints);
    let is_below = |place: &str| {
        let rest = path.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    is_page(path)
        || BELOW.iter().any(|place| is_below(place))
        || endpoints.any(|endpoint| endpoint.matches(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_pages_and_all_below_two_places_are_ours() {
        for path in [
            "/health",
            "/api/auth",
            "/api/auth/",
            "/api/auth/nothing-here",
            "/api/signin",
            "/api/verify",
            "/sign-in",
            "/account",
            "/doorkey/return",
            "/doorkey/any.css",
        ] {
            assert!(is_own(path), "{path}");
        }
        for path in [
            "/",
            "/api",
            "/api/",
            "/api/authors",
            "/api/signin/",
            "/sign-in/",
            "/accounts",
            "/doorkeys",
            "/healthz",
            "",
        ] {
            assert!(!is_own(path), "{path}");
        }
    }
}
