//! Checks a deployment from outside, or this environment's settings and database,
//! and says what to do. One file a check; nothing is changed and no account made.

mod client;
mod clock;
mod cookies;
mod database;
mod deep;
mod deployment;
mod functions;
mod headers;
mod health;
mod no_answer;
mod origins;
mod preflight;
mod reachable;
mod report;
mod settings;
mod site;
mod stranger;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::timeout;

pub(crate) use deployment::Deployment;
pub(crate) use report::{Finding, Mark, Report};
pub(crate) use settings::Place;

use client::{Ask, Client};
use health::Served;
use report::Words;

/// A server that is well answers at once; what runs the check waits little longer.
const HEALTH_PATIENCE: Duration = Duration::from_secs(2);

/// Whether the server at this address of this machine answers `/health` as it should; if
/// not, why.
pub(crate) async fn is_healthy(address: SocketAddr) -> Result<(), String> {
    let (client, origin) = (Client::new(None)?, format!("http://{address}"));
    let asked = client.ask(&origin, Ask::get("/health"));
    match timeout(HEALTH_PATIENCE, asked).await {
        Ok(Ok(answer)) if answer.status == 200 => Ok(()),
        Ok(Ok(answer)) => Err(format!("/health answered {}", answer.in_short())),
        Ok(Err(why)) => Err(why.to_string()),
        Err(_) => Err(format!(
            "no answer within {} seconds",
            HEALTH_PATIENCE.as_secs()
        )),
    }
}

/// Checks a deployment from outside.
pub(crate) async fn outside(deployment: &mut Deployment, report: &mut Report<'_>) {
    let (finding, health) = reachable::check(deployment).await;
    report.add(finding);
    let Some(health) = health else {
        report.skip(&[health::NAME], "not reached");
        return skip_all(report, "not reached");
    };
    let (finding, served) = health::check(deployment, &health).await;
    report.add(finding);
    match served {
        Served::All => deep::check(deployment, report).await,
        Served::Protocol => report.skip(&deep::names(), "/health is not Doorkey's"),
        Served::Nothing => return skip_all(report, "Doorkey does not answer there"),
    }
    answers(deployment, report).await;
    report.add(site::check(deployment));
    report.add(preflight::check(deployment).await);
    report.add(origins::own(deployment).await);
    report.add(origins::foreign(deployment).await);
    report.add(cookies::check(deployment).await);
    report.add(functions::check(deployment).await);
}

/// What can be seen by any answer about a session: nobody's, here.
async fn answers(deployment: &Deployment, report: &mut Report<'_>) {
    match deployment.ask(Ask::get("/api/auth/get-session")).await {
        Ok(answer) => {
            report.add(clock::check(&answer));
            headers::check(deployment, &answer, report);
        }
        Err(why) => {
            let words = Words::new(
                format!("/api/auth/get-session: {why}"),
                "Nobody is recognised.",
                "Look into the log.",
            );
            report.skip(&[clock::NAME], "get-session does not answer");
            report.add(Finding::failed(headers::SECURITY, words));
            report.skip(headers::OTHERS, "get-session does not answer");
        }
    }
}

fn skip_all(report: &mut Report<'_>, why: &str) {
    report.skip(&deep::names(), why);
    report.skip(&[clock::NAME], why);
    report.skip(&[headers::SECURITY], why);
    report.skip(headers::OTHERS, why);
    report.skip(&[site::NAME, preflight::NAME], why);
    report.skip(&[origins::OWN, origins::FOREIGN], why);
    report.skip(&[cookies::NAME, functions::NAME], why);
}

/// Checks this environment as a deployment would read it.
pub(crate) async fn inside(place: Place, report: &mut Report<'_>) {
    match settings::check(place, report) {
        Some(config) => database::check(&config, report).await,
        None => report.skip(
            &database::names(),
            "the settings cannot be used as they are",
        ),
    }
}
