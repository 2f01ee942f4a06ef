//! Ports of this machine.

use std::{
    net::TcpListener,
    sync::atomic::{AtomicU16, Ordering},
};

/// Finds a port without a listener, below those that the system gives to connections: a program may take
/// some seconds until it listens, and must not find its port in use.
pub(crate) fn free_port() -> u16 {
    static COUNT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 8_000).expect("it is below 8,000");
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let mut ports =
        std::iter::repeat_with(|| first + COUNT.fetch_add(1, Ordering::Relaxed) % 4_000);
    ports.find(is_free).expect("a free port")
}
