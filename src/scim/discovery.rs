//! The self-description of the server (RFC 7643 §5, §6, §7).

use serde_json::{Value, json};

use super::{GROUP_SCHEMA, MAX_RESULTS, USER_SCHEMA};

const CONFIGURATION: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// The supported parts of the standard (RFC 7643 §5).
pub fn configuration(base: &str) -> Value {
    json!({
        "schemas": [CONFIGURATION],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MAX_RESULTS },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A SCIM token of this server, in the header Authorization.",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base}/ServiceProviderConfig"),
        },
    })
}

/// The kinds of resources (RFC 7643 §6).
pub fn resource_types(base: &str) -> Vec<Value> {
    let kind = |name: &str, about: &str, schema: &str| {
        json!({
            "schemas": [RESOURCE_TYPE],
            "id": name,
            "name": name,
            "endpoint": format!("/{name}s"),
            "description": about,
            "schema": schema,
            "meta": {
                "resourceType": "ResourceType",
                "location": format!("{base}/ResourceTypes/{name}"),
            },
        })
    };
    vec![kind("User", "An account", USER_SCHEMA), kind("Group", "A group of users", GROUP_SCHEMA)]
}

/// The attributes of users and groups (RFC 7643 §7): those that are kept.
pub fn schemas(base: &str) -> Vec<Value> {
    let schema = |id: &str, name: &str, about: &str, attributes: Vec<Value>| {
        json!({
            "schemas": [SCHEMA],
            "id": id,
            "name": name,
            "description": about,
            "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{id}") },
        })
    };
    vec![
        schema(USER_SCHEMA, "User", "An account", of_user()),
        schema(GROUP_SCHEMA, "Group", "A group of users", of_group()),
    ]
}

fn of_user() -> Vec<Value> {
    let name = vec![
        text("familyName", "The last name").done(),
        text("givenName", "The first name").done(),
    ];
    let email = vec![text("value", "The address").done()];
    let group = vec![
        text("value", "The id of the group").read_only().done(),
        reference("$ref", "The address of the group", "Group").read_only().done(),
        text("display", "The name of the group").read_only().done(),
    ];
    vec![
        text("userName", "The username: unique, ignoring case").required().unique().done(),
        complex("name", "The name of the person", name).done(),
        text("displayName", "The name shown to people; the full name when it is missing").done(),
        complex("emails", "The email. One is kept: the primary one, or that of work", email)
            .several()
            .done(),
        Attribute::new("active", "boolean", "Whether the person can sign in; true for a new one")
            .required()
            .done(),
        complex("groups", "The groups of the person", group).several().read_only().done(),
    ]
}

fn of_group() -> Vec<Value> {
    let mut kind = text("type", "The kind of the member").immutable().done();
    kind["canonicalValues"] = json!(["User"]);
    let member = vec![
        text("value", "The id of the member").immutable().done(),
        reference("$ref", "The address of the member", "User").immutable().done(),
        kind,
    ];
    vec![
        text("displayName", "The name of the group").required().done(),
        complex("members", "The members of the group", member).several().done(),
    ]
}

/// An attribute under construction.
struct Attribute(Value);

fn text(name: &str, about: &str) -> Attribute {
    Attribute::new(name, "string", about)
}

fn complex(name: &str, about: &str, parts: Vec<Value>) -> Attribute {
    Attribute::new(name, "complex", about).with("subAttributes", parts.into())
}

fn reference(name: &str, about: &str, to: &str) -> Attribute {
    Attribute::new(name, "reference", about).with("referenceTypes", json!([to]))
}

impl Attribute {
    fn new(name: &str, kind: &str, about: &str) -> Self {
        Self(json!({
            "name": name,
            "type": kind,
            "multiValued": false,
            "description": about,
            "required": false,
            "caseExact": false,
            "mutability": "readWrite",
            "returned": "default",
            "uniqueness": "none",
        }))
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.0[name] = value;
        self
    }

    fn required(self) -> Self {
        self.with("required", true.into())
    }

    fn several(self) -> Self {
        self.with("multiValued", true.into())
    }

    fn read_only(self) -> Self {
        self.with("mutability", "readOnly".into())
    }

    fn immutable(self) -> Self {
        self.with("mutability", "immutable".into())
    }

    fn unique(self) -> Self {
        self.with("uniqueness", "server".into())
    }

    fn done(self) -> Value {
        self.0
    }
}
