//! What the deployment itself says of its database, when asked for
//! `/health?deep=1`.

use serde_json::Value;

use super::client::Ask;
use super::deployment::Deployment;
use super::report::{Finding, Report, Words};
use super::stranger::{shown, stranger};

/// A check of the deployment's own, as it names it and as it is named here: there
/// is another clock.
struct Named {
    theirs: &'static str,
    ours: &'static str,
}

const DATABASE: &str = "database";
const CHECKS: &[Named] = &[
    Named {
        theirs: "database",
        ours: DATABASE,
    },
    Named {
        theirs: "migrations",
        ours: "schema",
    },
    Named {
        theirs: "pooler",
        ours: "pooler",
    },
    Named {
        theirs: "clock",
        ours: "database clock",
    },
    Named {
        theirs: "mail",
        ours: "mail",
    },
];

/// The names, in order.
pub(super) fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.ours).collect()
}

/// What a check of the deployment's own is called here.
pub(super) fn name_of(theirs: &str) -> Option<&'static str> {
    let mut all = CHECKS.iter();
    all.find(|check| check.theirs == theirs)
        .map(|check| check.ours)
}

pub(super) async fn check(deployment: &Deployment, report: &mut Report<'_>) {
    let answer = match deployment.ask(Ask::get("/health?deep=1")).await {
        Ok(answer) => answer,
        Err(why) => {
            let words = Words::new(
                format!("/health?deep=1: {why}"),
                "Doorkey runs, but cannot say how its database is.",
                "Look into its log.",
            );
            return report.add(Finding::failed(DATABASE, words));
        }
    };
    let body = answer.json().unwrap_or_default();
    let Some(checks) = body.get("checks").and_then(Value::as_array) else {
        let words = stranger(&answer, deployment.origin.host()).at("/health?deep=1");
        return report.add(Finding::failed(DATABASE, words));
    };
    for name in CHECKS {
        let text = |check: &'_ Value, key: &str| {
            let text = check.get(key).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let check = checks
            .iter()
            .find(|check| text(check, "name") == name.theirs);
        let finding = match check {
            None => Finding::skipped(name.ours, "not looked at while the database is away"),
            Some(check) => {
                let ok = check.get("ok") == Some(&Value::Bool(true));
                of(name.ours, ok, &shown(&text(check, "detail")))
            }
        };
        report.add(finding);
    }
    if body.get("durable") == Some(&Value::Bool(false)) {
        let words = Words::new(
            "an SQLite file on a disk that is not kept",
            "Every account is lost when the deployment is restarted.",
            "Use a Postgres server, or mount storage at /data (a Space: its settings).",
        );
        report.add(Finding::warning("storage", words));
    }
}

/// A check of the deployment's own in our words.
pub(super) fn of(name: &'static str, ok: bool, detail: &str) -> Finding {
    if ok {
        return Finding::ok(name, detail);
    }
    let (means, advice) = match name {
        DATABASE => (
            "Nobody can sign up, sign in or be recognised.",
            "Compare DATABASE_URL with the database's console; `doorkey doctor` without a URL, with the same variables, says why it cannot be reached.",
        ),
        "schema" => (
            "This version asks for tables or columns that are not there: 503 SCHEMA_OUTDATED.",
            "Run `doorkey migrate` of this version with the database's direct address; functions never migrate by themselves.",
        ),
        "pooler" => (
            "A pooler that loses prepared statements makes requests fail at random, or mixes them up.",
            "Set max_prepared_statements in PgBouncer (1.21 or newer), or use the server's direct address.",
        ),
        "database clock" => (
            "Limits and lifetimes are counted with two clocks.",
            "Let both machines set their clocks by NTP.",
        ),
        _ => (
            "Links to verify an address or to reset a password do not arrive.",
            "Look for mail_failed in the log, and compare MAIL_URL with the provider's console.",
        ),
    };
    Finding::failed(name, Words::new(detail, means, advice))
}
