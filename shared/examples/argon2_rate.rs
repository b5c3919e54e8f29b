//! How many argon2id hashes a second this machine makes with the costs of a
//! sign-in, on some threads with memory of their own that is used again: the
//! ceiling that `scripts/bench` sets sign-ins beside. Nothing is wiped between.
//!
//! `argon2_rate THREADS SECONDS` prints the rate, in hashes a second.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

const M_KIB: u32 = 47104;
const PASSES: u32 = 1;
const LANES: u32 = 1;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse().ok());
    let (Some(Some(threads)), Some(Some(seconds))) = (args.next(), args.next()) else {
        let _ = writeln!(std::io::stderr(), "usage: argon2_rate THREADS SECONDS");
        return ExitCode::from(2);
    };
    let Some(rate) = rate(threads, Duration::from_secs(seconds)) else {
        return ExitCode::FAILURE;
    };
    match writeln!(std::io::stdout(), "{rate:.2}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Hashes a second of all threads together; `None` if a hash or a thread failed.
fn rate(threads: u64, at_least: Duration) -> Option<f64> {
    let running: Vec<_> = (0..threads)
        .map(|_| std::thread::spawn(move || thread_rate(at_least)))
        .collect();
    running
        .into_iter()
        .map(|thread| thread.join().ok().flatten())
        .sum()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement of real time, outside the service"
)]
fn thread_rate(at_least: Duration) -> Option<f64> {
    let params = Params::new(M_KIB, PASSES, LANES, None).ok()?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; 32];
    let mut hashes = 0_u32;
    let began = Instant::now();
    while began.elapsed() < at_least {
        argon2
            .hash_password_into_with_memory(
                b"a password of usual length",
                b"salt-of-16-bytes",
                &mut output,
                &mut memory,
            )
            .ok()?;
        hashes += 1;
    }
    Some(f64::from(hashes) / began.elapsed().as_secs_f64())
}
