//! A proxy of `packaging/` in front of a provider, with the ports and the certificate of a test.

use std::{fs, net::Ipv4Addr, path::Path, process::Command};

use rustls::pki_types::CertificateDer;

use crate::support::{
    agent::Agent, daemon::Daemon, https::write_certificate, op::TestOp, ports::free_port,
    wire::Wire,
};

/// An address of this machine, for a client that is not the proxy.
pub(super) const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 5);
/// The address that may administrate, where that is restricted.
pub(super) const INSIDE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 9);

/// A key of an administrator.
pub(super) const API_KEY: &str = "an-api-key-of-these-tests";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Caddy,
    Nginx,
}

pub(super) const KINDS: [Kind; 2] = [Kind::Caddy, Kind::Nginx];

/// A provider behind a running proxy, which ends when it is dropped.
pub(super) struct Front {
    pub(super) op: TestOp,
    _proxy: Daemon,
    certificate: CertificateDer<'static>,
    mtls_url: String,
}

impl Front {
    /// Starts both, with the block that restricts administration as it is: a comment.
    pub(super) fn start(kind: Kind, trust_proxy: &str) -> Self {
        Self::start_with(kind, trust_proxy, str::to_owned)
    }

    /// Starts both, and restricts administration to one address.
    pub(super) fn restricted(kind: Kind) -> Self {
        Self::start_with(kind, "127.0.0.1", |text| {
            with(&uncommented(text), "192.168.0.0/16", &format!("{INSIDE}/32"))
        })
    }

    /// Starts both with mutual TLS, as the comments say.
    pub(super) fn with_mutual_tls(kind: Kind) -> Self {
        Self::start_with(kind, "127.0.0.1", uncommented)
    }

    fn start_with(kind: Kind, trust_proxy: &str, change: impl Fn(&str) -> String) -> Self {
        let (port, mtls_port) = (free_port(), free_port());
        let mtls_url = format!("https://localhost:{mtls_port}");
        let op = TestOp::with_settings(&[
            ("DISABLE_RATE_LIMITING", "true"),
            ("APP_URL", &format!("https://localhost:{port}")),
            ("TRUST_PROXY", trust_proxy),
            ("STATIC_API_KEY", API_KEY),
            ("CLIENT_CERTIFICATE_HEADER", "X-Client-Certificate"),
            ("CLIENT_CERTIFICATE_PROXY", "127.0.0.1"),
            ("MTLS_APP_URL", &mtls_url),
        ]);
        let folder = tempfile::tempdir().expect("a folder");
        let certificate = write_certificate(folder.path());
        let text = with(&change(&packaged(kind)), "127.0.0.1:1411", op.agent().address());
        let text = text.replace("localhost:", "127.0.0.1:");
        let text = text
            .replace("listen [::]:8443 ssl http2;", "")
            .replace("listen 8443 ssl", &format!("listen 127.0.0.1:{mtls_port} ssl"))
            .replace(":8443", &format!(":{mtls_port}"));
        let mut command = match kind {
            Kind::Caddy => caddy(&text, port, folder.path()),
            Kind::Nginx => nginx(&text, port, folder.path()),
        };
        command
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", folder.path());
        let _proxy = Daemon::start(&mut command, folder, port);
        Self { op, _proxy, certificate, mtls_url }
    }

    /// A program with a certificate, at the port that asks for one.
    pub(super) fn certified(&self, certificate: &Path, key: &Path) -> Agent {
        Agent::over(Wire::tls_as(&self.certificate, (certificate, key)), &self.mtls_url)
    }

    /// A program without a certificate at that port.
    pub(super) fn uncertified(&self) -> Agent {
        Agent::over(Wire::tls(&self.certificate, false), &self.mtls_url)
    }

    /// A browser that speaks HTTP/2.
    pub(super) fn browser(&self, from: Ipv4Addr) -> Agent {
        self.agent(true, from)
    }

    /// A program that speaks HTTP/1.1.
    pub(super) fn program(&self, from: Ipv4Addr) -> Agent {
        self.agent(false, from)
    }

    fn agent(&self, is_http2: bool, from: Ipv4Addr) -> Agent {
        Agent::over(Wire::tls(&self.certificate, is_http2).bound_to(from), self.op.base_url())
    }

    /// The addresses of people in the audit log.
    pub(super) fn addresses(&self) -> Vec<String> {
        let sql = "SELECT DISTINCT ip_address FROM audit_events WHERE ip_address IS NOT NULL";
        self.op.texts(sql)
    }
}

fn packaged(kind: Kind) -> String {
    let name = match kind {
        Kind::Caddy => "Caddyfile",
        Kind::Nginx => "nginx.conf",
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/proxies").join(name);
    fs::read_to_string(path).expect("a configuration")
}

/// Puts something in the place of something that is there.
#[track_caller]
fn with(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old} is not in it");
    text.replace(old, new)
}

/// Takes out the comment signs in front of directives. Sentences have a space after theirs.
fn uncommented(text: &str) -> String {
    let is_sentence =
        |rest: &str| rest.starts_with(' ') && !rest.starts_with("  ") || rest.is_empty();
    let line = |line: &str| match line.trim_start().strip_prefix('#') {
        Some(rest) if !is_sentence(rest) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

fn caddy(text: &str, port: u16, folder: &Path) -> Command {
    let site =
        format!("https://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls certificate.pem key.pem\n");
    let text = with(text, "\nid.example.com {\n", &format!("\n{site}"));
    let text = text.replace("\nid.example.com:", "\nhttps://localhost:");
    let text = text.replace("\n\ttls {", "\n\tbind 127.0.0.1\n\ttls certificate.pem key.pem {");
    let file = folder.join("Caddyfile");
    fs::write(&file, format!("{{\n\tadmin off\n\tauto_https off\n}}\n{text}")).expect("a file");
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    command
}

fn nginx(text: &str, port: u16, folder: &Path) -> Command {
    let at = |name: &str| folder.join(name).display().to_string();
    let mut text = text.to_owned();
    for (old, new) in [
        ("listen 80;", format!("listen 127.0.0.1:{};", free_port())),
        ("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
        ("listen [::]:80;", String::new()),
        ("listen [::]:443 ssl http2;", String::new()),
        ("/etc/letsencrypt/live/id.example.com/fullchain.pem", at("certificate.pem")),
        ("/etc/letsencrypt/live/id.example.com/privkey.pem", at("key.pem")),
        ("server_name id.example.com;", "server_name localhost;".to_owned()),
    ] {
        text = with(&text, old, &new);
    }
    let temporary: String = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", at(kind)))
        .concat();
    let head = format!("daemon off;\nmaster_process off;\npid {};\nevents {{}}\n", at("pid"));
    fs::write(at("nginx.conf"), format!("{head}http {{\naccess_log off;\n{temporary}{text}}}\n"))
        .expect("a file");
    let mut command = Command::new("/usr/sbin/nginx");
    command.args(["-e", "stderr", "-c", &at("nginx.conf")]);
    command
}
