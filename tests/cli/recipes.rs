//! `pocketid client create --recipe` and `pocketid client recipes`

use std::fs;

use serde_json::{Value, json};

use crate::support::cli::{Cli, redact};

const LINKDING: &str = "client create Linkding --id linkding --recipe linkding \
                        --url https://links.example.com";
const SETTINGS: &str = "LD_ENABLE_OIDC=True\n\
    OIDC_OP_AUTHORIZATION_ENDPOINT=https://id.example.com/authorize\n\
    OIDC_OP_TOKEN_ENDPOINT=https://id.example.com/api/oidc/token\n\
    OIDC_OP_USER_ENDPOINT=https://id.example.com/api/oidc/userinfo\n\
    OIDC_OP_JWKS_ENDPOINT=https://id.example.com/.well-known/jwks.json\n\
    OIDC_RP_CLIENT_ID=linkding\n\
    OIDC_RP_CLIENT_SECRET=SECRET\n\
    OIDC_RP_SIGN_ALGO=RS256\n\
    OIDC_USE_PKCE=True\n";
const NOTES: &str = "\nPaste this into Linkding's file .env, or the environment of its container. \
    The secret is shown only once.\n\n- Accounts are matched by email.\n\n\
    Documentation: https://linkding.link/options/#ld_enable_oidc\n";
const OWN: &str = "title = \"Wiki\"\ndocumentation = \"https://wiki.example.com\"\ninto = \"its file\"\n\
                   callbacks = [\"/back\"]\nformat = \"ini\"\n\
                   settings = \"[oidc]\\nid = {client_id}\\nsecret = {client_secret}\"\n";
const OWN_NOTES: &str = "\nPaste this into its file. The secret is shown only once.\n\n\
                         Documentation: https://wiki.example.com\n";

fn with_own(name: &str, text: impl AsRef<[u8]>) -> Cli {
    let cli = Cli::new();
    fs::create_dir(cli.path("recipes")).unwrap();
    cli.write(&format!("recipes/{name}"), text);
    cli
}

#[test]
fn a_recipe_prints_exactly_what_is_pasted() {
    let cli = Cli::new();

    cli.run(LINKDING).expect(0, SETTINGS, NOTES);

    let shown = cli.run("client show linkding -o json").json();
    assert_eq!(shown["callbackURLs"], json!(["https://links.example.com/oidc/callback/"]));
    assert_eq!(shown["launchURL"], "https://links.example.com");
    assert_eq!((&shown["isPublic"], &shown["pkceEnabled"]), (&json!(false), &json!(false)));
    assert_eq!(cli.audit_log(), ["CLIENT_CREATED cli -"]);
}

/// The secret that is printed is the one that works.
#[test]
fn the_pasted_secret_is_the_clients() {
    let cli = Cli::new();
    let pasted = cli.run(LINKDING).stdout;

    let secret = pasted.lines().find_map(|line| line.strip_prefix("OIDC_RP_CLIENT_SECRET="));

    let digest = pocketid::crypto::Digest::of(secret.unwrap());
    let stored: Vec<u8> = cli
        .database()
        .query_row("SELECT secret_digest FROM client_secrets", [], |row| row.get(0))
        .unwrap();
    assert_eq!(stored, digest.as_bytes());
}

#[test]
fn settings_come_as_variables_and_in_json_as_well() {
    let cli = Cli::new();

    cli.run(&format!("{LINKDING} -o env")).expect(0, SETTINGS, NOTES);
    let created =
        cli.run("client create B --recipe Linkding --url https://b.example.com/ -o json").json();

    assert_eq!(created["secret"], "SECRET");
    assert_eq!(
        (&created["recipe"]["name"], &created["recipe"]["format"]),
        (&json!("linkding"), &json!("env"))
    );
    let settings = created["recipe"]["settings"].as_str().unwrap();
    assert!(
        settings.contains("OIDC_RP_CLIENT_ID=ID\nOIDC_RP_CLIENT_SECRET=SECRET\n"),
        "{settings}"
    );
    // A recipe whose settings are no list of variables gives the usual ones.
    let line = "client create C --recipe headscale --url https://c.example.com -o env --quiet";
    let env = cli.run(line).ok();
    assert!(redact(&env).starts_with("OIDC_CLIENT_ID=ID\nOIDC_CLIENT_SECRET=SECRET\n"), "{env}");
}

#[test]
fn options_win_over_the_recipe() {
    let cli = Cli::new();
    cli.run(
        "client create Cloud --id cloud --recipe nextcloud --url https://cloud.example.com \
         --callback https://other.example.com/cb --launch-url https://other.example.com",
    )
    .expect_success();

    let shown = cli.run("client show cloud -o json").json();

    assert_eq!(shown["callbackURLs"], json!(["https://other.example.com/cb"]));
    assert_eq!(shown["launchURL"], "https://other.example.com");
    assert_eq!(shown["logoutCallbackURLs"], json!(["https://cloud.example.com/"]));
    assert_eq!(
        shown["backchannelLogoutUri"],
        "https://cloud.example.com/index.php/apps/user_oidc/backchannel-logout/pocketid"
    );
}

#[test]
fn a_public_application_gets_no_secret() {
    let cli = Cli::new();

    let line = "client create Home --id home --recipe home-assistant --url http://ha.local:8123 -q";
    let pasted = cli.run(line).ok();

    let discovery = "https://id.example.com/.well-known/openid-configuration";
    assert!(pasted.starts_with(&format!(
        "auth_oidc:\n  client_id: \"home\"\n  discovery_url: \"{discovery}\"\n"
    )));
    let shown = cli.run("client show home -o json").json();
    assert_eq!((&shown["isPublic"], &shown["credentials"]["secrets"]), (&json!(true), &json!([])));
}

#[test]
fn fields_of_a_page_are_numbered() {
    let cli = Cli::new();

    let line =
        "client create Photos --id photos --recipe immich --url https://photos.example.com -q";
    let pasted = redact(&cli.run(line).ok());

    let lines: Vec<_> = pasted.lines().take(3).collect();
    assert_eq!(
        lines,
        [
            "1. Issuer URL: https://id.example.com",
            "2. Client ID: photos",
            "3. Client Secret: SECRET"
        ]
    );
    let shown = cli.run("client show photos -o json").json();
    assert_eq!(shown["callbackURLs"][2], "app.immich:///oauth-callback");
}

/// The secret cannot be shown again, and half of a configuration is worse than none.
#[test]
fn for_a_client_that_is_there_nothing_secret_is_made_up() {
    let cli = Cli::new();
    cli.run(LINKDING).expect_success();
    cli.run("client create H --id hs --recipe headscale --url https://h.example.com")
        .expect_success();

    let note = |client: &str| {
        format!(
            "The client {client} already exists; nothing was changed. Its secret cannot be \
             shown again.\n"
        )
    };
    let notes = NOTES.replace(" The secret is shown only once.", "");
    let without = SETTINGS.replace("OIDC_RP_CLIENT_SECRET=SECRET\n", "");
    cli.run(&format!("{LINKDING} --if-absent")).expect(
        0,
        &without,
        &(note("Linkding (linkding)") + &notes),
    );
    cli.run("client create H --id hs --recipe headscale --url https://h.example.com --if-absent")
        .expect(0, "hs\n", &note("H (hs)"));
    let freshrss =
        "client create F --id rss --recipe freshrss --url https://f.example.com --if-absent";
    cli.run(freshrss).expect_success();
    let again = cli.run(freshrss).stdout;
    assert!(!again.contains("SECRET") && !again.contains("CRYPTO_KEY"), "{again}");
}

#[test]
fn an_unknown_recipe_is_answered_with_the_near_ones() {
    let cli = Cli::new();
    cli.run("client create A --recipe linkdig --url https://a.example.com")
        .refused(2, &["error: unknown recipe \"linkdig\"", "hint: did you mean linkding?"]);
    for name in ["zzzzzzz", "../data/pocketid", "README", ""] {
        cli.run_args(&[
            "client",
            "create",
            "A",
            "--recipe",
            name,
            "--url",
            "https://a.example.com",
        ])
        .refused(
            2,
            &[
                &format!("error: unknown recipe \"{name}\""),
                "hint: to list them: pocketid client recipes",
            ],
        );
    }
    assert!(!cli.path("data").exists(), "nothing was made");
}

#[test]
fn an_address_is_needed_and_has_to_be_one() {
    let cli = Cli::new();
    cli.run("client create A --recipe linkding").refused(
        2,
        &[
            "error: --url is missing, and there is no terminal to ask",
            "hint: add --url, or run the command on a terminal",
        ],
    );
    for bad in
        ["links.example.com", "https://*.example.com", "https://a.example.com/?x", "file:///x"]
    {
        let refused = cli.run(&format!("client create A --recipe linkding --url {bad}"));
        let told =
            format!("error: invalid value '{bad}' for '--url <URL>': must be an address such");
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
        assert!(refused.stderr.starts_with(&told), "{}", refused.stderr);
    }
    let alone = cli.run("client create A --url https://a.example.com");
    assert_eq!((alone.code, alone.stdout.as_str()), (Some(2), ""));
    assert!(alone.stderr.contains("--recipe <RECIPE>"), "{}", alone.stderr);
    assert!(!cli.path("data").exists(), "nothing was made");
}

/// The address of the provider itself may be one that a file cannot hold.
#[test]
fn what_cannot_be_written_is_refused_before_anything_is_stored() {
    let cli = Cli::new().with("APP_URL", "https://a'b.example.com").with_empty_database();

    let refused = cli.run(LINKDING);

    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{}", refused.stderr);
    assert!(refused.stderr.contains("cannot be written into env settings"), "{}", refused.stderr);
    cli.run("client list").expect(0, "", "");
}

#[test]
fn a_recipe_of_ones_own_wins() {
    let cli = with_own("linkding.toml", OWN);

    cli.run(LINKDING).expect(0, "[oidc]\nid = linkding\nsecret = SECRET\n", OWN_NOTES);

    let shown = cli.run("client show linkding -o json").json();
    assert_eq!(shown["callbackURLs"], json!(["https://links.example.com/back"]));
    let listed = cli.run("client recipes").ok();
    assert!(listed.contains("\nlinkding\tWiki\tini\t\t\tyes\n"), "{listed}");
}

#[test]
fn a_faulty_recipe_is_refused_with_its_place() {
    let hint = "hint: correct the file, or move it away; recipes/README.md of the source \
                describes recipes";
    for (text, told) in [
        (OWN.replace("title", "titel").into_bytes(), "line 1, column 1: unknown field `titel`, "),
        (OWN.replace("\"ini\"", "ini").into_bytes(), "line 5, column "),
        (
            OWN.replace("{client_id}", "{id}").into_bytes(),
            "line 6, column 26: unknown placeholder {id}; ",
        ),
        (OWN.replace("/back", "back").into_bytes(), "line 4, column 14: `back`: "),
        (b"title = \"\xff\"".to_vec(), "it is not UTF-8 text"),
        (vec![b'#'; 70_000], "it is longer than 64 KiB"),
    ] {
        let cli = with_own("wiki.toml", text);
        for line in ["client create W --recipe wiki --url https://w.example.com", "client recipes"]
        {
            let refused = cli.run(line);
            let error = format!("error: the recipe recipes/wiki.toml cannot be used: {told}");
            assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{told}");
            assert!(refused.stderr.starts_with(&error), "{told}: {}", refused.stderr);
            assert!(refused.stderr.ends_with(&format!("{hint}\n")), "{}", refused.stderr);
        }
        assert!(!cli.path("data").exists(), "nothing was made");
        // The faulty recipe does not block other recipes.
        cli.run(LINKDING).expect_success();
    }
}

#[test]
fn a_recipe_that_is_no_file_or_cannot_be_read_is_refused() {
    let cli = with_own("notes.txt", "passed over");
    cli.write("recipes/Shouted.toml", "passed over");
    fs::create_dir(cli.path("recipes/wiki.toml")).unwrap();
    let refused = cli.run("client create W --recipe wiki --url https://w.example.com");
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("recipes/wiki.toml cannot be used: it is not a file"));

    let cli = Cli::new();
    cli.write("recipes", "a file in the place of the folder");
    let refused = cli.run("client recipes");
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
    assert!(refused.stderr.starts_with("error: cannot read recipes: "), "{}", refused.stderr);
}

/// `data/pocketid.db` has its recipes in `recipes/`, wherever that is.
#[test]
fn own_recipes_are_beside_the_data_folder() {
    let cli = Cli::new().with("DB_CONNECTION_STRING", "there/data/pocketid.db");
    fs::create_dir_all(cli.path("there/recipes")).unwrap();
    cli.write("there/recipes/wiki.toml", OWN);

    let pasted = cli.run("client create W --id wiki --recipe wiki --url https://w.example.com");

    pasted.expect(0, "[oidc]\nid = wiki\nsecret = SECRET\n", OWN_NOTES);
}

#[test]
fn recipes_are_listed_for_people_and_programs() {
    let cli = Cli::new();
    let listed = cli.run("client recipes").ok();
    assert!(listed.lines().count() >= 50);
    let linkding = "\nlinkding\tLinkding\tenv\t2026-11-24\t1.46\tno\n";
    assert!(listed.contains(linkding), "{listed}");
    assert!(!cli.path("data").exists(), "no database is needed");

    let json: Value = cli.run("client recipes -o json").json();
    let linkding = json.as_array().unwrap().iter().find(|one| one["name"] == "linkding").unwrap();
    assert_eq!(
        *linkding,
        json!({
            "name": "linkding", "isOwn": false, "title": "Linkding",
            "documentation": "https://linkding.link/options/#ld_enable_oidc",
            "into": "Linkding's file .env, or the environment of its container",
            "callbacks": ["/oidc/callback/"], "logoutCallbacks": [], "backchannelLogout": null,
            "pkceEnabled": false, "isPublic": false, "scopes": ["openid", "profile", "email"],
            "needsVerifiedEmail": false, "notes": ["Accounts are matched by email."],
            "httpNote": null, "checkedAgainst": "https://linkding.link/options/#ld_enable_oidc",
            "checkedOn": "2026-11-24", "run": "1.46", "format": "env", "reader": "docker",
        })
    );
}

#[test]
fn on_a_terminal_the_address_is_asked_for_and_the_rest_is_told() {
    let cli = Cli::new();

    let asked = cli.run_on_terminal(
        "client create Linkding --id linkding --recipe linkding",
        "links\nhttps://links.example.com\n",
    );

    assert_eq!(asked.code, Some(0), "{}", asked.stdout);
    let told = redact(&asked.stdout.replace("\r\n", "\n"));
    assert!(told.contains("Address of the application"), "{told}");
    let pasted = told.find(SETTINGS).unwrap_or_else(|| panic!("{told}"));
    // The line is longer than the terminal is wide.
    let notes = NOTES.replace("only once", "only\nonce");
    let rest = &told[pasted + SETTINGS.len()..];
    assert!(rest.strip_prefix(&notes).is_some_and(|end| end.starts_with("\nNext: ")), "{rest}");
}

/// Notes are shown also when the output goes into a file: they may say that passwords are off from then on.
#[test]
fn notes_are_told_when_the_settings_go_into_a_file() {
    let cli = Cli::new();

    let told = cli.shell(
        "pocketid client create B --recipe bookstack --url https://b.example.com > b.env 2> told",
    );

    told.expect(0, "", "");
    let notes = std::fs::read_to_string(cli.path("told")).unwrap();
    assert!(notes.contains("\n- Signing in with a password is off from then on."), "{notes}");
    assert!(notes.contains(" The secret is shown only once.\n"), "{notes}");
    let settings = std::fs::read_to_string(cli.path("b.env")).unwrap();
    assert!(settings.starts_with("AUTH_METHOD=oidc\n"), "{settings}");
    assert!(!settings.contains("password"), "{settings}");
}

#[test]
fn quiet_tells_no_notes_and_json_has_them() {
    let cli = Cli::new();
    cli.run(&format!("{LINKDING} --quiet")).expect(0, SETTINGS, "");

    let line = "client create B --recipe vaultwarden --url https://b.example.com -o json";
    let recipe = cli.run(line).json()["recipe"].clone();

    assert_eq!(recipe["reader"], "dotenv");
    assert_eq!(recipe["into"], "Vaultwarden's file .env");
    let notes = recipe["notes"].as_array().unwrap();
    assert!(
        notes
            .iter()
            .any(|note| note.as_str().unwrap().contains("user update NAME --email-verified")),
        "{notes:?}"
    );
}

/// At the edge of a narrow terminal words stay whole, and items are indented.
#[test]
fn notes_are_broken_between_words() {
    let cli = Cli::new();

    let line = "client create B --recipe bookstack --url https://b.example.com";
    let told = cli.run_on_terminal_of(60, line, "").stdout.replace("\r\n", "\n");

    let (_, notes) = told.split_once("\nPaste this").unwrap();
    assert!(notes.lines().all(|line| line.chars().count() <= 60), "{notes}");
    let words = notes.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("Give existing people their External Authentication ID first"),
        "{words}"
    );
    assert!(notes.contains("\n- Signing in with a password is off"), "{notes}");
    assert!(notes.contains("\n  "), "{notes}");
}

/// `SSO_SCOPES=email profile offline_access` ended Vaultwarden, and broke a shell that read the file.
#[test]
fn a_shell_reads_the_variables_of_vaultwarden() {
    let cli = Cli::new();

    let read = cli.shell(
        "pocketid client create V --recipe vaultwarden --url https://v.example.com -q > v.env && \
         set -a && . ./v.env && printenv SSO_SCOPES DOMAIN",
    );

    read.expect(0, "email profile offline_access\nhttps://v.example.com\n", "");
}

#[test]
fn what_an_http_address_needs_is_told() {
    let cli = Cli::new().with("ALLOW_INSECURE_CALLBACK_URLS", "true");
    let told =
        |url: &str| cli.run(&format!("client create P --recipe oauth2-proxy --url {url}")).stderr;

    assert!(
        told("http://app.lan:4180").contains("\n- For an http: address add cookie_secure = false")
    );
    assert!(!told("https://app.example.com").contains("cookie_secure"));
}

/// No line of the list is broken on the usual terminal.
#[test]
fn the_list_of_recipes_fits_on_eighty_columns() {
    let cli = Cli::new();
    let names = cli.run("client recipes").ok().lines().count();

    let shown = cli.run_on_terminal_of(80, "client recipes --color never", "").stdout;

    assert_eq!(shown.lines().count(), names + 1, "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
}
