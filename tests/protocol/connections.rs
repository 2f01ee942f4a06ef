//! Connections: their bounds per address, the requests on them, and the limits on strangers.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use tokio::net::TcpSocket;

use crate::support::{op::TestOp, patience::PATIENCE, wait_until};

fn address(op: &TestOp) -> SocketAddr {
    let (_, port) = op.base_url().rsplit_once(':').unwrap();
    ([127, 0, 0, 1], port.parse().unwrap()).into()
}

/// A connection from an address of this machine.
fn connect_from(from: [u8; 4], op: &TestOp) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        socket.connect(address(op)).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn connect(op: &TestOp) -> TcpStream {
    connect_from([127, 0, 0, 1], op)
}

/// Reads one answer, and leaves the connection open.
fn answer(stream: &mut TcpStream) -> String {
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !answer.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        answer.push(byte[0]);
    }
    let head = String::from_utf8(answer).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    head + &String::from_utf8_lossy(&body)
}

fn is_closed(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 1_024]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[test]
fn an_address_that_opens_too_many_connections_closes_its_own() {
    let op = TestOp::start();
    let mut other = connect_from([127, 0, 0, 3], &op);
    let mut own: Vec<_> = (0..300).map(|_| connect_from([127, 0, 0, 2], &op)).collect();

    write!(other, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(answer(&mut other).starts_with("HTTP/1.1 204 "), "the older one of another address");
    assert!(own[..44].iter_mut().all(is_closed), "the longest idle of its own");
    let last = own.last_mut().unwrap();
    write!(last, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(answer(last).starts_with("HTTP/1.1 204 "));
}

/// The unread rest of a body must not be taken for the next request, nor the connection be dropped without
/// a word.
#[test]
fn an_early_refusal_leaves_a_connection_that_can_be_used_or_says_that_it_is_closed() {
    let op = TestOp::start();
    for (line, status) in [
        ("POST /api/webauthn/login/finish HTTP/1.1\r\nOrigin: https://evil.example", 403),
        ("PUT /api/users/me HTTP/1.1", 401),
        ("POST /nowhere HTTP/1.1", 404),
        ("POST /api/oidc/token HTTP/1.1", 400),
    ] {
        let mut stream = connect(&op);
        for body in ["x".repeat(20_000), "y".repeat(60_000)] {
            let length = body.len();
            write!(stream, "{line}\r\nHost: x\r\nContent-Length: {length}\r\n\r\n").unwrap();
            // A body in several pieces is more than hyper throws away by itself.
            for piece in body.as_bytes().chunks(5_000) {
                stream.write_all(piece).unwrap();
                std::thread::sleep(Duration::from_millis(2));
            }
            let answer = answer(&mut stream);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answer}");
            assert!(!answer.contains("connection: close"), "{line}: {answer}");
        }

        write!(stream, "{line}\r\nHost: x\r\nContent-Length: 300000\r\n\r\n").unwrap();
        stream.write_all(&[b'x'; 300_000]).unwrap();
        let answer = answer(&mut stream);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answer}");
        assert!(answer.contains("connection: close"), "{line}: {answer}");
        assert!(is_closed(&mut stream));
    }
}

/// Few connections of one address may send long heads at once. A body that was thrown away is no head:
/// it takes no such place, and its connection may stay idle for as long as any other.
#[test]
fn a_body_that_is_drained_is_no_head_of_a_next_request() {
    let op = TestOp::start();
    let mut idle = Vec::new();
    for _ in 0..16 {
        let mut stream = connect(&op);
        write!(stream, "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n")
            .unwrap();
        for piece in [b'x'; 20_000].chunks(5_000) {
            std::thread::sleep(Duration::from_millis(2));
            stream.write_all(piece).unwrap();
        }
        assert!(answer(&mut stream).starts_with("HTTP/1.1 404 "));
        idle.push(stream);
    }

    let mut stream = connect(&op);
    let started = std::time::Instant::now();
    let long = "y".repeat(12_000);
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n").unwrap();

    assert!(answer(&mut stream).starts_with("HTTP/1.1 204 "));
    // The places would be free again after ten seconds, when the heads are overdue.
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[test]
fn a_body_that_was_not_asked_for_is_not_waited_for() {
    let op = TestOp::start();
    let mut stream = connect(&op);
    let head = "PUT /api/users/me HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue";
    write!(stream, "{head}\r\n\r\n").unwrap();
    let answer = answer(&mut stream);
    assert!(
        answer.starts_with("HTTP/1.1 401 ") && answer.contains("connection: close"),
        "{answer}"
    );
}

/// RFC 9112 §3.2
#[test]
fn a_request_names_exactly_one_host() {
    let op = TestOp::start();
    let status = |request: &str| {
        let mut stream = connect(&op);
        stream.write_all(request.as_bytes()).unwrap();
        answer(&mut stream)[..12].to_owned()
    };
    assert_eq!(status("GET /healthz HTTP/1.1\r\nHost: id.example.com\r\n\r\n"), "HTTP/1.1 204");
    assert_eq!(status("GET /healthz HTTP/1.0\r\n\r\n"), "HTTP/1.0 204");
    for hosts in ["", "Host: a.example\r\nHost: a.example\r\n", "Host: a b\r\n", "Host:\r\n"] {
        let request = format!("GET /healthz HTTP/1.1\r\n{hosts}\r\n");
        assert_eq!(status(&request), "HTTP/1.1 400", "{hosts}");
    }
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// `GET https://a/healthz` from the static table of HPACK (RFC 7541 appendix A).
const GET_HEALTHZ: &[u8] = b"\x82\x87\x41\x01a\x44\x08/healthz";

/// Sends frames; says whether the server ended the connection before it had taken them all and answered.
fn ends(op: &TestOp, frames: impl Iterator<Item = Vec<u8>>) -> bool {
    let mut stream = connect(op);
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
    stream.write_all(&frame(4, 0, 0, &[])).unwrap();
    for bytes in frames {
        if stream.write_all(&bytes).is_err() {
            return true;
        }
    }
    // GOAWAY, and then the end.
    stream.read_to_end(&mut Vec::new()).is_ok_and(|length| length > 0)
}

#[test]
fn http2_floods_end_the_connection() {
    let op = TestOp::start();
    let continuations = (0..1_000).map(|_| frame(9, 0, 1, &[0; 16_000]));
    let head = frame(1, 0, 1, b"\x82");
    assert!(ends(&op, [head].into_iter().chain(continuations)), "CONTINUATION without an end");

    let resets = (0..50_u32).map(|block| {
        let pairs = (0..100).flat_map(|n| {
            let stream = 2 * (block * 100 + n) + 1;
            [frame(1, 5, stream, GET_HEALTHZ), frame(3, 0, stream, &8_u32.to_be_bytes())].concat()
        });
        pairs.collect()
    });
    assert!(ends(&op, resets), "streams that are reset at once");

    let mut stream = connect(&op);
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    assert!(answer(&mut stream).starts_with("HTTP/1.1 204 "));
}

/// Reads until this much is there, or nothing comes any more.
fn read_until(stream: &mut TcpStream, read: &mut Vec<u8>, is_enough: impl Fn(&[u8]) -> bool) {
    let mut space = [0; 16 * 1_024];
    while !is_enough(read) {
        match stream.read(&mut space) {
            Ok(length) if length > 0 => read.extend(&space[..length]),
            _ => return,
        }
    }
}

fn contains(read: &[u8], part: &[u8]) -> bool {
    read.windows(part.len()).any(|window| window == part)
}

/// hyper counts those of HTTP/1.1 only, and each costs more memory than it has letters.
#[test]
fn a_request_over_http2_has_no_more_headers_than_one_over_http1() {
    let op = TestOp::start();
    // The status in HPACK: index 8, and the digits in Huffman's code.
    const TOO_MANY: &[u8] = &[0x48, 0x83, 0x69, 0x90, 0xff];
    for (count, is_refused) in [(100, false), (101, true)] {
        let mut stream = connect(&op);
        let headers: Vec<u8> = [GET_HEALTHZ.to_vec(), b"\x00\x01x\x00".repeat(count)].concat();
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
        stream.write_all(&frame(4, 0, 0, &[])).unwrap();
        stream.write_all(&frame(1, 5, 1, &headers)).unwrap();
        // 204 is in the static table.
        let mut read = Vec::new();
        read_until(&mut stream, &mut read, |read| {
            contains(read, TOO_MANY) || contains(read, &[0, 0, 0, 1, 0x89])
        });
        assert_eq!(contains(&read, TOO_MANY), is_refused, "{count}: {read:x?}");
    }
}

/// A client that resets its streams has the work done all the same, so it counts until it is done.
#[test]
fn work_whose_stream_was_reset_counts_until_it_ends() {
    const GET_LOGIN_START: &[u8] = b"\x82\x87\x41\x01a\x44\x19/api/webauthn/login/start";
    let folder = tempfile::tempdir().unwrap();
    // SQLite whatever the other tests run on: it has one lock for all that is written.
    let op = TestOp::on_database(folder.path().join("pocketid.db").to_str().unwrap());
    let _held = op.hold_writes();
    let _pending: Vec<_> = (0..5_u32)
        .map(|_| {
            let mut stream = connect(&op);
            stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
            stream.write_all(&frame(4, 0, 0, &[])).unwrap();
            let streams = || (0..60_u32).map(|n| 2 * n + 1);
            let begin: Vec<u8> = streams().flat_map(|n| frame(1, 5, n, GET_LOGIN_START)).collect();
            stream.write_all(&begin).unwrap();
            // The answer to a PING says that all of them were begun.
            stream.write_all(&frame(6, 0, 0, b"are they")).unwrap();
            let mut read = Vec::new();
            read_until(&mut stream, &mut read, |read| contains(read, b"are they"));
            // By then their work has begun, too.
            std::thread::sleep(Duration::from_millis(300));
            let reset: Vec<u8> =
                streams().flat_map(|n| frame(3, 0, n, &8_u32.to_be_bytes())).collect();
            stream.write_all(&reset).unwrap();
            stream
        })
        .collect();
    wait_until(|| {
        let mut stream = connect(&op);
        write!(stream, "GET /login HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        answer(&mut stream).starts_with("HTTP/1.1 429 ")
    });
}

/// A request that is refused for want of room does not hold its place for as long as the body takes.
#[test]
fn the_body_of_a_request_that_is_one_too_many_is_not_waited_for() {
    let op = TestOp::with_settings(&[]);
    let mut stream = connect(&op);
    for _ in 0..300 {
        write!(stream, "GET /api/users/me HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert!(answer(&mut stream).starts_with("HTTP/1.1 401 "));
    }
    let head = "POST /api/oidc/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n";
    let mut stream = connect(&op);
    write!(stream, "{head}x").unwrap();
    let refused = answer(&mut stream);
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
    assert!(refused.contains("connection: close"), "{refused}");
}
