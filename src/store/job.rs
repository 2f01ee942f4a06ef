//! Work in a transaction without its types. So the machinery of both engines is compiled once, and not again for each
//! of some hundred verbs: that was a sixth of the program.

use tokio::sync::oneshot;

use super::{StoreError, Tx};

/// Work in a transaction. It returns whether to commit; a transaction that conflicts with another one runs it again.
pub(super) type Work<'a> = dyn FnMut(&mut Tx<'_>) -> bool + 'a;

/// Runs work at once by `run`, which fails if the transaction did not end as the work wants.
pub(super) fn run<T, E: From<StoreError>>(
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    run: impl FnOnce(&mut Work<'_>) -> Result<(), StoreError>,
) -> Result<T, E> {
    let mut result = None;
    run(&mut |tx| {
        let found = work(tx);
        let commits = found.is_ok();
        result = Some(found);
        commits
    })?;
    result.unwrap_or_else(|| Err(StoreError::Stopped.into()))
}

/// Work for another thread, which answers its caller.
pub(super) trait Job: Send {
    /// Runs the closure. `false` means that its changes must be rolled back.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Whether somebody still waits for the answer.
    fn is_awaited(&self) -> bool;
    /// Whether the closure has failed by itself.
    fn has_failed(&self) -> bool;
    /// Sends the result to the caller, or the error of the transaction.
    fn answer(self: Box<Self>, ended: Result<(), StoreError>);
}

/// A job, and the receiver of its answer.
pub(super) fn job<T, E, F>(work: F) -> (Box<dyn Job>, oneshot::Receiver<Result<T, E>>)
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    (Box::new(Asked { work, result: None, caller }), answer)
}

struct Asked<T, E, F> {
    work: F,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Asked<T, E, F>
where
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        // A closure that panics leaves no result.
        self.result = None;
        self.result = Some((self.work)(tx));
        matches!(self.result, Some(Ok(_)))
    }

    fn is_awaited(&self) -> bool {
        !self.caller.is_closed()
    }

    fn has_failed(&self) -> bool {
        matches!(self.result, Some(Err(_)))
    }

    fn answer(self: Box<Self>, ended: Result<(), StoreError>) {
        let Self { work, result, caller } = *self;
        // Dropping the closure gives its resources back, such as room, before the caller goes on.
        drop(work);
        let answer = match ended {
            Err(error) => Err(error.into()),
            Ok(()) => result.unwrap_or_else(|| Err(StoreError::Stopped.into())),
        };
        drop(caller.send(answer));
    }
}
