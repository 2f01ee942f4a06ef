//! A connection to a mail server that reads a bounded number of bytes.
//!
//! lettre reads a line as long as the server makes it.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most bytes that a mail server may send in one connection, TLS included.
const MAX: usize = 256 * 1024;

/// The connection.
pub(super) struct BoundedStream<S> {
    stream: S,
    peer: SocketAddr,
    left: usize,
    is_byte_by_byte: bool,
}

impl<S> BoundedStream<S> {
    pub(super) fn new(stream: S, peer: SocketAddr) -> Box<Self> {
        Box::new(Self { stream, peer, left: MAX, is_byte_by_byte: false })
    }

    /// For a connection that is encrypted later. lettre reads ahead, and takes the bytes that it has for the first
    /// answers of the encrypted connection: an attacker in the network could have sent them (CVE-2011-0411). So it
    /// gets one byte at a time, and there is nothing left over.
    pub(super) fn byte_by_byte(stream: S, peer: SocketAddr) -> Box<Self> {
        Box::new(Self { stream, peer, left: MAX, is_byte_by_byte: true })
    }
}

impl<S> fmt::Debug for BoundedStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundedStream").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for BoundedStream<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for BoundedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::Error::other(format!("it sent more than {MAX} bytes"))));
        }
        let before = buffer.filled().len();
        if self.is_byte_by_byte {
            let mut byte = [0; 1];
            let mut one = ReadBuf::new(&mut byte);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut one))?;
            buffer.put_slice(one.filled());
        } else {
            ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        }
        let read = buffer.filled().len() - before;
        self.left = self.left.saturating_sub(read);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for BoundedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn a_server_that_never_stops_is_stopped() {
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        let peer = SocketAddr::from(([127, 0, 0, 1], 25));
        let mut stream = BoundedStream::new(ours, peer);
        tokio::spawn(async move { while theirs.write_all(&[b'2'; 4_096]).await.is_ok() {} });
        let mut read = Vec::new();

        let error = stream.read_to_end(&mut read).await.unwrap_err();

        assert_eq!(error.to_string(), "it sent more than 262144 bytes");
        assert!(read.len() < MAX + 64 * 1024);
    }

    #[tokio::test]
    async fn nothing_is_read_ahead_of_the_encryption() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut stream = BoundedStream::byte_by_byte(ours, SocketAddr::from(([127, 0, 0, 1], 25)));
        theirs.write_all(b"220 go\r\n250 forged\r\n").await.unwrap();
        let mut ahead = [0; 64];

        assert_eq!(stream.read(&mut ahead).await.unwrap(), 1);
    }
}
