//! `pocketid ldap`, with directories that are out of order, or hostile.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use crate::support::cli::{Cli, Ran};

const BIND_RESPONSE: u8 = 0x61;
const ENTRY: u8 = 0x64;
const SEARCH_DONE: u8 = 0x65;
const REFERENCE: u8 = 0x73;

const OK: u8 = 0;
const BUSY: u8 = 51;

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}

fn text(text: &str) -> Vec<u8> {
    element(0x04, text.as_bytes())
}

fn result(tag: u8, code: u8) -> Vec<u8> {
    element(tag, &[&[0x0a, 1, code][..], &text(""), &text("")].concat())
}

fn entry(dn: &str, attributes: &[(&str, &str)]) -> Vec<u8> {
    let attribute = |(name, value): &(&str, &str)| {
        element(0x30, &[text(name), element(0x31, &text(value))].concat())
    };
    let attributes: Vec<u8> = attributes.iter().flat_map(attribute).collect();
    element(ENTRY, &[text(dn), element(0x30, &attributes)].concat())
}

/// A directory that gives the n-th answer to the n-th request after each bind.
fn directory(answers: Vec<Vec<Vec<u8>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("ldap://{}", listener.local_addr().expect("its address"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer(stream, &answers);
        }
    });
    url
}

fn answer(mut stream: TcpStream, answers: &[Vec<Vec<u8>>]) {
    let bound = vec![result(BIND_RESPONSE, OK)];
    for operations in std::iter::once(&bound).chain(answers) {
        let Some(id) = request(&mut stream) else { return };
        for operation in operations {
            let message = element(0x30, &[&[0x02, 1, id][..], operation].concat());
            if stream.write_all(&message).is_err() {
                return;
            }
        }
    }
    // Until the client has read it.
    let _ = stream.read(&mut [0; 64]);
}

/// The id of the next request, which is short and comes as a whole.
fn request(stream: &mut TcpStream) -> Option<u8> {
    let mut read = [0; 4_096];
    let count = stream.read(&mut read).ok().filter(|count| *count > 0)?;
    let length = if read[1] < 0x80 { 0 } else { usize::from(read[1] & 0x7f) };
    read[..count].get(2 + length + 2).copied()
}

fn sync(answers: Vec<Vec<Vec<u8>>>) -> (Cli, Ran) {
    let cli = Cli::on_the_engine_of_the_tests();
    let url = directory(answers);
    for (key, value) in [
        ("ldapUrl", &*url),
        ("ldapBindDn", "cn=reader,dc=x"),
        ("ldapBase", "dc=x"),
        ("ldapUserSearchFilter", "(objectClass=person)"),
        ("ldapAttributeUserUniqueIdentifier", "id"),
        ("ldapAttributeUserUsername", "uid"),
        ("ldapAttributeUserEmail", "mail"),
        ("ldapAttributeUserFirstName", "givenName"),
        ("ldapAttributeUserLastName", "sn"),
        ("ldapAttributeGroupUniqueIdentifier", "id"),
        ("ldapAttributeGroupName", "cn"),
        ("ldapEnabled", "true"),
    ] {
        cli.run_args(&["config", "set", key, value]).expect_success();
    }
    cli.write("password", "secret");
    cli.run("config set ldapBindPassword --value-file password").expect_success();
    let ran = cli.run("ldap sync");
    (cli, ran)
}

/// The stack of a thread would not suffice for them.
#[test]
fn nested_references_do_not_stop_the_process() {
    const DEPTH: u32 = 1_000_000;
    let mut deep = Vec::new();
    for level in 1..=DEPTH {
        deep.extend_from_slice(&[0x30, 0x84]);
        deep.extend_from_slice(&((DEPTH - level) * 6 + 2).to_be_bytes());
    }
    deep.extend_from_slice(&[0x30, 0]);
    let (_cli, ran) = sync(vec![vec![element(REFERENCE, &deep)]]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("it does not speak LDAP"), "{}", ran.stderr);
}

/// RFC 4511 Appendix A.2: `busy` says nothing about the entry.
#[test]
fn a_member_that_a_busy_server_does_not_show_keeps_the_group() {
    let alice = entry(
        "cn=alice,dc=x",
        &[("id", "1"), ("uid", "alice"), ("mail", "alice@example.com"), ("givenName", "Alice")],
    );
    let staff =
        entry("cn=staff,dc=x", &[("id", "g"), ("cn", "staff"), ("member", "cn=Al,ou=alias,dc=x")]);
    let done = || result(SEARCH_DONE, OK);
    let (cli, ran) =
        sync(vec![vec![alice, done()], vec![staff, done()], vec![result(SEARCH_DONE, BUSY)]]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("refused to search cn=Al,ou=alias,dc=x: busy (51)"),
        "{}",
        ran.stderr
    );
    assert_eq!(cli.run("user list").stdout, "");
}
