//! Counts the bytes of a connection as they pass. hyper does not tell when a head begins, how long
//! it is, or whether the peer reads its output.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::{
    io::{AsyncRead as _, AsyncWrite as _, ReadBuf},
    net::TcpStream,
    sync::AcquireError,
    time::Sleep,
};

use super::{
    activity::Activity,
    long_heads::{HeadSender, LongHead},
};

/// The maximum number of bytes per read. hyper doubles its buffer when a read fills 8 KiB.
const READ: usize = 8 * 1024 - 1;
/// How long, and how many bytes, are read from a peer that keeps sending after the last answer.
const LINGER_TIME: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 1024 * 1024;

type Permit = Pin<Box<dyn Future<Output = Result<LongHead, AcquireError>> + Send>>;

/// A connection that records its activity.
pub(in crate::server) struct Stream {
    stream: TcpStream,
    activity: Activity,
    long_heads: HeadSender,
    waiting: Option<Permit>,
    lingering: Option<Lingering>,
}

struct Lingering {
    end: Pin<Box<Sleep>>,
    bytes: usize,
}

impl Stream {
    pub(super) fn new(stream: TcpStream, activity: Activity, long_heads: HeadSender) -> Self {
        Self { stream, activity, long_heads, waiting: None, lingering: None }
    }

    /// Waits until the rest of a long head may be read.
    fn poll_permit(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.activity.needs_permit() {
            let long_heads = &self.long_heads;
            let waiting =
                self.waiting.get_or_insert_with(|| Box::pin(long_heads.clone().acquire()));
            let permit = ready!(waiting.as_mut().poll(cx));
            self.waiting = None;
            self.activity.permit(permit.map_err(io::Error::other)?);
        }
        Poll::Ready(Ok(()))
    }

    /// Drains remaining input for a bounded time: closing with unread bytes would make a peer that
    /// is still sending lose the answer (RFC 9112 §9.6).
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let lingering = self.lingering.get_or_insert_with(|| Lingering {
            end: Box::pin(tokio::time::sleep(LINGER_TIME)),
            bytes: 0,
        });
        let mut space = [0; READ];
        while lingering.bytes < LINGER_BYTES && lingering.end.as_mut().poll(cx).is_pending() {
            let mut read = ReadBuf::new(&mut space);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read)) {
                Ok(()) if !read.filled().is_empty() => lingering.bytes += read.filled().len(),
                _ => break,
            }
        }
        Poll::Ready(())
    }

    fn note<T>(&self, wrote: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.activity.wrote(wrote.is_pending());
        wrote
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_permit(cx))?;
        let mut space = [0; READ];
        let mut read = ReadBuf::new(&mut space[..buffer.remaining().min(READ)]);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read))?;
        self.activity.read(read.filled());
        buffer.put_slice(read.filled());
        Poll::Ready(Ok(()))
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note(wrote)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        }
        if self.activity.lingers() {
            ready!(self.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.note(wrote)
    }
}
