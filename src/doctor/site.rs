//! Are the pages and Doorkey one site? If not, its cookies are third-party ones,
//! which browsers block or keep apart.

use doorkey::domain::origin::Origin;

use super::deployment::Deployment;
use super::report::{Finding, Words};

pub(super) const NAME: &str = "site";

/// What leads pages around third-party cookies.
pub(super) const REWRITE: &str = "Let the app pass /api/auth/* on (a rewrite, see docs/deploy.md), and give the client no other address; or put both under one domain of your own.";

/// Hosts below these are everybody's: each is a site of its own.
const SHARED: &[&str] = &["vercel.app", "hf.space"];

pub(super) fn check(deployment: &Deployment) -> Finding {
    if deployment.is_same_origin() {
        return Finding::ok(NAME, "pages and Doorkey are one origin");
    }
    let (page, origin) = (&deployment.page, &deployment.origin);
    if deployment.is_same_site() {
        return Finding::ok(NAME, format!("{page} is of the same site"));
    }
    let shared = SHARED.iter().find(|suffix| {
        let below = |origin: &Origin| origin.host().ends_with(&format!(".{suffix}"));
        below(page) || below(origin)
    });
    let means = match shared {
        Some(suffix) => format!(
            "{suffix} belongs to everybody, so that each name below it is a site of its own: Doorkey's cookies are third-party ones there, and browsers block them or keep them apart."
        ),
        None if page.host() == origin.host() => {
            "Over http and https one host is two sites: Doorkey's cookies are not sent from one to the other.".to_owned()
        }
        None => "Doorkey's cookies are third-party ones there, and browsers block them or keep them apart.".to_owned(),
    };
    let found = format!("{page} is another site");
    Finding::warning(NAME, Words::new(found, means, REWRITE))
}
