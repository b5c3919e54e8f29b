//! All keys of a moment, and what each may do then. Every instance reads the same
//! rows and has the same rules, so no two need to agree on anything else.
//!
//! A key signs until a day after a later one was made, and is published until the
//! last token that it may have signed has been dead for a day. The next one is made
//! when the newest has signed for 90 days; for its first day it is only published,
//! so that verifiers that keep keys have it before they need it. When there is no
//! other (the first key; another algorithm; a secret lost), it signs at once.

use std::sync::Arc;
use std::time::Duration;

use super::{Alg, LIFE, PrivateKey, PublicJwk};
use crate::domain::timestamp::Timestamp;

/// From one key to the next.
pub(super) const EVERY: Duration = Duration::from_hours(90 * 24);
/// How long a key is published before it signs; so long does the one before it sign
/// on.
pub const AHEAD: Duration = Duration::from_hours(24);
/// How long after a later key was made a key is of use to anybody: it signs for a
/// day, its last token lives for [`LIFE`], and a day is for clocks that differ.
pub const KEPT: Duration = Duration::from_hours(48).saturating_add(LIFE);
/// No key is made where there are so many: instances must disagree about the secret.
pub const MOST: usize = 16;

/// A key and its private half, where this process could open it.
pub struct Key {
    /// Counts the keys of its algorithm.
    pub serial: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// The half that verifies.
    pub public: PublicJwk,
    /// The half that signs.
    pub private: Option<Arc<PrivateKey>>,
    /// Whether it is still sealed with the previous secret.
    pub is_to_be_sealed: bool,
}

/// All keys, as they were read.
pub struct KeySet {
    keys: Vec<Key>,
    read_at: Timestamp,
}

impl Key {
    /// Whether it takes the place of `other`. Among those of one algorithm the serial
    /// says so, whatever the clocks of their makers said.
    fn follows(&self, other: &Self) -> bool {
        if self.public.alg() == other.public.alg() {
            self.serial > other.serial
        } else {
            self.made_at > other.made_at
        }
    }

    fn is_older_than(&self, age: Duration, now: Timestamp) -> bool {
        now.since(self.made_at) >= age
    }
}

impl KeySet {
    /// Of what was read at `read_at`.
    pub fn new(keys: Vec<Key>, read_at: Timestamp) -> Self {
        Self { keys, read_at }
    }

    /// When it was read.
    pub fn read_at(&self) -> Timestamp {
        self.read_at
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key to sign with at `now`: the newest that has been published for a day;
    /// where there is none, the oldest.
    pub fn signer(&self, alg: Alg, now: Timestamp) -> Option<(&PublicJwk, &PrivateKey)> {
        let published = self
            .usable(alg, now)
            .filter(|key| key.is_older_than(AHEAD, now))
            .max_by_key(|key| key.serial);
        let key = published.or_else(|| self.usable(alg, now).min_by_key(|key| key.serial))?;
        Some((&key.public, key.private.as_deref()?))
    }

    /// Whether a key must be made: there is none to sign with, or the newest has
    /// signed long enough.
    pub fn wants_key(&self, alg: Alg, now: Timestamp) -> bool {
        let newest = self.usable(alg, now).max_by_key(|key| key.serial);
        newest.is_none_or(|key| key.is_older_than(EVERY, now))
    }

    /// The serial of the next key.
    pub fn next_serial(&self, alg: Alg) -> i64 {
        let all = self.keys.iter().filter(|key| key.public.alg() == alg);
        all.map(|key| key.serial).max().unwrap_or(0) + 1
    }

    /// What verifiers need at `now`.
    pub fn published(&self, now: Timestamp) -> impl Iterator<Item = &PublicJwk> {
        let needed = move |key: &&Key| !self.was_followed(key, KEPT, now);
        self.keys.iter().filter(needed).map(|key| &key.public)
    }

    /// Keys that could sign at `now`, had they been opened.
    pub fn unreadable(&self, alg: Alg, now: Timestamp) -> impl Iterator<Item = &PublicJwk> {
        let lost = self.living(alg, now).filter(|key| key.private.is_none());
        lost.map(|key| &key.public)
    }

    /// A private half that was opened before and needs no more done to it.
    pub fn opened(&self, kid: &str) -> Option<Arc<PrivateKey>> {
        let settled = self.keys.iter().filter(|key| !key.is_to_be_sealed);
        let mut found = settled.filter(|key| key.public.kid() == kid);
        found.next()?.private.clone()
    }

    fn usable(&self, alg: Alg, now: Timestamp) -> impl Iterator<Item = &Key> {
        self.living(alg, now).filter(|key| key.private.is_some())
    }

    fn living(&self, alg: Alg, now: Timestamp) -> impl Iterator<Item = &Key> {
        let living = move |key: &&Key| !self.was_followed(key, AHEAD, now);
        let all = self.keys.iter().filter(move |key| key.public.alg() == alg);
        all.filter(living)
    }

    /// Whether a later key had been there for `age`.
    fn was_followed(&self, key: &Key, age: Duration, now: Timestamp) -> bool {
        let mut later = self.keys.iter().filter(|other| other.follows(key));
        later.any(|other| other.is_older_than(age, now))
    }
}

#[cfg(test)]
mod tests;
