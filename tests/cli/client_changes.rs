//! `pocketid client update` and `preview`

use serde_json::{Value, json};

use crate::support::{cli::Cli, op::TestOp};

fn with_client() -> Cli {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();
    cli.run("client create Web --id web --callback https://a.example.com/cb --pkce")
        .expect_success();
    cli
}

fn shown(cli: &Cli) -> Value {
    cli.run("client show web -o json").json()
}

/// What the audit log says was changed.
fn changes(cli: &Cli) -> Vec<String> {
    let database = cli.database();
    let mut statement = database
        .prepare("SELECT data FROM audit_events WHERE kind = 'CLIENT_CHANGED' ORDER BY id")
        .unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let changed = |data: Result<String, _>| {
        let data: Value = serde_json::from_str(&data.unwrap()).unwrap();
        data["changed"].as_str().unwrap().to_owned()
    };
    rows.map(changed).collect()
}

#[test]
fn a_client_is_changed_as_far_as_was_said() {
    let cli = with_client();
    let before = shown(&cli);
    cli.write("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");

    let updated = cli
        .run(
            "client update web --name Notes --callback https://b.example.com/cb \
             --callback https://c.example.com/cb --logout-callback https://b.example.com/ \
             --backchannel-logout https://b.example.com/out --no-pkce --require-par --dpop --mtls --skip-consent \
             --require-reauthentication --access-token-ttl 10m --refresh-token-ttl 7d --max-session-age 8h --group staff \
             --id-token-alg EdDSA --userinfo-alg ES256 --launch-url https://b.example.com --logo logo.svg \
             --description Photos -o json",
        )
        .json();

    let mut expected = before.clone();
    let object = expected.as_object_mut().unwrap();
    for (name, value) in [
        ("name", json!("Notes")),
        ("callbackURLs", json!(["https://b.example.com/cb", "https://c.example.com/cb"])),
        ("logoutCallbackURLs", json!(["https://b.example.com/"])),
        ("backchannelLogoutUri", json!("https://b.example.com/out")),
        ("pkceEnabled", json!(false)),
        ("requiresPushedAuthorizationRequests", json!(true)),
        ("dpopBoundAccessTokens", json!(true)),
        ("tlsClientCertificateBoundAccessTokens", json!(true)),
        ("skipConsent", json!(true)),
        ("requiresReauthentication", json!(true)),
        ("accessTokenDurationMinutes", json!(10)),
        ("refreshTokenDurationMinutes", json!(10_080)),
        ("maxSessionAgeMinutes", json!(480)),
        ("isGroupRestricted", json!(true)),
        ("idTokenSignedResponseAlg", json!("EdDSA")),
        ("userinfoSignedResponseAlg", json!("ES256")),
        ("launchURL", json!("https://b.example.com")),
        ("hasLogo", json!(true)),
        ("description", json!("Photos")),
    ] {
        assert_ne!(object[name], value, "{name} was so before");
        object.insert(name.to_owned(), value);
    }
    object.insert("allowedUserGroups".into(), updated["allowedUserGroups"].clone());
    assert_eq!(updated["allowedUserGroups"][0]["name"], "staff");
    assert_eq!(updated, expected);
    assert_eq!(shown(&cli), updated);
    assert_eq!(cli.audit_log().iter().filter(|event| *event == "CLIENT_CHANGED cli -").count(), 1);
}

#[test]
fn what_was_set_can_be_taken_away() {
    let cli = with_client();
    let before = shown(&cli);
    cli.write("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    cli.run(
        "client update web --require-par --dpop --mtls --profile fapi2 --id-token-alg ES256 --userinfo-alg ES256 --skip-consent --require-reauthentication --max-session-age 5m --group staff \
         --launch-url https://b.example.com --backchannel-logout https://b.example.com/out \
         --logout-callback https://b.example.com/ --logo logo.svg --description Photos \
         --federated issuer=https://i.example.com",
    )
    .expect_success();
    assert_ne!(shown(&cli), before);

    let toggles = "client update web --no-require-par --no-dpop --no-mtls --id-token-alg RS256 --no-skip-consent \
                   --no-require-reauthentication --no-max-session-age --no-group --no-logo --no-federated";
    let empty = [
        "--launch-url",
        "",
        "--backchannel-logout",
        "",
        "--logout-callback",
        "",
        "--description",
        "",
        "--profile",
        "",
        "--userinfo-alg",
        "",
    ];
    let line: Vec<_> = toggles.split_whitespace().chain(empty).collect();
    cli.run_args(&line).expect_success();

    assert_eq!(shown(&cli), before);
}

#[test]
fn what_is_the_same_is_no_change() {
    let cli = with_client();

    cli.run("client update web --pkce --callback https://a.example.com/cb").expect_success();

    assert!(changes(&cli).is_empty());
    cli.run("client update web --no-pkce --name Web").expect_success();
    assert_eq!(changes(&cli), ["pkceEnabled"]);
}

#[test]
fn lists_that_are_given_take_the_place_of_the_old_ones() {
    let cli = with_client();
    cli.run("group create family").expect_success();
    cli.run("client update web --group staff").expect_success();

    cli.run("client update web --group family").expect_success();

    cli.run("client list").expect(0, "Web\tweb\tconfidential\tfamily\n", "");
    cli.run("client update web --group famly --name Other")
        .refused(1, &["error: there is no group \"famly\"", "hint: did you mean family?"]);
    cli.run("client list").expect(0, "Web\tweb\tconfidential\tfamily\n", "");
}

/// RFC 6749 §2.1: a public client has no secret.
#[test]
fn a_client_that_becomes_public_loses_its_secrets_and_must_use_pkce() {
    let cli = with_client();
    cli.run("client update web --no-pkce").expect_success();

    let public = cli.run("client update web --public -o json").json();

    assert_eq!((&public["isPublic"], &public["pkceEnabled"]), (&json!(true), &json!(true)));
    assert_eq!(public["credentials"]["secrets"], json!([]));
    cli.run("client update web --no-pkce").expect_failure(2);
    let confidential = cli.run("client update web --confidential");
    assert_eq!(
        (confidential.code, confidential.stderr.as_str()),
        (
            Some(0),
            "warning: web has no secret yet; to create one: pocketid client secret create web\n"
        )
    );
}

#[test]
fn what_a_public_client_cannot_be_changes_nothing() {
    let cli = with_client();
    cli.run("client create Bare --id bare").expect_success();
    cli.run(
        "client create Keys --id keys --callback https://k.example.com/ --federated \
             issuer=https://i.example.com",
    )
    .expect_success();
    let before = cli.run("client list -o json").json();

    cli.run("client update bare --public").expect_failure(2);
    cli.run("client update keys --public").expect_failure(2);
    let line = ["client", "update", "web", "--public", "--callback", ""];
    cli.run_args(&line).expect_failure(2);

    assert_eq!(cli.run("client list -o json").json(), before);
    assert!(changes(&cli).is_empty());
    cli.run("client update keys --public --no-federated").expect_success();
}

/// What its document says would be overwritten with the next sign-in.
#[test]
fn a_client_that_describes_itself_keeps_what_its_document_says() {
    let cli = with_client();
    let id = "https://app.example.com/client.json";
    let move_over = "UPDATE clients SET id = ?1 WHERE id = 'bare'";
    cli.run("client create Bare --id bare").expect_success();
    let database = cli.database();
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    database.execute(move_over, [id]).unwrap();

    for option in ["--name X", "--callback https://x.example.com/", "--public"] {
        let refused = cli.run(&format!("client update {id} {option}"));
        assert_eq!(refused.code, Some(1), "{option}");
        assert!(refused.stderr.contains("come from its metadata document"), "{}", refused.stderr);
    }
    // Its document may name other addresses tomorrow.
    let refused = cli.run(&format!("client update {id} --skip-consent"));
    assert!(refused.code == Some(1) && refused.stderr.contains("consent"), "{}", refused.stderr);
    cli.run(&format!("client update {id} --require-reauthentication")).expect_success();
}

#[test]
fn without_a_change_or_with_a_wrong_one_it_is_wrong_usage() {
    let cli = with_client();
    for line in [
        "client update web",
        "client update web --pkce --no-pkce",
        "client update web --public --confidential",
        "client update web --access-token-ttl 90s",
        "client update web --refresh-token-ttl 366d",
        "client update web --launch-url nowhere",
        "client update web --group staff --no-group",
    ] {
        assert_eq!(cli.run(line).code, Some(2), "{line}");
    }
    cli.run("client update wbe --pkce")
        .refused(1, &["error: there is no client \"wbe\"", "hint: did you mean Web?"]);
    cli.run("client update web --logo missing.svg").expect_failure(1);
}

#[test]
fn a_new_client_can_have_all_of_it_at_once() {
    let created = Cli::new()
        .run(
            "client create Web --id web --skip-consent --require-reauthentication \
             --access-token-ttl 5m --refresh-token-ttl 1d -o json",
        )
        .json();

    assert_eq!(created["skipConsent"], true);
    assert_eq!(created["requiresReauthentication"], true);
    assert_eq!(created["accessTokenDurationMinutes"], 5);
    assert_eq!(created["refreshTokenDurationMinutes"], 1_440);
}

/// The preview is what a sign-in gives.
#[test]
fn a_preview_is_what_the_client_would_get() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    op.group("staff", &[alice.id]);
    op.beside("user claims alice team=core").expect_success();
    op.beside("group claims staff floor=3").expect_success();
    op.beside(&format!("client claims {} tenant=acme", client.id)).expect_success();
    op.beside(&format!("client claims {} role=@team --scope roles", client.id)).expect_success();
    let scope = "openid profile email groups offline_access roles";
    let tokens = op.redeem(&client, &alice.code(&client, &[("scope", scope)])).ok().json();

    let line = format!("client preview {} alice -o json", client.id);
    // The address of the server is that of its own environment.
    let cli = op.environment().into_iter().fold(Cli::new(), |cli, (n, v)| cli.with(n, v));
    let previewed: Value =
        serde_json::from_str(&cli.with("APP_URL", op.base_url()).run(&line).ok()).unwrap();

    let userinfo = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();
    assert_eq!(previewed["userInfo"], userinfo);
    let id_token = tokens["id_token"].as_str().unwrap();
    let mut claims: Value = pocketid::crypto::jws::peek_claims(id_token).unwrap();
    for name in ["amr", "at_hash", "auth_time", "exp", "iat", "jti", "nonce", "rat", "sid"] {
        claims.as_object_mut().unwrap().remove(name).unwrap();
    }
    assert_eq!(previewed["idToken"], claims);
    assert_eq!(previewed["byScope"]["roles"], json!({"role": "core"}));
    assert_eq!(previewed["byScope"]["groups"], json!({"groups": ["staff"]}));
    assert_eq!(op.count("grants"), 1, "nobody was signed in for it");
}

#[test]
fn a_preview_says_when_the_user_would_get_nothing_at_all() {
    let cli = with_client();
    cli.run("user add alice").expect_success();
    cli.run("client update web --group staff").expect_success();

    let shut_out = cli.run("client preview web alice --scope openid --scope groups");

    assert_eq!(
        (shut_out.code, shut_out.stderr.as_str()),
        (Some(0), "warning: alice is not in a group that may use web, and cannot sign in\n")
    );
    assert!(shut_out.stdout.contains("groups\tgroups\t[]\n"), "{}", shut_out.stdout);
    // The form that applications use.
    let joined = cli.run_args(&["client", "preview", "web", "alice", "--scope", " openid  groups"]);
    assert_eq!(joined.stdout, shut_out.stdout);
    cli.run("client preview web alice --scope orders").refused(
        1,
        &[
            "error: web may not ask for orders",
            "hint: allowed: openid, profile, email, groups, offline_access",
        ],
    );
    cli.run("client preview web alcie").expect_failure(1);
    cli.run("client preview wbe alice").expect_failure(1);
}

/// The page "Callback URL not registered" shows this command: the others stay.
#[test]
fn a_callback_is_added_beside_those_that_are_there() {
    let cli = with_client();
    for _ in 0..2 {
        cli.run("client update web --add-callback https://b.example.com/cb").expect_success();
    }
    let both = json!(["https://a.example.com/cb", "https://b.example.com/cb"]);
    assert_eq!(shown(&cli)["callbackURLs"], both);
    assert_eq!(changes(&cli), ["callbackURLs"], "the second time nothing changes");
    let line =
        "client update web --add-callback https://c.example.com/ --callback https://d.example.com/";
    assert_eq!(cli.run(line).code, Some(2));
}
