//! What the handlers share: the app, and what is derived from its settings once.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;

use super::cookies::CookiePolicy;
use super::headers;
use crate::app::{App, NoRandomness};

/// The handlers' state.
pub struct Web {
    /// The use cases' world.
    pub app: App,
    pub(crate) cookies: CookiePolicy,
    pub(super) headers: HeaderMap,
    ids: RequestIds,
}

impl Web {
    /// For an app.
    pub fn new(app: App) -> Result<Self, NoRandomness> {
        Ok(Self {
            cookies: CookiePolicy::new(&app.config),
            headers: headers::all(app.config.public_url.is_https(), app.config.carriers.bearer),
            ids: RequestIds {
                process: app.random()?,
                count: AtomicU64::new(0),
            },
            app,
        })
    }

    /// An id for the next request.
    pub(crate) fn next_request_id(&self) -> String {
        self.ids.next()
    }
}

/// Request ids: random per process, counted within it. Unique, and cheaper than
/// 16 random bytes a request.
struct RequestIds {
    process: [u8; 6],
    count: AtomicU64,
}

impl RequestIds {
    fn next(&self) -> String {
        let mut id = String::with_capacity(20);
        for byte in self.process {
            // Writing to a String cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        let _ = write!(id, "{:08x}", self.count.fetch_add(1, Ordering::Relaxed));
        id
    }
}
