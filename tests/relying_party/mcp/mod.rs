//! The SDKs of the Model Context Protocol, in TypeScript and in Python: a client that brings no client id, and a
//! server that takes the provider's access tokens.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    django::python,
    flow::Person,
    https::HttpsSite,
    op::TestOp,
    ports::free_port,
    program::{relying_party, run},
};

const NO_LIMITS: (&str, &str) = ("DISABLE_RATE_LIMITING", "true");
const IN_CHARGE: (&str, &str) = ("UI_CONFIG_DISABLED", "true");

/// The program that is client and server at once.
#[derive(Debug, Clone, Copy)]
enum Sdk {
    TypeScript,
    Python,
}

impl Sdk {
    fn command(self) -> Command {
        match self {
            Self::TypeScript => {
                let mut command = Command::new("node");
                command.arg(relying_party("javascript/mcp/sign_in.mjs"));
                command
            }
            Self::Python => {
                let mut command = Command::new(python());
                command.arg("-B").arg(relying_party("mcp/sign_in.py"));
                command
            }
        }
    }

    /// Signs Ada in to an MCP server with a client that an administrator has to approve.
    #[track_caller]
    fn result(self, op: &TestOp, ada: &mut Person, document: Option<&str>) -> Value {
        op.change_user(ada.id, |user| user.is_admin = true);
        let resource = format!("http://localhost:{}/mcp", free_port());
        op.beside(&format!("api create {resource}")).ok();
        op.beside(&format!("api permission add {resource} mcp:tools")).ok();
        let grant = format!("api grant {resource} --metadata-clients --permission mcp:tools");
        op.beside(&grant).ok();
        let key = op.beside("api-key create of-ada --for ada").ok();
        let config =
            json!({ "resource": resource, "key": key.trim(), "client_metadata_url": document });
        run(self.command(), op, ada, config)
    }

    #[track_caller]
    fn assert_registers_itself(self) {
        let variables = [NO_LIMITS, IN_CHARGE, ("DYNAMIC_CLIENT_REGISTRATION", "approval")];
        let op = TestOp::with_settings(&variables);
        let mut ada = op.person("ada");
        let result = self.result(&op, &mut ada, None);
        assert_is_signed_in(&result, &ada, "dynamic");
        assert_eq!(op.texts("SELECT id FROM clients"), [result["client_id"].as_str().unwrap()]);
    }

    #[track_caller]
    fn assert_describes_itself(self) {
        let site = HttpsSite::start();
        let variables = [NO_LIMITS, IN_CHARGE, ("CIMD_UNLISTED", "approval")];
        let op = TestOp::with_outbound(&variables, site.outbound());
        let mut ada = op.person("ada");
        let id = site.url("/client.json");
        let document = json!({
            "client_id": id,
            "client_name": "Agent",
            "redirect_uris": ["http://127.0.0.1:33418/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        });
        site.answer_with("200 OK\r\ncontent-type: application/json", &document.to_string());
        // The button of the page that says that the address is not on the list.
        let mut browser = ada.agent.with_header("sec-fetch-site", "same-origin");
        let fields = [("client_id", id.as_str()), ("ask_administrator", "yes")];
        assert_eq!(browser.post_form("/authorize", &fields).status, 403);
        let result = self.result(&op, &mut ada, Some(&id));
        assert_is_signed_in(&result, &ada, "cimd");
        assert_eq!(result["client_id"], id.as_str());
    }
}

#[track_caller]
fn assert_is_signed_in(result: &Value, ada: &Person, kind: &str) {
    assert_eq!(result["refusal"], 401, "{result}");
    assert_eq!(result["before"], "", "it waits for an administrator: {result}");
    assert_eq!(result["waiting"], json!([kind]), "{result}");
    assert_eq!(result["subject"], ada.id.to_string(), "{result}");
    let scope = result["scope"].as_str().expect("a scope");
    // The SDK in Python asks for `offline_access` as well, since we support it.
    let of_the_api = scope.split(' ').filter(|scope| *scope != "offline_access");
    assert_eq!(of_the_api.collect::<Vec<_>>(), ["mcp:tools"], "{result}");
}

#[test]
fn an_mcp_client_in_typescript_registers_itself_and_uses_a_tool_once_it_is_approved() {
    Sdk::TypeScript.assert_registers_itself();
}

#[test]
fn an_mcp_client_in_python_registers_itself_and_uses_a_tool_once_it_is_approved() {
    Sdk::Python.assert_registers_itself();
}

#[test]
fn an_mcp_client_in_typescript_with_a_metadata_document_uses_a_tool_once_it_is_approved() {
    Sdk::TypeScript.assert_describes_itself();
}

#[test]
fn an_mcp_client_in_python_with_a_metadata_document_uses_a_tool_once_it_is_approved() {
    Sdk::Python.assert_describes_itself();
}

/// Enterprise-Managed Authorization: Ada signed in at one provider, and uses a tool whose server trusts another one.
#[test]
fn an_mcp_client_in_python_uses_a_tool_for_a_user_whom_another_provider_vouches_for() {
    let (idp, op) = (TestOp::start(), TestOp::start());
    let resource = format!("http://localhost:{}/mcp", free_port());
    let (here, there) = (idp.client(), op.client());
    let mut ada = idp.person("ada");
    let mut ada_there = op.person("ada");
    for (server, id) in [(&idp, ada.id), (&op, ada_there.id)] {
        server.change_user(id, |user| user.email_verified = true);
    }
    let allow = "client identity-assertion allow";
    idp.beside(&format!(
        "{allow} {} --audience {} --client-id {} --scope mcp:tools",
        here.id,
        op.base_url(),
        there.id
    ))
    .ok();
    for line in [
        format!("api create {resource}"),
        format!("api permission add {resource} mcp:tools"),
        format!("api grant {resource} {} --permission mcp:tools", there.id),
        "group create staff".to_owned(),
        "group assign staff ada".to_owned(),
        format!("client update {} --group staff", there.id),
        format!("client trusted-issuer add {} --issuer {}", there.id, idp.base_url()),
    ] {
        op.beside(&line).ok();
    }
    let code = ada.code(&here, &[("scope", "openid email")]);
    let tokens = idp.redeem(&here, &code).ok().json();
    let config = json!({
        "resource": resource, "client_id": there.id, "client_secret": there.secret,
        "elsewhere": {
            "issuer": idp.base_url(), "id_token": tokens["id_token"],
            "client_id": here.id, "client_secret": here.secret,
        },
    });

    let result = run(Sdk::Python.command(), &op, &mut ada_there, config);

    assert_eq!(result["refusal"], 401, "{result}");
    assert_eq!(result["subject"], ada_there.id.to_string(), "{result}");
    assert_eq!(result["scope"], "mcp:tools", "{result}");
}
