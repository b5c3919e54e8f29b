//! `doorkey doctor`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{fail, say};
use crate::doctor::{Deployment, Finding, Mark, Place, Report, inside, outside};

pub(super) const EXAMPLES: &str = "\
Examples:
  doorkey doctor https://app.example.com                  functions beside an app
  doorkey doctor https://auth.example.com --origin https://app.example.com
  doorkey doctor http://localhost:7860 --json
  doorkey doctor                                          this environment, this database
  doorkey doctor --for vercel                             the same, as Vercel would read it

No account is made and nothing is changed. One sign-in is tried, with an address that
cannot exist. Exit codes: 0 all is well, warnings or not; 1 something failed; 2 wrong
usage.";

/// What to check.
#[derive(Args)]
pub(super) struct Doctor {
    /// Where the deployment is, as browsers reach it. Without it the settings of this
    /// environment and their database are checked.
    url: Option<String>,
    /// The origin of the pages that call it, if it is another.
    #[arg(long, requires = "url")]
    origin: Option<String>,
    /// Trust the certificates of this PEM file instead of the public authorities.
    #[arg(long, value_name = "FILE", requires = "url")]
    ca: Option<PathBuf>,
    /// The kind of deployment that the settings are for.
    #[arg(long = "for", value_name = "PLACE", conflicts_with = "url")]
    place: Option<Place>,
    #[command(flatten)]
    output: super::Output,
}

impl Doctor {
    pub(super) fn run(&self) -> ExitCode {
        let deployment = self.url.as_deref().map(|url| {
            let (origin, ca) = (self.origin.as_deref(), self.ca.as_deref());
            Deployment::new(url, origin, ca)
        });
        let mut deployment = match deployment.transpose() {
            Ok(deployment) => deployment,
            Err(wrong) => {
                fail(&wrong);
                return ExitCode::from(2);
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(self.check(deployment.as_mut())),
            Err(error) => fail(&error),
        }
    }

    async fn check(&self, deployment: Option<&mut Deployment>) -> ExitCode {
        let as_json = self.output.json;
        let mut tell = |finding: &Finding| {
            if as_json {
                return;
            }
            for line in lines(finding) {
                say(&line);
            }
        };
        let mut report = Report::new(&mut tell);
        let target = if let Some(deployment) = deployment {
            outside(deployment, &mut report).await;
            let (origin, page) = (deployment.origin.as_str(), deployment.page.as_str());
            json!({"url": origin, "origin": page})
        } else {
            inside(self.place.unwrap_or(Place::Server), &mut report).await;
            json!({"url": null, "origin": null})
        };
        say(&if as_json {
            whole(&report, target)
        } else {
            summary(&report)
        });
        ExitCode::from(u8::from(report.count(Mark::Failed) > 0))
    }
}

/// A line for the check; where something is amiss, one for what it means and one for
/// what to do.
fn lines(finding: &Finding) -> Vec<String> {
    let mark = finding.mark.word();
    let mut lines = vec![format!("{mark:<8} {:<15} {}", finding.name, finding.found)];
    if let Some((means, advice)) = &finding.amiss {
        lines.push(format!("{:<9}means: {means}", ""));
        lines.push(format!("{:<9}do:    {advice}", ""));
    }
    lines
}

fn summary(report: &Report<'_>) -> String {
    let marks = [Mark::Ok, Mark::Warning, Mark::Failed, Mark::Skipped];
    let counted = marks.map(|mark| format!("{} {}", report.count(mark), mark.word()));
    format!("\n{}", counted.join(", "))
}

fn whole(report: &Report<'_>, mut target: Value) -> String {
    let checks = report.findings.iter().map(|finding| {
        let (means, advice) = finding.amiss.clone().unzip();
        json!({
            "name": finding.name, "result": finding.mark.word(), "found": finding.found,
            "means": means, "do": advice,
        })
    });
    if let Some(fields) = target.as_object_mut() {
        let ok = report.count(Mark::Failed) == 0;
        fields.insert("ok".to_owned(), json!(ok));
        fields.insert("checks".to_owned(), checks.collect());
    }
    target.to_string()
}
