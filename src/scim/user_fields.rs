//! The attributes of a user that programs set (RFC 7643 §4.1).

use std::str::FromStr;

use serde_json::{Map, Value};

use super::{
    PatchKind, PatchStep, ScimErrorType, ScimFault, ScimFilter,
    patch::{field, get},
    values::{ExternalId, flag, text},
};
use crate::model::{DisplayName, EmailAddress, PersonName, User, Username, text::TextError};

/// The attributes that are kept, as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFields {
    user_name: String,
    external_id: Option<String>,
    given_name: String,
    family_name: String,
    display_name: Option<String>,
    email: Option<String>,
    active: bool,
}

/// The same, as the model has them.
#[derive(Debug, Clone)]
pub struct CheckedScimUser {
    /// `userName`
    pub username: Username,
    /// `externalId`
    pub external_id: Option<ExternalId>,
    /// `name.givenName`
    pub first_name: PersonName,
    /// `name.familyName`
    pub last_name: PersonName,
    /// `displayName`; the full name when absent.
    pub display_name: Option<DisplayName>,
    /// The one email that is kept.
    pub email: Option<EmailAddress>,
    /// `active`
    pub active: bool,
}

impl UserFields {
    /// Reads a new user. It is active unless it says otherwise.
    pub fn of_new(resource: &Value) -> Result<Self, ScimFault> {
        Self::replacing(true, resource)
    }

    /// Reads a user who takes the place of another one. Attributes that are missing are removed
    /// (RFC 7644 §3.5.1), except `active`, which every user has.
    pub fn replacing(is_active: bool, resource: &Value) -> Result<Self, ScimFault> {
        let map = resource.as_object();
        let map = map.ok_or_else(|| ScimFault::syntax("The body is an object."))?;
        let mut fields = Self {
            user_name: String::new(),
            external_id: None,
            given_name: String::new(),
            family_name: String::new(),
            display_name: None,
            email: None,
            active: is_active,
        };
        for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            match name.to_ascii_lowercase().as_str() {
                "username" => fields.user_name = text("userName", value)?,
                "externalid" => fields.external_id = Some(text("externalId", value)?),
                "displayname" => fields.display_name = Some(text("displayName", value)?),
                "active" => fields.active = flag("active", value)?,
                "name" => fields.set_name(value)?,
                "emails" => fields.email = email(value)?,
                // Unknown attributes, and those that the server sets (RFC 7644 §3.3).
                _ => {}
            }
        }
        Ok(fields)
    }

    /// A user as they are, to be patched.
    pub fn of(user: &User, external_id: Option<&str>) -> Self {
        Self {
            user_name: user.username.to_string(),
            external_id: external_id.map(str::to_owned),
            given_name: user.first_name.to_string(),
            family_name: user.last_name.to_string(),
            display_name: Some(user.display_name.to_string()),
            email: user.email.as_ref().map(ToString::to_string),
            active: !user.disabled,
        }
    }

    /// Applies one operation of a PATCH request.
    pub fn apply(&mut self, step: &PatchStep) -> Result<(), ScimFault> {
        let (attribute, value) = (&step.path.attribute, &step.value);
        let is_gone = step.kind == PatchKind::Remove || value.is_null();
        let name = attribute.name.as_str();
        if name != "emails" && step.path.filter.is_some() {
            return refuse_filter(name);
        }
        match (name, attribute.sub.as_deref()) {
            ("username", None) => {
                step.refuse_removal()?;
                self.user_name = text("userName", value)?;
            }
            ("active", None) => {
                step.refuse_removal()?;
                self.active = flag("active", value)?;
            }
            ("externalid", None) => self.external_id = optional("externalId", value, is_gone)?,
            ("displayname", None) => {
                let name = optional("displayName", value, is_gone)?;
                self.display_name = Some(name.unwrap_or_default());
            }
            ("name", None) if is_gone => {
                self.given_name.clear();
                self.family_name.clear();
            }
            ("name", None) => self.set_name(value)?,
            ("name", Some("givenname")) => {
                self.given_name = optional("name.givenName", value, is_gone)?.unwrap_or_default();
            }
            ("name", Some("familyname")) => {
                self.family_name = optional("name.familyName", value, is_gone)?.unwrap_or_default();
            }
            ("emails", sub) => self.apply_to_email(step, sub, is_gone)?,
            ("groups" | "id" | "meta", _) => step.refuse_read_only()?,
            _ => {}
        }
        Ok(())
    }

    /// Checks each value by the rules of the model.
    pub fn check(&self) -> Result<CheckedScimUser, ScimFault> {
        if self.user_name.is_empty() {
            return Err(ScimFault::value("userName is required."));
        }
        let display_name = self.display_name.as_deref();
        let display_name = display_name.map(|name| parse("displayName", name)).transpose()?;
        let email = self.email.as_deref();
        Ok(CheckedScimUser {
            username: parse("userName", &self.user_name)?,
            external_id: self.external_id.as_deref().map(ExternalId::parse).transpose()?,
            first_name: parse("name.givenName", &self.given_name)?,
            last_name: parse("name.familyName", &self.family_name)?,
            display_name,
            email: email.map(|email| parse("emails.value", email)).transpose()?,
            active: self.active,
        })
    }

    /// Sets the parts of a name that are given; the others stay (RFC 7644 §3.5.2.3).
    fn set_name(&mut self, value: &Value) -> Result<(), ScimFault> {
        let parts = value.as_object().ok_or_else(|| ScimFault::value("name is an object."))?;
        for (part, place) in
            [("givenName", &mut self.given_name), ("familyName", &mut self.family_name)]
        {
            match get(parts, part) {
                None => {}
                Some(Value::Null) => place.clear(),
                Some(value) => *place = text(&format!("name.{part}"), value)?,
            }
        }
        Ok(())
    }

    fn apply_to_email(
        &mut self,
        step: &PatchStep,
        sub: Option<&str>,
        is_gone: bool,
    ) -> Result<(), ScimFault> {
        // The other sub-attributes of the one email are always the same.
        if !matches!(sub, None | Some("value")) {
            return Ok(());
        }
        let new = if is_gone { None } else { email(&step.value)? };
        let chosen = |email: &Option<String>, filter: &ScimFilter| {
            let value = email.as_ref().map(|email| Value::from(email.as_str()));
            let map: Map<_, _> =
                value.map(|value| ("value".to_owned(), value)).into_iter().collect();
            !map.is_empty() && filter.matches_value_of("emails", &map)
        };
        let is_meant = match &step.path.filter {
            None => true,
            Some(filter) if self.email.is_none() => chosen(&new, filter),
            Some(filter) => chosen(&self.email, filter),
        };
        match step.kind {
            _ if is_meant => self.email = new,
            PatchKind::Replace => {
                return Err(ScimFault::new(ScimErrorType::NoTarget, "No email is meant."));
            }
            PatchKind::Add | PatchKind::Remove => {}
        }
        Ok(())
    }
}

/// The one email that is kept: the primary one, else that of work, else the first.
fn email(value: &Value) -> Result<Option<String>, ScimFault> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let is_primary = |item: &Value| field(item, "primary").and_then(Value::as_bool) == Some(true);
    let is_of_work = |item: &Value| {
        let kind = field(item, "type").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("work"))
    };
    let find = |wanted: &dyn Fn(&Value) -> bool| items.iter().find(|item| wanted(item));
    let chosen = find(&is_primary).or_else(|| find(&is_of_work)).or(items.first());
    let address = match chosen {
        Some(Value::Object(map)) => get(map, "value").cloned().unwrap_or_default(),
        Some(other) => other.clone(),
        None => Value::Null,
    };
    match address {
        Value::Null => Ok(None),
        address => Ok(Some(text("emails.value", &address)?).filter(|email| !email.is_empty())),
    }
}

fn optional(name: &str, value: &Value, is_gone: bool) -> Result<Option<String>, ScimFault> {
    if is_gone { Ok(None) } else { text(name, value).map(Some) }
}

pub(super) fn refuse_filter(name: &str) -> Result<(), ScimFault> {
    let detail = format!("{} has no values to choose from.", ScimFault::shown(name));
    Err(ScimFault::new(ScimErrorType::InvalidPath, detail))
}

fn parse<T: FromStr<Err = TextError>>(name: &str, text: &str) -> Result<T, ScimFault> {
    text.parse().map_err(|error| ScimFault::value(format!("{name} {error}.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scim::patch_steps;

    fn alice() -> UserFields {
        let resource = json!({
            "userName": "alice", "externalId": "e1", "name": {"givenName": "A", "familyName": "L"},
            "displayName": "Ali", "emails": [{"value": "a@example.com"}], "active": true,
        });
        UserFields::of_new(&resource).unwrap()
    }

    fn patched(operations: &Value) -> Result<UserFields, ScimFault> {
        let mut fields = alice();
        for step in patch_steps(&json!({ "Operations": operations }))? {
            fields.apply(&step)?;
        }
        Ok(fields)
    }

    #[test]
    fn a_user_is_read_whatever_the_case_of_names() {
        let resource = json!({
            "USERNAME": "bob", "Active": "False", "Name": {"GivenName": "B"}, "title": {"a": []},
            "id": 5, "meta": null, "groups": "x",
            "Emails": [{"value": "h@example.com", "type": "home"}, {"Value": "w@example.com", "Type": "WORK"}],
        });
        let bob = UserFields::of_new(&resource).unwrap();
        assert_eq!(
            (bob.user_name.as_str(), bob.active, bob.given_name.as_str()),
            ("bob", false, "B")
        );
        assert_eq!(bob.email.as_deref(), Some("w@example.com"));
        let primary = json!([{"value": "x@y", "type": "work"}, {"value": "p@y", "primary": true}]);
        assert_eq!(email(&primary).unwrap().as_deref(), Some("p@y"));
    }

    #[test]
    fn values_of_another_type_are_refused() {
        for (name, value) in [
            ("userName", json!(5)),
            ("active", json!("maybe")),
            ("active", json!(1)),
            ("name", json!("A L")),
            ("name", json!({"givenName": []})),
            ("emails", json!([{"value": 5}])),
            ("displayName", json!(["x"])),
            ("externalId", json!({})),
        ] {
            let refused = UserFields::of_new(&json!({ "userName": "a", name: value })).unwrap_err();
            assert_eq!(refused.kind, ScimErrorType::InvalidValue, "{name}");
        }
        assert_eq!(UserFields::of_new(&json!([])).unwrap_err().kind, ScimErrorType::InvalidSyntax);
    }

    /// As Microsoft Entra and Okta send them.
    #[test]
    fn operations_change_what_they_name_and_nothing_else() {
        let with = |change: fn(&mut UserFields)| {
            let mut fields = alice();
            change(&mut fields);
            fields
        };
        for (operations, expected) in [
            (
                json!([{"op": "Replace", "path": "active", "value": "False"}]),
                with(|f| f.active = false),
            ),
            (json!([{"op": "replace", "value": {"active": false}}]), with(|f| f.active = false)),
            (
                json!([{"op": "Add", "path": "name.givenName", "value": "B"}]),
                with(|f| f.given_name = "B".into()),
            ),
            (
                json!([{"op": "replace", "value": {"name": {"familyName": "M"}, "nickName": "x"}}]),
                with(|f| f.family_name = "M".into()),
            ),
            (
                json!([{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "b@example.com"}]),
                with(|f| f.email = Some("b@example.com".into())),
            ),
            (
                json!([{"op": "add", "path": "emails[type eq \"home\"].value", "value": "h@example.com"}]),
                alice(),
            ),
            (
                json!([{"op": "remove", "path": "emails[value eq \"A@example.com\"]"}]),
                with(|f| f.email = None),
            ),
            (json!([{"op": "remove", "path": "emails"}]), with(|f| f.email = None)),
            (
                json!([{"op": "remove", "path": "displayName"}]),
                with(|f| f.display_name = Some("".into())),
            ),
            (
                json!([{"op": "replace", "path": "externalId", "value": null}]),
                with(|f| f.external_id = None),
            ),
            (
                json!([{"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "x"}]),
                alice(),
            ),
            (json!([{"op": "replace", "value": {"id": "x", "groups": []}}]), alice()),
        ] {
            assert_eq!(patched(&operations).unwrap(), expected, "{operations}");
        }
    }

    #[test]
    fn an_email_is_added_to_who_has_none() {
        let mut fields = UserFields { email: None, ..alice() };
        let add = json!({"Operations": [
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "n@example.com"},
        ]});
        fields.apply(&patch_steps(&add).unwrap()[0]).unwrap();
        assert_eq!(fields.email.as_deref(), Some("n@example.com"));
    }

    #[test]
    fn operations_that_cannot_be_are_refused() {
        for (operations, kind) in [
            (json!([{"op": "remove", "path": "userName"}]), ScimErrorType::Mutability),
            (json!([{"op": "remove", "path": "active"}]), ScimErrorType::Mutability),
            (json!([{"op": "replace", "path": "id", "value": "x"}]), ScimErrorType::Mutability),
            (json!([{"op": "add", "path": "groups", "value": []}]), ScimErrorType::Mutability),
            (
                json!([{"op": "replace", "path": "meta.version", "value": "x"}]),
                ScimErrorType::Mutability,
            ),
            (
                json!([{"op": "replace", "path": "emails[type eq \"home\"].value", "value": "x@y"}]),
                ScimErrorType::NoTarget,
            ),
            (
                json!([{"op": "add", "path": "userName[a pr]", "value": "x"}]),
                ScimErrorType::InvalidPath,
            ),
            (
                json!([{"op": "replace", "path": "userName", "value": 5}]),
                ScimErrorType::InvalidValue,
            ),
        ] {
            assert_eq!(patched(&operations).unwrap_err().kind, kind, "{operations}");
        }
    }

    #[test]
    fn values_are_checked_by_the_rules_of_accounts() {
        for (change, part) in [
            (json!({"userName": ""}), "userName is required."),
            (json!({"userName": "a b"}), "userName must only contain"),
            (json!({"emails": "x"}), "emails.value must be a valid email address."),
            (json!({"externalId": ""}), "externalId"),
            (json!({"externalId": "x".repeat(1_000)}), "externalId"),
            (json!({"displayName": "x".repeat(101)}), "displayName must be at most 100"),
        ] {
            let mut resource = json!({"userName": "alice"});
            resource.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let refused = UserFields::of_new(&resource).unwrap().check().unwrap_err();
            assert!(refused.detail.contains(part), "{refused}");
        }
    }
}
