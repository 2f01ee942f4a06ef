//! The entities of an installation, as the configuration file has them.

use std::fmt;

use serde_json::Value;

use super::{
    fault::Position,
    fields,
    read::Fields,
    shape::{Field, ValueShape},
};

/// The field that holds a setting's text; null resets the setting to its default.
pub const VALUE: &str = "value";

/// The kinds of entities, in creation order: each kind depends only on earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntityKind {
    User,
    Group,
    Client,
    Api,
    Setting,
    Webhook,
    ProtectedHost,
    SshAccount,
}

impl EntityKind {
    pub const ALL: [Self; 8] = [
        Self::User,
        Self::Group,
        Self::Client,
        Self::Api,
        Self::Setting,
        Self::Webhook,
        Self::ProtectedHost,
        Self::SshAccount,
    ];

    /// The section's key in the file.
    pub fn section(self) -> &'static str {
        match self {
            Self::Api => "apis",
            Self::Client => "clients",
            Self::Group => "groups",
            Self::ProtectedHost => "protectedHosts",
            Self::Setting => "settings",
            Self::SshAccount => "sshAccounts",
            Self::User => "users",
            Self::Webhook => "webhooks",
        }
    }

    /// The noun for one entity, in messages.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Client => "client",
            Self::Group => "group",
            Self::ProtectedHost => "protected host",
            Self::Setting => "setting",
            Self::SshAccount => "SSH account",
            Self::User => "user",
            Self::Webhook => "webhook",
        }
    }

    /// The field that identifies an entity of this kind.
    pub fn key_field(self) -> &'static str {
        match self {
            Self::Api => "resource",
            Self::Client => "id",
            Self::Group | Self::Webhook => "name",
            Self::ProtectedHost => "host",
            Self::Setting => VALUE,
            Self::SshAccount => "account",
            Self::User => "username",
        }
    }

    /// The fields of an entity. Settings have none, since each setting has its own type.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Api => fields::API,
            Self::Client => fields::CLIENT,
            Self::Group => fields::GROUP,
            Self::ProtectedHost => fields::PROTECTED_HOST,
            Self::Setting => &[],
            Self::SshAccount => fields::SSH_ACCOUNT,
            Self::User => fields::USER,
            Self::Webhook => fields::WEBHOOK,
        }
    }

    /// The shape of a field.
    pub fn shape_of(self, name: &str) -> Option<ValueShape> {
        self.fields().iter().find(|field| field.name == name).map(|field| field.shape)
    }

    /// Folds an entity's name for comparison.
    pub fn fold(self, key: &str) -> String {
        if self == Self::User { key.to_ascii_lowercase() } else { key.to_owned() }
    }
}

/// A user, a group, a client, an API, a setting, a webhook or a protected host.
#[derive(Clone, PartialEq)]
pub struct Entity {
    pub kind: EntityKind,
    /// The entity's name.
    pub key: String,
    pub at: Position,
    /// The fields that are set. Fields left out stay unchanged.
    pub fields: Fields,
}

/// Prints the name only: field values may be secrets.
impl fmt::Debug for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.noun(), self.key)
    }
}

impl Entity {
    /// Creates an entity without fields.
    pub fn new(kind: EntityKind, key: impl Into<String>) -> Self {
        Self { kind, key: key.into(), at: Position::START, fields: Fields::new() }
    }

    /// Adds a field.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.fields.insert(name, (value.into(), Position::START));
        self
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).map(|(value, _)| value)
    }

    /// The value of a text field.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The value of a list field; empty if it is not set.
    pub fn list(&self, name: &str) -> &[Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The position of a field in the file.
    pub fn place_of(&self, name: &str) -> Position {
        self.fields.get(name).map_or(self.at, |(_, at)| *at)
    }

    /// The entity as JSON, in the form of a JSON configuration file.
    pub fn to_json(&self) -> Value {
        let fields = self.fields.iter();
        fields.map(|(name, (value, _))| ((*name).to_owned(), value.clone())).collect()
    }

    /// The folded name, for comparison.
    pub fn folded(&self) -> String {
        self.kind.fold(&self.key)
    }
}
