//! Bodies on their way to hyper.

use std::{
    any::Any,
    io,
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use super::{connections::Connection, http::Pieces};

/// A body that is being sent.
pub(super) enum Sent {
    /// Its bytes are in memory, and counted.
    Whole(Option<Bytes>),
    /// It is read while it is sent. Each piece is counted when it is in memory.
    Pieces(Box<Reading>),
}

/// A body that is being read.
pub(super) struct Reading {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    left: u64,
    connection: Arc<Connection>,
    client_ip: IpAddr,
    /// The connection is busy until all is sent.
    _busy: Box<dyn Any + Send>,
}

impl Sent {
    /// Sends bytes that are counted.
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self::Whole((!bytes.is_empty()).then_some(bytes))
    }

    /// Reads the pieces and sends them on a connection.
    pub(super) fn pieces(pieces: Pieces, connection: &Arc<Connection>, client_ip: IpAddr) -> Self {
        Self::Pieces(Box::new(Reading {
            left: pieces.size(),
            pieces: pieces.begin(),
            _busy: Box::new(connection.receive()),
            connection: Arc::clone(connection),
            client_ip,
        }))
    }
}

impl Reading {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = ready!(self.pieces.poll_recv(context));
        Poll::Ready(piece.map(|piece| {
            let piece = piece?;
            self.left = self.left.saturating_sub(piece.len() as u64);
            let held = self.connection.hold(self.client_ip, piece);
            held.map(Frame::data).ok_or_else(|| io::Error::other("too many bytes are unsent"))
        }))
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Pieces(reading) => reading.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_none(),
            Self::Pieces(reading) => reading.left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Whole(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            Self::Pieces(reading) => reading.left,
        })
    }
}
