//! The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or settings.

mod doctor;
mod healthcheck;
mod init;
mod migrate;
mod openapi;
mod secret;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::tunnel;

const EXAMPLES: &str = "\
Examples:
  doorkey                                  serve on http://localhost:7860, accounts in ./data
  DATABASE_URL=postgres://… doorkey        the same on Postgres
  doorkey -- uvicorn app:app --port 8000   start an app and guard it
  UPSTREAM_URL=http://127.0.0.1:8000 doorkey   guard one that runs already
  doorkey migrate                          bring the database's schema up to date
  doorkey init ../my-app                   add it to a Next.js project
  doorkey doctor https://app.example.com   check a deployment, and say what to do
  doorkey openapi > openapi.json           the API's description
  export SECRET_KEY=$(doorkey secret)      a new secret

Settings are environment variables: see .env.example.";

/// Sign-up, sign-in and sessions for your app.
#[derive(Parser)]
#[command(name = "doorkey", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Start this app, and let only people who are signed in reach it.
    #[arg(last = true, value_name = "APP")]
    app: Vec<OsString>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve every function on one port (the default).
    #[command(
        after_help = "Example:\n  PORT=8080 FRONTEND_URL=http://localhost:3000 doorkey serve"
    )]
    Serve,
    /// Bring the database's schema up to date, or tell what that would do.
    #[command(after_help = migrate::EXAMPLES)]
    Migrate(migrate::Migrate),
    /// Add Doorkey's functions to a Next.js project.
    #[command(after_help = init::EXAMPLES)]
    Init(init::Init),
    /// Check a deployment from outside, or the settings here, and say what to do.
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::Doctor),
    /// Ask the server of this machine whether it is healthy.
    #[command(after_help = healthcheck::EXAMPLES)]
    Healthcheck,
    /// Print the API's description as an OpenAPI document.
    #[command(after_help = "Example:\n  doorkey openapi > openapi.json")]
    Openapi,
    /// Print a new secret for `SECRET_KEY`.
    #[command(after_help = "Example:\n  export SECRET_KEY=$(doorkey secret)")]
    Secret(Output),
}

/// How to print.
#[derive(Args)]
struct Output {
    /// Print one JSON object instead of words.
    #[arg(long)]
    json: bool,
}

impl Cli {
    /// Runs what was asked for.
    pub(crate) fn run(self) -> ExitCode {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => doorkey::runtime::serve_all(&self.app, tunnel::open),
            Command::Migrate(migrate) => migrate.run(),
            Command::Init(init) => init.run(),
            Command::Doctor(doctor) => doctor.run(),
            Command::Healthcheck => healthcheck::run(),
            Command::Openapi => openapi::run(),
            Command::Secret(output) => secret::run(&output),
        }
    }
}

/// Prints a line for whoever called. A closed pipe is theirs to know about.
fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Says on the standard error why it failed.
fn fail(why: &dyn std::fmt::Display) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "doorkey: {why}");
    ExitCode::FAILURE
}
