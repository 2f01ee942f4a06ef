//! Tests which network places, requests and answers count for.

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn is_closed(connection: &Connection) -> bool {
    !connection.all.lock().open.contains_key(&connection.id)
}

#[test]
fn an_address_that_has_its_share_makes_room_among_its_own() {
    let all = Connections::with_places(1_024);
    let other = all.admit(ip("192.0.2.2"), false).unwrap();
    let own: Vec<_> = (0..limits::CONNECTIONS_OF_ONE + 3)
        .map(|_| all.admit(ip("192.0.2.1"), false).unwrap())
        .collect();
    assert!(!is_closed(&other), "others are left alone, however idle");
    assert_eq!(own.iter().filter(|connection| is_closed(connection)).count(), 3);
    assert!(own[..3].iter().all(is_closed), "the longest idle");
    let proxied: Vec<_> = (0..limits::CONNECTIONS_OF_ONE + 3)
        .map(|_| all.admit(ip("192.0.2.9"), true).unwrap())
        .collect();
    assert!(!proxied.iter().any(is_closed), "a proxy speaks for many");
}

#[test]
fn one_customer_with_many_ipv6_networks_has_a_share_too() {
    let all = Connections::with_places(10_000);
    let open: Vec<_> = (0..limits::CONNECTIONS_OF_CUSTOMER + 5)
        .map(|n| all.admit(ip(&format!("2001:db8:1:{n:x}::1")), false).unwrap())
        .collect();
    assert_eq!(open.iter().filter(|connection| is_closed(connection)).count(), 5);
}

#[test]
fn when_all_places_are_taken_the_longest_idle_makes_room_but_no_work() {
    let all = Connections::with_places(3);
    let proxy = all.admit(ip("192.0.2.9"), true).unwrap();
    let busy = all.admit(ip("192.0.2.1"), false).unwrap();
    let work = busy.begin(busy.peer()).unwrap();
    let idle = all.admit(ip("192.0.2.2"), false).unwrap();
    let next = all.admit(ip("192.0.2.3"), false).unwrap();
    assert!(is_closed(&idle) && !is_closed(&proxy) && !is_closed(&busy));

    let work = (work, next.begin(next.peer()).unwrap(), proxy.begin(proxy.peer()).unwrap());
    assert!(all.admit(ip("192.0.2.4"), false).is_none(), "all were asked just now");
    drop((work, next));
    assert!(all.admit(ip("192.0.2.4"), false).is_some());
    drop((proxy, busy, idle));
    let table = all.lock();
    assert!(table.open.is_empty() && all.shares.is_empty(), "{all:?}");
}

#[test]
fn few_networks_that_keep_every_place_at_work_do_not_shut_others_out() {
    const PLACES: usize = 40;
    let all = Connections::with_places(PLACES);
    let flood: Vec<_> =
        (0..PLACES).map(|n| all.admit(ip(&format!("192.0.2.{}", n % 4)), false).unwrap()).collect();
    let work: Vec<_> = flood.iter().map(|one| one.begin(one.peer()).unwrap()).collect();

    let newcomer = all.admit(ip("198.51.100.1"), false).expect("a place");

    assert_eq!(flood.iter().filter(|one| is_closed(one)).count(), 1);
    assert!(!is_closed(&newcomer));
    let asked = newcomer.begin(newcomer.peer()).unwrap();
    assert!(
        all.admit(ip("192.0.2.1"), false).is_none(),
        "whoever has most makes no room for itself"
    );
    drop((work, asked));
}

fn answer(size: usize) -> Bytes {
    Bytes::from(vec![0; size])
}

#[test]
fn unsent_answers_and_requests_of_one_address_are_bounded() {
    let all = Connections::with_places(10);
    let own = ip("192.0.2.1");
    let connection = all.admit(own, false).unwrap();
    let hold = || connection.hold(own, answer(limits::UNSENT_OF_ONE / 2));
    let held = (hold().unwrap(), hold());
    assert!(held.1.is_some() && hold().is_none());
    let other = all.admit(ip("192.0.2.2"), false).unwrap();
    assert!(other.hold(other.peer(), answer(limits::UNSENT_OF_ONE / 2)).is_some());
    drop(held);
    assert!(hold().is_some(), "what has left is not counted");
    assert_eq!(all.unsent.total(), 0);

    let begin = || connection.begin(own);
    let working: Vec<_> = (0..limits::REQUESTS_OF_ONE).map(|_| begin()).collect();
    assert!(working.iter().all(Option::is_some) && begin().is_none());
    drop(working);
    assert!(begin().is_some());
}

#[test]
fn requests_and_unsent_answers_of_one_48_are_bounded_however_many_lines_it_has() {
    let all = Connections::with_places(10_000);
    let lines: Vec<_> =
        (0..20).map(|n| all.admit(ip(&format!("2001:db8:1:{n:x}::1")), false).unwrap()).collect();
    let begin = |line: usize| lines[line].begin(lines[line].peer());
    let working: Vec<_> = (0..1_000).filter_map(|n| begin(n % 20)).collect();
    assert_eq!(working.len(), limits::REQUESTS_OF_CUSTOMER);

    let mib = || answer(1024 * 1024);
    let held: Vec<_> =
        (0..64).filter_map(|n| lines[n % 20].hold(lines[n % 20].peer(), mib())).collect();
    assert_eq!(held.len(), limits::UNSENT_OF_CUSTOMER / (1024 * 1024));
}

#[test]
fn who_has_few_requests_is_answered_when_others_have_all_of_them() {
    let all = Connections::with_places(10_000);
    let many: Vec<_> =
        (0..20).map(|n| all.admit(ip(&format!("192.0.2.{n}")), false).unwrap()).collect();
    let working: Vec<_> =
        (0..4_000).filter_map(|n| many[n % 20].begin(many[n % 20].peer())).collect();
    assert_eq!(working.len(), limits::REQUESTS);
    let next = all.admit(ip("198.51.100.1"), false).unwrap();
    assert!(next.begin(next.peer()).is_some());
}

#[test]
fn the_heaviest_makes_room_for_answers_and_nobody_new_is_refused() {
    let all = Connections::with_places(100);
    let hold = |connection: &Connection, mib: usize| {
        connection.hold(connection.peer(), answer(mib * 1024 * 1024))
    };
    let admit = |address: &str| all.admit(ip(address), false).unwrap();
    let (heavy, second) = (admit("2001:db8:1:1::1"), admit("2001:db8:1:2::1"));
    let others = [admit("192.0.2.1"), admit("192.0.2.2")];
    let held = [hold(&heavy, 16), hold(&second, 14), hold(&others[0], 16), hold(&others[1], 16)];
    assert!(held.iter().all(Option::is_some));

    let next = admit("192.0.2.3");
    assert!(hold(&next, 8).is_some());
    assert!(heavy.activity.is_told_to_close(), "the most of the heaviest network");
    for other in [&second, &others[0], &others[1], &next] {
        assert!(!other.activity.is_told_to_close());
    }
    drop(held);
    assert_eq!(all.unsent.total(), 0);
}

/// An HTTP/2 connection can have 64 small answers at once, each with a head.
#[test]
fn small_answers_that_nobody_takes_are_bounded_too() {
    let all = Connections::with_places(10);
    let connection = all.admit(ip("192.0.2.1"), false).unwrap();
    let hold = || connection.hold(connection.peer(), answer(200));
    let held: Vec<_> = (0..30_000).filter_map(|_| hold()).collect();
    assert_eq!(held.len(), limits::UNSENT_OF_ONE / 1_024);
    drop(held);
    assert_eq!(all.unsent.total(), 0);
    assert!(hold().is_some());
}

#[test]
fn what_others_hold_too_is_not_counted() {
    let all = Connections::with_places(10);
    let connection = all.admit(ip("192.0.2.1"), false).unwrap();
    let asset = Bytes::from_static(&[0; 4_096]);
    let _held = connection.hold(connection.peer(), asset).unwrap();
    assert_eq!(all.unsent.total(), 0);
}

#[test]
fn a_client_behind_a_proxy_has_a_share_of_its_own() {
    let all = Connections::with_places(10);
    let proxy = all.admit(ip("10.0.0.1"), true).unwrap();
    let (one, other) = (ip("192.0.2.1"), ip("192.0.2.2"));
    let working: Vec<_> = (0..1_000).filter_map(|_| proxy.begin(one)).collect();
    assert_eq!(working.len(), limits::REQUESTS_OF_ONE);
    assert!(proxy.begin(other).is_some());
    let half = || answer(limits::UNSENT_OF_ONE / 2);
    let held: Vec<_> = (0..9).filter_map(|_| proxy.hold(one, half())).collect();
    assert_eq!(held.len(), 2);
    assert!(proxy.hold(other, half()).is_some());
}

#[test]
fn a_request_counts_until_its_work_ends_also_when_nobody_waits_for_it() {
    let all = Connections::with_places(10);
    let connection = all.admit(ip("192.0.2.1"), false).unwrap();
    let asked = connection.begin(connection.peer()).unwrap();
    let work = Arc::clone(&asked);
    drop((asked, connection));
    assert_eq!(all.requests.load(Ordering::Relaxed), 1);
    drop(work);
    assert_eq!(all.requests.load(Ordering::Relaxed), 0);
}

#[test]
fn shares_are_smaller_where_there_are_few_places() {
    let all = Connections::with_places(100);
    let _own: Vec<_> = (0..60).map(|_| all.admit(ip("192.0.2.1"), false).unwrap()).collect();
    assert_eq!(all.lock().open.len(), 25);
    let _lines: Vec<_> =
        (0..70).map(|n| all.admit(ip(&format!("2001:db8:1:{n:x}::1")), false).unwrap()).collect();
    assert_eq!(all.lock().open.len(), 75);
}
