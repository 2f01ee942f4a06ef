//! The glossary: what the words of this program mean. No I/O.

pub mod api;
pub mod audit;
pub mod claim;
pub mod claim_rule;
pub mod client;
mod client_keys;
pub mod custom_claim;
pub mod database;
pub mod device_code;
pub mod endpoints;
pub mod grant;
pub mod grant_type;
pub mod group;
pub mod id;
pub mod interaction;
pub mod one_time_access_token;
pub mod passkey;
pub mod pkce;
pub mod redirect_uri;
pub mod session;
pub mod text;
pub mod time;
pub mod user;
pub mod view;

pub use api::{
    Api, ApiAccess, ApiName, Permission, PermissionDescription, PermissionKey, Resource,
    SubjectType,
};
pub use audit::{Actor, AuditEvent, EventKind};
pub use claim::{Claim, ClaimSet, RequestedClaims};
pub use claim_rule::{ClaimRule, ClaimSource};
pub use client::{Client, ClientId, ClientName, ClientSecret, ClientType};
pub use client_keys::{ClientKeys, FederatedIdentity};
pub use custom_claim::{ClaimName, ClaimOwner, ClaimValue, CustomClaim};
pub use database::Database;
pub use device_code::{DeviceCode, DeviceCodeStatus, UserCode};
pub use endpoints::Endpoints;
pub use grant::{Amr, Grant, Scope, ScopeName, ScopeToken};
pub use grant_type::GrantType;
pub use group::{FriendlyName, Group, GroupName};
pub use id::*;
pub use interaction::{Interaction, Step};
pub use passkey::{Passkey, PasskeyName};
pub use session::{EndedSession, Session};
pub use time::{Clock, SystemClock, Timestamp};
pub use user::{DisplayName, EmailAddress, PersonName, User, Username};
