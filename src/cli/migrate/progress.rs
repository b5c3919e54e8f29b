//! A line that moves, on a terminal; nothing elsewhere.

use std::io::{IsTerminal as _, Write as _};

const WIDTH: u64 = 30;

/// How far it is.
pub(super) struct Bar {
    shown: bool,
}

impl Bar {
    pub(super) fn new() -> Self {
        Self {
            shown: std::io::stderr().is_terminal(),
        }
    }

    /// `done` of `total` of `what`.
    pub(super) fn show(&mut self, what: &str, done: u64, total: u64) {
        if !self.shown || total == 0 {
            return;
        }
        let full = WIDTH.min(WIDTH * done / total);
        let bar: String = (0..WIDTH)
            .map(|at| if at < full { '#' } else { '.' })
            .collect();
        let _ = write!(std::io::stderr(), "\r{what:>9} [{bar}] {done}/{total} ");
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r{:70}\r", "");
        }
    }
}
