//! The parts of a client: secrets, groups, claims, the preview

use serde_json::{Value, json};

use super::{UNKNOWN, administrator, create, delete, fields, put};
use crate::support::{agent::Agent, op::TestOp};

fn post(root: &mut Agent, path: &str, body: &Value) -> Value {
    let answer = root.post(path, body);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

#[test]
fn secrets_are_created_listed_and_deleted() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = format!("{}/secrets", create(&mut root, "photos"));

    // Without a body, as Pocket ID allows here only.
    let first = root.send(hyper::Method::POST, &path, None, bytes::Bytes::new());
    assert_eq!(first.status, 201);
    let first = first.json();
    let secret = first["secret"].as_str().unwrap();
    assert_eq!((secret.len(), first["prefix"].as_str().unwrap()), (32, &secret[..4]));
    assert_eq!((&first["expiresAt"], &first["isActive"]), (&json!(null), &json!(true)));
    let own = json!({"secret": "sixteen-or-more+", "expiresAt": "2099-01-01T00:00:00Z"});
    let second = post(&mut root, &path, &own);
    assert_eq!((&second["secret"], &second["prefix"]), (&own["secret"], &json!("sixt")));
    assert_eq!(second["expiresAt"], "2099-01-01T00:00:00Z");

    let listed = root.get(&path).ok().json();
    let mut expected = json!([first, second]);
    for one in expected.as_array_mut().unwrap() {
        one.as_object_mut().unwrap().remove("secret");
    }
    assert_eq!(listed, expected, "in the order of their creation, and without the secrets");
    let id = first["id"].as_str().unwrap();
    assert_eq!(delete(&mut root, &format!("{path}/{id}")).status, 204);
    let again = delete(&mut root, &format!("{path}/{id}"));
    assert_eq!(again.error(), "404 not_found");
    assert_eq!(again.json()["details"]["resource"], "Client secret");
    assert_eq!(root.get(&path).ok().json().as_array().unwrap().len(), 1);
}

#[test]
fn a_secret_that_replaces_others_is_the_only_one() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, "photos");
    post(&mut root, &format!("{path}/secrets"), &json!({}));

    let replaced = root.post(&format!("{path}/secret"), &json!({})).ok().json();

    let secret = replaced["secret"].as_str().unwrap();
    assert_eq!(replaced, json!({ "secret": secret }));
    let listed = root.get(&format!("{path}/secrets")).ok().json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["prefix"], secret[..4]);
    let own = json!({"secret": "sixteen-or-more+"});
    assert_eq!(root.post(&format!("{path}/secret"), &own).ok().json(), own);
}

#[test]
fn a_secret_that_cannot_be_is_refused() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = format!("{}/secrets", create(&mut root, "photos"));
    let mut refused = |body: Value| root.post(&path, &body);

    assert_eq!(fields(&refused(json!({"secret": "short"}))), ["secret too_short"]);
    assert_eq!(fields(&refused(json!({"secret": "x".repeat(513)}))), ["secret too_long"]);
    assert_eq!(fields(&refused(json!({"secret": "sixteen or more ü"}))), ["secret printascii"]);
    let past = refused(json!({"expiresAt": "2001-01-01T00:00:00Z"}));
    assert_eq!(past.error(), "400 validation_failed");
    let message = "The expiration date of a client secret must be in the future";
    assert_eq!(past.json()["error"], message);
    for body in [json!({"expiresAt": "2099-01-01"}), json!({"secret": 1}), json!(["a", "b"])] {
        assert_eq!(refused(body).error(), "400 invalid_request_body");
    }
    assert_eq!(op.count("client_secrets"), 0);
    for _ in 0..20 {
        post(&mut root, &path, &json!({}));
    }
    let full = root.post(&path, &json!({}));
    assert_eq!(full.error(), "400 validation_failed");
    assert_eq!(full.json()["error"], "A client cannot have more than 20 secrets");
    assert_eq!(op.count("client_secrets"), 20);
}

/// RFC 6749 §2.1.
#[test]
fn a_public_client_gets_no_secret_and_loses_those_that_it_has() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, "photos");
    post(&mut root, &format!("{path}/secrets"), &json!({}));

    let changed = put(&mut root, &path, &json!({"name": "photos", "isPublic": true})).ok().json();

    assert_eq!((&changed["isPublic"], &changed["pkceEnabled"]), (&json!(true), &json!(true)));
    assert_eq!(changed["credentials"], json!({"secrets": []}));
    let refused = root.post(&format!("{path}/secrets"), &json!({}));
    assert_eq!(refused.error(), "400 validation_failed");
    assert_eq!(refused.json()["error"], "Cannot create a secret for a public client");
    assert_eq!(root.post(&format!("{path}/secret"), &json!({})).error(), "400 validation_failed");
    assert_eq!(op.count("client_secrets"), 0);
}

#[test]
fn groups_of_a_client_are_replaced_and_unknown_ids_passed_over() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, "photos");
    let (staff, crew) = (op.group("staff", &[]), op.group("crew", &[]));
    let nobody = "018f0000-0000-7000-8000-000000000000";

    let ids = json!({"userGroupIds": [staff.to_string(), crew.to_string(), nobody, "x"]});
    let answer = put(&mut root, &format!("{path}/allowed-user-groups"), &ids).ok().json();

    assert!(answer.get("allowedUserGroups").is_none());
    let groups = root.get(&path).ok().json()["allowedUserGroups"].clone();
    assert_eq!((&groups[0]["name"], &groups[1]["name"]), (&json!("crew"), &json!("staff")));
    assert_eq!(groups.as_array().unwrap().len(), 2);
    // A client that is open to everybody has no groups.
    put(&mut root, &path, &json!({"name": "photos"})).ok();
    assert_eq!(root.get(&path).ok().json()["allowedUserGroups"], json!([]));
}

#[test]
fn claims_of_a_client_are_shown_and_replaced() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, "photos");
    let claims = format!("{path}/claims");
    let wanted = json!([{"name": "role", "from": "team", "scope": "roles"}, {"name": "tenant", "value": "acme"}]);

    assert_eq!(put(&mut root, &claims, &wanted).ok().json(), wanted);

    assert_eq!(root.get(&claims).ok().json(), wanted);
    assert_eq!(root.get(&path).ok().json()["claims"], wanted);
    assert!(op.audit_kinds().contains(&"CLIENT_CLAIMS_CHANGED".to_owned()));
    let mut refused = |body: Value| put(&mut root, &claims, &body).error();
    assert_eq!(refused(json!([{"name": "sub", "value": "x"}])), "400 validation_failed");
    assert_eq!(refused(json!([{"name": "a"}])), "400 validation_failed");
    let twice = json!([{"name": "a", "value": "x"}, {"name": "a", "value": "y"}]);
    assert_eq!(refused(twice), "400 duplicate_claim");
    assert_eq!(refused(json!({"name": "a", "value": "x"})), "400 invalid_request_body");
    assert_eq!(refused(json!([["a", "x"]])), "400 invalid_request_body");
    assert_eq!(root.get(&claims).ok().json(), wanted);
    // A program that was written for Pocket ID does not know them.
    put(&mut root, &path, &json!({"name": "photos"})).ok();
    assert_eq!(root.get(&claims).ok().json(), wanted);
}

#[test]
fn a_preview_shows_the_claims_of_both_tokens() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let client = op.client();
    let alice = op.user("alice");
    op.group("staff", &[alice.id]);
    let path = format!("/api/oidc/clients/{}/preview", client.id);
    let path_of = |user: &str, query: &str| format!("{path}/{user}?{query}");
    let id = alice.id.to_string();

    let preview = root.get(&path_of(&id, "scopes=openid%20profile%20groups%20nonsense"));
    let preview = preview.ok().json();

    let id_token = &preview["idToken"];
    assert_eq!((&id_token["sub"], &id_token["aud"]), (&json!(id), &json!([client.id])));
    assert_eq!(id_token["groups"], json!(["staff"]));
    assert!(id_token["exp"].as_str().unwrap().ends_with('Z') && id_token["auth_time"].is_i64());
    assert!(id_token.get("amr").is_none(), "nobody was signed in for it");
    let access_token = &preview["accessToken"];
    assert_eq!(access_token["scope"], "openid profile groups");
    assert_eq!(access_token["aud"], json!([client.id, op.base_url()]));
    assert_eq!(preview["userInfo"]["preferred_username"], "alice");
    assert_eq!(op.count("grants"), 0);
    assert_eq!(fields(&root.get(&path_of(&id, ""))), ["scopes required"]);
    let nobody = path_of("018f0000-0000-7000-8000-000000000000", "scopes=openid");
    assert_eq!(root.get(&nobody).error(), "404 user_not_found");
    assert_eq!(root.get(&path_of("x", "scopes=openid")).error(), "404 user_not_found");
    assert_eq!(root.get(&format!("{UNKNOWN}/preview/{id}?scopes=openid")).error(), "404 not_found");
    op.execute("UPDATE clients SET is_group_restricted = 1");
    assert_eq!(root.get(&path_of(&id, "scopes=openid")).error(), "403 oidc_access_denied");
}

#[test]
fn no_directory_is_kept_up_to_date_for_a_client() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let path = create(&mut root, "photos");

    let missing = root.get(&format!("{path}/scim-service-provider"));

    assert_eq!(missing.error(), "404 not_found");
    assert_eq!(missing.json()["details"]["resource"], "SCIM service provider");
}

#[test]
fn a_logo_is_deleted_for_one_ground() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let client = op.client();
    let path = format!("/api/oidc/clients/{}/logo", client.id);
    op.set_logo(&client, "image/gif", b"GIF89a\x10\0\x10\0\0\0\0;");
    let dark = delete(&mut root, &format!("{path}?light=false"));
    assert_eq!(dark.error(), "404 image_not_found");
    assert_eq!(op.agent().get(&path).status, 200);

    assert_eq!(delete(&mut root, &path).status, 204);

    assert_eq!(op.agent().get(&path).error(), "404 image_not_found");
    assert_eq!(delete(&mut root, &path).error(), "404 image_not_found");
    assert!(op.audit_kinds().contains(&"CLIENT_CHANGED".to_owned()));
    assert_eq!(delete(&mut root, &format!("{UNKNOWN}/logo")).error(), "404 not_found");
}
