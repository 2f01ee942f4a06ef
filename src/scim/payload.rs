//! The users and groups that are sent to applications, with the attributes that Pocket ID 2.14
//! sends (RFC 7643 §4.1, §4.2).

use serde::Serialize;
use serde_json::{Map, Value};

use super::{GROUP_SCHEMA, USER_SCHEMA};
use crate::{
    crypto::Digest,
    model::{Group, GroupId, ProvisionedKind, User, UserId},
};

/// A resource to send.
#[derive(Debug, Clone)]
pub struct ProvisionedBody {
    /// It as JSON.
    pub json: String,
    /// The digest of the JSON, by which a change is noticed.
    pub digest: Digest,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserBody<'a> {
    schemas: [&'static str; 1],
    external_id: UserId,
    user_name: &'a str,
    name: NameBody<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    display_name: &'a str,
    active: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    emails: Vec<EmailBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NameBody<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    given_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    family_name: &'a str,
}

#[derive(Serialize)]
struct EmailBody<'a> {
    value: &'a str,
    primary: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupBody<'a> {
    schemas: [&'static str; 1],
    external_id: GroupId,
    display_name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<MemberBody<'a>>,
}

#[derive(Serialize)]
struct MemberBody<'a> {
    value: &'a str,
}

/// A user. A disabled user is not active.
pub fn user_body(user: &User) -> ProvisionedBody {
    let emails = user.email.iter();
    of(&UserBody {
        schemas: [USER_SCHEMA],
        external_id: user.id,
        user_name: user.username.as_str(),
        name: NameBody {
            given_name: user.first_name.as_str(),
            family_name: user.last_name.as_str(),
        },
        display_name: user.display_name.as_str(),
        active: !user.disabled,
        emails: emails.map(|email| EmailBody { value: email.as_str(), primary: true }).collect(),
    })
}

/// A group with its members, which have these ids at the endpoint.
pub fn group_body(group: &Group, members: &[String]) -> ProvisionedBody {
    of(&GroupBody {
        schemas: [GROUP_SCHEMA],
        external_id: group.id,
        display_name: group.friendly_name.as_str(),
        members: members.iter().map(|value| MemberBody { value }).collect(),
    })
}

/// A resource as the endpoint has it, but out of use: a user that is not active, a group without members. Names of attributes are not case-sensitive (RFC 7643 §2.1).
pub fn deactivated(kind: ProvisionedKind, mut resource: Map<String, Value>) -> String {
    let attribute = match kind {
        ProvisionedKind::Group => "members",
        ProvisionedKind::User => "active",
    };
    resource.retain(|name, _| !name.eq_ignore_ascii_case(attribute));
    if kind == ProvisionedKind::User {
        resource.insert(attribute.to_owned(), Value::Bool(false));
    }
    Value::Object(resource).to_string()
}

fn of(body: &impl Serialize) -> ProvisionedBody {
    let json = serde_json::to_string(body).expect("texts and flags are JSON");
    ProvisionedBody { digest: Digest::of(&json), json }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::Timestamp;

    fn alice() -> User {
        User {
            id: UserId(Uuid::from_u128(1)),
            username: "alice".parse().unwrap(),
            email: Some("alice@example.com".parse().unwrap()),
            email_verified: false,
            first_name: "Alice".parse().unwrap(),
            last_name: "Liddell".parse().unwrap(),
            display_name: "Alice L.".parse().unwrap(),
            is_admin: true,
            disabled: false,
            locale: None,
            created_at: Timestamp::from_unix(0),
            updated_at: Timestamp::from_unix(0),
            ldap_id: None,
            user_type: crate::model::UserType::Person,
        }
    }

    #[test]
    fn a_user_has_the_attributes_that_pocket_id_sends() {
        assert_eq!(
            user_body(&alice()).json,
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"00000000-0000-0000-0000-000000000001","userName":"alice","name":{"givenName":"Alice","familyName":"Liddell"},"displayName":"Alice L.","active":true,"emails":[{"value":"alice@example.com","primary":true}]}"#
        );
        let bare = User {
            email: None,
            first_name: "".parse().unwrap(),
            last_name: "".parse().unwrap(),
            display_name: "".parse().unwrap(),
            disabled: true,
            ..alice()
        };
        assert_eq!(
            user_body(&bare).json,
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"00000000-0000-0000-0000-000000000001","userName":"alice","name":{},"active":false}"#
        );
    }

    #[test]
    fn a_group_is_called_as_people_call_it_and_its_members_have_their_ids_there() {
        let group = Group {
            id: GroupId(Uuid::from_u128(2)),
            name: "staff".parse().unwrap(),
            friendly_name: "All \"staff\"".parse().unwrap(),
            created_at: Timestamp::from_unix(0),
            updated_at: Timestamp::from_unix(0),
            ldap_id: None,
        };
        assert_eq!(
            group_body(&group, &["a1".to_owned()]).json,
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"externalId":"00000000-0000-0000-0000-000000000002","displayName":"All \"staff\"","members":[{"value":"a1"}]}"#
        );
        assert!(!group_body(&group, &[]).json.contains("members"));
    }

    #[test]
    fn a_deactivated_resource_keeps_the_rest() {
        let resource = |json: &str| serde_json::from_str(json).unwrap();
        let user = resource(r#"{"id":"a","userName":"alice","Active":true}"#);
        assert_eq!(
            deactivated(ProvisionedKind::User, user),
            r#"{"active":false,"id":"a","userName":"alice"}"#
        );
        let group = resource(r#"{"displayName":"staff","members":[{"value":"a"}]}"#);
        assert_eq!(deactivated(ProvisionedKind::Group, group), r#"{"displayName":"staff"}"#);
    }
}
