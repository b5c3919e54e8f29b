//! The bytes of one connection, both ways. Neither way reads on before what it read
//! last was taken, so that a slow reader slows its writer and memory stays bounded.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_websockets::{CloseCode, Message};

use super::way::Socket;

/// As much as a frame carries at most.
const CHUNK: usize = 32 * 1024;
/// How long the proxy may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

type Sink = futures_util::stream::SplitSink<Socket, Message>;
type Stream = futures_util::stream::SplitStream<Socket>;

/// How a connection ended.
pub(super) enum Ended {
    /// One side was done with it.
    Over,
    /// The WebSocket broke.
    Broken(String),
}

/// Carries bytes until either side ends. When the WebSocket ends, so does the local
/// connection, at once: that is how the pool learns that it is dead.
pub(super) async fn carry(local: TcpStream, socket: Socket) -> Ended {
    let (read, write) = local.into_split();
    let (sink, stream) = socket.split();
    let mut down = std::pin::pin!(down(stream, write));
    tokio::select! {
        broken = up(read, sink) => match broken {
            // The pool is done with it; what the server still has to say is its
            // own goodbye.
            Ok(()) => {
                let _ = tokio::time::timeout(GOODBYE, down).await;
                Ended::Over
            }
            Err(error) => Ended::Broken(error.to_string()),
        },
        ended = &mut down => ended,
    }
}

/// From the pool to the proxy, then a goodbye.
async fn up(mut read: OwnedReadHalf, mut sink: Sink) -> Result<(), tokio_websockets::Error> {
    let mut buffer = Vec::with_capacity(CHUNK);
    while matches!(read.read_buf(&mut buffer).await, Ok(1..)) {
        let bytes = std::mem::replace(&mut buffer, Vec::with_capacity(CHUNK));
        sink.send(Message::binary(bytes)).await?;
    }
    let goodbye = sink.send(Message::close(Some(CloseCode::NORMAL_CLOSURE), ""));
    // A proxy that takes nothing any more misses nothing.
    let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    Ok(())
}

/// From the proxy to the pool. Pings are answered by the stream itself.
async fn down(mut stream: Stream, mut write: OwnedWriteHalf) -> Ended {
    while let Some(message) = stream.next().await {
        let message = match message {
            Ok(message) => message,
            Err(error) => return Ended::Broken(error.to_string()),
        };
        if message.is_text() {
            return Ended::Broken("it sends text, which is no Postgres".to_owned());
        }
        if let Some((code, _)) = message.as_close() {
            return match code {
                CloseCode::NORMAL_CLOSURE | CloseCode::NO_STATUS_RECEIVED => Ended::Over,
                code => Ended::Broken(format!("it was closed with {}", u16::from(code))),
            };
        }
        if message.is_binary() && write.write_all(message.as_payload()).await.is_err() {
            return Ended::Over;
        }
    }
    Ended::Broken("it ended without a goodbye".to_owned())
}
