//! `doorkey`: the server with every function, and what an operator needs beside
//! it.

mod cli;
mod doctor;
mod init;
mod tunnel;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
