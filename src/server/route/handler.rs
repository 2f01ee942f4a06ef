//! Handlers: `async fn(Request, ...) -> Result<Response, impl Failure>`, with a `String` for each
//! `{parameter}` of the path, in its order and as it was sent. The handler itself refuses an
//! invalid id, after it has authenticated the caller.

use std::{pin::Pin, sync::Arc};

use crate::server::{
    App,
    audience::Audience,
    failure::{AnsweredCaller, Failure, answer},
    http::{Request, Response},
};

/// The arguments of a handler's run.
pub(in crate::server) struct Call {
    pub(in crate::server) app: Arc<App>,
    pub(in crate::server) caller: AnsweredCaller,
    pub(in crate::server) request: Request,
    /// The values of the path's parameters.
    pub(in crate::server) parameters: Vec<String>,
}

/// A handler with its error type erased.
pub(super) type Run =
    Box<dyn Fn(Call) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync>;

/// A handler.
pub(in crate::server) trait Handler<Parameters>: Send + Sync + 'static {
    /// Its error type.
    type Failure: Failure;
    /// The future that it returns.
    type Running: Future<Output = Result<Response, Self::Failure>> + Send + 'static;
    /// The number of its path parameters.
    const PARAMETERS: usize;

    /// Starts the handler.
    fn call(&self, request: Request, parameters: Vec<String>) -> Self::Running;
}

macro_rules! handlers {
    ($($count:literal: ($($name:ident: $type:ty),*);)+) => {$(
        impl<F, Running, E> Handler<($($type,)*)> for F
        where
            F: Fn(Request $(, $type)*) -> Running + Send + Sync + 'static,
            Running: Future<Output = Result<Response, E>> + Send + 'static,
            E: Failure,
        {
            type Failure = E;
            type Running = Running;
            const PARAMETERS: usize = $count;

            fn call(&self, request: Request, parameters: Vec<String>) -> Running {
                let parameters: [String; $count] =
                    parameters.try_into().expect("a row has the parameters of its path");
                let [$($name),*] = parameters;
                self(request $(, $name)*)
            }
        }
    )+};
}

handlers! {
    0: ();
    1: (first: String);
    2: (first: String, second: String);
}

/// The audience of a handler, and a function that runs it.
pub(super) fn run<P, H: Handler<P>>(handler: H) -> (Audience, Run) {
    let run: Run = Box::new(move |call| {
        let Call { app, caller, request, parameters } = call;
        let running = handler.call(request, parameters);
        Box::pin(async move { answer(running.await, &app, &caller) })
    });
    (H::Failure::AUDIENCE, run)
}
