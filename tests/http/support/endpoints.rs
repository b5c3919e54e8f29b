//! The service's endpoints, for cases that go through them all.

use doorkey::http::{Endpoint, FUNCTIONS};

/// Every endpoint of every function.
pub(crate) fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    FUNCTIONS.iter().flat_map(|function| function.endpoints)
}
