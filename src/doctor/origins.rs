//! Whom it lets post: pages of its own front end, and nobody else's. The one
//! sign-in that is tried has an address that cannot exist (RFC 2606 §2); it counts
//! as one try of this machine.

use doorkey::domain::origin::Origin;
use serde_json::json;

use super::client::{Answer, Ask};
use super::deployment::Deployment;
use super::no_answer::NoAnswer;
use super::preflight::{self, allows, untrusted};
use super::report::{Finding, Words};
use super::stranger::stranger;

pub(super) const OWN: &str = "own origin";
pub(super) const FOREIGN: &str = "foreign origin";
const STRANGER: &str = "https://doctor.invalid";
const PATH: &str = "/api/auth/sign-in/email";

async fn sign_in(deployment: &Deployment, page: &Origin) -> Result<Answer, NoAnswer> {
    let body = json!({"email": "doctor@doorkey.invalid", "password": "no-such-account"});
    let ask = deployment.as_page(Ask::post(PATH, &body), page);
    deployment.ask(ask).await
}

fn no_answer(name: &'static str, why: &NoAnswer) -> Finding {
    let words = Words::new(
        format!("POST {PATH}: {why}"),
        "Nobody can sign in.",
        "Look into the log.",
    );
    Finding::failed(name, words)
}

/// A page of its own front end may sign in; here nobody, as there is no such user.
pub(super) async fn own(deployment: &Deployment) -> Finding {
    match sign_in(deployment, &deployment.page).await {
        Ok(answer) => judge_own(deployment, &answer),
        Err(why) => no_answer(OWN, &why),
    }
}

fn judge_own(deployment: &Deployment, answer: &Answer) -> Finding {
    let page = &deployment.page;
    let code = answer.code().unwrap_or_default();
    match (answer.status, code.as_str()) {
        (401, "INVALID_EMAIL_OR_PASSWORD") => {
            let (_, with_cookies) = allows(answer, page);
            if deployment.is_same_origin() || with_cookies {
                return Finding::ok(OWN, format!("{page} may sign in"));
            }
            let words = Words::new(
                "the answer has no Access-Control-Allow-Origin with credentials",
                "The request is taken, but browsers do not show its answer to the page.",
                "Let the proxy pass on Doorkey's headers, and add no CORS of your own.",
            );
            Finding::failed(OWN, words)
        }
        (403, "INVALID_ORIGIN") => Finding::failed(OWN, untrusted(deployment)),
        (429, _) => {
            let words = Words::new(
                answer.in_short(),
                "Too many sign-ins from this machine's address within a minute, or everybody is counted as one client.",
                "Run this again in a minute; if nobody else signed in from here, see TRUSTED_PROXIES in docs/deploy.md.",
            );
            Finding::warning(OWN, words)
        }
        (status, code) => Finding::failed(OWN, refused(deployment, answer, status, code)),
    }
}

fn refused(deployment: &Deployment, answer: &Answer, status: u16, code: &str) -> Words {
    let (means, advice) = match code {
        "SCHEMA_OUTDATED" => (
            "The database's schema is older than this version needs.",
            "Run `doorkey migrate` of this version with the database's direct address.",
        ),
        "DATABASE_UNAVAILABLE" | "DATABASE_MIGRATING" => (
            "The database cannot be reached, or has not been since the start.",
            "Compare DATABASE_URL with the database's console; the log has the cause.",
        ),
        "SERVICE_BUSY" | "TIMEOUT" => (
            "More sign-ins at once than the machine can hash, or a database that is slow.",
            "Run this again; if it stays, give it more cores or instances.",
        ),
        "" => return stranger(answer, deployment.origin.host()).at("sign-in"),
        _ if status >= 500 => (
            "Doorkey failed.",
            "Look for the answer's x-request-id in its log.",
        ),
        _ => (
            "Something changed the request on its way, or it is another server of this protocol.",
            "Let the proxy pass on bodies and headers as they are.",
        ),
    };
    Words::new(format!("sign-in: {}", answer.in_short()), means, advice)
}

/// A page of nobody's must not: neither sign its visitors in (login CSRF) nor read
/// what is answered.
pub(super) async fn foreign(deployment: &Deployment) -> Finding {
    let Some(page) = Origin::parse(STRANGER) else {
        return Finding::skipped(FOREIGN, "no origin to ask from");
    };
    let answer = match sign_in(deployment, &page).await {
        Ok(answer) => answer,
        Err(why) => return no_answer(FOREIGN, &why),
    };
    let preflight = match preflight::ask(deployment, &page).await {
        Ok(answer) => answer,
        Err(why) => return no_answer(FOREIGN, &why),
    };
    let may_read = allows(&answer, &page).0 || allows(&preflight, &page).1;
    if answer.status == 403 && !may_read {
        return Finding::ok(FOREIGN, "refused");
    }
    if matches!(answer.status, 429 | 503) && !may_read {
        // Origins are looked at before anything that could be busy.
        let found = format!("{}, from before Doorkey", answer.in_short());
        return Finding::skipped(FOREIGN, found);
    }
    let found = if answer.status == 403 {
        format!("CORS headers let {STRANGER} read answers")
    } else {
        format!("a sign-in from {STRANGER} was taken: {}", answer.in_short())
    };
    let words = Words::new(
        found,
        "Any page may act in the name of its visitors, or read what is theirs.",
        "Let Origin and CORS headers pass unchanged, and look for a wildcard in FRONTEND_URL that matches too much.",
    );
    Finding::failed(FOREIGN, words)
}
