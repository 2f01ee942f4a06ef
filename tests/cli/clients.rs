//! `pocketid client`

use serde_json::{Value, json};

use crate::support::cli::{Cli, redact};

const ENDPOINTS: &str = "OIDC_ISSUER=https://id.example.com\n\
                         OIDC_AUTHORIZATION_ENDPOINT=https://id.example.com/authorize\n\
                         OIDC_TOKEN_ENDPOINT=https://id.example.com/api/oidc/token\n\
                         OIDC_USERINFO_ENDPOINT=https://id.example.com/api/oidc/userinfo\n\
                         OIDC_JWKS_URI=https://id.example.com/.well-known/jwks.json\n";

#[test]
fn a_client_is_registered_with_a_random_id_and_a_secret() {
    let cli = Cli::new();

    let created = cli.run("client create Linkding");

    created.expect(0, "ID\nSECRET\n", "");
    assert_eq!(cli.audit_log(), ["CLIENT_CREATED cli -"]);
}

#[test]
fn the_secret_is_shown_once_and_stored_as_a_digest() {
    let cli = Cli::new();
    let created = cli.run("client create Linkding --id linkding").ok();
    let secret = created.lines().nth(1).unwrap();

    for line in ["client show linkding", "client show linkding -o json", "client list -o json"] {
        let shown = cli.run(line).ok();
        assert!(!shown.contains(secret), "{line}");
    }
    let stored: (Vec<u8>, String) = cli
        .database()
        .query_row("SELECT secret_digest, prefix FROM client_secrets", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let digest = pocketid::crypto::Digest::of(secret);
    assert_eq!(stored, (digest.as_bytes().to_vec(), secret[..4].to_owned()));
    for name in ["data/pocketid.db", "data/pocketid.db-wal"] {
        let Ok(file) = std::fs::read(cli.path(name)) else { continue };
        let is_in_file = file.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!is_in_file, "{name}");
    }
}

#[test]
fn a_client_is_made_as_it_was_asked_for() {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();
    cli.write("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");

    let mut created = cli
        .run(
            "client create Immich --id immich --callback https://a.example.com/cb \
             --callback app:/signed-in --id-token-alg ES256 \
             --backchannel-logout https://a.example.com/logged-out --logout-callback https://a.example.com/ --pkce \
             --group staff --group staff --launch-url https://a.example.com --logo logo.svg --description Photos -o json",
        )
        .json();

    let immich = json!({
        "id": "immich", "name": "Immich", "description": "Photos", "hasLogo": true,
        "hasDarkLogo": false, "launchURL": "https://a.example.com",
        "requiresReauthentication": false, "clientType": "standard",
        "callbackURLs": ["https://a.example.com/cb", "app:/signed-in"],
        "logoutCallbackURLs": ["https://a.example.com/"], "isPublic": false, "pkceEnabled": true,
        "backchannelLogoutUri": "https://a.example.com/logged-out",
        "idTokenSignedResponseAlg": "ES256",
        "requiresPushedAuthorizationRequests": false, "skipConsent": false,
        "dpopBoundAccessTokens": false, "securityProfile": null,
        "tlsClientCertificateBoundAccessTokens": false, "tokenExchanges": [], "trustedIssuers": [],
        "identityAssertions": [],
        "userinfoSignedResponseAlg": null,
        "credentials": {"secrets": [{
            "id": "ID", "prefix": "PREFIX", "createdAt": "TIME", "expiresAt": null,
            "isActive": true,
        }]},
        "isGroupRestricted": true, "accessTokenDurationMinutes": 60,
        "refreshTokenDurationMinutes": 43200, "maxSessionAgeMinutes": null,
        "allowedUserGroups": [{
            "id": "ID", "friendlyName": "staff", "name": "staff", "customClaims": [],
            "ldapId": null, "createdAt": "TIME", "userCount": 0,
        }],
        "claims": [],
        "endpoints": {
            "issuer": "https://id.example.com",
            "authorization_endpoint": "https://id.example.com/authorize",
            "token_endpoint": "https://id.example.com/api/oidc/token",
            "userinfo_endpoint": "https://id.example.com/api/oidc/userinfo",
            "end_session_endpoint": "https://id.example.com/api/oidc/end-session",
            "introspection_endpoint": "https://id.example.com/api/oidc/introspect",
            "revocation_endpoint": "https://id.example.com/api/oidc/revoke",
            "jwks_uri": "https://id.example.com/.well-known/jwks.json",
        },
        "secret": "SECRET",
    });
    created["credentials"]["secrets"][0]["prefix"] = json!("PREFIX");
    assert_eq!(created, immich);
    let image: Vec<u8> =
        cli.database().query_row("SELECT image FROM client_logos", [], |row| row.get(0)).unwrap();
    assert_eq!(image, b"<svg xmlns='http://www.w3.org/2000/svg'/>");
}

/// RFC 9126 §6.
#[test]
fn a_client_can_be_made_to_push_its_requests() {
    let cli = Cli::new();

    let created = cli.run("client create Bank --id bank --require-par -o json").json();

    assert_eq!(created["requiresPushedAuthorizationRequests"], true);
    assert!(cli.run("client show bank").ok().contains("PAR required\tyes\n"));
}

/// RFC 9449 §5.2.
#[test]
fn a_client_can_be_made_to_bind_its_tokens() {
    let cli = Cli::new();

    let created = cli.run("client create Bank --id bank --dpop -o json").json();

    assert_eq!(created["dpopBoundAccessTokens"], true);
    assert!(cli.run("client show bank").ok().contains("Bound tokens\tto a key (DPoP)\n"));
    let updated = cli.run("client update bank --no-dpop --mtls -o json").json();
    assert_eq!(updated["dpopBoundAccessTokens"], false);
    assert_eq!(updated["tlsClientCertificateBoundAccessTokens"], true);
    assert!(cli.run("client show bank").ok().contains("Bound tokens\tto a TLS certificate\n"));
}

#[test]
fn a_client_has_a_longest_session_age_or_none() {
    let cli = Cli::new();

    let created = cli.run("client create Bank --id bank --max-session-age 8h -o json").json();

    assert_eq!(created["maxSessionAgeMinutes"], 480);
    assert!(cli.run("client show bank").ok().contains("Longest session age\t8 hours\n"));
    let updated = cli.run("client update bank --name Banks -o json").json();
    assert_eq!(updated["maxSessionAgeMinutes"], 480);
    for bad in ["4m", "0", "90s", "366d", "never"] {
        let refused = cli.run(&format!("client update bank --max-session-age {bad}"));
        assert_eq!(refused.code, Some(2), "{bad}: {}", refused.stderr);
    }
    let both = cli.run("client update bank --max-session-age 8h --no-max-session-age");
    assert_eq!(both.code, Some(2), "{}", both.stderr);
    let updated = cli.run("client update bank --no-max-session-age -o json").json();
    assert_eq!(updated["maxSessionAgeMinutes"], json!(null));
    assert!(cli.run("client show bank").ok().contains("Longest session age\tany\n"));
}

/// The example of RFC 7515 appendix A.3.1.
const KEY: &str = r#"{"keys": [{"kty": "EC", "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

#[test]
fn a_client_can_be_held_to_fapi() {
    let cli = Cli::new();
    let line =
        "client create Bank --id bank --callback https://bank.example.com/cb --profile fapi2";

    let created = cli.run(&format!("{line} -o json"));

    assert!(created.stderr.contains("Bank cannot authenticate"), "{}", created.stderr);
    let created: Value = serde_json::from_str(&created.stdout).unwrap();
    assert_eq!(created["securityProfile"], "fapi2");
    assert_eq!(created["idTokenSignedResponseAlg"], "ES256");
    assert_eq!(created["credentials"]["secrets"], json!([]), "a secret would be of no use");
    let shown = cli.run("client show bank").ok();
    for line in [
        "PKCE required\tyes\n",
        "PAR required\tyes\n",
        "Bound tokens\tto a key (DPoP) or a TLS certificate\n",
        "Security profile\tfapi2, but it has no keys that this allows; add some: ",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    cli.write("bank.jwks.json", KEY);
    cli.run("client update bank --jwks bank.jwks.json").expect_success();
    assert!(cli.run("client show bank").ok().contains("Security profile\tfapi2\n"));
    cli.run_args(&["client", "update", "bank", "--profile", ""]).expect_success();
    assert!(cli.run("client show bank").ok().contains("PAR required\tno\n"));
}

#[test]
fn a_profile_that_the_other_settings_contradict_is_refused() {
    let cli = Cli::new();
    for (more, cause) in [
        ("--callback https://a.example.com/cb --public", "does not allow Web to be public"),
        ("--callback http://a.example.com/cb", "does not allow the callback http://a.example"),
        ("--callback https://*.example.com/cb", "does not allow the callback https://*.example"),
        ("--id-token-alg RS256", "does not allow RS256"),
    ] {
        let refused = cli.run(&format!("client create Web --id web --profile fapi2 {more}"));
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains(cause), "{cause}: {}", refused.stderr);
    }
    cli.run("client create Web --id web --callback https://*.example.com/cb").expect_success();
    let refused = cli.run("client update web --profile fapi2");
    assert!(refused.stderr.contains("does not allow the callback"), "{}", refused.stderr);
    assert_eq!(cli.run("client create Web --profile fapi3").code, Some(2));
}

#[test]
fn a_client_is_shown_for_people_and_for_files() {
    let cli = Cli::new().with("INTERNAL_APP_URL", "http://pocketid:1411");
    cli.run("client create Linkding --id linkding").expect_success();

    let shown = redact(&cli.run("client show Linkding").ok());

    let secrets = shown.lines().find(|line| line.starts_with("Secrets\t")).unwrap();
    assert!(secrets.ends_with("… (since TIME)"), "{secrets}");
    assert_eq!(
        shown.replace(secrets, "Secrets\t..."),
        "Client ID\tlinkding\n\
         Name\tLinkding\n\
         Description\tnone\n\
         Public\tno\n\
         PKCE required\tno\n\
         PAR required\tno\n\
         Bound tokens\tif it asks for them\n\
         Security profile\tnone\n\
         Asks for consent\tyes\n\
         Passkey each time\tno\nLongest session age\tany\n\
         Access token lifetime\t1 hour\n\
         Refresh token lifetime\t30 days\n\
         ID tokens signed with\tRS256\n\
         UserInfo signed with\tnone\n\
         Secrets\t...\n\
         Keys of its own\tnone\n\
         Federated identities\tnone\n\
         TLS certificates\tnone\n\
         Callback URLs\tthe one of its first completed sign-in\n\
         Logout callback URLs\tnone\n\
         Back-channel logout\tnone\n\
         Open to\teverybody\n\
         Claims\tnone\n\
         Token exchanges\tnone\n\
         Trusted issuers\tnone\n\
         Identity assertions\tnone\n\
         Launch URL\tnone\n\
         Logo\tno\n\
         Created\tTIME\n"
    );
    // Browsers go to the one address, applications to the other.
    let env = ENDPOINTS
        .replace("https://id.example.com/api", "http://pocketid:1411/api")
        .replace("https://id.example.com/.well", "http://pocketid:1411/.well");
    cli.run("client show linkding -o env").expect(
        0,
        &format!("OIDC_CLIENT_ID=linkding\n{env}"),
        "",
    );
}

#[test]
fn the_lines_for_a_file_hold_the_secret_when_it_is_new() {
    let cli = Cli::new();

    let created = cli.run("client create Linkding --id linkding -o env --if-absent");
    let lines = format!("OIDC_CLIENT_ID=linkding\nOIDC_CLIENT_SECRET=SECRET\n{ENDPOINTS}");
    created.expect(0, &lines, "");

    let again = cli.run("client create Linkding --id linkding -o env --if-absent");
    let note = "The client Linkding (linkding) already exists; nothing was changed. Its secret cannot be \
                shown again.\n";
    again.expect(0, &format!("OIDC_CLIENT_ID=linkding\n{ENDPOINTS}"), note);
    assert_eq!(cli.audit_log(), ["CLIENT_CREATED cli -"]);
}

#[test]
fn if_absent_goes_by_the_id_that_is_given_or_else_by_the_name() {
    let cli = Cli::new();
    cli.run("client create Grafana").expect_success();

    let note = "The client Grafana (ID) already exists; nothing was changed. Its secret cannot be shown \
                again.\n";
    cli.run("client create Grafana --if-absent").expect(0, "ID\n", note);
    // Another ID is another client, whatever name or ID the first one goes by.
    let warning = "warning: another client has the name Grafana as well: ID. Commands now need \
                   the ID; --if-absent avoids a second one\n";
    cli.run("client create Grafana --id Grafana --if-absent").expect(
        0,
        "Grafana\nSECRET\n",
        warning,
    );
}

#[test]
fn an_id_is_unique_and_a_name_is_not() {
    let cli = Cli::new();
    cli.run("client create Notes --id notes").expect_success();

    cli.run("client create Other --id notes").refused(
        1,
        &[
            "error: a client with the ID notes already exists: Notes",
            "hint: choose another --id, or add --if-absent to keep the existing client",
        ],
    );
    cli.run("client create Notes --id notes2").expect(
        0,
        "notes2\nSECRET\n",
        "warning: another client has the name Notes as well: notes. Commands now need the ID; \
         --if-absent avoids a second one\n",
    );
    cli.run("client show Notes").refused(
        1,
        &[
            "error: 2 clients match \"Notes\"",
            "hint: give the id of the one you mean: notes, notes2",
        ],
    );
    cli.run("client show note")
        .refused(1, &["error: there is no client \"note\"", "hint: did you mean Notes or notes2?"]);
}

#[test]
fn a_public_client_has_no_secret_and_needs_a_callback() {
    let cli = Cli::new();
    cli.run("client create App --public").refused(
        2,
        &[
            "error: a public client needs a --callback",
            "hint: a public client cannot authenticate, so its callback URLs must be registered",
        ],
    );

    cli.run("client create App --id app --public --callback app:/in").expect(0, "app\n", "");

    let shown: Value = cli.run("client show app -o json").json();
    let facts = (&shown["isPublic"], &shown["pkceEnabled"], &shown["credentials"]);
    assert_eq!(facts, (&json!(true), &json!(true), &json!({"secrets": []})));
    cli.run("client create App --id app --public --callback app:/in --if-absent").expect(
        0,
        "app\n",
        "The client App (app) already exists; nothing was changed.\n",
    );
}

#[test]
fn a_list_for_a_program_has_a_line_a_client() {
    let cli = Cli::new();
    cli.run("group create staff").expect_success();
    cli.run("group create family").expect_success();
    cli.run("client create Web --id web --group staff --group family").expect_success();
    cli.run("client create App --id app --public --callback app:/in").expect_success();

    cli.run("client list").expect(
        0,
        "App\tapp\tpublic\teverybody\nWeb\tweb\tconfidential\tfamily, staff\n",
        "",
    );
    let listed = cli.run("client list -o json").json();
    assert_eq!((&listed[0]["id"], &listed[1]["id"]), (&json!("app"), &json!("web")));
}

#[test]
fn a_client_is_deleted_once() {
    let cli = Cli::new();
    cli.run("client create Web --id web").expect_success();

    cli.run("client delete web").refused(
        2,
        &[
            "error: this cannot be undone, and there is no terminal to ask",
            "hint: add --yes to confirm",
        ],
    );
    cli.run("client list").expect(0, "Web\tweb\tconfidential\teverybody\n", "");

    cli.run("client delete web --yes").expect(0, "", "Deleted the client Web (web).\n");
    cli.run("client list").expect(0, "", "");
    cli.run("client remove web --yes").expect_failure(1);
    cli.run("client remove web --yes --if-present").expect(
        0,
        "",
        "Nothing was changed: there is no client \"web\".\n",
    );
    assert_eq!(cli.audit_log(), ["CLIENT_CREATED cli -", "CLIENT_DELETED cli -"]);
}

#[test]
fn deleting_tells_what_is_gone_in_json() {
    let cli = Cli::new();
    cli.run("client create Web --id web").expect_success();

    let deleted = cli.run("client delete web --yes --quiet -o json").json();
    assert_eq!(deleted, json!({"id": "web", "name": "Web"}));
    let again = cli.run("client delete web --yes --quiet -o json --if-present").json();
    assert_eq!(again, Value::Null);
}

#[test]
fn a_logo_must_be_an_image_of_bearable_size() {
    let cli = Cli::new();
    cli.write("page.png", "<html></html>");
    cli.write("large.png", [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![0; 2 * 1024 * 1024]].concat());

    cli.run("client create Web --logo page.png").refused(
        1,
        &[
            "error: page.png is not an image that browsers can show",
            "hint: use a PNG, JPEG, WebP, AVIF, GIF, ICO or SVG file",
        ],
    );
    cli.run("client create Web --logo large.png").refused(
        1,
        &["error: the logo large.png is too large", "hint: a logo may have at most 2 MiB"],
    );
    cli.run("client create Web --logo none.png").refused(
        1,
        &[
            "error: cannot read the logo none.png: No such file or directory (os error 2)",
            "hint: --logo names an image file that this user can read",
        ],
    );
    // Not even the database was made.
    cli.run("client list").expect_failure(4);
}

#[test]
fn addresses_that_cannot_be_are_wrong_usage() {
    let cli = Cli::new();
    let advice = "\nhint: see --help\n";
    cli.run("client create Web --callback web.example.com/cb").expect(
        2,
        "",
        &format!(
            "error: invalid value 'web.example.com/cb' for '--callback <URL>': it does not start \
             with a scheme; write the whole address, as in `https://app.example.com/callback`\
             {advice}"
        ),
    );
    cli.run("client create Web --launch-url javascript:alert(1)").expect(
        2,
        "",
        &format!(
            "error: invalid value 'javascript:alert(1)' for '--launch-url <URL>': it must be an \
             address such as https://app.example.com{advice}"
        ),
    );
}

#[test]
fn a_callback_that_the_server_will_refuse_is_told() {
    let cli = Cli::new().with("ALLOW_INSECURE_CALLBACK_URLS", "false");
    let line = "client create Web --id web --callback http://web.example.com/cb \
                --callback http://localhost/cb";

    cli.run(line).expect(
        0,
        "web\nSECRET\n",
        "warning: sign-ins with http://web.example.com/cb are refused while \
         ALLOW_INSECURE_CALLBACK_URLS is false\n",
    );
}
