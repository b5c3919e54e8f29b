//! What the pool is told when there is no way: an error as a server would send it,
//! so that the cause stands wherever errors of the database are shown.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::way::{Failure, Way};

/// How long the pool may take to send its start-up and to read the answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// An error that ends the connection.
pub(super) struct Refusal {
    /// An SQLSTATE.
    code: &'static str,
    message: String,
}

impl Refusal {
    /// No connection to the proxy. One that was late is none that is tried again at
    /// once: a request has no time for it (58, a fault of the system, instead of 08,
    /// of the connection).
    pub(super) fn of(way: &Way, failure: &Failure) -> Self {
        let code = match failure {
            Failure::Late => "58000",
            _ => "08001",
        };
        Self {
            code,
            message: format!("the WebSocket to {way} {failure}"),
        }
    }

    /// `too_many_connections`: the pool waits and tries again.
    pub(super) fn full() -> Self {
        Self {
            code: "53300",
            message: "too many connections through the tunnel".to_owned(),
        }
    }

    /// Answers the start-up message and ends.
    pub(super) async fn tell(self, mut local: TcpStream) {
        let answer = self.encode();
        let _ = tokio::time::timeout(PATIENCE, async {
            // Closed with bytes unread, a socket sends a reset, which outruns the
            // answer.
            let mut start_up = [0; 1024];
            let _ = local.read(&mut start_up).await;
            let _ = local.write_all(&answer).await;
            let _ = local.shutdown().await;
            while matches!(local.read(&mut start_up).await, Ok(1..)) {}
        })
        .await;
    }

    /// `ErrorResponse`: <https://www.postgresql.org/docs/current/protocol-error-fields.html>
    fn encode(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        for (kind, value) in [
            (b'S', "FATAL"),
            (b'V', "FATAL"),
            (b'C', self.code),
            (b'M', self.message.as_str()),
        ] {
            fields.push(kind);
            fields.extend(value.bytes().filter(|byte| *byte != 0));
            fields.push(0);
        }
        fields.push(0);
        let length = u32::try_from(fields.len() + 4).unwrap_or(u32::MAX);
        let mut message = vec![b'E'];
        message.extend(length.to_be_bytes());
        message.extend(fields);
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_an_error_of_postgres() {
        assert_eq!(
            Refusal::full().encode(),
            b"E\0\0\0\x43SFATAL\0VFATAL\0C53300\0Mtoo many connections through the tunnel\0\0"
        );
    }
}
