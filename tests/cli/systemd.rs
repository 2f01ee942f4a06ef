//! Messages of the server to systemd, by a test that plays systemd (sd_notify(3)).

use std::{
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixDatagram},
    },
    time::{Duration, Instant},
};

use crate::support::{cli::Cli, patience::PATIENCE};

/// The socket of a systemd.
struct Systemd(UnixDatagram);

impl Systemd {
    fn at(cli: &Cli) -> Self {
        Self::of(UnixDatagram::bind(cli.path("notify")).unwrap())
    }

    fn of(socket: UnixDatagram) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(socket)
    }

    #[track_caller]
    fn next(&self) -> String {
        let mut buffer = [0; 512];
        let length = self.0.recv(&mut buffer).expect("a message within the time");
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    /// Reads up to a message.
    #[track_caller]
    fn wait_for(&self, message: &str) {
        let started = Instant::now();
        while self.next() != message {
            assert!(started.elapsed() < PATIENCE, "{message} is not told");
        }
    }

    /// Whether there is no message for this long, after those that were sent before.
    fn is_silent_for(&self, time: Duration) -> bool {
        let mut buffer = [0; 512];
        self.0.set_nonblocking(true).unwrap();
        while self.0.recv(&mut buffer).is_ok() {}
        self.0.set_nonblocking(false).unwrap();
        self.0.set_read_timeout(Some(time)).unwrap();
        let is_silent = self.0.recv(&mut buffer).is_err();
        self.0.set_read_timeout(Some(PATIENCE)).unwrap();
        is_silent
    }
}

fn watched() -> Cli {
    let cli = Cli::new().with("WATCHDOG_USEC", "100000");
    let socket = cli.path("notify");
    cli.with("NOTIFY_SOCKET", socket.to_str().unwrap())
}

#[test]
fn systemd_is_told_when_the_server_is_ready_that_it_runs_and_when_it_stops() {
    let cli = watched();
    let systemd = Systemd::at(&cli);
    let server = cli.serve();

    assert_eq!(systemd.next(), "READY=1\nSTATUS=Serving https://id.example.com");
    assert_eq!(server.status("GET /healthz HTTP/1.1"), 204, "it was ready when it said so");
    for _ in 0..3 {
        assert_eq!(systemd.next(), "WATCHDOG=1");
    }
    server.signal("TERM");
    systemd.wait_for("STOPPING=1\nSTATUS=Stopping after the running requests");
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_server_that_hangs_does_not_feed_the_watchdog() {
    let cli = watched();
    let systemd = Systemd::at(&cli);
    let server = cli.serve();
    systemd.wait_for("WATCHDOG=1");

    server.signal("STOP");

    std::thread::sleep(Duration::from_millis(100));
    assert!(systemd.is_silent_for(Duration::from_millis(300)));
    server.signal("CONT");
    systemd.wait_for("WATCHDOG=1");
}

/// A restart would find no database, and make a new one.
#[test]
fn a_database_that_is_away_is_told_and_is_no_reason_for_a_restart() {
    let cli = watched();
    let systemd = Systemd::at(&cli);
    let _server = cli.serve();
    systemd.wait_for("WATCHDOG=1");

    std::fs::rename(cli.path("data/pocketid.db"), cli.path("aside")).unwrap();

    systemd.wait_for("STATUS=The database cannot be written");
    assert_eq!(systemd.next(), "WATCHDOG=1");
    std::fs::rename(cli.path("aside"), cli.path("data/pocketid.db")).unwrap();
    systemd.wait_for("STATUS=Requests are answered");
}

#[test]
fn an_abstract_socket_is_told_as_well() {
    let cli = Cli::new();
    let name = format!("pocketid-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let systemd = Systemd::of(UnixDatagram::bind_addr(&address).unwrap());

    let _server = cli.with("NOTIFY_SOCKET", &format!("@{name}")).serve();

    assert_eq!(systemd.next(), "READY=1\nSTATUS=Serving https://id.example.com");
}

#[test]
fn a_watchdog_of_another_process_is_not_fed() {
    let cli = watched().with("WATCHDOG_PID", "1");
    let systemd = Systemd::at(&cli);
    let _server = cli.serve();

    systemd.wait_for("READY=1\nSTATUS=Serving https://id.example.com");
    assert!(systemd.is_silent_for(Duration::from_millis(300)));
}

#[test]
fn a_socket_that_is_not_there_keeps_no_server_from_starting() {
    let server = watched().serve();
    server.signal("TERM");
    let (code, log) = server.wait();

    assert_eq!(code, Some(0));
    assert!(log.contains("cannot tell systemd the state of the server"), "{log}");
}
