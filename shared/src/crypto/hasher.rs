//! argon2id behind a bound: at most `permits` hashes at once, at most `queue`
//! waiting, everybody else is told to come back. So 500 sign-ins at once cost
//! `permits` × 46 MiB, and the rest of the service never notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::Params;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::arena::Arenas;
use super::phc::{self, HASH_LEN, SALT_LEN};
use super::stored::StoredHash;
use crate::domain::password::LoginPassword;

/// How dear a hash is, and how many may be under way.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Memory in KiB.
    pub m_kib: u32,
    /// Passes.
    pub t: u32,
    /// Lanes.
    pub p: u32,
    /// Hashes at once.
    pub permits: usize,
    /// Hashes that may wait for a permit.
    pub queue: usize,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The queue is full: try again in a second.
    #[error("the hashing queue is full")]
    Busy,
    /// The hashing thread failed.
    #[error("hashing failed")]
    Failed,
    /// The costs are none that argon2 takes.
    #[error("argon2 does not take these costs")]
    Cost,
}

/// What a password is to a stored hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the one.
    Match {
        /// The hash was made with other costs than today's.
        outdated: bool,
    },
    /// It is not.
    NoMatch,
    /// The stored hash is none that can be verified (disabled, malformed, too
    /// dear): nobody signs in with it.
    Unusable,
}

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub struct PasswordHasher {
    params: Params,
    permits: Arc<Semaphore>,
    under_way: Arc<AtomicUsize>,
    most: usize,
    arenas: Arenas,
}

impl PasswordHasher {
    /// A hasher of that cost; takes no memory before the first hash.
    pub fn new(cost: Cost) -> Result<Self, HashError> {
        let params = Params::new(cost.m_kib, cost.t, cost.p, Some(HASH_LEN));
        Ok(Self {
            params: params.map_err(|_| HashError::Cost)?,
            permits: Arc::new(Semaphore::new(cost.permits.max(1))),
            under_way: Arc::default(),
            most: cost.permits.max(1) + cost.queue,
            arenas: Arenas::default(),
        })
    }

    /// The PHC string of `password` with `salt`, which must be fresh.
    pub async fn hash(&self, password: &[u8], salt: [u8; SALT_LEN]) -> Result<String, HashError> {
        let output = self.argon2(password, salt).await?;
        phc::format(&self.params, &salt, &output).ok_or(HashError::Failed)
    }

    /// Compares `password` with what is stored. Without a usable stored hash the
    /// same work is done for nothing, so that the time does not tell whether
    /// there is one (CWE-208).
    pub async fn verify(
        &self,
        password: &LoginPassword,
        stored: Option<&str>,
    ) -> Result<Verdict, HashError> {
        let Some(hash) = stored.and_then(StoredHash::parse) else {
            self.argon2(password.normalised(), [0; SALT_LEN]).await?;
            return Ok(stored.map_or(Verdict::NoMatch, |_| Verdict::Unusable));
        };
        let outdated = hash.is_outdated(&self.params);
        let forms = hash.candidates(password);
        let matches = self.run(move |arenas| {
            let mut matches = false;
            for form in &forms {
                matches = matches || hash.verify(arenas, form)?;
            }
            Some(matches)
        });
        Ok(if matches.await? {
            Verdict::Match { outdated }
        } else {
            Verdict::NoMatch
        })
    }

    async fn argon2(&self, password: &[u8], salt: [u8; SALT_LEN]) -> Result<Vec<u8>, HashError> {
        let (params, password) = (self.params.clone(), Zeroizing::new(password.to_vec()));
        self.run(move |arenas| arenas.hash_new(&params, &password, &salt))
            .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Arenas) -> Option<T> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = Place::take(&self.under_way, self.most)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| HashError::Failed)?;
        let arenas = self.arenas.clone();
        // The permit moves into the thread: a caller that goes away must not
        // let another hash start beside this one.
        let hashing = tokio::task::spawn_blocking(move || {
            let _held = (place, permit);
            work(&arenas)
        });
        hashing.await.ok().flatten().ok_or(HashError::Failed)
    }
}

/// One of the places in the queue, given back on drop.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(under_way: &Arc<AtomicUsize>, most: usize) -> Result<Self, HashError> {
        let place = Self(Arc::clone(under_way));
        if under_way.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(HashError::Busy);
        }
        Ok(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> LoginPassword {
        LoginPassword::parse(text).unwrap()
    }

    fn hasher(permits: usize, queue: usize) -> PasswordHasher {
        PasswordHasher::new(Cost {
            m_kib: 64,
            t: 1,
            p: 1,
            permits,
            queue,
        })
        .unwrap()
    }

    #[tokio::test]
    async fn sec_a1_a_hash_verifies_its_password_alone() {
        let hasher = hasher(2, 8);
        let stored = hasher.hash(b"correct-horse", [1; SALT_LEN]).await.unwrap();
        let verdict = hasher.verify(&typed("correct-horse"), Some(&stored)).await;
        assert_eq!(verdict, Ok(Verdict::Match { outdated: false }));
        let verdict = hasher.verify(&typed("correct-horsE"), Some(&stored)).await;
        assert_eq!(verdict, Ok(Verdict::NoMatch));
    }

    #[tokio::test]
    async fn sec_a1_costs_raised_later_show_as_outdated() {
        let stored = hasher(1, 1)
            .hash(b"correct-horse", [1; SALT_LEN])
            .await
            .unwrap();
        let dearer = PasswordHasher::new(Cost {
            m_kib: 128,
            t: 2,
            p: 1,
            permits: 1,
            queue: 1,
        });
        let verdict = dearer
            .unwrap()
            .verify(&typed("correct-horse"), Some(&stored))
            .await;
        assert_eq!(verdict, Ok(Verdict::Match { outdated: true }));
    }

    #[tokio::test]
    async fn sec_b1_no_user_and_a_disabled_hash_are_never_a_match() {
        let hasher = hasher(1, 1);
        assert_eq!(
            hasher.verify(&typed("any"), None).await,
            Ok(Verdict::NoMatch)
        );
        for disabled in ["", "!", "disabled", "$argon2id$v=19$m=64,t=1,p=1$$"] {
            let verdict = hasher.verify(&typed("any"), Some(disabled)).await;
            assert_eq!(verdict, Ok(Verdict::Unusable), "{disabled}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn sec_a5_beyond_permits_and_queue_callers_are_sent_away_and_places_come_back() {
        let hasher = hasher(1, 2);
        let held = Arc::clone(&hasher.permits).acquire_owned().await.unwrap();
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.verify(&typed("any"), None).await })
            })
            .collect();
        while hasher.under_way.load(Ordering::Relaxed) < 3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            hasher.verify(&typed("any"), None).await,
            Err(HashError::Busy)
        );
        drop(held);
        for task in waiting {
            assert_eq!(task.await.unwrap(), Ok(Verdict::NoMatch));
        }
        assert_eq!(
            hasher.verify(&typed("any"), None).await,
            Ok(Verdict::NoMatch)
        );
        assert_eq!(hasher.under_way.load(Ordering::Relaxed), 0);
    }
}
