//! The audit log at a real rsyslog over TLS: every entry, in order, also when the server was away.

use std::{fs, path::Path, process::Command, time::Duration};

use serde_json::Value;

use crate::support::{
    cli::Cli,
    daemon::Daemon,
    https::{TlsPlace, write_certificate},
    wait_for,
};

/// The folder where rsyslog keeps its certificate and writes received messages.
struct Logs(TlsPlace);

impl Logs {
    fn new() -> Self {
        Self(TlsPlace::new())
    }

    /// Starts rsyslog, which ends when the result is dropped.
    fn serve(&self) -> Daemon {
        let config = format!(
            r#"global(
                 defaultNetstreamDriver="ossl"
                 defaultNetstreamDriverCAFile="{ca}"
                 defaultNetstreamDriverCertFile="{ca}"
                 defaultNetstreamDriverKeyFile="{key}"
                 maxMessageSize="16k"
               )
               module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
               input(type="imtcp" port="{port}" address="127.0.0.1")
               template(name="whole" type="string" string="%pri% %protocol-version% %hostname% %app-name% %msgid% %structured-data% %msg%\n")
               action(type="omfile" file="{out}" template="whole" flushOnTXEnd="on")
            "#,
            ca = self.0.path("certificate.pem"),
            key = self.0.path("key.pem"),
            port = self.0.port,
            out = self.0.path("audit.log"),
        );
        let own = tempfile::tempdir().unwrap();
        fs::write(own.path().join("rsyslog.conf"), config).unwrap();
        let mut rsyslogd = Command::new("/usr/sbin/rsyslogd");
        rsyslogd.args(["-n", "-f"]).arg(own.path().join("rsyslog.conf"));
        rsyslogd.arg("-i").arg(own.path().join("pid"));
        Daemon::start(&mut rsyslogd, own, self.0.port)
    }

    /// The installation that sends to it.
    fn sender(&self) -> Cli {
        Cli::on_the_engine_of_the_tests()
            .with("APP_URL", "https://id.example.com")
            .with("AUDIT_SYSLOG", &format!("tls://localhost:{}", self.0.port))
            .with("TRUSTED_CA_FILE", &self.0.path("certificate.pem"))
    }

    /// The names of the groups whose creation arrived, in order.
    fn groups(&self) -> Vec<String> {
        self.entries()
            .iter()
            .filter(|entry| entry["event"] == "GROUP_CREATED")
            .map(|entry| entry["data"]["groupName"].as_str().unwrap().to_owned())
            .collect()
    }

    fn entries(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.0.path("audit.log")).unwrap_or_default();
        let json =
            |line: &str| line.find('{').and_then(|at| serde_json::from_str(&line[at..]).ok());
        text.lines().filter_map(json).collect()
    }

    #[track_caller]
    fn wait_for_groups(&self, expected: &[String]) {
        wait_for(&format!("{expected:?}"), || self.groups().len() >= expected.len());
        // Nothing comes twice.
        std::thread::sleep(Duration::from_millis(1_500));
        assert_eq!(self.groups(), expected);
    }
}

fn create(cli: &Cli, groups: &[&str]) {
    for group in groups {
        cli.run(&format!("group create {group}")).expect_success();
    }
}

fn names(groups: &[&str]) -> Vec<String> {
    groups.iter().map(|group| (*group).to_owned()).collect()
}

/// RFC 5424 §6, RFC 5425.
#[test]
fn each_entry_arrives_once_and_in_order_also_after_the_server_was_away() {
    let logs = Logs::new();
    let cli = logs.sender();
    create(&cli, &["before"]);
    let rsyslog = logs.serve();
    let server = cli.serve();
    wait_until_it_sends(&cli);
    create(&cli, &["one", "two"]);
    logs.wait_for_groups(&names(&["one", "two"]));
    let line = fs::read_to_string(logs.0.path("audit.log")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let head = format!(
        "85 1 id.example.com pocketid GROUP_CREATED [origin software=\"pocketid\" swVersion=\"{version}\"] "
    );
    assert!(line.contains(&head), "{line}");

    drop(rsyslog);
    create(&cli, &["three", "four"]);
    server.wait_until_logged("could not send the audit log to the syslog server");
    let rsyslog = logs.serve();
    logs.wait_for_groups(&names(&["one", "two", "three", "four"]));

    // Another start goes on where the last one ended.
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(log.contains("could not send the audit log to the syslog server"), "{log}");
    assert!(log.contains("takes the audit log again"), "{log}");
    create(&cli, &["five"]);
    // The lease of a server that is gone ends after half a minute, by the clock of the machine.
    cli.execute("DELETE FROM leases WHERE name = 'syslog'");
    let _server = cli.serve();
    logs.wait_for_groups(&names(&["one", "two", "three", "four", "five"]));
    let doctor = cli.run("doctor --offline -o json").stdout;
    assert!(doctor.contains("the audit log is sent to localhost"), "{doctor}");
    drop(rsyslog);
}

/// The cursor is there from the first round on; what happened before is not sent.
fn wait_until_it_sends(cli: &Cli) {
    wait_for("the first round", || {
        cli.run("doctor --offline -o json").stdout.contains("the audit log is sent to")
    });
}

#[test]
fn a_certificate_that_is_not_trusted_gets_nothing() {
    let logs = Logs::new();
    let other = tempfile::tempdir().unwrap();
    write_certificate(other.path());
    let foreign = other.path().join("certificate.pem");
    let cli = logs.sender().with("TRUSTED_CA_FILE", foreign.to_str().unwrap());
    let _rsyslog = logs.serve();
    let server = cli.serve();
    wait_until_it_sends(&cli);
    create(&cli, &["secret"]);
    server.wait_until_logged("could not send the audit log");
    server.signal("TERM");
    let (_, log) = server.wait();
    assert!(log.contains("certificate") && log.contains("could not send the audit log"), "{log}");
    assert!(!Path::new(&logs.0.path("audit.log")).exists() || logs.entries().is_empty());
}
