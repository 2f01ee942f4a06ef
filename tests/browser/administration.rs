//! Every page of the settings, for the tour and for pictures.

use super::visitor::Visitor;
use crate::support::op::TestOp;

/// The pages, by name and path. `{user}` and the like stand for the page of one of them.
pub(super) const PAGES: &[(&str, &str)] = &[
    ("apps", "/settings/apps"),
    ("own audit log", "/settings/audit-log"),
    ("users", "/settings/admin/users"),
    ("users, nothing found", "/settings/admin/users?search=nobody-of-this-name"),
    ("new user", "/settings/admin/users/new"),
    ("new service", "/settings/admin/services/new"),
    ("service", "{service}"),
    ("service, credentials", "{service}?tab=credentials"),
    ("invite", "/settings/admin/users/invite"),
    ("user", "{user}"),
    ("user, groups", "{user}?tab=groups"),
    ("user, passkeys", "{user}?tab=passkeys"),
    ("user, claims", "{user}?tab=claims"),
    ("user, sessions", "{user}?tab=sessions"),
    ("invitations", "/settings/admin/signup-tokens"),
    ("groups", "/settings/admin/user-groups"),
    ("new group", "/settings/admin/user-groups/new"),
    ("group", "{group}"),
    ("group, users", "{group}?tab=users"),
    ("group, applications", "{group}?tab=clients"),
    ("group, claims", "{group}?tab=claims"),
    ("applications", "/settings/admin/oidc-clients"),
    ("new application", "/settings/admin/oidc-clients/new"),
    ("application by recipe", "/settings/admin/oidc-clients/new/linkding"),
    ("application", "{client}"),
    ("application, credentials", "{client}?tab=credentials"),
    ("application, groups", "{client}?tab=groups"),
    ("application, claims", "{client}?tab=claims"),
    ("application, APIs", "{client}?tab=apis&add={api}"),
    ("application, SCIM", "{client}?tab=scim"),
    ("application, preview", "{client}?tab=preview&user=member"),
    ("APIs", "/settings/admin/apis"),
    ("new API", "/settings/admin/apis/new"),
    ("API", "/settings/admin/apis/{api}"),
    ("API, permissions", "/settings/admin/apis/{api}?tab=permissions"),
    ("API, applications", "/settings/admin/apis/{api}?tab=clients"),
    ("API, unregistered apps", "/settings/admin/apis/{api}?tab=metadata"),
    ("protected hosts", "/settings/admin/protected-hosts"),
    ("new protected host", "/settings/admin/protected-hosts/new"),
    ("protected host", "/settings/admin/protected-hosts/{protected}"),
    ("SSH accounts", "/settings/admin/ssh"),
    ("new SSH account", "/settings/admin/ssh/accounts/new"),
    ("SSH account", "/settings/admin/ssh/accounts/{ssh}"),
    ("SSH certificates", "/settings/admin/ssh/certificates"),
    ("SSH hosts", "/settings/admin/ssh/hosts"),
    ("SSH users", "/settings/admin/ssh/users"),
    ("API keys", "/settings/admin/api-keys"),
    ("client requests", "/settings/admin/client-requests"),
    ("initial access tokens", "/settings/admin/registration-tokens"),
    ("SCIM tokens", "/settings/admin/scim-tokens"),
    ("configuration", "/settings/admin/application-configuration"),
    ("configuration, images", "/settings/admin/application-configuration?tab=images"),
    ("configuration, sign-up", "/settings/admin/application-configuration?tab=signup"),
    ("configuration, passkeys", "/settings/admin/application-configuration?tab=passkeys"),
    ("configuration, email", "/settings/admin/application-configuration?tab=email"),
    ("configuration, LDAP", "/settings/admin/application-configuration?tab=ldap"),
    ("configuration, OIDC", "/settings/admin/application-configuration?tab=oidc"),
    ("audit log", "/settings/admin/audit-log"),
    ("webhooks", "/settings/admin/webhooks"),
    ("new webhook", "/settings/admin/webhooks/new"),
    ("webhook", "/settings/admin/webhooks/{webhook}"),
    ("signing keys", "/settings/admin/signing-keys"),
    ("backups", "/settings/admin/backups"),
    ("health", "/settings/admin/health"),
];

/// A person, a service, a group, an application, an API, a webhook and a protected host, for the pages about them.
pub(super) struct Subjects {
    user: String,
    group: String,
    client: String,
    api: String,
    webhook: String,
    protected: String,
    ssh: String,
    service: String,
}

impl Subjects {
    pub(super) fn new(op: &TestOp) -> Self {
        let user = op.user("member").id;
        op.assert_subject(user, serde_json::json!({ "issuer": "https://login.example.org" }), "1");
        let group = op.group("family", &[user]);
        let client = op.client_with("https://links.example.com/callback", |client| {
            client.name = "Linkding".parse().expect("a name");
            client.launch_url = Some("https://links.example.com".to_owned());
        });
        op.beside("api create https://api.example.com --name Orders").expect_success();
        op.beside("api permission add https://api.example.com orders:read").expect_success();
        let apis = op.store().read_blocking(pocketid::store::apis::list).expect("the APIs");
        // Nobody listens there, so that the page has a fault to show.
        op.beside("webhook create alerts --url http://127.0.0.1:1/hook --event SIGN_IN")
            .expect_success();
        op.beside("webhook test alerts").expect_failure(1);
        let webhooks = op.store().read_blocking(pocketid::store::webhooks::list);
        op.beside("protect create wiki.example.com --group family --open-path /health")
            .expect_success();
        let federated = "issuer=https://git.example.com,subject=repo:acme/web";
        let service = op.beside(&format!(
            "service create ci-deploy --group family --client {} --federated {federated} -o json",
            client.id
        ));
        let service: serde_json::Value = serde_json::from_str(&service.ok()).expect("JSON");
        let hosts = op.store().read_blocking(pocketid::store::protected_hosts::list);
        op.beside("ssh enable").expect_success();
        op.beside("ssh account create root@db1 --group family").expect_success();
        op.beside("ssh account create {username} --group family").expect_success();
        let accounts = op.store().read_blocking(pocketid::store::ssh_accounts::list);
        Self {
            ssh: accounts.expect("the accounts")[0].id.to_string(),
            protected: hosts.expect("the hosts")[0].id.to_string(),
            webhook: webhooks.expect("the webhooks")[0].id.to_string(),
            user: format!("/settings/admin/users/{user}"),
            group: format!("/settings/admin/user-groups/{group}"),
            client: format!("/settings/admin/oidc-clients/{}", client.id),
            service: format!("/settings/admin/users/{}", service["id"].as_str().expect("an id")),
            api: apis[0].id.to_string(),
        }
    }

    /// The path of a page.
    pub(super) fn path(&self, path: &str) -> String {
        path.replace("{user}", &self.user)
            .replace("{group}", &self.group)
            .replace("{client}", &self.client)
            .replace("{service}", &self.service)
            .replace("{api}", &self.api)
            .replace("{webhook}", &self.webhook)
            .replace("{protected}", &self.protected)
            .replace("{ssh}", &self.ssh)
    }
}

/// Looks at every page, at some dialogs, and at what a form says that cannot be saved.
pub(super) fn visit(op: &TestOp, keeper: &Visitor, look: &mut impl FnMut(&Visitor, &'static str)) {
    let subjects = Subjects::new(op);
    for (name, path) in PAGES {
        keeper.open(&subjects.path(path));
        if path.ends_with("/health") {
            keeper.wait_for("#findings [data-status]");
        }
        look(keeper, name);
    }
    keeper.open("/settings/admin/api-keys");
    keeper.click("[data-opens]");
    keeper.wait_for("dialog[open]");
    look(keeper, "new API key");
    keeper.open(&subjects.user);
    keeper.click("[data-opens=new-code]");
    keeper.click("#new-code [type=submit]");
    keeper.wait_for("#code[open]");
    look(keeper, "new login code");
    keeper.open(&format!("{}?tab=credentials", subjects.client));
    keeper.click("[data-opens]");
    keeper.click("#new-secret [type=submit]");
    keeper.wait_for("#secret[open]");
    look(keeper, "new secret");
    keeper.open(&subjects.path("/settings/admin/webhooks/{webhook}"));
    keeper.click("[data-ask]");
    keeper.wait_for("#ask[open]");
    keeper.click("#ask-confirm");
    keeper.wait_for("#secret[open]");
    look(keeper, "new secret of a webhook");
    keeper.open("/settings/admin/user-groups");
    keeper.click("tbody .danger");
    keeper.wait_for("#ask[open]");
    look(keeper, "question before a deletion");
    keeper.open("/settings/admin/users/new");
    keeper.click("main [type=submit]");
    keeper.wait_for("#username-error:not([hidden])");
    look(keeper, "new user with faults");
}
