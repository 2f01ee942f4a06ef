//! Private authorities, and certificates that only they vouch for.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Makes an authority: `NAME.pem` and `NAME.key` in the folder.
pub(crate) fn new_authority(folder: &Path, name: &str) {
    let subject = format!("/CN=The authority {name}");
    openssl(folder, &["-subj", &subject, "-keyout", &format!("{name}.key")])
        .args(["-addext", "keyUsage=critical,keyCertSign", "-out", &format!("{name}.pem")])
        .run();
}

/// Makes a certificate of an authority, `server.pem` and `server.key` in the folder. It is for this
/// name, such as `IP:127.0.0.1` or `DNS:mail.example.com`.
pub(crate) fn new_certificate(folder: &Path, authority: &str, name: &str) {
    let (certificate, key) = (format!("{authority}.pem"), format!("{authority}.key"));
    openssl(folder, &["-subj", "/CN=A server", "-CA", &certificate, "-CAkey", &key])
        .args(["-addext", &format!("subjectAltName={name}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "server.key", "-out", "server.pem"])
        .run();
}

/// Makes a certificate of a client of TLS, `NAME.pem` and `NAME.key` in the folder, and returns the
/// certificate. It signs itself unless there is an authority.
pub(crate) fn new_client_certificate(
    folder: &Path,
    authority: Option<&str>,
    name: &str,
    options: &[&str],
) -> String {
    let (certificate, key) = (format!("{name}.pem"), format!("{name}.key"));
    let mut command = openssl(folder, &["-addext", "basicConstraints=critical,CA:FALSE"]);
    command.args(["-days", "2", "-keyout", &key, "-out", &certificate]);
    if !options.contains(&"-subj") {
        command.args(["-subj", &format!("/O=Example/CN={name}")]);
    }
    if let Some(authority) = authority {
        command.args(["-CA", &format!("{authority}.pem"), "-CAkey", &format!("{authority}.key")]);
    }
    command.args(options).run();
    std::fs::read_to_string(folder.join(certificate)).expect("a certificate")
}

fn openssl(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(args)
        .stdin(Stdio::null());
    command
}

trait Run {
    fn run(&mut self);
}

impl Run for Command {
    fn run(&mut self) {
        let ran = super::patience::run(self);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
}
