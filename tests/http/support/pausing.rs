//! A source of randomness that stops whoever asks it: the way into the middle of a use
//! case, between what it has read and what it will write, without a hook in it.

use std::sync::{Arc, Condvar, Mutex};

use doorkey::app::{NoRandomness, Random, SystemRandom};

use super::{Instance, TestDb};

/// The system's randomness; one call of it waits.
#[derive(Default)]
pub(crate) struct PausingRandom {
    place: Mutex<Place>,
    changed: Condvar,
}

#[derive(Default, PartialEq)]
enum Place {
    #[default]
    Free,
    /// The call after so many others will wait.
    Set(u32),
    Waiting,
}

impl PausingRandom {
    /// Lets the next `passed` calls pass and the one after them wait.
    pub(crate) fn stop_after(&self, passed: u32) {
        *self.place.lock().unwrap() = Place::Set(passed);
    }

    /// Returns when a call waits.
    pub(crate) async fn stopped(&self) {
        while *self.place.lock().unwrap() != Place::Waiting {
            tokio::task::yield_now().await;
        }
    }

    /// Lets it go on.
    pub(crate) fn let_go(&self) {
        *self.place.lock().unwrap() = Place::Free;
        self.changed.notify_all();
    }
}

impl Random for PausingRandom {
    fn fill(&self, buf: &mut [u8]) -> Result<(), NoRandomness> {
        let mut place = self.place.lock().unwrap();
        match *place {
            Place::Set(0) => {
                *place = Place::Waiting;
                tokio::task::block_in_place(|| {
                    drop(
                        self.changed
                            .wait_while(place, |place| *place == Place::Waiting),
                    );
                });
            }
            Place::Set(passed) => *place = Place::Set(passed - 1),
            Place::Free | Place::Waiting => {}
        }
        SystemRandom.fill(buf)
    }
}

impl TestDb {
    /// An instance whose use cases can be stopped in the middle.
    pub(crate) async fn pausing(
        &self,
        settings: &[(&str, &str)],
    ) -> (Instance, Arc<PausingRandom>) {
        // For the schema.
        self.app(settings).await;
        let random: Arc<PausingRandom> = Arc::default();
        let mut app = self.unmigrated(settings);
        app.random = Arc::clone(&random) as Arc<_>;
        app.db.open_gate();
        (self.instance(app), random)
    }
}
