//! Actions of a person on a page: real mouse and key events, so that the page sees a user.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::page::{Page, VISIBLE};

/// Throws unless `element` takes input.
const ENABLED: &str = "
    if (document.readyState !== 'complete') throw 'on a page that is still loading';
    if (element.matches(':disabled, [aria-disabled=true]')) throw 'disabled';";

/// Brings `element` into view and returns its middle, unless something else lies there.
const MIDDLE: &str = "
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const { left, top, width, height } = element.getClientRects()[0];
    const [x, y] = [left + width / 2, top + height / 2];
    const hit = document.elementFromPoint(x, y);
    if (!element.contains(hit)) throw `covered by ${hit?.cloneNode().outerHTML ?? 'nothing'}`;
    return { x, y };";

impl Page {
    /// Clicks the middle of what `css` selects, once it is visible, enabled and not covered.
    #[track_caller]
    pub(crate) fn click(&self, css: &str) {
        let middle = self.until(&format!("{css} to be clickable"), || {
            self.on_element(css, &[VISIBLE, ENABLED, MIDDLE].concat())
        });
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            self.session.call(
                "Input.dispatchMouseEvent",
                &json!({
                    "type": kind, "x": middle["x"], "y": middle["y"],
                    "button": button, "buttons": buttons, "clickCount": 1,
                }),
            );
        }
    }

    /// Replaces what a text field holds.
    #[track_caller]
    pub(crate) fn fill(&self, css: &str, text: &str) {
        let select = "element.focus(); element.select();";
        self.until(&format!("{css} to take text"), || {
            self.on_element(css, &[VISIBLE, ENABLED, select].concat())
        });
        if text.is_empty() {
            self.press("Delete");
        } else {
            self.session.call("Input.insertText", &json!({ "text": text }));
        }
        let value = self.on_element(css, "return element.value");
        if value != Ok(json!(text)) {
            self.fail(&format!("typing {text:?} into {css}"), &format!("it holds {value:?}"));
        }
    }

    /// Puts a file into the field for one.
    #[track_caller]
    pub(crate) fn choose_file(&self, css: &str, name: &str, bytes: &[u8]) {
        let (name, bytes) = (json!(name), json!(STANDARD.encode(bytes)));
        let choose = format!(
            "const bytes = Uint8Array.from(atob({bytes}), (c) => c.charCodeAt(0));
            const chosen = new DataTransfer();
            chosen.items.add(new File([bytes], {name}));
            element.files = chosen.files;
            element.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        );
        self.until(&format!("{css} to take a file"), || {
            self.on_element(css, &[VISIBLE, ENABLED, &choose].concat())
        });
    }

    /// Chooses the option with this value.
    #[track_caller]
    pub(crate) fn select(&self, css: &str, value: &str) {
        let value_literal = json!(value);
        let choose = format!(
            "const values = [...element.options].map(option => option.value);
            if (!values.includes({value_literal})) throw `there is only ${{values.join(', ')}}`;
            element.focus();
            element.value = {value_literal};
            for (const name of ['input', 'change'])
                element.dispatchEvent(new Event(name, {{ bubbles: true }}));"
        );
        self.until(&format!("{css} to offer {value:?}"), || {
            self.on_element(css, &[VISIBLE, ENABLED, &choose].concat())
        });
    }

    /// Presses and releases a key: a character, or a name such as `Enter`, `ArrowDown` or
    /// `Shift+Tab`.
    #[track_caller]
    pub(crate) fn press(&self, key: &str) {
        let (modifiers, key) = key.strip_prefix("Shift+").map_or((0, key), |key| (8, key));
        let (code, text) = match key {
            "Backspace" => (8, ""),
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            " " => (32, " "),
            "ArrowLeft" => (37, ""),
            "ArrowUp" => (38, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            "Delete" => (46, ""),
            _ if key.chars().count() == 1 => (0, key),
            _ => panic!("the harness does not know the key {key:?}; teach it in `Page::press`"),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            self.session.call(
                "Input.dispatchKeyEvent",
                &json!({
                    "type": kind, "key": key, "modifiers": modifiers,
                    "windowsVirtualKeyCode": code, "text": text,
                }),
            );
        }
    }
}
