//! What answers requests, and how patient a server is with whoever asks.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::Response;
use hyper::body::Incoming;
use tower::Service;

/// How long a client may take to send a request's head (slow-loris).
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// How large the buffer for a request's head may grow.
pub(super) const HEAD_MAX: u32 = 32 * 1024;
/// How long a client may leave an answer of ours unread.
pub(super) const UNREAD_TIMEOUT: Duration = Duration::from_secs(20);
/// After which silence a connection is asked whether its peer is still there.
pub(super) const KEEPALIVE: Duration = Duration::from_mins(1);

/// What answers requests.
pub(super) trait Routes:
    Service<
        http::Request<Incoming>,
        Response = Response,
        Error = Infallible,
        Future: Send + 'static,
    > + Clone
    + Send
    + 'static
{
    /// How long a client may leave an answer unread.
    const UNREAD: Duration = UNREAD_TIMEOUT;
    /// Whether HTTP/2 is spoken, too. A function is called in HTTP/1.1 alone, and
    /// does not carry the code.
    const HTTP2: bool = false;
}

impl Routes for axum::Router {}
