//! The operations of a PATCH request (RFC 7644 §3.5.2).

use serde_json::{Map, Value};

use super::{PatchPath, ScimErrorType, ScimFault};

/// The most operations of a request.
const MAX_OPERATIONS: usize = 1_000;

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchKind {
    /// Adds a value to the others.
    Add,
    /// Removes a value, or all.
    Remove,
    /// Sets a value.
    Replace,
}

/// One operation on one attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchStep {
    /// The kind.
    pub kind: PatchKind,
    /// The attribute.
    pub path: PatchPath,
    /// The value.
    pub value: Value,
    /// Whether the request names the attribute in `path`, and not among others in a value.
    pub is_named: bool,
}

impl PatchStep {
    /// Refuses to change what the server alone sets, when the request names it (RFC 7644 §3.5.2).
    pub fn refuse_read_only(&self) -> Result<(), ScimFault> {
        if !self.is_named {
            return Ok(());
        }
        let detail = format!("{} cannot be changed.", self.path.attribute.name);
        Err(ScimFault::new(ScimErrorType::Mutability, detail))
    }

    /// Refuses to remove what every resource has.
    pub fn refuse_removal(&self) -> Result<(), ScimFault> {
        if self.kind != PatchKind::Remove {
            return Ok(());
        }
        let detail = format!("{} cannot be removed.", self.path.attribute.name);
        Err(ScimFault::new(ScimErrorType::Mutability, detail))
    }
}

/// Reads the body of a PATCH request. An operation without a path becomes one for each attribute of
/// its value.
///
/// Names of operations ignore case, since Microsoft Entra sends `Add`.
pub fn patch_steps(body: &Value) -> Result<Vec<PatchStep>, ScimFault> {
    let operations = field(body, "Operations").and_then(Value::as_array);
    let operations = operations.ok_or_else(|| ScimFault::syntax("Operations is missing."))?;
    if operations.len() > MAX_OPERATIONS {
        let detail = format!("There may be at most {MAX_OPERATIONS} operations.");
        return Err(ScimFault::new(ScimErrorType::TooMany, detail));
    }
    let mut steps = Vec::new();
    for operation in operations {
        let kind = kind(operation)?;
        let value = field(operation, "value").cloned().unwrap_or_default();
        match field(operation, "path").unwrap_or(&Value::Null) {
            Value::String(path) if !path.is_empty() => {
                let path = PatchPath::parse(path)?;
                steps.push(PatchStep { kind, path, value, is_named: true });
            }
            Value::Null | Value::String(_) => steps.extend(unnamed(kind, value)?),
            _ => return Err(ScimFault::new(ScimErrorType::InvalidPath, "A path is a text.")),
        }
    }
    Ok(steps)
}

fn kind(operation: &Value) -> Result<PatchKind, ScimFault> {
    let name = field(operation, "op").and_then(Value::as_str).unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "add" => Ok(PatchKind::Add),
        "remove" => Ok(PatchKind::Remove),
        "replace" => Ok(PatchKind::Replace),
        _ => Err(ScimFault::syntax("op is one of add, remove and replace.")),
    }
}

/// RFC 7644 §3.5.2.2: without a path there is nothing to remove.
fn unnamed(kind: PatchKind, value: Value) -> Result<Vec<PatchStep>, ScimFault> {
    if kind == PatchKind::Remove {
        return Err(ScimFault::new(ScimErrorType::NoTarget, "remove needs a path."));
    }
    let Value::Object(attributes) = value else {
        return Err(ScimFault::value("Without a path, the value is an object."));
    };
    let step = |(name, value): (String, Value)| {
        let path = PatchPath::parse(&name)?;
        Ok(PatchStep { kind, path, value, is_named: false })
    };
    attributes.into_iter().map(step).collect()
}

/// A field of an object, whatever the case of its name.
pub(super) fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    get(value.as_object()?, name)
}

/// A field of an object, whatever the case of its name.
pub(super) fn get<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    map.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_without_a_path_is_one_for_each_attribute() {
        let body = json!({"Operations": [
            {"op": "Replace", "value": {"active": "False", "name.givenName": "A"}},
            {"op": "ADD", "path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": "b"},
        ]});
        let steps = patch_steps(&body).unwrap();
        let names: Vec<_> = steps.iter().map(|step| step.path.attribute.name.as_str()).collect();
        assert_eq!(names, ["active", "name", "username"]);
        assert_eq!(steps[0].kind, PatchKind::Replace);
        assert_eq!((steps[1].is_named, steps[2].is_named), (false, true));
    }

    #[test]
    fn what_is_no_patch_is_refused() {
        let many = vec![json!({"op": "remove", "path": "name"}); MAX_OPERATIONS + 1];
        for (body, kind) in [
            (json!({}), ScimErrorType::InvalidSyntax),
            (json!([]), ScimErrorType::InvalidSyntax),
            (json!({"Operations": 5}), ScimErrorType::InvalidSyntax),
            (json!({"Operations": [5]}), ScimErrorType::InvalidSyntax),
            (json!({"Operations": [{"op": "move"}]}), ScimErrorType::InvalidSyntax),
            (json!({"Operations": [{"op": "remove"}]}), ScimErrorType::NoTarget),
            (json!({"Operations": [{"op": "add", "value": "x"}]}), ScimErrorType::InvalidValue),
            (json!({"Operations": [{"op": "add", "path": 5}]}), ScimErrorType::InvalidPath),
            (json!({"Operations": [{"op": "add", "path": "a["}]}), ScimErrorType::InvalidPath),
            (json!({"Operations": many}), ScimErrorType::TooMany),
        ] {
            assert_eq!(patch_steps(&body).unwrap_err().kind, kind, "{body}");
        }
    }
}
