//! Servers that are slow, silent, or send something else than LDAP.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
};

use super::{LdapFault, LdapQuery, LdapServer, LdapSession, LdapTimes, ber::read_message};
use crate::crypto::{Secret, tls::Authorities};

/// Answers with these bytes to the bind, and then to the search.
async fn server(answers: impl Fn(u64, usize) -> Vec<u8> + Send + Sync + 'static) -> LdapServer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers = Arc::new(answers);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answers = Arc::clone(&answers);
            tokio::spawn(async move {
                let mut count = 0;
                while let Ok(Some(asked)) = read_message(&mut stream).await {
                    let answer = answers(asked.id, count);
                    count += 1;
                    if answer.is_empty() || stream.write_all(&answer).await.is_err() {
                        break;
                    }
                }
                // Stays silent.
                if count == 1 {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
            });
        }
    });
    at(port)
}

/// As [`at`], for a server that stays silent.
fn silent_at(port: u16) -> LdapServer {
    let short = Duration::from_millis(300);
    let times = LdapTimes { connect: short, answer: short, total: Duration::from_secs(30) };
    LdapServer { times, ..at(port) }
}

fn at(port: u16) -> LdapServer {
    let long = Duration::from_secs(60);
    LdapServer {
        url: format!("ldap://127.0.0.1:{port}"),
        start_tls: false,
        skip_cert_verify: false,
        bind_dn: "cn=reader".to_owned(),
        bind_password: Secret::new("secret"),
        times: LdapTimes { connect: long, answer: long, total: long },
    }
}

/// A message with this id and operation.
fn message(id: u64, operation: &[u8]) -> Vec<u8> {
    let mut content = vec![2, 1, u8::try_from(id).unwrap()];
    content.extend_from_slice(operation);
    element(0x30, &content)
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}

const BOUND: &[u8] = b"\x61\x07\x0a\x01\x00\x04\x00\x04\x00";
const DONE: &[u8] = b"\x65\x07\x0a\x01\x00\x04\x00\x04\x00";

fn entry(id: u64, dn: &str, value: &[u8]) -> Vec<u8> {
    let values = element(0x31, &element(4, value));
    let attribute = element(0x30, &[element(4, b"uid"), values].concat());
    let content = [element(4, dn.as_bytes()), element(0x30, &attribute)].concat();
    message(id, &element(0x64, &content))
}

async fn search(server: &LdapServer, max_entries: usize) -> Result<Vec<String>, LdapFault> {
    let mut session = LdapSession::open(server, &Authorities::default()).await?;
    let query = LdapQuery {
        base: "dc=x",
        is_base_only: false,
        filter: "(objectClass=*)",
        attributes: &["uid".to_owned()],
        max_entries,
    };
    let mut found = Vec::new();
    let mut keep = |entry: super::LdapEntry| {
        assert_eq!(entry.values("UID").len(), 1);
        found.push(entry.dn);
        Ok(())
    };
    session.search(&query, &mut keep).await?;
    session.close().await;
    Ok(found)
}

#[tokio::test]
async fn a_server_without_pages_is_read_at_once() {
    let server = server(|id, count| match count {
        0 => message(id, BOUND),
        _ => [entry(id, "uid=a", b"a"), entry(id, "uid=b", b"\xff"), message(id, DONE)].concat(),
    });
    assert_eq!(search(&server.await, 10).await.unwrap(), ["uid=a", "uid=b"]);
}

#[tokio::test]
async fn silence_is_not_waited_for() {
    // It accepts connections, and reads nothing.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = silent_at(listener.local_addr().unwrap().port());
    assert!(matches!(search(&silent, 10).await, Err(LdapFault::Late { .. })));
    let after_bind = server(|id, count| if count == 0 { message(id, BOUND) } else { vec![] }).await;
    let after_bind = LdapServer { times: silent.times, ..after_bind };
    let fault = search(&after_bind, 10).await.unwrap_err();
    assert!(matches!(fault, LdapFault::Ended { .. } | LdapFault::Late { .. }), "{fault}");
    let nobody = at(1);
    assert!(matches!(search(&nobody, 10).await, Err(LdapFault::Connect { .. })));
    let mut encrypted = silent.clone();
    encrypted.url = encrypted.url.replace("ldap:", "ldaps:");
    assert!(matches!(search(&encrypted, 10).await, Err(LdapFault::Late { .. })));
    encrypted.url = "http://127.0.0.1".to_owned();
    assert_eq!(search(&encrypted, 10).await, Err(LdapFault::Address));
}

/// `ldap3` would panic, or use up the stack or the memory.
#[tokio::test]
async fn what_is_not_ldap_is_refused() {
    const DEPTH: u32 = 100_000;
    let mut deep = Vec::new();
    for level in 1..=DEPTH {
        deep.extend_from_slice(&[0x30, 0x84]);
        deep.extend_from_slice(&((DEPTH - level) * 6 + 2).to_be_bytes());
    }
    deep.extend_from_slice(&[0x30, 0]);
    let answers: Vec<Vec<u8>> = vec![
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        b"\x30\x84\x7f\xff\xff\xff".to_vec(),
        b"\x30\x03\x02\x01\x01".to_vec(),
        message(2, b"\x64\x00"),
        message(2, b"\x65\x03\x0a\x01\x00"),
        message(2, b"\x61\x07\x0a\x01\x00\x04\x00\x04\x00"),
        message(9, DONE),
        message(2, &element(0x64, &deep)),
        message(2, &element(0x73, &deep)),
        message(2, &element(0x65, &[&DONE[2..], &element(0xa3, &deep)].concat())),
        message(2, &[DONE, &element(0xa0, &deep)].concat()),
    ];
    for answer in answers {
        let sent = answer.clone();
        let server =
            server(move |id, count| if count == 0 { message(id, BOUND) } else { sent.clone() });
        let fault = search(&server.await, 10).await.unwrap_err();
        assert!(
            matches!(fault, LdapFault::Talk { .. }),
            "{fault}: {:x?}",
            &answer[..answer.len().min(20)]
        );
    }
}

#[tokio::test]
async fn a_refused_password_and_the_end_of_a_connection_are_told() {
    let refused =
        server(|id, _| message(id, b"\x61\x10\x0a\x01\x31\x04\x00\x04\x09no\x1b[2J no")).await;
    let fault = search(&refused, 10).await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "127.0.0.1 does not accept the bind DN or the password: invalid credentials: no[2J no (49)"
    );
    let notice = server(|id, count| match count {
        0 => message(id, BOUND),
        _ => message(0, b"\x78\x0d\x0a\x01\x34\x04\x00\x04\x06closed"),
    });
    let fault = search(&notice.await, 10).await.unwrap_err();
    assert_eq!(fault, LdapFault::Ended { host: "127.0.0.1".into(), text: "closed".into() });
    let cut = server(|id, count| match count {
        0 => message(id, BOUND),
        _ => [entry(id, "uid=a", b"a"), message(id, b"\x65\x07\x0a\x01\x04\x04\x00\x04\x00")]
            .concat(),
    });
    assert!(matches!(search(&cut.await, 10).await, Err(LdapFault::Cut { .. })));
    let no_password = LdapServer { bind_password: Secret::new(""), ..refused };
    assert_eq!(search(&no_password, 10).await, Err(LdapFault::NoPassword));
}

/// Bytes from before TLS must not count after it.
#[tokio::test]
async fn start_tls_is_refused_or_followed_by_tls() {
    let refuses = server(|id, _| message(id, b"\x78\x07\x0a\x01\x02\x04\x00\x04\x00")).await;
    let fault = search(&LdapServer { start_tls: true, ..refuses }, 10).await.unwrap_err();
    assert_eq!(fault.to_string(), "127.0.0.1 refused StartTLS: protocol error (2)");
    let injects = server(|id, _| {
        [message(id, b"\x78\x07\x0a\x01\x00\x04\x00\x04\x00"), message(1, BOUND)].concat()
    });
    let fault = search(&LdapServer { start_tls: true, ..injects.await }, 10).await.unwrap_err();
    assert!(matches!(fault, LdapFault::Talk { .. }), "{fault}");
}

/// Entries wait at their server until they are read: a million of them need no memory here.
#[tokio::test]
async fn entries_are_not_piled_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = at(listener.local_addr().unwrap().port());
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    tokio::spawn(async move {
        let (mut stream, _): (TcpStream, _) = listener.accept().await.unwrap();
        let bind = read_message(&mut stream).await.unwrap().unwrap();
        stream.write_all(&message(bind.id, BOUND)).await.unwrap();
        let asked = read_message(&mut stream).await.unwrap().unwrap();
        let many = entry(asked.id, "uid=a", &[b'x'; 64 * 1024]);
        while stream.write_all(&many).await.is_ok() {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let mut session = LdapSession::open(&server, &Authorities::default()).await.unwrap();
    let query = LdapQuery {
        base: "dc=x",
        is_base_only: false,
        filter: "(uid=*)",
        attributes: &[],
        max_entries: 2_000,
    };
    let mut read = 0;
    let most = AtomicUsize::new(0);
    let mut slow = |_| {
        read += 1;
        if read == 1 {
            std::thread::sleep(Duration::from_millis(100));
        }
        most.fetch_max(
            sent.load(Ordering::Relaxed) - read.min(sent.load(Ordering::Relaxed)),
            Ordering::Relaxed,
        );
        Ok(())
    };
    let fault = session.search(&query, &mut slow).await.unwrap_err();
    assert!(matches!(fault, LdapFault::TooMuch { .. }), "{fault}");
    // 1 MiB under way, and what the system keeps of two connections.
    assert!(most.load(Ordering::Relaxed) < 400, "{most:?}");
}
