//! `doorkey migrate`.

use std::process::ExitCode;

use clap::Args;
use doorkey::config::{Config, Program};
use doorkey::runtime::load_settings;
use doorkey::store::connect;
use doorkey::store::migrate::{MIGRATIONS, MigrateError, migrate, version};

use super::{Output, fail, say};

pub(super) const EXAMPLES: &str = "\
Examples:
  doorkey migrate                                    ./data/doorkey.db
  DATABASE_URL=postgres://… doorkey migrate --check  tell, change nothing

A database behind a transaction pooler is migrated through DATABASE_URL_UNPOOLED.";

/// What to do with the schema.
#[derive(Args)]
pub(super) struct Migrate {
    /// Change nothing; exit with 1 if something would be changed.
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    output: Output,
}

impl Migrate {
    pub(super) fn run(&self) -> ExitCode {
        let Some(config) = load_settings(Program::Server) else {
            return ExitCode::from(2);
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let done = match runtime {
            Ok(runtime) => runtime.block_on(self.work(&config)),
            Err(error) => return fail(&error),
        };
        match done {
            Ok(names) => self.report(&names),
            Err(error) => fail(&error),
        }
    }

    /// The names of the migrations that were applied, or would be.
    async fn work(&self, config: &Config) -> Result<Vec<&'static str>, MigrateError> {
        doorkey::runtime::install_tls();
        if !self.check {
            return migrate(&config.database).await;
        }
        let db = connect::open(&config.database)?;
        let newest = version(&db).await?;
        let missing = MIGRATIONS
            .iter()
            .filter(|migration| migration.version > newest);
        Ok(missing.map(|migration| migration.name).collect())
    }

    fn report(&self, names: &[&str]) -> ExitCode {
        let verb = if self.check { "missing" } else { "applied" };
        if self.output.json {
            let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
            say(&format!("{{\"{verb}\":[{}]}}", names.join(",")));
        } else if names.is_empty() {
            say("The schema is up to date.");
        } else {
            say(&format!("{verb}: {}", names.join(", ")));
        }
        if self.check && !names.is_empty() {
            return ExitCode::FAILURE;
        }
        ExitCode::SUCCESS
    }
}
