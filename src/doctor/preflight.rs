//! The question that browsers ask before a page of another origin may post JSON
//! (Fetch standard §3.2).

use http::Method;

use super::client::{Answer, Ask};
use super::deployment::Deployment;
use super::no_answer::NoAnswer;
use super::report::{Finding, Words};
use super::site::REWRITE;
use super::stranger::stranger;
use doorkey::domain::origin::Origin;

pub(super) const NAME: &str = "preflight";
const PATH: &str = "/api/auth/sign-in/email";

pub(super) async fn ask(deployment: &Deployment, page: &Origin) -> Result<Answer, NoAnswer> {
    let ask = Ask::new(Method::OPTIONS, PATH)
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "content-type");
    deployment.ask(deployment.as_page(ask, page)).await
}

/// Whether a page of that origin may read an answer; with its cookies, too?
pub(super) fn allows(answer: &Answer, page: &Origin) -> (bool, bool) {
    let origin = answer.header("access-control-allow-origin");
    let credentials = answer.header("access-control-allow-credentials");
    let named = origin == Some(page.as_str());
    (
        named || origin == Some("*"),
        named && credentials == Some("true"),
    )
}

pub(super) async fn check(deployment: &Deployment) -> Finding {
    if deployment.is_same_origin() {
        return Finding::skipped(NAME, "pages of the same origin need none");
    }
    let page = &deployment.page;
    let answer = match ask(deployment, page).await {
        Ok(answer) => answer,
        Err(why) => {
            return Finding::failed(
                NAME,
                Words::new(
                    why.to_string(),
                    "Browsers get no answer to the question whether the page may call.",
                    "See that OPTIONS reaches Doorkey.",
                ),
            );
        }
    };
    judge(deployment, &answer)
}

fn judge(deployment: &Deployment, answer: &Answer) -> Finding {
    let page = &deployment.page;
    let headers = answer
        .header("access-control-allow-headers")
        .unwrap_or_default()
        .to_ascii_lowercase();
    match allows(answer, page) {
        _ if answer.code().as_deref() == Some("INVALID_ORIGIN") => {
            Finding::failed(NAME, untrusted(deployment))
        }
        (true, false) => Finding::failed(NAME, no_credentials(deployment)),
        (false, _) => {
            let words = stranger(answer, deployment.origin.host());
            Finding::failed(
                NAME,
                Words::new(
                    format!("{}, without Access-Control-Allow-Origin", answer.status),
                    "Browsers do not let the page call: something before Doorkey answers OPTIONS.",
                    match answer.status {
                        300.. => words.advice,
                        _ => "Let OPTIONS through to Doorkey, and add no CORS of your own."
                            .to_owned(),
                    },
                ),
            )
        }
        (true, true) if !headers.contains("content-type") => Finding::failed(
            NAME,
            Words::new(
                "Content-Type is not among the allowed headers",
                "Browsers do not let the page send JSON.",
                "Let OPTIONS through to Doorkey, and add no CORS of your own.",
            ),
        ),
        (true, true) => Finding::ok(NAME, format!("{page} may call, with cookies")),
    }
}

pub(super) fn untrusted(deployment: &Deployment) -> Words {
    let page = &deployment.page;
    let (what, advice) = if deployment.is_same_origin() {
        (
            "believes itself to be elsewhere",
            format!("Set PUBLIC_URL={page}, or add it to FRONTEND_URL"),
        )
    } else {
        (
            "knows no such front end",
            format!("Add {page} to FRONTEND_URL"),
        )
    };
    Words::new(
        format!("403 INVALID_ORIGIN for {page}"),
        format!("Doorkey {what}, and refuses what pages of this origin send."),
        format!("{advice}, and deploy again."),
    )
}

/// The edge of Hugging Face answers preflights itself, so: forum thread 177064.
fn no_credentials(deployment: &Deployment) -> Words {
    let found = "answered without Access-Control-Allow-Credentials";
    if deployment.origin.host().ends_with(".hf.space") {
        return Words::new(
            found,
            "The edge of Hugging Face answers preflights itself and allows no cookies; no setting of a Space changes that.",
            REWRITE,
        );
    }
    Words::new(
        found,
        "Something before Doorkey answers preflights itself (the edge of Hugging Face does), and browsers then refuse every call with cookies.",
        format!(
            "Let OPTIONS through to Doorkey, and add no CORS of your own; where that cannot be changed: {REWRITE}"
        ),
    )
}
