//! `pocketid config`

use crate::support::cli::Cli;

#[test]
fn a_setting_is_listed_set_shown_and_unset() {
    let cli = Cli::new().with_empty_database();
    let listed = cli.run("config list").ok();
    assert!(listed.starts_with("appName\tPocket ID\ttext\tPocket ID\tdefault\n"), "{listed}");
    assert_eq!(listed.lines().count(), 56, "{listed}");

    cli.run_args(&["config", "set", "appName", "Home"]).expect(
        0,
        "appName\tHome\ttext\tPocket ID\tstored\n",
        "",
    );
    cli.run("config get appname").expect(0, "Home\n", "");
    let got = cli.run("config get appName -o json").json();
    assert_eq!((&got["value"], &got["origin"]), (&"Home".into(), &"stored".into()));
    assert_eq!(got["env"], "APP_NAME");

    cli.run("config set appName Home").expect(
        0,
        "appName\tHome\ttext\tPocket ID\tstored\n",
        "appName already has this value; nothing was changed.\n",
    );
    cli.run("config unset appName").expect(0, "", "");
    cli.run("config get appName").expect(0, "Pocket ID\n", "");
    cli.run("config unset appName").refused(
        1,
        &["error: appName already has its default", "hint: add --if-present to ignore this"],
    );
    cli.run("config unset appName --if-present").expect(0, "", "");
    assert_eq!(cli.audit_log(), ["APP_CONFIG_CHANGED cli -"; 2]);
}

#[test]
fn what_is_no_setting_or_no_value_of_it_is_refused_and_changes_nothing() {
    let cli = Cli::new().with_empty_database();
    cli.run("config get apName")
        .refused(1, &["error: unknown setting \"apName\"", "hint: did you mean appName?"]);
    cli.run("config set zzz 1").refused(
        1,
        &["error: unknown setting \"zzz\"", "hint: to list them: pocketid config list"],
    );
    cli.run("config set sessionDuration long").refused(
        2,
        &[
            "error: sessionDuration must be a whole number from 1 to 43200",
            "hint: nothing was changed; description: duration of a session, in minutes",
        ],
    );
    for (key, value) in [
        ("sessionDuration", "0"),
        ("sessionDuration", "-5"),
        ("emailsVerified", "yes"),
        ("allowUserSignups", "Open"),
        ("accentColor", "red;}*{display:none"),
        ("homePageUrl", "//evil.example"),
        ("appName", ""),
        ("appName", "a\u{1b}[31m"),
        ("smtpFrom", "nobody"),
        ("signupDefaultCustomClaims", "[{\"key\":\"sub\",\"value\":\"x\"}]"),
        ("smtpPassword", "on-the-command-line"),
    ] {
        cli.run_args(&["config", "set", key, value]).expect_failure(2);
    }
    let group = r#"["0197f0c4-0000-7000-8000-000000000000"]"#;
    cli.run_args(&["config", "set", "signupDefaultUserGroupIDs", group]).expect_failure(1);
    cli.run("config set appName").expect_failure(2);
    cli.run("config set appName --value-file nowhere").expect_failure(1);
    cli.write("binary", [0xff, 0xfe]);
    cli.run("config set appName --value-file binary").expect_failure(1);
    cli.write("long", "x".repeat(70_000));
    cli.run("config set smtpHost --value-file long").expect_failure(1);
    assert!(cli.audit_log().is_empty());
    assert!(!cli.run("config list").ok().contains("\tstored"));
}

#[test]
fn a_secret_comes_from_a_file_is_sealed_and_is_shown_only_when_asked_for() {
    let cli = Cli::new().with_empty_database();
    cli.write("password", "hunter2 \n");
    cli.run("config set smtpPassword --value-file password").expect(
        0,
        "smtpPassword\t(hidden)\tsecret\t\tstored\n",
        "",
    );
    cli.run("config get smtpPassword")
        .refused(1, &["error: smtpPassword is a secret", "hint: to show it, add --reveal"]);
    cli.run("config get smtpPassword --reveal").expect(0, "hunter2 \n", "");
    let listed = cli.run("config list -o json").ok() + &cli.run("config list").ok();
    assert!(!listed.contains("hunter2"), "{listed}");
    let audit = cli.run("audit list -o json").ok();
    assert!(audit.contains("smtpPassword") && !audit.contains("hunter2"), "{audit}");
    for file in ["data/pocketid.db", "data/pocketid.db-wal"] {
        let bytes = std::fs::read(cli.path(file)).unwrap_or_default();
        assert!(!bytes.windows(7).any(|part| part == b"hunter2"), "{file}");
    }

    // One secret does not pose as another.
    cli.database().execute("UPDATE settings SET key = 'ldapBindPassword'", []).unwrap();
    cli.run("config get ldapBindPassword --reveal").expect_success();
    assert!(!cli.run("config get ldapBindPassword --reveal").stdout.contains("hunter2"));
}

#[test]
fn nothing_from_a_pipe_takes_no_secret_away() {
    let cli = Cli::new().with_empty_database();
    cli.run("config get smtpPassword").refused(
        1,
        &["error: smtpPassword is not set", "hint: to set it: pocketid config set smtpPassword -"],
    );
    cli.write("password", "hunter2");
    cli.write("empty", "\n");
    cli.run("config set smtpPassword --value-file password").expect_success();
    for line in [
        "false | pocketid config set smtpPassword -",
        "pocketid config set smtpPassword ''",
        "pocketid config set smtpPassword --value-file empty",
    ] {
        cli.shell(line).refused(
            2,
            &[
                "error: the value of smtpPassword is empty; nothing was changed",
                "hint: to remove it: pocketid config unset smtpPassword",
            ],
        );
    }
    cli.run("config get smtpPassword --reveal").expect(0, "hunter2\n", "");
}

#[test]
fn the_environment_is_in_charge_when_it_says_so() {
    let cli = Cli::new().with_empty_database().with("APP_NAME", "Home");
    cli.run("config set appName Stored").expect_success();
    cli.run("config get appName").expect(0, "Stored\n", "");
    let listed = cli.run("config list");
    assert_eq!(
        listed.stderr,
        "warning: APP_NAME in the environment has no effect, unless UI_CONFIG_DISABLED is true\n"
    );

    let cli = cli.with("UI_CONFIG_DISABLED", "true").with("SMTP_PASSWORD", "hunter2");
    let listed = cli.run("config list").ok();
    assert!(listed.starts_with("appName\tHome\ttext\tPocket ID\tenvironment\n"), "{listed}");
    assert!(listed.contains("\nsmtpPassword\t(hidden)\tsecret\t\tenvironment\n"), "{listed}");
    cli.run("config get smtpPassword --reveal").expect(0, "hunter2\n", "");
    for line in ["config set appName Other", "config unset appName"] {
        cli.run(line).refused(
            1,
            &[
                "error: appName comes from the environment, since UI_CONFIG_DISABLED is true",
                "hint: set APP_NAME there and restart the server, or remove UI_CONFIG_DISABLED to \
                 keep settings in the database",
            ],
        );
    }

    let cli = cli.with("SESSION_DURATION", "long");
    cli.run("config list").refused(
        3,
        &[
            "error: SESSION_DURATION must be a whole number from 1 to 43200",
            "hint: correct SESSION_DURATION in the environment or in the file .env",
        ],
    );
}
