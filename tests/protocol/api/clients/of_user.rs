//! The clients that a user may use, and those that they allowed something

use serde_json::{Value, json};

use super::{administrator, names};
use crate::support::op::TestOp;

#[test]
fn a_user_sees_the_clients_that_they_may_use() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    let staff = op.group("staff", &[alice.id]);
    let client = |name: &str, is_restricted: bool| {
        op.client_with("https://app.example.com/callback", |client| {
            client.name = name.parse().unwrap();
            client.is_group_restricted = is_restricted;
            client.launch_url = (name == "Wiki").then(|| "https://wiki.example.com".to_owned());
        })
    };
    let (notes, wiki, _other) =
        (client("Notes", false), client("Wiki", true), client("Other", true));
    op.allow_group(&wiki, staff);
    alice.code(&notes, &[]);
    let mut list =
        |query: &str| alice.agent.get(&format!("/api/oidc/users/me/clients?{query}")).ok().json();

    let all = list("");
    assert_eq!(names(&all), ["Notes", "Wiki"]);
    assert!(all["data"][0]["lastUsedAt"].is_string());
    assert_eq!(all["data"][1]["lastUsedAt"], Value::Null);
    let expected = json!([
        "clientType",
        "description",
        "hasDarkLogo",
        "hasLogo",
        "id",
        "lastUsedAt",
        "launchURL",
        "name",
        "requiresReauthentication"
    ]);
    let fields: Vec<_> = all["data"][0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(json!(fields), expected);
    // Those that were never used are last, in either direction.
    for direction in ["asc", "desc"] {
        let sorted = list(&format!("sort[column]=lastUsedAt&sort[direction]={direction}"));
        assert_eq!(names(&sorted), ["Notes", "Wiki"], "{direction}");
    }
    assert_eq!(names(&list("filters[hasLaunchURL]=true")), ["Wiki"]);
    assert_eq!(names(&list("filters[hasLaunchURL]=false")), ["Notes"]);
    assert_eq!(names(&list("pagination[limit]=1&pagination[page]=2")), ["Wiki"]);
}

#[test]
fn what_somebody_allowed_is_told_to_them_and_to_administrators() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let mut alice = op.person("alice");
    let client = op.client();
    alice.code(&client, &[("scope", "openid email")]);

    let own = alice.agent.get("/api/oidc/users/me/authorized-clients").ok().json();

    assert_eq!(own["data"][0]["client"]["id"], json!(client.id));
    assert_eq!(own["data"][0]["scope"], r#"["openid","email"]"#);
    assert_eq!(own["pagination"]["totalItems"], 1);
    let path = format!("/api/oidc/users/{}/authorized-clients", alice.id);
    assert_eq!(root.get(&path).ok().json(), own);
    let filtered = root.get(&format!("{path}?filters[hasLaunchURL]=true")).ok().json();
    assert_eq!(filtered["data"], json!([]));
    let mine = root.get("/api/oidc/users/me/authorized-clients").ok().json();
    assert_eq!(mine["data"], json!([]), "those of somebody else are not theirs");
    for id in ["018f0000-0000-7000-8000-000000000000", "x"] {
        let answer = root.get(&format!("/api/oidc/users/{id}/authorized-clients"));
        assert_eq!(answer.error(), "404 user_not_found");
    }
}
