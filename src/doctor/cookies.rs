//! The cookies, as sign-out clears them: with the name and the attributes that
//! they are set with. No account is needed to see them.

use serde_json::json;

use super::client::{Answer, Ask};
use super::deployment::Deployment;
use super::report::{Finding, Words};
use super::site::REWRITE;
use super::stranger::stranger;

pub(super) const NAME: &str = "cookies";
const PATH: &str = "/api/auth/sign-out";
const SESSION: &str = "better-auth.session_token";

/// One `Set-Cookie`.
struct Cookie<'a> {
    name: &'a str,
    attributes: Vec<(String, &'a str)>,
}

impl<'a> Cookie<'a> {
    fn parse(field: &'a str) -> Option<Self> {
        let mut parts = field.split(';').map(str::trim);
        let (name, _) = parts.next()?.split_once('=')?;
        let attributes = parts.map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.to_ascii_lowercase(), value)
        });
        let attributes = attributes.collect();
        Some(Self { name, attributes })
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        let mut all = self.attributes.iter();
        all.find(|(other, _)| other == name)
            .map(|(_, value)| *value)
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// As it is shown, without its value.
    fn in_short(&self) -> String {
        let mut words = vec![self.name.to_owned()];
        for (name, as_shown) in [
            ("secure", "Secure"),
            ("httponly", "HttpOnly"),
            ("partitioned", "Partitioned"),
        ] {
            if self.has(name) {
                words.push(as_shown.to_owned());
            }
        }
        if let Some(same_site) = self.get("samesite") {
            words.push(format!("SameSite={same_site}"));
        }
        if let Some(domain) = self.get("domain") {
            words.push(format!("Domain={domain}"));
        }
        words.join("; ")
    }
}

pub(super) async fn check(deployment: &Deployment) -> Finding {
    let ask = deployment.as_page(Ask::post(PATH, &json!({})), &deployment.page);
    match deployment.ask(ask).await {
        Ok(answer) => judge(deployment, &answer),
        Err(why) => {
            let words = Words::new(
                format!("POST {PATH}: {why}"),
                "Nobody can sign out.",
                "Look into the log.",
            );
            Finding::failed(NAME, words)
        }
    }
}

fn judge(deployment: &Deployment, answer: &Answer) -> Finding {
    let cookies: Vec<Cookie<'_>> = answer.all("set-cookie").filter_map(Cookie::parse).collect();
    // Those of before are cleared beside it: without a Domain, or not partitioned.
    let session = cookies.iter().filter(|cookie| {
        let plain = cookie.name.trim_start_matches("__Secure-");
        plain == SESSION
    });
    let Some(cookie) =
        session.max_by_key(|cookie| (cookie.has("domain"), cookie.has("partitioned")))
    else {
        let words = if answer.status == 200 {
            Words::new(
                format!("sign-out sets no {SESSION}"),
                "Something between drops Set-Cookie, so that nobody gets a session.",
                "Let the proxy pass Set-Cookie on; a cache in front may take it out.",
            )
        } else {
            stranger(answer, deployment.origin.host()).at("sign-out")
        };
        return Finding::failed(NAME, words);
    };
    match amiss(deployment, cookie) {
        Some(words) => Finding::failed(NAME, words),
        None => Finding::ok(NAME, cookie.in_short()),
    }
}

/// The first thing that would keep it from working, or from being safe.
fn amiss(deployment: &Deployment, cookie: &Cookie<'_>) -> Option<Words> {
    let origin = &deployment.origin;
    let is_secure = cookie.has("secure") && cookie.name.starts_with("__Secure-");
    let (means, advice) = if origin.is_https() && !is_secure {
        (
            "PUBLIC_URL is not https there, so that the cookie also goes over http, and Next.js looks for another name.".to_owned(),
            format!("Set PUBLIC_URL={origin}, and deploy again."),
        )
    } else if !origin.is_https() && (cookie.has("secure") || is_secure) {
        (
            "PUBLIC_URL is https, and over http browsers do not keep this cookie.".to_owned(),
            format!("Check the https address, or set PUBLIC_URL={origin}."),
        )
    } else if !cookie.has("httponly") {
        (
            "Scripts in the page can read the session.".to_owned(),
            "Let the proxy pass Set-Cookie on unchanged.".to_owned(),
        )
    } else if cookie.get("path") != Some("/") {
        (
            "The session is not sent to every page.".to_owned(),
            "Let the proxy pass Set-Cookie on unchanged (nginx: no proxy_cookie_path).".to_owned(),
        )
    } else if cookie
        .get("domain")
        .is_some_and(|d| !covers(d, origin.host()))
    {
        (
            format!(
                "The cookie is for other hosts than {}, and browsers drop it.",
                origin.host()
            ),
            "Set COOKIE_DOMAIN to a domain that this host is below, or leave it out.".to_owned(),
        )
    } else {
        return travels(deployment, cookie);
    };
    Some(Words::new(cookie.in_short(), means, advice))
}

/// Whether it is sent at all from the pages to Doorkey.
fn travels(deployment: &Deployment, cookie: &Cookie<'_>) -> Option<Words> {
    let same_site = cookie.get("samesite").unwrap_or_default();
    if same_site.eq_ignore_ascii_case("none") && !cookie.has("secure") {
        return Some(Words::new(
            cookie.in_short(),
            "Browsers drop a SameSite=None cookie that is not Secure.",
            "Let the proxy pass Set-Cookie on unchanged.",
        ));
    }
    if !deployment.is_same_site() && !same_site.eq_ignore_ascii_case("none") {
        return Some(Words::new(
            cookie.in_short(),
            format!(
                "Browsers never send this cookie with calls from {}, which is another site.",
                deployment.page
            ),
            REWRITE,
        ));
    }
    None
}

/// Whether a `Domain` is the host's or above it (RFC 6265 §5.1.3).
fn covers(domain: &str, host: &str) -> bool {
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    host == domain
        || host
            .strip_suffix(&domain)
            .is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_covers_itself_and_what_is_below_it() {
        assert!(covers("example.com", "example.com"));
        assert!(covers(".Example.com", "app.example.com"));
        assert!(!covers("example.com", "badexample.com"));
        assert!(!covers("app.example.com", "example.com"));
    }
}
