//! Observations of a page: its addresses, its errors, and its looks.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::page::Page;

impl Page {
    /// Returns what the developer tools would show in red, oldest first: exceptions, `console.error`,
    /// failed requests and violations of the content security policy.
    pub(crate) fn console_errors(&self) -> Vec<String> {
        self.session.events().iter().filter_map(error_text).collect()
    }

    /// Returns the addresses that were shown, oldest first; redirects on the way are not among them.
    pub(crate) fn visited(&self) -> Vec<String> {
        let address = |event: &Value| {
            let frame = &event["params"]["frame"];
            let is_main = event["method"] == "Page.frameNavigated" && frame["parentId"].is_null();
            frame["url"].as_str().filter(|_| is_main).map(str::to_owned)
        };
        self.session.events().iter().filter_map(address).collect()
    }

    /// Writes a PNG of the whole page.
    #[track_caller]
    pub(crate) fn screenshot(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        self.try_screenshot(path)
            .unwrap_or_else(|reason| panic!("screenshot {}: {reason}", path.display()));
    }

    fn try_screenshot(&self, path: &Path) -> Result<(), String> {
        let params = json!({ "captureBeyondViewport": true });
        let answer = self.session.try_call("Page.captureScreenshot", &params)?;
        let data = answer["data"].as_str().unwrap_or_default();
        let png = STANDARD.decode(data).map_err(|error| error.to_string())?;
        fs::write(path, png).map_err(|error| error.to_string())
    }

    /// Fails the test with all that helps to see why.
    #[track_caller]
    pub(super) fn fail(&self, goal: &str, reason: &str) -> ! {
        let url = self.evaluate("location.href").unwrap_or_default();
        let text = self.evaluate("document.body?.innerText.slice(0, 2000)").unwrap_or_default();
        let text = text.as_str().unwrap_or_default();
        let errors = self.console_errors();
        let picture = failure_path();
        let picture = match self.try_screenshot(&picture) {
            Ok(()) => picture.display().to_string(),
            Err(reason) => format!("none, {reason}"),
        };
        panic!(
            "{goal}: {reason}\n  address: {url}\n  console: {errors:#?}\n  \
             screenshot: {picture}\n  text of the page:\n{text}"
        );
    }
}

/// Names the screenshot of a failure after its test, which is what its thread is called.
fn failure_path() -> PathBuf {
    let name = thread::current().name().unwrap_or("unnamed").replace("::", "-");
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).with_extension("png")
}

/// Returns the thrown value: a string as it is, an error with its stack.
pub(super) fn exception_text(details: &Value) -> String {
    let exception = &details["exception"];
    [&exception["value"], &exception["description"], &details["text"]]
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or("an exception without a text")
        .to_owned()
}

fn error_text(event: &Value) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "Inspector.targetCrashed" => Some("the page crashed".to_owned()),
        "Log.entryAdded" => {
            let entry = &params["entry"];
            let text = entry["text"].as_str()?;
            let url = entry["url"].as_str().unwrap_or_default();
            (entry["level"] == "error").then(|| format!("{text} {url}"))
        }
        "Runtime.consoleAPICalled" => {
            let is_error = params["type"] == "error" || params["type"] == "assert";
            is_error.then(|| console_text(&params["args"]))
        }
        "Runtime.exceptionThrown" => Some(exception_text(&params["exceptionDetails"])),
        _ => None,
    }
}

fn console_text(arguments: &Value) -> String {
    let arguments = arguments.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |argument: &Value| match &argument["value"] {
        Value::Null => argument["description"].as_str().unwrap_or("null").to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    arguments.iter().map(text).collect::<Vec<_>>().join(" ")
}
