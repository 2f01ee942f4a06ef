//! How `pocketid ldap` connects, with a real directory.

use std::{
    io::{BufWriter, Read as _, Write as _},
    net::TcpListener,
    thread,
};

use crate::support::{
    cli::Cli,
    slapd::{Slapd, person},
};

fn set(cli: &Cli, key: &str, value: &str) {
    cli.run_args(&["config", "set", key, value]).expect_success();
}

#[track_caller]
fn fails(cli: &Cli, part: &str) {
    let ran = cli.run("ldap test");
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stderr.contains(part), "{}", ran.stderr);
}

#[track_caller]
fn works(cli: &Cli) {
    assert_eq!(cli.run("ldap test -o json").json()["users"], 1);
}

#[test]
fn connections_are_encrypted_and_verified() {
    let slapd = Slapd::start(&person("alice"));
    let cli = Cli::on_the_engine_of_the_tests();
    slapd.configure(&cli);
    // In the clear, with a warning.
    let ran = cli.run("ldap test");
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("goes over the network unencrypted"), "{}", ran.stderr);

    let authority = slapd.authority("ca").display().to_string();
    let trusting = cli.with("TRUSTED_CA_FILE", &authority);
    for (url, start_tls) in
        [(format!("ldaps://127.0.0.1:{}", slapd.tls_port()), "false"), (slapd.url(), "true")]
    {
        set(&trusting, "ldapUrl", &url);
        set(&trusting, "ldapStartTls", start_tls);
        works(&trusting);
    }
    // The certificate is for 127.0.0.1.
    set(&trusting, "ldapUrl", &slapd.url().replace("127.0.0.1", "localhost"));
    fails(&trusting, "cannot trust localhost");
    set(&trusting, "ldapSkipCertVerify", "true");
    works(&trusting);
    set(&trusting, "ldapSkipCertVerify", "false");
    set(&trusting, "ldapUrl", &slapd.url());
    let other = trusting.with("TRUSTED_CA_FILE", &slapd.authority("other").display().to_string());
    fails(&other, "cannot trust 127.0.0.1");
    // Another protocol at that port.
    set(&other, "ldapUrl", &format!("ldap://127.0.0.1:{}", slapd.tls_port()));
    set(&other, "ldapStartTls", "false");
    fails(&other, "127.0.0.1");
}

#[test]
fn a_wrong_password_a_wrong_base_and_an_absent_server_are_told() {
    let mut slapd = Slapd::start(&person("alice"));
    let cli = Cli::on_the_engine_of_the_tests();
    fails_with(&cli, 3, "ldapUrl is not set");
    slapd.configure(&cli);
    cli.write("wrong", "wrong");
    cli.run("config set ldapBindPassword --value-file wrong").expect_success();
    fails(&cli, "does not accept the bind DN or the password: invalid credentials");
    slapd.configure(&cli);
    set(&cli, "ldapBase", "dc=elsewhere");
    fails(&cli, "refused to search dc=elsewhere: no such object");
    set(&cli, "ldapBase", "dc=example,dc=com");
    set(&cli, "ldapUserSearchFilter", "(uid=");
    fails(&cli, "(uid= is not a search filter");
    set(&cli, "ldapUserSearchFilter", "(objectClass=inetOrgPerson)");
    set(&cli, "ldapUrl", "http://127.0.0.1");
    fails(&cli, "the address is not like ldap://HOST");
    set(&cli, "ldapUrl", &slapd.url());

    // The directory goes away, and returns.
    cli.run("ldap sync").expect_success();
    slapd.stop();
    fails(&cli, "cannot reach 127.0.0.1");
    assert_eq!(cli.run("ldap sync --yes").code, Some(1));
    let doctor = cli.run("doctor --offline");
    assert!(!doctor.stdout.contains("cannot be read"), "{}", doctor.stdout);
    let doctor = cli.run("doctor");
    assert!(doctor.stdout.contains("the LDAP directory cannot be read"), "{}", doctor.stdout);
    assert_eq!(cli.run("user show alice -o json").json()["disabled"], false);
    slapd.resume();
    cli.run("ldap sync").expect_success();
}

#[track_caller]
fn fails_with(cli: &Cli, code: i32, part: &str) {
    cli.run("user add root").expect_success();
    let ran = cli.run("ldap test");
    assert_eq!(ran.code, Some(code), "{}", ran.stdout);
    assert!(ran.stderr.contains(part), "{}", ran.stderr);
}

/// An element in BER.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}

fn message(id: u8, operation: &[u8]) -> Vec<u8> {
    element(0x30, &[&[2, 1, id], operation].concat())
}

/// Answers every search with entries without end, all different.
fn endless_directory() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 4096];
        let _ = stream.read(&mut asked).unwrap();
        stream.write_all(&message(1, b"\x61\x07\x0a\x01\x00\x04\x00\x04\x00")).unwrap();
        let _ = stream.read(&mut asked).unwrap();
        let mut stream = BufWriter::new(stream);
        for number in 0_u32.. {
            let attribute = |name: &str, value: &str| {
                let values = element(0x31, &element(4, value.as_bytes()));
                element(0x30, &[element(4, name.as_bytes()), values].concat())
            };
            let name = format!("user{number}");
            let attributes = [
                attribute("entryUUID", &format!("id-{number}")),
                attribute("uid", &name),
                attribute("mail", &format!("{name}@example.com")),
                attribute("sn", "Example"),
            ];
            let dn = element(4, format!("uid={name},ou=people,dc=example,dc=com").as_bytes());
            let entry = [dn, element(0x30, &attributes.concat())].concat();
            if stream.write_all(&message(2, &element(0x64, &entry))).is_err() {
                break;
            }
        }
    });
    port
}

#[test]
fn a_directory_without_an_end_is_refused_within_bounded_memory() {
    let slapd = Slapd::start("");
    let cli = Cli::on_the_engine_of_the_tests();
    slapd.configure(&cli);
    set(&cli, "ldapUrl", &format!("ldap://127.0.0.1:{}", endless_directory()));
    let ran = cli.shell("ulimit -d 300000 && exec pocketid ldap sync --yes");
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stderr.contains("127.0.0.1 sent more than 100000 entries"), "{}", ran.stderr);
}
