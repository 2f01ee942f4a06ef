//! Endpoints that are out of order, or hostile.

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    endpoint::{Endpoint, Reply},
    real_endpoint::{TOKEN, set_endpoint},
};
use crate::support::op::TestOp;

/// Synchronises one user with an endpoint. Returns what the command says.
fn sync(reply: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> (String, Vec<String>) {
    sync_with("", reply)
}

fn sync_with(
    options: &str,
    reply: impl Fn(&str, &str) -> Reply + Send + Sync + 'static,
) -> (String, Vec<String>) {
    let op = TestOp::start();
    op.user("alice");
    let endpoint = Endpoint::start(reply);
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    let ran = op.beside(&format!("scim sync {} {options}", client.id));
    assert!(!ran.stderr.contains(TOKEN) && !ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    let stored = op.texts("SELECT COALESCE(last_error, '') FROM scim_providers");
    assert!(!stored[0].contains(TOKEN) && stored[0].len() < 2_000, "{stored:?}");
    (format!("{}{}", ran.stdout, ran.stderr), endpoint.requests())
}

fn is_list(method: &str, path: &str) -> bool {
    method == "GET" && path.contains("startIndex")
}

#[test]
fn answers_that_are_no_scim_are_told() {
    for (answer, told) in [
        ("<html>Welcome</html>", "does not speak SCIM 2.0"),
        ("{\"Resources\": 7}", "does not speak SCIM 2.0"),
        ("", "does not speak SCIM 2.0"),
        ("\u{0}\u{1b}[31m", "does not speak SCIM 2.0"),
    ] {
        let (said, requests) = sync(move |_, _| Reply::Json(200, answer.to_owned()));
        assert!(said.contains(told), "{answer}: {said}");
        assert_eq!(requests.len(), 1);
    }
    let (said, _) = sync(|_, _| Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    assert!(said.contains("cannot talk to 127.0.0.1"), "{said}");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Endpoint::start(|_, _| Reply::list(&[]));
    let location = elsewhere.address().to_owned();
    let (said, requests) = sync(move |_, _| {
        let head = format!("HTTP/1.1 308 x\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        Reply::Raw(head.into_bytes())
    });
    assert!(said.contains("answered with 308; it redirects"), "{said}");
    assert_eq!((requests.len(), elsewhere.requests().len()), (1, 0));
}

#[test]
fn an_endless_answer_is_given_up() {
    const SIZE: usize = 100 * 1024 * 1024;
    let head = format!("HTTP/1.1 200 x\r\ncontent-length: {SIZE}\r\n\r\n");
    let (said, requests) = sync(move |_, _| Reply::Long(head.clone(), SIZE));
    assert!(said.contains("longer than 8388608 bytes"), "{said}");
    // The second request asked for a smaller page.
    assert!(requests.len() == 2 && requests[1].ends_with("count=50"), "{requests:?}");
}

#[test]
fn a_refused_token_is_not_repeated() {
    let (said, requests) = sync(|_, _| {
        let detail = format!("no token {TOKEN}\u{1b}[31m here");
        Reply::Json(401, json!({ "detail": detail }).to_string())
    });
    assert!(
        said.contains("answered with 401: no token … [31m here; it does not accept the token"),
        "{said}"
    );
    assert_eq!(requests.len(), 1);
}

#[test]
fn an_endpoint_that_repeats_its_first_page_is_found_out() {
    let (said, requests) = sync(|_, _| {
        let body =
            json!({"totalResults": 9_000_000, "Resources": [{"id": "a", "externalId": "x"}]});
        Reply::Json(200, body.to_string())
    });
    assert!(said.contains("each page of its list is the same"), "{said}");
    assert_eq!(requests.len(), 2);
}

#[test]
fn an_id_that_points_elsewhere_is_not_used() {
    for id in ["..", ".", "", "a\u{0}b"] {
        let (said, requests) = sync(move |method, path| match method {
            _ if is_list(method, path) => Reply::list(&[]),
            "POST" => Reply::Json(201, json!({ "id": id }).to_string()),
            _ => Reply::list(&[json!({"id": id})]),
        });
        assert!(said.contains("the answer of the endpoint has no usable id"), "{said}");
        let changes = requests.iter().filter(|request| !request.starts_with("GET"));
        assert_eq!(changes.collect::<Vec<_>>(), ["POST /scim/Users"], "{requests:?}");
    }
}

#[test]
fn an_id_with_a_slash_stays_one_segment() {
    let (_, requests) = sync_with("--adopt", |method, path| match method {
        "GET" if path.contains("filter=userName") => {
            Reply::list(&[json!({"id": "a/../../admin?x", "userName": "alice"})])
        }
        "GET" => Reply::list(&[]),
        "POST" => Reply::Json(409, "{}".to_owned()),
        _ => Reply::Json(200, "{}".to_owned()),
    });
    assert!(
        requests.contains(&"PUT /scim/Users/a%2F..%2F..%2Fadmin%3Fx".to_owned()),
        "{requests:?}"
    );
}

/// RFC 6585 §4, RFC 9110 §10.2.3.
#[test]
fn an_endpoint_that_asks_to_wait_is_asked_again() {
    let begin = Instant::now();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let (said, requests) = sync(move |method, path| {
        let is_first = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        match method {
            _ if is_first => {
                let head = "HTTP/1.1 429 x\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
                Reply::Raw(head.as_bytes().to_vec())
            }
            _ if is_list(method, path) => Reply::list(&[]),
            _ => Reply::Json(201, json!({"id": "a"}).to_string()),
        }
    });
    assert!(said.contains("users: 1 created"), "{said}");
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert_eq!(requests.iter().filter(|one| one.starts_with("GET /scim/Users")).count(), 2);
}

#[test]
fn an_endpoint_that_stays_busy_ends_the_run() {
    let (said, requests) = sync(|_, _| Reply::Json(429, "{}".to_owned()));
    assert!(said.contains("answered with 429; it asks for fewer requests"), "{said}");
    assert_eq!(requests.len(), 3);
}

#[test]
fn an_endpoint_that_refuses_everything_is_left_after_some_refusals() {
    let op = TestOp::start();
    for number in 0..60 {
        op.user(&format!("user-{number}"));
    }
    let endpoint = Endpoint::start(|method, path| match method {
        _ if is_list(method, path) => Reply::list(&[]),
        _ => Reply::Json(500, json!({"detail": "out of order"}).to_string()),
    });
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    let ran = op.beside(&format!("scim sync {}", client.id));
    assert!(
        ran.stderr.contains("20 users and 0 groups could not be provisioned"),
        "{}",
        ran.stderr
    );
    let posts = endpoint.requests().iter().filter(|one| one.starts_with("POST")).count();
    assert_eq!(posts, 20);
}

/// The endpoint is not out of order when it refuses resources.
#[test]
fn resources_that_are_refused_do_not_stop_the_others() {
    let op = TestOp::start();
    for number in 0..30 {
        op.user(&format!("user-{number}"));
    }
    let posts = AtomicUsize::new(0);
    let endpoint = Endpoint::start(move |method, path| match method {
        _ if is_list(method, path) => Reply::list(&[]),
        _ => match posts.fetch_add(1, Ordering::SeqCst) {
            ..25 => Reply::Json(400, json!({"detail": "too odd"}).to_string()),
            number => Reply::Json(201, json!({"id": format!("r{number}")}).to_string()),
        },
    });
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    let ran = op.beside(&format!("scim sync {}", client.id));
    assert!(ran.stderr.contains("25 users and 0 groups could not be"), "{}", ran.stderr);
    assert_eq!(op.count("scim_resources"), 5);
}

/// An application may protect an account, or fail over one.
#[test]
fn one_account_that_cannot_be_sent_does_not_stop_the_others() {
    let replies: [fn() -> Reply; 2] = [
        || Reply::Json(403, json!({"detail": "protected"}).to_string()),
        || Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
    ];
    for odd in replies {
        let op = TestOp::start();
        for name in ["alice", "bob", "carol"] {
            op.user(name);
        }
        let posts = AtomicUsize::new(0);
        let endpoint = Endpoint::start(move |method, path| match method {
            _ if is_list(method, path) => Reply::list(&[]),
            _ => match posts.fetch_add(1, Ordering::SeqCst) {
                0 => odd(),
                number => Reply::Json(201, json!({"id": format!("r{number}")}).to_string()),
            },
        });
        let client = op.client();
        set_endpoint(&op, &client, endpoint.address());
        let ran = op.beside(&format!("scim sync {}", client.id));
        assert!(ran.stderr.contains("1 users and 0 groups could not be"), "{}", ran.stderr);
        assert_eq!(op.count("scim_resources"), 2);
    }
}

/// RFC 6585 §4. The next run goes on, and it knows the accounts that the endpoint has.
#[test]
fn accounts_that_were_sent_are_known_after_a_run_that_broke_off() {
    const LIMIT: usize = 30;
    let op = TestOp::start();
    let mut users: Vec<_> = (0..40).map(|number| op.user(&format!("user-{number}"))).collect();
    // They are sent in this order.
    users.sort_by_key(|user| user.id);
    let all: Vec<_> = users
        .iter()
        .enumerate()
        .map(|(number, user)| {
            json!({"id": format!("r{number}"), "externalId": user.id, "userName": user.username})
        })
        .collect();
    let (posts, is_busy) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(true)));
    let (made, busy) = (Arc::clone(&posts), Arc::clone(&is_busy));
    let endpoint = Endpoint::start(move |method, path| match method {
        _ if is_list(method, path) && path.contains("Groups") => Reply::list(&[]),
        _ if is_list(method, path) => Reply::list(&all[..made.load(Ordering::SeqCst)]),
        "POST" if busy.load(Ordering::SeqCst) && made.load(Ordering::SeqCst) == LIMIT => {
            Reply::Json(429, "{}".to_owned())
        }
        "POST" => {
            let number = made.fetch_add(1, Ordering::SeqCst);
            Reply::Json(201, json!({"id": format!("r{number}")}).to_string())
        }
        _ => Reply::Json(200, "{}".to_owned()),
    });
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    let line = format!("scim sync {}", client.id);
    let ran = op.beside(&line);
    assert!(ran.stderr.contains("it asks for fewer requests"), "{}", ran.stderr);
    assert_eq!(op.count("scim_resources"), i64::try_from(LIMIT).unwrap());

    op.beside(&format!("user remove {} --yes", users[7].username)).expect_success();
    is_busy.store(false, Ordering::SeqCst);
    let report = op.beside(&format!("{line} --output json")).json();
    assert_eq!(report["users"]["deleted"], 1);
    assert_eq!(report["users"]["created"], 10);
    assert_eq!(report["users"]["unchanged"], 29);
    assert!(endpoint.requests().contains(&"DELETE /scim/Users/r7".to_owned()));
}

/// Pages shift while they are read, so that a list may lack an account.
#[test]
fn an_account_that_the_list_lacks_is_deleted_unless_its_id_belongs_to_another_one_now() {
    for (is_reused, changes) in [(false, vec!["DELETE /scim/Users/r1"]), (true, vec![])] {
        let op = TestOp::start();
        let alice = op.user("alice");
        let owner = if is_reused { "employee-7".to_owned() } else { alice.id.to_string() };
        let endpoint = Endpoint::start(move |method, path| match method {
            _ if is_list(method, path) => Reply::list(&[]),
            "POST" => Reply::Json(201, json!({"id": "r1"}).to_string()),
            "GET" => Reply::Json(200, json!({"id": "r1", "externalId": owner}).to_string()),
            _ => Reply::Json(204, String::new()),
        });
        let client = op.client();
        set_endpoint(&op, &client, endpoint.address());
        let line = format!("scim sync {}", client.id);
        op.beside(&line).expect_success();
        op.beside("user remove alice --yes").expect_success();
        op.beside(&line).expect_success();
        let requests = endpoint.requests();
        let sent = requests.iter().filter(|one| !one.starts_with("GET")).skip(1);
        assert_eq!(sent.collect::<Vec<_>>(), changes, "{requests:?}");
        assert_eq!(op.count("scim_resources"), 0);
    }
}

#[test]
fn a_deletion_that_is_refused_is_tried_again() {
    let op = TestOp::start();
    let alice = op.user("alice");
    let (posts, id) = (AtomicUsize::new(0), alice.id);
    let endpoint = Endpoint::start(move |method, path| match method {
        _ if is_list(method, path) && path.contains("Users") => {
            let count = posts.load(Ordering::SeqCst);
            let user = json!({"id": "r1", "externalId": id, "userName": "alice"});
            Reply::list(&[user][..count])
        }
        "POST" => {
            posts.store(1, Ordering::SeqCst);
            Reply::Json(201, json!({"id": "r1"}).to_string())
        }
        "GET" => Reply::list(&[]),
        _ => Reply::Json(400, "{}".to_owned()),
    });
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    let line = format!("scim sync {}", client.id);
    op.beside(&line).expect_success();
    op.beside("user remove alice --yes").expect_success();
    for _ in 0..2 {
        assert!(op.beside(&line).stderr.contains("DELETE of Users was answered with 400"));
    }
    let deletions = endpoint.requests().iter().filter(|one| one.starts_with("DELETE")).count();
    assert_eq!((deletions, op.count("scim_resources")), (2, 1));
}

/// A resource that carries an id of ours, but that we never sent, is adopted and not deleted.
#[test]
fn a_list_cannot_make_us_delete_what_is_not_ours() {
    let external = "018f0000-0000-7000-8000-000000000001";
    let (said, requests) = sync(move |method, path| match method {
        _ if is_list(method, path) && path.contains("Users") => {
            Reply::list(&[json!({"id": "a", "externalId": external, "userName": "mallory"})])
        }
        _ if is_list(method, path) => Reply::list(&[]),
        _ => Reply::Json(201, json!({"id": "b"}).to_string()),
    });
    assert!(said.contains("users: 1 created, 0 changed, 0 deleted"), "{said}");
    assert!(requests.iter().all(|one| !one.starts_with("DELETE")), "{requests:?}");
}

/// An endpoint may give fewer resources than it is asked for (RFC 7644 §3.4.2.4). The resources of a
/// thousand users are found on its pages, and sent in parts.
#[test]
fn an_endpoint_is_read_in_the_pages_that_it_gives() {
    const COUNT: usize = 1_100;
    let op = TestOp::start();
    let users: Vec<_> = (0..COUNT).map(|number| op.user(&format!("user-{number}"))).collect();
    let all: Vec<_> = users
        .iter()
        .map(|user| json!({"id": user.id, "externalId": user.id, "userName": user.username}))
        .collect();
    let endpoint = Endpoint::start(move |method, path| {
        if !is_list(method, path) || path.contains("Groups") {
            return Reply::list(&[]);
        }
        let (_, start) = path.split_once("startIndex=").expect("a page");
        let start: usize = start.split('&').next().unwrap().parse().expect("a number");
        let page: Vec<_> = all.iter().skip(start - 1).take(300).collect();
        Reply::Json(200, json!({"totalResults": COUNT, "Resources": page}).to_string())
    });
    let client = op.client();
    set_endpoint(&op, &client, endpoint.address());
    let line = format!("scim sync {} --output json", client.id);
    let first = op.beside(&line).json();
    assert_eq!(first["users"]["changed"], COUNT);
    let second = op.beside(&line).json();
    assert_eq!(second["users"]["unchanged"], COUNT);
    let lists = endpoint.requests().iter().filter(|one| one.starts_with("GET /scim/Users")).count();
    assert_eq!((lists, op.count("scim_resources")), (8, i64::try_from(COUNT).unwrap()));
}
