//! How often one user may ask the upstream (`UPSTREAM_RATE`).
//!
//! Exact over any stretch of time, and kept in this process: a count in the database
//! would be a write for every request, and a server in front of an upstream is one
//! process. Several of them count apart.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::Rate;
use crate::domain::ids::UserId;
use crate::domain::timestamp::Timestamp;

/// From so many users on, those who asked nothing lately are forgotten now and then.
const MANY: usize = 1024;

/// The times of each user's latest requests.
pub(super) struct Throttle {
    rate: Rate,
    taken: Mutex<HashMap<UserId, VecDeque<Timestamp>>>,
}

impl Throttle {
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            rate,
            taken: Mutex::default(),
        }
    }

    pub(super) fn rate(&self) -> Rate {
        self.rate
    }

    /// Counts a request, or says after which time there is room for one.
    pub(super) fn take(&self, user: UserId, now: Timestamp) -> Result<(), Duration> {
        let Rate { requests, window } = self.rate;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= MANY && !taken.contains_key(&user) {
            taken.retain(|_, times| times.back().is_some_and(|last| now.since(*last) < window));
        }
        let times = taken.entry(user).or_default();
        while times
            .front()
            .is_some_and(|first| now.since(*first) >= window)
        {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= usize::try_from(requests).unwrap_or(usize::MAX) => {
                Err(window.saturating_sub(now.since(*first)))
            }
            _ => {
                times.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn no_stretch_of_time_has_more_than_the_rate() {
        let throttle = Throttle::new(Rate {
            requests: 2,
            window: Duration::from_mins(1),
        });
        let (ann, bob) = (UserId::from_random([1; 16]), UserId::from_random([2; 16]));
        assert_eq!(throttle.take(ann, at(0)), Ok(()));
        assert_eq!(throttle.take(ann, at(59_000)), Ok(()));
        assert_eq!(
            throttle.take(ann, at(59_500)),
            Err(Duration::from_millis(500))
        );
        assert_eq!(throttle.take(bob, at(59_500)), Ok(()));
        assert_eq!(throttle.take(ann, at(60_000)), Ok(()));
        assert_eq!(throttle.take(ann, at(60_000)), Err(Duration::from_secs(59)));
    }

    #[test]
    fn who_is_gone_is_forgotten() {
        let throttle = Throttle::new(Rate {
            requests: 1,
            window: Duration::from_secs(1),
        });
        for number in 0..5000_i64 {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_be_bytes());
            assert_eq!(
                throttle.take(UserId::from_random(id), at(number * 10)),
                Ok(())
            );
        }
        assert!(throttle.taken.lock().unwrap().len() <= MANY);
    }
}
