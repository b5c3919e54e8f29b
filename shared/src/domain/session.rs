//! A session and the rules of its life.

use std::time::Duration;

use super::ids::{SessionId, UserId};
use super::timestamp::Timestamp;

/// How long a session without "remember me" lives: a day, never extended.
pub const UNREMEMBERED_TTL: Duration = Duration::from_hours(24);

/// How long after signing in a session is fresh.
pub const FRESH: Duration = Duration::from_hours(24);

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// From the last refresh to the end.
    pub ttl: Duration,
    /// From one refresh to the next: in between, verifying writes nothing.
    pub refresh: Duration,
}

impl Lifetime {
    /// When a session made or refreshed at `now` ends.
    pub fn expiry(&self, now: Timestamp, remember: bool) -> Timestamp {
        now.plus(if remember {
            self.ttl
        } else {
            // The operator's bound holds whatever the client asks for.
            UNREMEMBERED_TTL.min(self.ttl)
        })
    }
}

/// A session, without its token: the token is only in the cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Names the session; its text is the handle in answers.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// From then on it opens nothing.
    pub expires_at: Timestamp,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub updated_at: Timestamp,
    /// Whether it outlives the browser and is refreshed.
    pub remember: bool,
    /// The client's address at sign-in, as far as it was known.
    pub ip_address: Option<String>,
    /// The client's `User-Agent` at sign-in.
    pub user_agent: Option<String>,
}

impl Session {
    /// Whether its user signed in so recently that they need not prove again who
    /// they are, as Better Auth's `freshAge` has it.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.since(self.created_at) < FRESH
    }

    /// Whether a request at `now` should extend it.
    pub fn is_due(&self, lifetime: &Lifetime, now: Timestamp) -> bool {
        self.remember
            && now.since(self.updated_at) >= lifetime.refresh
            // One that was taken over may last longer than ours: never cut it.
            && lifetime.expiry(now, true) > self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Lifetime = Lifetime {
        ttl: Duration::from_hours(7 * 24),
        refresh: Duration::from_hours(24),
    };

    fn session(remember: bool) -> Session {
        let start = Timestamp::from_millis(0);
        Session {
            id: SessionId::from_random([1; 16]),
            user_id: UserId::from_random([2; 16]),
            expires_at: LIFETIME.expiry(start, remember),
            created_at: start,
            updated_at: start,
            remember,
            ip_address: None,
            user_agent: None,
        }
    }

    #[test]
    fn is_due_a_day_after_its_last_refresh() {
        let s = session(true);
        assert!(!s.is_due(&LIFETIME, Timestamp::from_millis(86_399_999)));
        assert!(s.is_due(&LIFETIME, Timestamp::from_millis(86_400_000)));
    }

    #[test]
    fn is_fresh_for_a_day_after_signing_in_whatever_its_refreshes() {
        let mut s = session(true);
        s.updated_at = Timestamp::from_millis(86_400_000);
        assert!(s.is_fresh(Timestamp::from_millis(86_399_999)));
        assert!(!s.is_fresh(Timestamp::from_millis(86_400_000)));
    }

    #[test]
    fn an_unremembered_session_is_never_longer_than_a_remembered_one() {
        let short = Lifetime {
            ttl: Duration::from_secs(5),
            refresh: Duration::from_secs(1),
        };
        let start = Timestamp::from_millis(0);
        assert_eq!(short.expiry(start, false), short.expiry(start, true));
    }

    #[test]
    fn a_session_that_lasts_longer_than_ours_is_never_cut() {
        let mut s = session(true);
        s.expires_at = Timestamp::MAX;
        assert!(!s.is_due(&LIFETIME, Timestamp::from_millis(86_400_000)));
    }

    #[test]
    fn an_unremembered_session_is_never_due_and_ends_after_a_day() {
        let s = session(false);
        assert!(!s.is_due(&LIFETIME, Timestamp::MAX));
        assert_eq!(s.expires_at.millis(), 86_400_000);
    }
}
