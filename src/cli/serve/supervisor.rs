//! Tells systemd the state of the server: `Type=notify` and `WatchdogSec` (sd_notify(3)).
//!
//! The watchdog is fed after a health check has ended, whatever its result: a server that answers 503
//! because its database is away recovers by itself, and a restart would end sign-ins for nothing. A
//! server whose threads or database hang ends no check, and systemd restarts it.

use std::{
    ffi::OsString,
    io,
    os::{
        linux::net::SocketAddrExt as _,
        unix::{
            ffi::OsStrExt as _,
            net::{SocketAddr, UnixDatagram},
        },
    },
    sync::Arc,
    time::Duration,
};

use crate::server::{App, Condition, Shutdown, condition};

/// The service manager that started the server and wants to know its state, if there is one.
#[derive(Debug, Clone, Default)]
pub struct Supervisor {
    socket: Option<Arc<UnixDatagram>>,
    /// How often the watchdog is fed.
    interval: Option<Duration>,
}

impl Supervisor {
    /// Connects to the socket that the environment names. Nothing that is wrong with it keeps the
    /// server from starting.
    pub fn connect() -> Self {
        let Some(name) = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
            return Self::default();
        };
        match socket_to(&name) {
            Ok(socket) => Self { socket: Some(Arc::new(socket)), interval: interval() },
            Err(error) => {
                tracing::warn!("cannot tell systemd the state of the server: {error}");
                Self::default()
            }
        }
    }

    /// Tells that the server is ready, and from then on how it does, until it stops.
    pub fn follow(&self, app: &Arc<App>, shutdown: &Shutdown) {
        if self.socket.is_none() {
            return;
        }
        self.tell(&format!("READY=1\nSTATUS=Serving {}", app.settings().app_url));
        let (this, app, shutdown) = (self.clone(), Arc::clone(app), shutdown.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = this.feed(|| condition(&app)) => {}
                () = shutdown.triggered() => {}
            }
            this.tell("STOPPING=1\nSTATUS=Stopping after the running requests");
        });
    }

    /// Feeds the watchdog for as long as checks end.
    async fn feed<F: Future<Output = Condition>>(&self, check: impl Fn() -> F) {
        let Some(interval) = self.interval else { return std::future::pending().await };
        let mut last = Condition::Well;
        loop {
            let condition = check().await;
            if condition != last {
                self.tell(&format!("STATUS={condition}"));
                last = condition;
            }
            self.tell("WATCHDOG=1");
            tokio::time::sleep(interval).await;
        }
    }

    /// A message that systemd does not take is lost: the next one follows.
    fn tell(&self, state: &str) {
        let Some(socket) = &self.socket else { return };
        if let Err(error) = socket.send(state.as_bytes()) {
            tracing::debug!(%error, "could not tell systemd the state of the server");
        }
    }
}

fn socket_to(name: &OsString) -> io::Result<UnixDatagram> {
    let address = match name.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// How often the watchdog of this process is fed: twice in its time.
fn interval() -> Option<Duration> {
    let variable = |name| std::env::var(name).ok();
    let is_ours = variable("WATCHDOG_PID").is_none_or(|id| id == std::process::id().to_string());
    let time = variable("WATCHDOG_USEC")?.parse().ok().filter(|time| *time > 0);
    time.filter(|_| is_ours).map(|time| Duration::from_micros(time) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Supervisor, UnixDatagram) {
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        let interval = Some(Duration::from_millis(1));
        (Supervisor { socket: Some(Arc::new(ours)), interval }, theirs)
    }

    fn messages(socket: &UnixDatagram) -> Vec<String> {
        let mut buffer = [0; 256];
        let next = || socket.recv(&mut buffer).ok().map(|length| text(&buffer[..length]));
        std::iter::from_fn(next).collect()
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_check_that_does_not_end_does_not_feed_the_watchdog() {
        let (supervisor, systemd) = pair();
        let feeding = supervisor.feed(std::future::pending);
        assert!(tokio::time::timeout(Duration::from_millis(20), feeding).await.is_err());
        assert!(messages(&systemd).is_empty());
    }

    #[tokio::test]
    async fn an_outage_is_told_once_and_feeds_the_watchdog() {
        let (supervisor, systemd) = pair();
        let feeding = supervisor.feed(|| std::future::ready(Condition::Unreadable));
        let mut told = Vec::new();
        let listening = async {
            while told.len() < 3 {
                told.extend(messages(&systemd));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            () = feeding => {}
            () = listening => {}
            () = tokio::time::sleep(Duration::from_secs(60)) => {}
        }
        assert_eq!(told[0], "STATUS=The database cannot be read");
        assert!(told.len() > 2 && told[1..].iter().all(|it| it == "WATCHDOG=1"), "{told:?}");
    }
}
