//! The database that `DATABASE_URL` names, looked at from here.

use doorkey::app::SystemClock;
use doorkey::config::{Config, DatabaseSettings, DatabaseUrl, Tls};
use doorkey::runtime::install_tls;
use doorkey::service::health::examine_database;
use doorkey::store::connect;
use doorkey::store::migrate::is_done;

use super::deep;
use super::report::{Finding, Report, Words};
use crate::tunnel;

const DATABASE: &str = "database";
const DIRECT: &str = "direct address";

/// The names, in order. Mail is not tried from here.
pub(super) fn names() -> Vec<&'static str> {
    let mut names = deep::names();
    names.retain(|name| *name != "mail");
    names.push(DIRECT);
    names
}

pub(super) async fn check(config: &Config, report: &mut Report<'_>) {
    install_tls();
    let settings = &mut config.database.clone();
    if let Err(error) = tunnel::open(settings) {
        let words = Words::new(
            error.to_string(),
            "The process ends before it serves anything.",
            "See that sslrootcert in DATABASE_URL names a file of certificates in PEM.",
        );
        report.add(Finding::failed(DATABASE, words));
        let others: Vec<_> = names().into_iter().skip(1).collect();
        return report.skip(&others, "there is no way to the database");
    }
    let reached = match reach(settings).await {
        Ok(reached) => reached,
        Err(words) => {
            report.add(Finding::failed(DATABASE, words));
            let others: Vec<_> = names().into_iter().skip(1).collect();
            return report.skip(&others, "the database is away");
        }
    };
    report.add(reached);
    match connect::open_existing(settings) {
        Ok(Some(db)) => {
            let checks = examine_database(&db, settings.looks_pooled, &SystemClock).await;
            for check in checks {
                if let Some(name) = deep::name_of(check.name).filter(|name| *name != DATABASE) {
                    report.add(deep::of(name, check.ok, check.detail));
                }
            }
            db.close().await;
        }
        _ => report.skip(&["schema"], "there is no file yet"),
    }
    report.add(direct(settings).await);
}

/// Whether it answers, and how far the way to it is protected.
async fn reach(settings: &DatabaseSettings) -> Result<Finding, Words> {
    let url = &settings.url;
    if let Some(path) = url.sqlite_path() {
        let found = if path.exists() {
            url.place()
        } else {
            format!("{}, made at the first start", url.place())
        };
        return Ok(Finding::ok(DATABASE, found));
    }
    ask(settings).await?;
    let found = format!("{}, {}", url.place(), protection(url.tls()));
    Ok(Finding::ok(DATABASE, found))
}

fn protection(tls: Tls) -> &'static str {
    match tls {
        Tls::Enough => "on this machine or by TLS with its certificate checked",
        Tls::Unverified => "by TLS, its certificate not checked",
        Tls::Optional => "in clear, or by TLS if the server likes",
    }
}

/// Asks on a connection of its own, which says at once why it cannot be made.
async fn ask(settings: &DatabaseSettings) -> Result<(), Words> {
    let Err(error) = is_done(settings).await else {
        return Ok(());
    };
    Err(Words::new(
        format!("{}: {error}", settings.url.place()),
        "A deployment with these settings answers 503 to whoever signs up, signs in or comes back.",
        "Compare host, port, user, password and sslmode with the database's console, and see that this address may connect.",
    ))
}

/// Migrations cannot go through a transaction pooler.
async fn direct(settings: &DatabaseSettings) -> Finding {
    let Some(direct) = &settings.unpooled else {
        if !settings.looks_pooled {
            return Finding::skipped(DIRECT, "DATABASE_URL is one, as it looks");
        }
        let words = Words::new(
            "DATABASE_URL goes through a pooler, and DATABASE_URL_UNPOOLED is not set",
            "Migrations are not safe through a transaction pooler, and are refused.",
            "Set DATABASE_URL_UNPOOLED where migrations run (Neon: the same host without -pooler).",
        );
        return Finding::warning(DIRECT, words);
    };
    let direct = DatabaseSettings {
        url: DatabaseUrl::clone(direct),
        ..settings.clone()
    };
    if direct.url.is_sqlite() {
        return Finding::skipped(DIRECT, "not needed for a file");
    }
    match ask(&direct).await {
        Ok(()) => Finding::ok(DIRECT, direct.url.place()),
        Err(mut words) => {
            "Migrations cannot run.".clone_into(&mut words.means);
            Finding::failed(DIRECT, words)
        }
    }
}
