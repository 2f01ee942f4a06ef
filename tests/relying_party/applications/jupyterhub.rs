//! JupyterHub with oauthenticator.

use std::process::Command;

use super::{Setting, USERNAME, node_modules};
use crate::support::django::python;
use crate::support::ports::free_port;

/// Where the hub listens, which is no part of a recipe. Its front page is one that starts no notebook.
const OWN: &str = "
c.JupyterHub.bind_url = 'http://127.0.0.1:{port}'
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.db_url = 'sqlite:///hub.sqlite'
c.JupyterHub.default_url = '/hub/home'
c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{proxy_port}'
c.ConfigurableHTTPProxy.command = ['node', '{proxy}']
";

#[test]
fn jupyterhub_signs_in_with_what_its_recipe_prints() {
    let setting = Setting::of("jupyterhub");
    let proxy = node_modules().join("configurable-http-proxy/bin/configurable-http-proxy");
    let own = OWN
        .replace("{port}", &setting.port.to_string())
        .replace("{hub_port}", &free_port().to_string())
        .replace("{proxy_port}", &free_port().to_string())
        .replace("{proxy}", proxy.to_str().expect("a path of text"));
    let file = setting.write("jupyterhub_config.py", &format!("{own}{}\n", setting.settings));
    let mut command = Command::new(python());
    command.args(["-B", "-m", "jupyterhub", "--config"]).arg(file);
    let _application = setting.start(command, "/hub/login");
    let page = &setting.page;

    page.goto(&format!("{}/hub/login", setting.base_url));
    page.click("a[href^='/hub/oauth_login']");
    setting.sign_in();

    page.wait_for_url(&format!("{}/hub/home", setting.base_url));
    page.wait_for_text(".navbar", USERNAME);
}
