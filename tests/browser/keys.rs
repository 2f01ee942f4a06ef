//! A user with a keyboard and no mouse.

use serde_json::{Value, json};

use super::visitor::Visitor;

/// The element that has the focus, whether it is on the page at all, and how its ring looks.
const FOCUS: &str = "
    (({ outlineStyle, outlineWidth }, element) => ({
        name: element.cloneNode().outerHTML,
        isOnPage: element !== document.body,
        hasRing: outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2,
        matches: element.matches(CSS),
    }))(getComputedStyle(document.activeElement), document.activeElement)";

/// The keyboard of a visitor. Wherever the tabulator comes, the focus must be visible.
pub(super) struct Keys<'a> {
    pub(super) visitor: &'a Visitor,
}

impl<'a> Keys<'a> {
    pub(super) fn of(visitor: &'a Visitor) -> Self {
        Self { visitor }
    }

    /// Presses a key where the focus is.
    #[track_caller]
    pub(super) fn press(&self, key: &str) {
        self.visitor.press(key);
    }

    /// Types a text where the focus is.
    #[track_caller]
    pub(super) fn write(&self, text: &str) {
        for letter in text.chars() {
            self.press(&letter.to_string());
        }
    }

    /// Goes to a field and types into it.
    #[track_caller]
    pub(super) fn fill(&self, css: &str, text: &str) {
        self.go_to(css);
        self.write(text);
    }

    /// Goes to what `css` selects and presses a key there.
    #[track_caller]
    pub(super) fn use_on(&self, css: &str, key: &str) {
        self.go_to(css);
        self.press(key);
    }

    /// Goes to a link on the page and follows it.
    #[track_caller]
    pub(super) fn follow(&self, path: &str) {
        self.use_on(&format!("a[href='{path}']"), "Enter");
        self.visitor.wait_for_path(path);
    }

    /// Uses a button that asks a question first, keeps everything, and then says yes.
    #[track_caller]
    pub(super) fn ask(&self, css: &str) {
        self.use_on(css, "Enter");
        self.visitor.wait_for("#ask[open]");
        self.press("Escape");
        self.expect_focus(css);
        self.press(" ");
        self.visitor.wait_for("#ask[open]");
        self.use_on("#ask-confirm", "Enter");
    }

    /// Presses the tabulator until what `css` selects has the focus; where that is nearer,
    /// backwards.
    #[track_caller]
    pub(super) fn go_to(&self, css: &str) {
        self.visitor.wait_for(css);
        // A key is pressed at once, whether or not the page is there.
        self.visitor.wait_for_url_where(|_| true);
        let is_before = format!(
            "document.activeElement !== document.body && Boolean(document.querySelector({}) \
             .compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)",
            json!(css)
        );
        let key = if self.visitor.eval(&is_before) == true { "Shift+Tab" } else { "Tab" };
        for _ in 0..120 {
            let focus = self.focus(css);
            if focus["matches"] == true {
                return;
            }
            self.press(key);
            let focus = self.focus(css);
            assert!(focus["isOnPage"] == false || focus["hasRing"] == true, "no ring: {focus}");
        }
        panic!("the tabulator never comes to {css}, but to {}", self.focus(css));
    }

    /// Waits until what `css` selects has the focus, and can be seen to have it.
    #[track_caller]
    pub(super) fn expect_focus(&self, css: &str) {
        self.visitor.wait_for(&format!(":is({css}):focus"));
        let focus = self.focus(css);
        assert!(focus["hasRing"] == true, "no ring: {focus}");
    }

    fn focus(&self, css: &str) -> Value {
        self.visitor.eval(&FOCUS.replace("CSS", &json!(css).to_string()))
    }
}
