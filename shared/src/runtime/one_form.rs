//! A request of HTTP/2 in the form that one of HTTP/1.1 has, so that nothing behind
//! this has two forms to look for.

use http::header::{COOKIE, HOST};
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Uri};

/// Writes the authority as `Host` (RFC 9113 §8.3.1), the target as a path, and the cookies
/// as one field (§8.2.3).
pub(super) fn one_form<B>(request: &mut Request<B>) {
    if let Some(host) = request.uri().authority()
        && let Ok(host) = HeaderValue::from_str(host.as_str())
    {
        // One that says something else would be believed by some and not by others.
        request.headers_mut().insert(HOST, host);
    }
    let target = request.uri().path_and_query().cloned();
    let target = target.unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(target);
    let cookies: Vec<&[u8]> = request
        .headers()
        .get_all(COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if cookies.len() > 1
        && let Ok(mut joined) = HeaderValue::from_bytes(&cookies.join(&b"; "[..]))
    {
        joined.set_sensitive(true);
        request.headers_mut().insert(COOKIE, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authority_target_and_cookies_are_as_in_http1() {
        let mut request = Request::get("https://a.example:8443/x?y=1")
            .header(HOST, "other.example")
            .header(COOKIE, "a=1")
            .header(COOKIE, "b=2")
            .body(())
            .unwrap();
        one_form(&mut request);
        assert_eq!(request.uri(), "/x?y=1");
        let all = |name| -> Vec<_> { request.headers().get_all(name).iter().collect() };
        assert_eq!(all(HOST), ["a.example:8443"]);
        assert_eq!(all(COOKIE), ["a=1; b=2"]);
    }

    #[test]
    fn what_is_in_one_form_already_stays() {
        let mut request = Request::get("/x").header(HOST, "a").body(()).unwrap();
        one_form(&mut request);
        assert_eq!(request.uri(), "/x");
        assert_eq!(request.headers()[HOST], "a");
        assert!(!request.headers().contains_key(COOKIE));
    }
}
