//! Findings about the server, its address, its clock, and its users.

use super::{expect, findings, give_passkey, healthy, idle, impostor, offline};
use crate::support::cli::Cli;
use crate::support::ports::free_port;

#[test]
fn a_server_that_does_not_answer_is_told() {
    let port = impostor("HTTP/1.1 503 Sorry\r\nContent-Length: 0\r\n\r\n");
    let cli = Cli::new().with("PORT", &port.to_string());
    expect(&offline(&cli), "server", "problem", "answers 503", "another PORT");
    let cli = cli.with("PORT", &free_port().to_string());
    expect(&offline(&cli), "server", "warning", "no server answers", "pocketid serve");
}

#[test]
fn an_address_that_leads_elsewhere_is_told() {
    let (cli, _server) = healthy();
    let look = |cli: &Cli| findings(&cli.run("doctor -o json"));
    let at = |cli: Cli, port: u16| cli.with("APP_URL", &format!("http://localhost:{port}"));

    let cli = at(cli, free_port());
    expect(&look(&cli), "reachable", "problem", "nothing answers at", "--offline");

    let login = "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n";
    let cli = at(cli, impostor(login));
    expect(
        &look(&cli),
        "reachable",
        "problem",
        "is not pocketid: it answers 302",
        "without its own login",
    );

    let other = "HTTP/1.1 200 OK\r\n\r\n{\"issuer\":\"https://other.example/\\u001b[2J\"}";
    let cli = at(cli, impostor(other));
    let found = "has the issuer https://other.example/[2J";
    expect(&look(&cli), "reachable", "problem", found, "set the same APP_URL");

    let (_other, other_server) = healthy();
    let cli = at(Cli::new().with_empty_database(), other_server.address().port());
    cli.run("rotate-keys").expect_success();
    expect(
        &look(&cli),
        "reachable",
        "problem",
        "has other signing keys than this database",
        "DB_CONN",
    );
}

#[test]
fn a_clock_that_is_wrong_is_told() {
    let cli = idle();
    cli.database().execute("UPDATE audit_events SET created_at = created_at + 3600", []).unwrap();
    expect(&offline(&cli), "clock", "problem", "the clock is behind", "synchronise the clock");

    let old = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n";
    let cli = Cli::new().with("APP_URL", &format!("http://localhost:{}", impostor(old)));
    let found = findings(&cli.run("doctor -o json"));
    expect(&found, "clock", "problem", "the clock differs by", "synchronise the clock");
}

#[test]
fn an_installation_that_nobody_can_administer_is_told() {
    let cli = Cli::new().with_empty_database();
    expect(&offline(&cli), "administrators", "warning", "no account yet", "pocketid setup");
    cli.run("user add alice --admin").expect_success();
    let no_passkey = "no administrator has a passkey";
    expect(&offline(&cli), "administrators", "problem", no_passkey, "pocketid recover alice");
    give_passkey(&cli);
    expect(&offline(&cli), "administrators", "ok", "1 of 1 can sign in", "");
    cli.run("user disable alice --yes").expect_success();
    expect(&offline(&cli), "administrators", "problem", "no enabled administrator", "setup");
}

#[test]
fn a_client_of_a_profile_without_keys_is_told() {
    let cli = idle();
    cli.run("client create Bank --id bank --callback https://bank.example.com/cb --profile fapi2")
        .expect_success();
    let (told, mend) = ("it has no keys that fapi2 allows", "client update bank --jwks FILE");
    expect(&offline(&cli), "clients", "warning", told, mend);
}

#[test]
fn callbacks_that_give_codes_away_are_told() {
    let cli = idle();
    for (id, callback) in [
        ("plain", "http://app.example.com/callback"),
        ("wide", "https://*/callback"),
        ("narrow", "https://app.example.com/callback"),
    ] {
        cli.run(&format!("client create {id} --id {id} --callback {callback}")).expect_success();
    }

    let found = offline(&cli);

    let mend = "pocketid client update plain --callback";
    expect(&found, "clients", "warning", "of plain uses http", mend);
    expect(
        &found,
        "clients",
        "warning",
        "of wide allows hosts that anyone can register",
        "update wide",
    );
    assert!(!found.to_string().contains("narrow"), "{found:#}");

    for (id, url) in
        [("all", "*"), ("host", "https://*/bye"), ("fine", "https://*.example.com/bye")]
    {
        let callback = "--callback https://app.example.com/callback";
        let line = format!("client create {id} --id {id} {callback} --logout-callback {url}");
        cli.run(&line).expect_success();
    }
    let found = offline(&cli);
    for id in ["all", "host"] {
        let told = format!("of {id} allows a link that redirects users to any site");
        let mend = format!("pocketid client update {id} --logout-callback URL");
        expect(&found, "clients", "warning", &told, &mend);
    }
    assert!(!found.to_string().contains("of fine"), "{found:#}");
}

#[test]
fn secrets_that_end_soon_are_told() {
    let cli = idle();
    cli.run("client create app --id app").expect_success();
    cli.run("client create ours --id ours").expect_success();
    let end = |seconds: i64| {
        let expire =
            "UPDATE client_secrets SET expires_at = unixepoch() + ?1 WHERE client_id = 'app'";
        cli.database().execute(expire, [seconds]).unwrap();
    };
    end(86_400);
    let mend = "pocketid client secret create app";
    expect(&offline(&cli), "secrets", "warning", "the last secret of app expires", mend);
    end(-86_400);
    expect(&offline(&cli), "secrets", "problem", "app gets no more tokens", mend);
    cli.run("client secret create app").expect_success();
    expect(&offline(&cli), "secrets", "ok", "none expires soon", "");

    cli.run("api-key create backup --for alice --expires 1d").expect_success();
    let key = "the API key backup of alice expires";
    expect(&offline(&cli), "secrets", "warning", key, "pocketid api-key create");
}

#[test]
fn scim_tokens_that_end_soon_or_that_nobody_uses_are_told() {
    let cli = idle();
    cli.run("scim token create hr --expires 1d").expect_success();
    let rotate = "pocketid scim token rotate hr";
    expect(&offline(&cli), "secrets", "warning", "the SCIM token hr expires", rotate);
    let set = |what: &str| {
        cli.database().execute(&format!("UPDATE scim_tokens SET {what}"), []).unwrap();
    };
    set("expires_at = unixepoch() - 5");
    expect(&offline(&cli), "secrets", "problem", "the SCIM token hr expired", rotate);
    set("expires_at = NULL");
    expect(&offline(&cli), "secrets", "ok", "none expires soon", "");
    set("created_at = unixepoch() - 91 * 86400");
    let delete = "pocketid scim token delete hr";
    expect(&offline(&cli), "secrets", "warning", "the SCIM token hr was not used since", delete);
    set("last_used_at = unixepoch() - 86400");
    expect(&offline(&cli), "secrets", "ok", "none expires soon", "");
}

/// Applications such as oauth2-proxy refuse people whose email is not verified.
#[test]
fn emails_that_applications_may_not_believe_are_told() {
    let cli = idle();
    let found = offline(&cli).to_string();
    assert!(!found.contains("emails"), "there is none: {found}");
    cli.run("user add bob --email bob@example.com --email-verified").expect_success();
    expect(&offline(&cli), "emails", "ok", "all 1 emails are verified", "");
    cli.run("user add carol --email carol@example.com").expect_success();

    let found = offline(&cli);

    let mend = "pocketid user update carol --email-verified";
    expect(&found, "emails", "warning", "1 of 2 emails are not verified", mend);
}

/// A permission may be removed after an exchange was allowed to use it.
#[test]
fn a_permission_of_an_exchange_that_is_gone_is_told() {
    let cli = idle();
    for line in [
        "api create https://stock.example.com",
        "api permission add https://stock.example.com stock:read",
        "client create shop --id shop --callback https://shop.example.com/cb",
        "client exchange allow shop --from-client shop --to https://stock.example.com --permission stock:read",
        "api permission remove https://stock.example.com stock:read",
    ] {
        cli.run(line).expect_success();
    }
    let mend = "pocketid api permission add https://stock.example.com stock:read";
    expect(&offline(&cli), "clients", "warning", "the permission stock:read of", mend);
}
