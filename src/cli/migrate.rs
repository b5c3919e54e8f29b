//! `doorkey migrate`.

mod progress;
mod report;

use std::process::ExitCode;

use clap::Args;
use doorkey::config::{Config, Program};
use doorkey::runtime::{install_tls, load_settings};
use doorkey::store::connect;
use doorkey::store::migrate::{MigrateError, migrate};
use doorkey::store::survey::{Survey, survey};
use doorkey::telemetry::Output;

use super::fail;
use crate::tunnel;

pub(super) const EXAMPLES: &str = "\
Examples:
  doorkey migrate                                    ./data/doorkey.db
  DATABASE_URL=postgres://… doorkey migrate --check  tell, change nothing

A database that the FastAPI system left is taken over in place: nobody is signed out.
A database behind a transaction pooler is migrated through DATABASE_URL_UNPOOLED.
Exit codes: 0 done, or nothing to do; 1 failed, or --check found something to do;
2 wrong usage or settings.";

/// What to do with the schema.
#[derive(Args)]
pub(super) struct Migrate {
    /// Change nothing: tell what would be done, and what is odd; exit with 1 if
    /// something would be done.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    output: super::Output,
}

impl Migrate {
    pub(super) fn run(&self) -> ExitCode {
        let Ok(mut config) = load_settings(Program::Server, Output::Stderr) else {
            return ExitCode::from(2);
        };
        install_tls();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(async {
                if let Err(error) = tunnel::open(&mut config.database) {
                    return fail(&error);
                }
                let done = self.work(&config).await;
                done.unwrap_or_else(|error| fail(&error))
            }),
            Err(error) => fail(&error),
        }
    }

    async fn work(&self, config: &Config) -> Result<ExitCode, MigrateError> {
        if self.check {
            let found = match connect::open_existing(&config.database)? {
                Some(db) => survey(&db).await?,
                None => Survey::of_nothing(),
            };
            report::survey(&found, self.output.json);
            return Ok(report::exit_code(&found));
        }
        let mut bar = progress::Bar::new();
        let done = migrate(&config.database, &mut |what, n, of| bar.show(what, n, of)).await?;
        bar.clear();
        report::done(&done, self.output.json);
        Ok(ExitCode::SUCCESS)
    }
}
