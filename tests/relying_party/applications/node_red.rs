//! Node-RED.

use std::process::Command;

use serde_json::json;

use super::{Setting, USERNAME, node_modules};

#[test]
fn node_red_signs_in_with_what_its_recipe_prints() {
    let setting = Setting::of("node-red");
    let file = setting.write(
        "settings.js",
        &format!(
            "module.exports = {{\nuiPort: {},\nuiHost: '127.0.0.1',\n\
             telemetry: {{ enabled: false, updateNotification: false }},\n\
             editorTheme: {{ tours: false }},\n{}\n}};\n",
            setting.port, setting.settings
        ),
    );
    let mut command = Command::new("node");
    command.arg(node_modules().join("node-red/red.js")).arg("--settings").arg(file);
    command.arg("--userDir").arg(setting.folder.path());
    let _application = setting.start(command, "/");
    let page = &setting.page;

    page.goto(&setting.base_url);
    page.click("#node-dialog-login-fields a");
    setting.sign_in();

    page.wait_for_url(&setting.base_url);
    page.wait_for("#red-ui-header-button-user");
    assert_eq!(page.eval("RED.settings.user.username"), json!(USERNAME));
}
