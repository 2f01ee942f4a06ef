//! The document of an installation, for another installation.

use serde_json::{Value, json};

use super::document::{Document, EntityKind};

/// Removes everything that is not portable: empty values, and secrets unless they are asked for.
pub fn portable(mut document: Document, with_secrets: bool) -> Document {
    for thing in document.sections.values_mut().flatten() {
        if !with_secrets {
            thing.fields.remove("secrets");
        }
        for name in ["logo", "darkLogo"] {
            if let Some((logo, _)) = thing.fields.get_mut(name) {
                *logo = json!({ "base64": logo.take() });
            }
        }
        // A client that is open to all users although it lists groups states so.
        let lists_groups = !thing.list("allowedUserGroups").is_empty();
        if thing.kind != EntityKind::Setting {
            thing.fields.retain(|name, (value, _)| {
                !is_default(value)
                    || (*name == "isGroupRestricted" && lists_groups)
                    // A missing emailVerified takes the setting emailsVerified, which may
                    // differ on the target.
                    || *name == "emailVerified"
            });
        }
    }
    document
}

/// Whether a new entity has this value by default.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
