//! `/api/audit-logs`

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, delete, only_administrators_may};
use crate::support::{agent::Agent, mmdb::city_database, op::TestOp};
use pocketid::model::UserId;

fn list(agent: &mut Agent, path: &str, query: &str) -> Value {
    agent.get(&format!("/api/audit-logs{path}?{query}")).ok().json()
}

/// Of each entry a field, in the order of the list.
fn column(answer: &Value, field: &str) -> Vec<String> {
    let rows = answer["data"].as_array().unwrap();
    rows.iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_entry_tells_who_acted_through_which_door_and_what_it_concerns() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let body = json!({ "name": "staff", "friendlyName": "Staff" });
    let group = root.post("/api/user-groups", &body).json()["id"].clone();
    op.beside("group create crew").expect_success();

    let listed = list(&mut root, "/all", "filters[event]=GROUP_CREATED");

    let by_program = &listed["data"][0];
    assert_eq!(
        (&by_program["actor"], &by_program["actorUsername"]),
        (&json!("api_key"), &json!("root"))
    );
    assert_eq!((&by_program["objectID"], &by_program["ipAddress"]), (&group, &json!("127.0.0.1")));
    assert_eq!(by_program["data"]["groupName"], "staff");
    assert_eq!((&by_program["userID"], &by_program["username"]), (&json!(""), &json!("")));
    assert_eq!(
        (&by_program["country"], &by_program["city"]),
        (&json!("Internal Network"), &json!("localhost"))
    );
    let at_terminal = &listed["data"][1];
    assert_eq!((&at_terminal["actor"], &at_terminal["actorUsername"]), (&json!("cli"), &json!("")));
    let text = op.beside("audit list --event GROUP_CREATED").ok();
    let rows: Vec<_> = text.lines().map(|line| line.split('\t').collect::<Vec<_>>()).collect();
    assert_eq!(rows[0][2..4], ["-", "root (API key)"], "{text}");
    assert!(rows[0][5].contains(group.as_str().unwrap()), "{text}");
    assert_eq!(rows[1][2..5], ["-", "cli", "-"], "{text}");
}

#[test]
fn whoever_lists_their_own_entries_sees_those_that_concern_them() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    op.person("bob");
    op.beside("user update alice --first-name Al").expect_success();

    let own = list(&mut alice.agent, "", "sort[column]=createdAt&sort[direction]=desc");
    assert_eq!(column(&own, "event")[0], "ACCOUNT_CHANGED");
    assert!(column(&own, "event").contains(&"SIGN_IN".to_owned()));
    assert!(column(&own, "username").iter().all(String::is_empty), "they know it");
    assert!(column(&own, "userID").iter().all(|id| *id == alice.id.to_string()));
    let bob = op.number("SELECT COUNT(*) FROM audit_events WHERE kind = 'SIGN_IN'");
    assert_eq!(bob, 2, "the other one is not in the list");
    let query = format!("filters[event]=SIGN_IN&filters[userID]={}", alice.id);
    assert_eq!(list(&mut alice.agent, "", &query)["pagination"]["totalItems"], 1);
    let query = format!("filters[userID]={}", op.new_id());
    assert_eq!(list(&mut alice.agent, "", &query)["data"], json!([]));
}

#[test]
fn all_entries_are_filtered_sorted_and_paged() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let alice = op.user("alice");
    for (name, new) in [("blog", "Journal"), ("shop", "Store")] {
        op.register_client(name, "https://app.example.com/cb");
        op.beside(&format!("client update {name} --name {new}")).expect_success();
    }
    op.beside("client update Journal --description news").expect_success();
    op.beside("user disable alice").expect_success();

    let names = root.get("/api/audit-logs/filters/client-names").ok().json();
    for name in ["Journal", "Store"] {
        let found = names.as_array().unwrap().iter().filter(|found| **found == name).count();
        assert_eq!(found, 1, "{names}");
    }
    let users = root.get("/api/audit-logs/filters/users").ok().json();
    assert_eq!(users[alice.id.to_string()], "alice");
    let query =
        "filters[clientName][0]=Journal&filters[clientName][1]=Store&filters[event]=CLIENT_CHANGED";
    assert_eq!(list(&mut root, "/all", query)["pagination"]["totalItems"], 3);
    let query = "filters[clientName]=Journal&filters[event]=CLIENT_CHANGED";
    assert_eq!(list(&mut root, "/all", query)["pagination"]["totalItems"], 2);
    let query = format!("filters[userID]={}&filters[event]=ACCOUNT_DISABLED", alice.id);
    assert_eq!(column(&list(&mut root, "/all", &query), "username"), ["alice"]);
    for nowhere in ["filters[location]=nowhere", "filters[location]=external", "filters[userID]=x"]
    {
        assert_eq!(list(&mut root, "/all", nowhere)["data"], json!([]), "{nowhere}");
    }
    for sort in ["event", "ipAddress", "country", "city", "userAgent", "createdAt"] {
        let ascending = list(&mut root, "/all", &format!("sort[column]={sort}"));
        let query = format!("sort[column]={sort}&sort[direction]=desc");
        let mut descending = column(&list(&mut root, "/all", &query), "id");
        descending.reverse();
        assert_eq!(column(&ascending, "id"), descending, "{sort}");
    }
    let mut seen = Vec::new();
    for page in 1..=3 {
        let query = format!("pagination[limit]=2&pagination[page]={page}&sort[column]=event");
        seen.extend(column(&list(&mut root, "/all", &query), "id"));
    }
    seen.sort();
    seen.dedup();
    let all = usize::try_from(op.count("audit_events")).unwrap();
    assert_eq!(seen.len(), all.min(6), "no entry is on two pages");
}

#[test]
fn what_makes_no_sense_in_a_query_is_as_if_it_were_not_there() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let usual = list(&mut root, "/all", "");
    let many = (0..1_000).map(|number| format!("filters[event][{number}]=x"));
    for query in
        ["pagination[limit]=-1", "sort[column]=password", "filters[data]=x", "search=nothing"]
    {
        assert_eq!(list(&mut root, "/all", query), usual, "{query}");
    }
    let query = many.collect::<Vec<_>>().join("&");
    assert_eq!(list(&mut root, "/all", &query)["data"], json!([]));
}

#[test]
fn only_administrators_see_the_whole_log_and_nobody_changes_it() {
    let op = TestOp::start();
    let paths = [
        "/api/audit-logs/all",
        "/api/audit-logs/filters/client-names",
        "/api/audit-logs/filters/users",
    ];
    only_administrators_may(&op, &paths.map(|path| (Method::GET, path, json!(null))));
    assert_eq!(op.agent().get("/api/audit-logs").error(), "401 not_signed_in");
    let mut root = administrator(&op);
    assert_eq!(delete(&mut root, "/api/audit-logs").status, 404);
}

/// Adds entries about a user, the oldest first, with a user agent each.
fn add_entries(op: &TestOp, user: UserId, count: i64) {
    let id = user.0.simple();
    let (user, entry) = if op.is_postgres() {
        (format!("'\\x{id}'::bytea"), "decode(lpad(to_hex(n), 32, '0'), 'hex')")
    } else {
        (format!("x'{id}'"), "unhex(printf('%032x', n))")
    };
    op.execute(&format!(
        "INSERT INTO audit_events (id, kind, user_id, actor, user_agent, data, created_at)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
         SELECT {entry}, 'SIGN_IN', {user}, 'user', 'agent ' || (1000000 - n), '{{}}', n FROM numbers"
    ));
}

/// Any user may ask for their own log, and a user may have a great many entries: what a page of it costs is bounded.
#[test]
fn a_users_own_log_ends_with_five_thousand_entries() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    add_entries(&op, alice.id, 5_500);

    let own = list(&mut alice.agent, "", "pagination[page]=999999&pagination[limit]=100");
    assert_eq!(own["pagination"]["totalItems"], 5_000);
    assert_eq!(own["pagination"]["currentPage"], 50);
    let filtered = list(&mut alice.agent, "", "filters[event]=SIGN_IN");
    assert!(filtered["pagination"]["totalItems"].as_i64().unwrap() <= 5_000);
    let query = "sort[column]=userAgent&sort[direction]=desc&pagination[limit]=1";
    let last = list(&mut alice.agent, "", query);
    assert_eq!(last["pagination"]["totalItems"], 5_000);
}

#[test]
fn an_entry_has_the_country_and_the_city_of_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("city.mmdb");
    std::fs::write(&file, city_database()).unwrap();
    let op = TestOp::with_settings(&[
        ("GEOLITE_DB_PATH", file.to_str().unwrap()),
        ("LOCAL_IPV6_RANGES", "2001:db8:5::/48"),
        ("TRUST_PROXY", "true"),
    ]);
    let mut root = administrator(&op);
    for (number, address) in
        ["203.0.113.7", "198.51.100.9", "192.0.2.1", "100.64.1.1", "2001:db8:5::1"]
            .iter()
            .enumerate()
    {
        let mut there = root.with_header("x-forwarded-for", address);
        let body = json!({ "name": format!("g{number}"), "friendlyName": "Group" });
        assert_eq!(there.post("/api/user-groups", &body).status, 201);
    }

    let made = "filters[event]=GROUP_CREATED&sort[column]=createdAt&sort[direction]=asc";
    let listed = list(&mut root, "/all", made);
    let places: Vec<_> =
        column(&listed, "country").into_iter().zip(column(&listed, "city")).collect();
    let expected = [
        ("Norway", "Bergen"),
        ("Côte d’Ivoire", ""),
        ("", ""),
        ("Internal Network", "Tailscale"),
        ("Internal Network", "LAN"),
    ];
    assert_eq!(places, expected.map(|(country, city)| (country.to_owned(), city.to_owned())));
    let count = |root: &mut _, query: &str| {
        list(root, "/all", &format!("{made}&{query}"))["pagination"]["totalItems"].clone()
    };
    assert_eq!(count(&mut root, "filters[location]=internal"), 2);
    assert_eq!(count(&mut root, "filters[location]=external"), 3);
    let by_country = "filters[event]=GROUP_CREATED&sort[column]=country&sort[direction]=desc";
    assert_eq!(column(&list(&mut root, "/all", by_country), "country")[0], "Norway");
    let text = op.beside("audit list --search bergen").ok();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("203.0.113.7 (Bergen, Norway"), "{text}");

    std::fs::write(&file, &city_database()[..700]).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(5_100));
    let mut there = root.with_header("x-forwarded-for", "203.0.113.7");
    let body = json!({ "name": "last", "friendlyName": "Group" });
    assert_eq!(there.post("/api/user-groups", &body).status, 201, "a damaged file stops nobody");
    let newest = "filters[event]=GROUP_CREATED&sort[column]=createdAt&sort[direction]=desc";
    assert_eq!(column(&list(&mut root, "/all", newest), "country")[0], "");
}
