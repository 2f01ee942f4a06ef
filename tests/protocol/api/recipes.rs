//! `/api/recipes`: an addition to Pocket ID.

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, fields, only_administrators_may};
use crate::support::{agent::Answer, op::TestOp};

const LINKDING: &str = "/api/recipes/linkding";
const CREATE: &str = "/api/recipes/linkding/clients";

fn clients(op: &TestOp) -> Vec<String> {
    op.texts("SELECT id FROM clients ORDER BY id")
}

/// The JSON of a command beside the server, with its ids and secrets.
fn at_terminal(op: &TestOp, line: &str) -> Value {
    let cli = op.cli().with("APP_URL", op.base_url());
    serde_json::from_str(&cli.run(line).ok()).unwrap()
}

#[track_caller]
fn created(answer: &Answer) -> Value {
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

#[test]
fn recipes_are_listed_as_at_the_terminal() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let listed = root.get("/api/recipes").ok().json();
    // On PostgreSQL the server of a test runs in the checkout, whose recipes are then its own.
    let without_origin = |mut list: Value| {
        for recipe in list.as_array_mut().unwrap() {
            recipe["isOwn"].take();
        }
        list
    };
    let at_terminal = at_terminal(&op, "client recipes -o json");
    assert_eq!(without_origin(listed.clone()), without_origin(at_terminal));
    let linkding = root.get(LINKDING).ok().json();
    assert!(listed.as_array().unwrap().contains(&linkding));
    assert_eq!(root.get("/api/recipes/Linkding").ok().json(), linkding);
}

#[test]
fn a_recipe_shows_the_client_that_it_would_register() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let shown = root.get(&format!("{LINKDING}?url=https://links.example.com/")).ok().json();
    let expected = json!({
        "callbackURLs": ["https://links.example.com/oidc/callback/"],
        "logoutCallbackURLs": [],
        "backchannelLogoutUri": null,
        "launchURL": "https://links.example.com",
        "isPublic": false,
        "pkceEnabled": false,
    });
    assert_eq!((&shown["client"], &shown["title"]), (&expected, &json!("Linkding")));
    let wanted = json!({ "url": "https://links.example.com" });
    let created = created(&root.post(CREATE, &wanted));
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&created[name], value, "{name}");
    }
}

#[test]
fn a_client_of_a_recipe_is_that_of_the_terminal() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let wanted = json!({ "url": "https://links.example.com", "id": "links", "name": "Links" });
    let created = created(&root.post(CREATE, &wanted));
    let line = "client create Links2 --id links2 --recipe linkding --url https://links.example.com";
    let other = at_terminal(&op, &format!("{line} -o json"));

    let without_names = |created: &Value| {
        let mut client = created.clone();
        let secret = client["secret"].take().as_str().unwrap().to_owned();
        let id = client["id"].take().as_str().unwrap().to_owned();
        let (name, _) = (client["name"].take(), client["createdAt"].take());
        let text = client["recipe"]["settings"].as_str().unwrap();
        assert!(text.contains(&secret) && text.contains(&id) && name.is_string());
        client["recipe"]["settings"] = text.replace(&secret, "SECRET").replace(&id, "ID").into();
        client["credentials"] = json!(null);
        // The terminal prints the endpoints beside every new client.
        client.as_object_mut().unwrap().remove("endpoints");
        client
    };
    assert_eq!(without_names(&created), without_names(&other));
    assert_eq!(created["name"], "Links");
    assert_eq!(
        root.get("/api/oidc/clients/links/secrets").ok().json().as_array().unwrap().len(),
        1
    );
    let basic = root.get("/api/oidc/clients/links").ok().json();
    assert_eq!((&basic["secret"], &basic["recipe"]), (&json!(null), &json!(null)), "once");
}

#[test]
fn a_client_of_a_recipe_has_the_title_for_a_name_and_may_be_for_a_group() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let family = at_terminal(&op, "group create family -o json")["id"].clone();
    let wanted = json!({ "url": "https://links.example.com", "userGroupIds": [family] });
    let created = created(&root.post(CREATE, &wanted));
    assert_eq!(
        (&created["name"], &created["isGroupRestricted"]),
        (&json!("Linkding"), &json!(true))
    );
    assert_eq!(created["allowedUserGroups"][0]["id"], family);
}

#[test]
fn nobody_else_uses_recipes_and_refusals_change_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let url = json!({ "url": "https://links.example.com" });
    let requests = [
        (Method::GET, "/api/recipes", json!(null)),
        (Method::GET, LINKDING, json!(null)),
        (Method::POST, CREATE, url.clone()),
    ];
    only_administrators_may(&op, &requests);

    for unknown in ["none", "..%2Fetc", "linkding.toml", "../linkding", "%00"] {
        let path = format!("/api/recipes/{unknown}");
        assert!(root.get(&path).error().starts_with("404 "), "{path}");
        let path = format!("/api/recipes/{unknown}/clients");
        assert!(root.post(&path, &url).error().starts_with("404 "), "{path}");
    }
    for bad in
        ["", "links.example.com", "ftp://links.example.com", "https://a.example/?x", "https://*.x"]
    {
        let refused = root.post(CREATE, &json!({ "url": bad }));
        assert_eq!(fields(&refused), ["url invalid_format"], "{bad}");
        let shown = root.get(&format!("{LINKDING}?url={}", bad.replace('?', "%3F")));
        assert_eq!(fields(&shown), ["url invalid_format"], "{bad}");
    }
    let mut wrong = url.clone();
    (wrong["id"], wrong["name"]) = (json!("a b"), json!("x".repeat(1000)));
    assert_eq!(fields(&root.post(CREATE, &wrong)), ["name too_long", "id invalid_format"]);
    let unknown = json!({ "url": "https://a.example", "userGroupIds": [op.user("eve").id] });
    assert_eq!(root.post(CREATE, &unknown).error(), "404 not_found");
    for body in [json!([]), json!({ "url": 1 }), json!({ "userGroupIds": ["x"] })] {
        assert_eq!(root.post(CREATE, &body).error(), "400 invalid_request_body", "{body}");
    }
    assert!(clients(&op).is_empty());

    let taken = json!({ "url": "https://links.example.com", "id": "links" });
    created(&root.post(CREATE, &taken));
    assert_eq!(root.post(CREATE, &taken).error(), "409 client_id_already_exists");
    assert_eq!(clients(&op), ["links"]);
}
