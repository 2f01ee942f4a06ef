//! A passkey opens a shell: `pocketid ssh login`, `ssh` and `sshd` of Debian, with no key file.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
};

use url::Url;

use super::SshOp;
use crate::support::{
    cli::Cli,
    flow::Person,
    patience::{Lines, PATIENCE, ended},
    sshd::{SshAgent, Sshd, keygen},
    wait_until,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pocketid");

/// A laptop: its agent, and the browser that opens an address.
struct Laptop {
    cli: Cli,
    agent: SshAgent,
}

impl Laptop {
    fn new(ssh: &SshOp) -> Self {
        let agent = SshAgent::start();
        let cli = Cli::new().with("SSH_AUTH_SOCK", agent.socket().to_str().unwrap());
        let browser = cli.path("browser");
        let folder = cli.path("url");
        let script =
            format!("#!/bin/sh\nprintf %s \"$1\" >{0}.part && mv {0}.part {0}\n", folder.display());
        fs::write(&browser, script).unwrap();
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
        let cli = cli.with("BROWSER", browser.to_str().unwrap());
        let cli = cli.with("POCKETID_ISSUER", ssh.op.base_url());
        Self { cli, agent }
    }

    /// Signs somebody in through the browser. Returns what the command printed.
    fn log_in(&self, person: &mut Person, options: &str) -> String {
        let child = self.cli.spawn(&format!("ssh login {options}"));
        let url = self.opened();
        let answer = person.agent.get(&url[url.find("/authorize").unwrap()..]);
        let answer = person.walk(answer);
        follow(answer.location());
        printed(child)
    }

    fn opened(&self) -> String {
        let file = self.cli.path("url");
        wait_until(|| file.exists());
        let url = fs::read_to_string(&file).unwrap();
        fs::remove_file(&file).unwrap();
        url
    }
}

/// Brings a code back, as a browser does.
fn follow(location: &str) -> String {
    let url = Url::parse(location).unwrap_or_else(|_| panic!("no address: {location}"));
    let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let target = &url[url::Position::BeforePath..];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn printed(child: Child) -> String {
    let ended = ended(child);
    let text = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success(), "{text}");
    text
}

/// A host that trusts the provider, and fetched what is revoked.
fn host(ssh: &SshOp, names: &str) -> Sshd {
    let lines = format!(
        "TrustedUserCAKeys {{}}/user_ca.pub\nRevokedKeys {{}}/krl\n\
         AuthorizedPrincipalsCommand /usr/bin/env {PROGRAM} ssh principals {names} %u %i %s\n\
         AuthorizedPrincipalsCommandUser root"
    );
    Sshd::start(&lines, |folder| {
        let keys = ssh.op.agent().get("/api/ssh/user-ca.pub").ok().text();
        fs::write(folder.join("user_ca.pub"), keys).unwrap();
        fetch(ssh, &folder.join("krl"));
    })
}

fn fetch(ssh: &SshOp, to: &std::path::Path) {
    let issuer = ssh.op.base_url();
    // The list is kept for two seconds.
    ssh.op.advance(3);
    let to = to.to_str().unwrap();
    Cli::new().run_args(&["ssh", "krl", "--issuer", issuer, "--write", to]).expect_success();
}

#[test]
fn a_passkey_opens_a_shell_until_its_user_is_disabled() {
    let mut ssh = SshOp::start();
    let (mut alice, mut bob) = (ssh.op.person("alice"), ssh.op.person("bob"));
    let admins = ssh.op.group("admins", &[alice.id]);
    let others = ssh.op.group("others", &[bob.id]);
    ssh.open("root", admins);
    ssh.open("games", others);
    let sshd = host(&ssh, "");
    let (of_alice, of_bob) = (Laptop::new(&ssh), Laptop::new(&ssh));
    assert!(!sshd.lets_in("root", &of_alice.agent.socket()), "before the sign-in");

    let said = of_alice.log_in(&mut alice, "");
    assert!(said.contains("root"), "{said}");
    of_bob.log_in(&mut bob, "");

    assert!(sshd.lets_in("root", &of_alice.agent.socket()));
    assert!(sshd.log().contains("ID alice (serial "), "{}", sshd.log());
    assert!(!sshd.lets_in("root", &of_bob.agent.socket()), "of another group");
    assert_eq!(of_alice.agent.keys().len(), 1);
    assert!(fs::read_dir(of_alice.cli.path("")).unwrap().count() <= 2, "no key file");

    // A second sign-in takes the place of the first one in the agent.
    of_alice.log_in(&mut alice, "--expires 10m");
    assert_eq!(of_alice.agent.keys().len(), 1);
    assert!(sshd.lets_in("root", &of_alice.agent.socket()));

    ssh.op.beside("user disable alice").expect_success();
    fetch(&ssh, &sshd.path("krl"));
    assert!(!sshd.lets_in("root", &of_alice.agent.socket()), "disabled");
}

#[test]
fn an_account_of_one_host_opens_no_other_one() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root@db1", admins);
    let (db1, db2) = (host(&ssh, "--host db1"), host(&ssh, "--host db2"));
    let laptop = Laptop::new(&ssh);
    laptop.log_in(&mut alice, "");

    assert!(db1.lets_in("root", &laptop.agent.socket()));
    assert!(!db2.lets_in("root", &laptop.agent.socket()));
}

/// Without `AuthorizedPrincipalsCommand`, only accounts of every host count.
#[test]
fn a_host_that_knows_only_the_authority_takes_plain_accounts_and_no_others() {
    let mut ssh = SshOp::start();
    let (mut alice, mut bob) = (ssh.op.person("alice"), ssh.op.person("bob"));
    let admins = ssh.op.group("admins", &[alice.id]);
    let of_db1 = ssh.op.group("of-db1", &[bob.id]);
    ssh.open("root", admins);
    ssh.open("root@db1", of_db1);
    let sshd = Sshd::start("TrustedUserCAKeys {}/user_ca.pub", |folder| {
        let keys = ssh.op.agent().get("/api/ssh/user-ca.pub").ok().text();
        fs::write(folder.join("user_ca.pub"), keys).unwrap();
    });
    let (of_alice, of_bob) = (Laptop::new(&ssh), Laptop::new(&ssh));
    of_alice.log_in(&mut alice, "");
    of_bob.log_in(&mut bob, "");

    assert!(sshd.lets_in("root", &of_alice.agent.socket()));
    assert!(!sshd.lets_in("root", &of_bob.agent.socket()));
}

/// A host with a certificate, and the lines by which laptops know its authority.
fn certified_host(ssh: &SshOp) -> Sshd {
    let lines = "TrustedUserCAKeys {}/user_ca.pub\nHostCertificate {}/host_key-cert.pub";
    Sshd::start(lines, |folder| {
        let keys = ssh.op.agent().get("/api/ssh/user-ca.pub").ok().text();
        fs::write(folder.join("user_ca.pub"), keys).unwrap();
        let key = folder.join("host_key.pub");
        let args = ["ssh", "host", "sign", key.to_str().unwrap(), "--name", "127.0.0.1"];
        let certificate = ssh.op.beside_args(&args).ok();
        fs::write(folder.join("host_key-cert.pub"), certificate).unwrap();
        let trusted = ssh.op.agent().get("/api/ssh/host-ca.pub").ok().text();
        fs::write(folder.join("known_hosts"), trusted).unwrap();
    })
}

#[test]
fn a_host_with_a_certificate_is_known_without_a_question() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let sshd = certified_host(&ssh);
    let laptop = Laptop::new(&ssh);
    laptop.log_in(&mut alice, "");
    let strict = ["-o", "StrictHostKeyChecking=yes"];
    let ran = sshd.enter("root", &laptop.agent.socket(), &strict);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    // With the domain of the host it stays known; with another one, or without the line, it is unknown.
    let mut with_domains = |domains: &str| {
        let body = serde_json::json!({"settings": {"sshHostDomains": [domains]}});
        ssh.put("/api/configuration", &body).ok();
        let lines = ssh.op.agent().get("/api/ssh/host-ca.pub").ok().text();
        fs::write(sshd.path("known_hosts"), lines).unwrap();
        sshd.enter("root", &laptop.agent.socket(), &strict)
    };
    let ran = with_domains("127.0.0.1");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let unknown = with_domains("example.com");
    fs::write(sshd.path("known_hosts"), "").unwrap();
    for ran in [unknown, sshd.enter("root", &laptop.agent.socket(), &strict)] {
        assert!(String::from_utf8_lossy(&ran.stderr).contains("Host key verification failed"));
    }
}

/// A host whose certificate or authority was revoked is not even asked about: `ssh` refuses it.
#[test]
fn a_laptop_refuses_a_host_with_a_revoked_certificate() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let sshd = certified_host(&ssh);
    let laptop = Laptop::new(&ssh);
    laptop.log_in(&mut alice, "");
    let krl = sshd.path("laptop.krl");
    let revoked = format!("RevokedHostKeys={}", krl.display());
    // Nobody is asked, and whatever is not known would be taken.
    let options = ["-o", "StrictHostKeyChecking=accept-new", "-o", &revoked];
    let enter = || sshd.enter("root", &laptop.agent.socket(), &options);
    fetch(&ssh, &krl);
    let ran = enter();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let listed = ssh.admin.agent.get("/api/ssh-certificates").ok().json();
    let host = listed["data"].as_array().unwrap().iter().find(|one| one["kind"] == "host").unwrap();
    ssh.delete(&format!("/api/ssh-certificates/{}", host["id"].as_str().unwrap())).ok();
    fetch(&ssh, &krl);
    let ran = enter();
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(!ran.status.success() && said.contains("revoked"), "{said}");

    // The same by `@revoked`, after the authority was removed, without a list.
    let keys = ssh.admin.agent.get("/api/ssh-ca-keys").ok().json();
    let key = keys.as_array().unwrap().iter().find(|key| key["kind"] == "host").unwrap();
    let old = fs::read_to_string(sshd.path("known_hosts")).unwrap();
    ssh.delete(&format!("/api/ssh-ca-keys/{}", key["id"].as_str().unwrap())).ok();
    ssh.put("/api/ssh-authority", &serde_json::Value::Null).ok();
    let lines = ssh.op.agent().get("/api/ssh/host-ca.pub").ok().text();
    fs::write(sshd.path("known_hosts"), format!("{old}{lines}")).unwrap();
    let ran = sshd.enter("root", &laptop.agent.socket(), &options[..2]);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(!ran.status.success() && said.contains("REVOKED HOST KEY"), "{said}");
}

#[test]
fn a_code_on_another_device_and_a_key_file_do_it_too() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let sshd = host(&ssh, "");
    ssh.op.beside("config set sshDeviceLogin true").expect_success();
    wait_until(|| ssh.op.config().flag(pocketid::model::ConfigKey::SshDeviceLogin));
    let cli = Cli::new();
    let key = cli.path("key");
    // No agent, and no display: so it is a code by itself.
    let mut child = Command::new(PROGRAM)
        .args(["ssh", "login", "--issuer", ssh.op.base_url(), "--key-file"])
        .arg(&key)
        .env_clear()
        .current_dir(cli.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = Lines::of(child.stderr.take().unwrap());
    let line = lines.next().expect("a line in time").unwrap();
    let code = line.trim().rsplit(' ').next().unwrap();
    assert!(line.starts_with(&format!("Sign in at {}/device", ssh.op.base_url())), "{line}");
    assert!(!line.contains("user_code="), "no address with the code: {line}");
    let page = alice.agent.get(&format!("/device?user_code={code}")).ok().text();
    assert!(page.contains("SSH: root"), "it says which accounts it opens: {page}");
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    alice.verify_device(code).ok();
    printed(child);

    let mode = fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let read = keygen(&["-L", "-f", cli.path("key-cert.pub").to_str().unwrap()]);
    assert!(read.contains("Key ID: \"alice\""), "{read}");
    let none = cli.path("no-agent");
    let identity = ["-i", key.to_str().unwrap(), "-o", "StrictHostKeyChecking=no"];
    let ran = sshd.enter("root", &none, &identity);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_code_that_comes_back_without_the_state_is_dropped() {
    let mut ssh = SshOp::start();
    let mut alice = ssh.op.person("alice");
    let admins = ssh.op.group("admins", &[alice.id]);
    ssh.open("root", admins);
    let laptop = Laptop::new(&ssh);
    let child = laptop.cli.spawn("ssh login");
    let url = laptop.opened();
    let answer = alice.agent.get(&url[url.find("/authorize").unwrap()..]);
    let location = alice.walk(answer).location().to_owned();
    let mut forged = Url::parse(&location).unwrap();
    forged.set_query(Some("code=abc&state=forged"));
    for bad in [
        forged.as_str(),
        &location.replace("/callback", "/other"),
        location.split("&iss=").next().unwrap(),
        &format!("{}&iss=https%3A%2F%2Fevil.example", location.split("&iss=").next().unwrap()),
    ] {
        assert!(follow(bad).starts_with("HTTP/1.1 404"), "{bad}");
    }
    assert!(follow(&location).starts_with("HTTP/1.1 200"));
    printed(child);
    assert_eq!(laptop.agent.keys().len(), 1);
}
