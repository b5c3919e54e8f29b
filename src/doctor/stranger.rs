//! Whose answer it is, when it is not Doorkey's.

use super::client::Answer;
use super::report::Words;
use url::Url;

/// What an answer that is not ours says about the deployment.
pub(super) fn stranger(answer: &Answer, host: &str) -> Words {
    let body = String::from_utf8_lossy(&answer.body);
    let status = answer.status;
    if is_vercels_sign_in(answer, &body) {
        return Words::new(
            format!("Vercel's own sign-in ({status})"),
            "Deployment Protection stands before this deployment, so that no visitor reaches Doorkey.",
            "In the project's settings, under Deployment Protection, switch it off for this address, or check the production domain.",
        );
    }
    if let Some(code) = answer.header("x-vercel-error") {
        return of_vercel(status, code);
    }
    if status == 404 && is_of_next(answer, &body) {
        return Words::new(
            "404, a page of the Next.js app",
            "The rewrites that lead this path to Doorkey are missing, so the app answered itself.",
            "Run `doorkey init` in the project, or let next.config pass /api/auth/* on (docs/deploy.md), and deploy again.",
        );
    }
    if host.ends_with(".hf.space") && !body.trim_start().starts_with('{') {
        return Words::new(
            format!("{status}, a page of Hugging Face"),
            "The Space is asleep, stopped, being built, or private.",
            "Open the Space on huggingface.co, look at its state and its log, and make it public.",
        );
    }
    otherwise(answer)
}

fn otherwise(answer: &Answer) -> Words {
    let status = answer.status;
    match (status, answer.header("location")) {
        (300..=399, Some(location)) if adds_a_slash(&answer.path, location) => Words::new(
            format!("{status}, sent on to {}", shown(location)),
            "`trailingSlash` of Next.js or Vercel adds a slash, and no rewrite leads from there to Doorkey.",
            "Remove `trailingSlash: true` from next.config and vercel.json, or add `skipTrailingSlashRedirect: true` to next.config, and deploy again.",
        ),
        (300..=399, Some(location)) => Words::new(
            format!("{status}, sent on to {}", shown(location)),
            "Something before Doorkey sends this path elsewhere: a trailing slash, a language, a sign-in of its own.",
            "Exempt /health and /api/auth/* from it.",
        ),
        (502..=504, _) => Words::new(
            format!("{status}, from a proxy"),
            "A proxy answered in Doorkey's place: it does not run, or not where the proxy looks for it.",
            "See that Doorkey runs (its log names every faulty setting) and that the proxy has its port.",
        ),
        (404, _) if answer.headers.contains_key("x-request-id") && answer.body.is_empty() => {
            Words::new(
                "404, from Doorkey itself",
                "Doorkey was asked for a path that it does not know: it is older, or something rewrote the path.",
                "Deploy the newest version, and lead paths to it unchanged or with the rewrites that `doorkey init` writes.",
            )
        }
        _ => Words::new(
            format!("{status}, and not from Doorkey"),
            "Something else answers at this path.",
            "Lead /health and /api/auth/* to Doorkey: docs/deploy.md shows how for each place.",
        ),
    }
}

/// Whether it is the same path with a slash, on whichever host.
fn adds_a_slash(path: &str, location: &str) -> bool {
    let base = Url::parse("http://localhost").ok();
    let target = base.and_then(|base| base.join(location).ok());
    let asked = path.split('?').next().unwrap_or_default();
    target.is_some_and(|target| target.path().strip_suffix('/') == Some(asked))
}

/// <https://vercel.com/docs/deployment-protection>: browsers are sent to its page,
/// other clients get it with a 401.
fn is_vercels_sign_in(answer: &Answer, body: &str) -> bool {
    let leads_there = answer
        .header("location")
        .and_then(|location| Url::parse(location).ok())
        .is_some_and(|url| url.host_str() == Some("vercel.com") && url.path().starts_with("/sso"));
    let is_page = || {
        let nonce = answer
            .all("set-cookie")
            .any(|cookie| cookie.starts_with("_vercel_"));
        nonce || body.contains("vercel.com/sso-api") || body.contains("_vercel_password")
    };
    leads_there || (matches!(answer.status, 401 | 403) && is_page())
}

/// <https://vercel.com/docs/errors>
fn of_vercel(status: u16, code: &str) -> Words {
    let found = format!("{status}, Vercel's {}", shown(code));
    if code.starts_with("FUNCTION_") {
        return Words::new(
            found,
            "The function was called and did not answer: it ended, or took too long.",
            "Look into its log on Vercel, where every faulty setting is named; `doorkey doctor --for vercel` with the same variables names them, too.",
        );
    }
    if code == "DEPLOYMENT_NOT_FOUND" {
        return Words::new(
            found,
            "No deployment has this address.",
            "Copy the address from the project's page on Vercel.",
        );
    }
    Words::new(
        found,
        "The rewrites that lead this path to Doorkey are missing, or its function was not built.",
        "Run `doorkey init` in the project, or add the rewrites of Doorkey's vercel.json, and deploy again.",
    )
}

fn is_of_next(answer: &Answer, body: &str) -> bool {
    answer.header("x-powered-by") == Some("Next.js")
        || answer.headers.contains_key("x-nextjs-cache")
        || body.contains("/_next/")
}

/// A foreign text in one short line.
pub(super) fn shown(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    // A query may hold somebody's token.
    plain.take_while(|c| *c != '?').take(100).collect()
}
