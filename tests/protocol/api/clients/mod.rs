//! `/api/oidc/clients`, and the clients of a user

mod doors;
mod identity_assertions;
mod logo_urls;
mod logos;
mod of_user;
mod parts;
mod refusals;
mod rights;
mod trusted_issuers;

use serde_json::{Value, json};

use super::{administrator, delete, fields, only_administrators_may, put};
use crate::support::{agent::Agent, op::TestOp};

const UNKNOWN: &str = "/api/oidc/clients/unknown";

/// A body with everything that Pocket ID knows.
fn body(name: &str) -> Value {
    json!({
        "name": name,
        "description": "Photos of the family",
        "callbackURLs": ["https://app.example.com/callback"],
        "logoutCallbackURLs": ["https://app.example.com/bye"],
        "isPublic": false,
        "pkceEnabled": true,
        "requiresReauthentication": true,
        "requiresPushedAuthorizationRequests": true,
        "skipConsent": true,
        "credentials": {"federatedIdentities": [{"issuer": "https://idp.example.com", "subject": "s"}]},
        "launchURL": "https://app.example.com",
        "isGroupRestricted": true,
        "accessTokenDurationMinutes": 30,
        "refreshTokenDurationMinutes": 600,
    })
}

/// Creates a client. Returns its path.
fn create(root: &mut Agent, id: &str) -> String {
    let mut body = body(id);
    body["id"] = json!(id);
    assert_eq!(root.post("/api/oidc/clients", &body).status, 201);
    format!("/api/oidc/clients/{id}")
}

fn names(answer: &Value) -> Vec<String> {
    let rows = answer["data"].as_array().unwrap();
    rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_client_is_created_shown_changed_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);

    let created = root.post("/api/oidc/clients", &body("Photos"));
    assert_eq!(created.status, 201);
    let created = created.json();
    for (field, value) in body("Photos").as_object().unwrap() {
        if field != "credentials" {
            assert_eq!(created[field], *value, "{field}");
        }
    }
    let identity = json!({
        "issuer": "https://idp.example.com", "subject": "s", "replayProtection": false,
    });
    assert_eq!(created["credentials"], json!({"federatedIdentities": [identity], "secrets": []}));
    assert_eq!((&created["clientType"], &created["hasLogo"]), (&json!("standard"), &json!(false)));
    assert_eq!(created["allowedUserGroups"], json!([]));
    let path = format!("/api/oidc/clients/{}", created["id"].as_str().unwrap());
    assert_eq!(root.get(&path).ok().json(), created);
    // Everything that is not said is as it is for a new client.
    let changed = put(&mut root, &path, &json!({"name": "Pictures"})).ok().json();
    let plain = root.post("/api/oidc/clients", &json!({"name": "Pictures"})).json();
    for (field, value) in plain.as_object().unwrap().iter().filter(|(field, _)| *field != "id") {
        assert_eq!(changed[field], *value, "{field}");
    }
    assert_eq!(delete(&mut root, &path).status, 204);
    assert_eq!(root.get(&path).error(), "404 not_found");
    assert_eq!(root.get(&path).json()["details"], json!({"resource": "OIDC client"}));
    let kinds = op.audit_kinds();
    for kind in ["CLIENT_CREATED", "CLIENT_CHANGED", "CLIENT_DELETED"] {
        assert!(kinds.contains(&kind.to_owned()), "{kind}: {kinds:?}");
    }
}

#[test]
fn everybody_may_know_the_name_of_a_client() {
    let op = TestOp::start();
    let path = create(&mut administrator(&op), "photos");

    let meta = op.agent().get(&format!("{path}/meta")).ok().json();

    let expected = json!({
        "id": "photos", "name": "photos", "description": "Photos of the family",
        "hasLogo": false, "hasDarkLogo": false, "launchURL": "https://app.example.com",
        "requiresReauthentication": true, "clientType": "standard",
    });
    assert_eq!(meta, expected);
    assert_eq!(op.agent().get(&format!("{UNKNOWN}/meta")).error(), "404 not_found");
}

#[test]
fn a_list_of_clients_is_searched_sorted_filtered_and_paged() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let group = op.group("staff", &[]);
    for name in ["notes", "Nothing", "wiki", "100%"] {
        let pkce = name == "wiki";
        let body = json!({"name": name, "pkceEnabled": pkce, "callbackURLs": [format!("https://{}.example.com/cb", name.len())]});
        let id = root.post("/api/oidc/clients", &body).json()["id"].clone();
        if pkce {
            let path = format!("/api/oidc/clients/{}", id.as_str().unwrap());
            let groups = json!({"userGroupIds": [group.to_string()]});
            put(&mut root, &format!("{path}/allowed-user-groups"), &groups).ok();
            root.post(&format!("{path}/secrets"), &json!({}));
        }
    }
    let mut list = |query: &str| root.get(&format!("/api/oidc/clients?{query}")).ok().json();

    assert_eq!(names(&list("search=NOT&sort[column]=createdAt")), ["notes", "Nothing"]);
    assert_eq!(names(&list("search=%25")), ["100%"]);
    let wiki = list("filters[pkceEnabled]=true");
    assert_eq!(names(&wiki), ["wiki"]);
    assert_eq!(wiki["data"][0]["allowedUserGroupsCount"], 1);
    assert_eq!(wiki["data"][0]["callbackURLs"], json!(["https://4.example.com/cb"]));
    let secrets = wiki["data"][0]["credentials"]["secrets"].as_array().unwrap();
    assert_eq!(secrets.len(), 1);
    assert!(wiki["data"][0].get("allowedUserGroups").is_none());
    let query = "sort[column]=allowedUserGroupsCount&sort[direction]=desc&pagination[limit]=1";
    let by_count = list(query);
    assert_eq!(names(&by_count), ["wiki"]);
    let pages = json!({"totalPages": 4, "totalItems": 4, "currentPage": 1, "itemsPerPage": 1});
    assert_eq!(by_count["pagination"], pages);
    for (query, count) in [
        ("filters[clientType]=standard", 4),
        ("filters[clientType]=cimd", 0),
        ("filters[pkceSupported]=true", 0),
        ("filters[pkceSupported]=false", 4),
        ("filters[skipConsent][0]=true&filters[skipConsent][1]=false", 4),
        ("filters[isGroupRestricted]=true", 0),
        // Options without meaning count as absent.
        ("pagination[limit]=-1&sort[column]=claim_rules&filters[name]=x", 4),
    ] {
        assert_eq!(names(&list(query)).len(), count, "{query}");
    }
    for column in [
        "name",
        "createdAt",
        "pkceEnabled",
        "requiresReauthentication",
        "requiresPushedAuthorizationRequests",
        "skipConsent",
        "isGroupRestricted",
        "pkceSupported",
        "clientType",
    ] {
        assert_eq!(names(&list(&format!("sort[column]={column}"))).len(), 4, "{column}");
    }
    let values = (0..1_000).map(|n| format!("&filters[clientType]={n}")).collect::<String>();
    assert_eq!(names(&list(&values)), [""; 0]);
}

/// The address of a document is an id of its own kind in a path (Pocket ID 2.14).
#[test]
fn a_client_that_describes_itself_keeps_what_its_document_says() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let id = "https://app.example.com/client.json";
    let path = create(&mut root, "notes");
    op.execute("DELETE FROM client_redirect_uris");
    op.execute(&format!(
        "UPDATE clients SET id = '{id}', client_type = 'public', federated_identities = NULL"
    ));
    assert_eq!(root.get(&path).status, 404);
    let path =
        format!("/api/oidc/clients/{}", id.parse::<pocketid::model::ClientId>().unwrap().to_path());

    let mut body = body("Other");
    body["skipConsent"] = json!(false);
    let changed = put(&mut root, &path, &body).ok().json();

    assert_eq!((&changed["id"], &changed["clientType"]), (&json!(id), &json!("cimd")));
    assert_eq!((&changed["name"], &changed["isPublic"]), (&json!("notes"), &json!(true)));
    assert_eq!((&changed["skipConsent"], &changed["callbackURLs"]), (&json!(false), &json!([])));
    assert_eq!(root.get(&path).ok().json(), changed);
    let refused = root.post(&format!("{path}/refresh"), &json!(null));
    assert_eq!(refused.error(), "400 validation_failed", "it is on no list of those allowed");
    assert_eq!(delete(&mut root, &path).status, 204);
}

#[test]
fn only_a_client_that_describes_itself_is_refreshed() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, "notes");

    let refused = root.post(&format!("{path}/refresh"), &json!(null));

    assert_eq!(refused.error(), "400 validation_failed");
    let message = "Client is not a client ID metadata document client";
    assert_eq!(refused.json()["error"], message);
    assert_eq!(root.post(&format!("{UNKNOWN}/refresh"), &json!(null)).error(), "404 not_found");
}
