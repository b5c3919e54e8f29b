//! A source of randomness that fails when told to: the way to a fault inside the
//! service without a hook in it.

use std::sync::atomic::{AtomicU8, Ordering};

use doorkey::app::{NoRandomness, Random, SystemRandom};

/// What it does when asked.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Mood {
    /// Works.
    Fine,
    /// Says that it failed.
    Fails,
    /// Panics, with a text that nobody outside may see.
    Panics,
}

/// The system's randomness until its mood changes.
pub(crate) struct MoodyRandom(AtomicU8);

/// What the panic says.
pub(crate) const INSIDE: &str = "postgres://app:hunter2@db.internal/app";

impl Default for MoodyRandom {
    fn default() -> Self {
        Self(AtomicU8::new(Mood::Fine as u8))
    }
}

impl MoodyRandom {
    pub(crate) fn set(&self, mood: Mood) {
        self.0.store(mood as u8, Ordering::SeqCst);
    }
}

impl Random for MoodyRandom {
    fn fill(&self, buf: &mut [u8]) -> Result<(), NoRandomness> {
        match self.0.load(Ordering::SeqCst) {
            mood if mood == Mood::Fine as u8 => SystemRandom.fill(buf),
            mood if mood == Mood::Fails as u8 => Err(NoRandomness),
            _ => panic!("{INSIDE}"),
        }
    }
}
