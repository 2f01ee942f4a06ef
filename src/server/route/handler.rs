//! Handlers: `async fn(Request, ...) -> Result<Response, impl Failure>`, with a `String` for each `{parameter}` of
//! the path, in its order and as it was sent. What is no id is told by the handler, after it has found out who asks.

use std::{pin::Pin, sync::Arc};

use crate::server::{
    App,
    audience::Audience,
    failure::{Caller, Failure, answer},
    http::{Request, Response},
};

/// What a handler is run with.
pub(in crate::server) struct Call {
    pub(in crate::server) app: Arc<App>,
    pub(in crate::server) caller: Caller,
    pub(in crate::server) request: Request,
    /// The variable parts of the path.
    pub(in crate::server) parameters: Vec<String>,
}

/// A handler whose kind of failure is not known any more.
pub(super) type Run =
    Box<dyn Fn(Call) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync>;

/// A handler.
pub(in crate::server) trait Handler<Parameters>: Send + Sync + 'static {
    /// How it fails.
    type Failure: Failure;
    /// What it does.
    type Running: Future<Output = Result<Response, Self::Failure>> + Send + 'static;
    /// How many parameters it takes.
    const PARAMETERS: usize;

    /// Begins.
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

/// The audience of a handler, and how to run it.
pub(super) fn run<P, H: Handler<P>>(handler: H) -> (Audience, Run) {
    let run: Run = Box::new(move |call| {
        let Call { app, caller, request, parameters } = call;
        let running = handler.call(request, parameters);
        Box::pin(async move { answer(running.await, &app, &caller) })
    });
    (H::Failure::AUDIENCE, run)
}
