//! Claims about the user and claims of ID tokens (OIDC Core §2, §5.1; Pocket ID 2.14).

use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::claims_request::ACR;
use crate::model::{Claim, ClaimSet, Grant, Group, SessionId, Timestamp, User};

/// Lifetime of an ID token in seconds: one hour.
pub const ID_TOKEN_SECONDS: i64 = 3_600;

/// The media type of a signed UserInfo response (OIDC Core §5.3.2).
pub const USERINFO_JWT: &str = "application/jwt";

/// The claims of a signed UserInfo response.
#[derive(Debug, Serialize)]
pub struct SignedUserInfo {
    /// The issuer.
    pub iss: String,
    /// The client.
    pub aud: String,
    /// The claims about the user.
    #[serde(flatten)]
    pub claims: UserClaims,
}

/// The granted claims about a user (OIDC Core §5.1). Claims without a value are omitted; an empty
/// text counts as no value.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UserClaims {
    /// The user's id.
    pub sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<String>>,
    #[serde(flatten)]
    custom: Map<String, Value>,
}

impl UserClaims {
    /// Selects the granted claims. `issuer` is the base of the picture URL.
    pub fn of(user: &User, groups: &[Group], granted: ClaimSet, issuer: &str) -> Self {
        let has = |claim| granted.contains(claim);
        let text = |claim, value: String| Some(value).filter(|text| has(claim) && !text.is_empty());
        let picture = || format!("{issuer}/api/users/{}/profile-picture.png", user.id);
        let email = user.email.as_ref();
        Self {
            sub: user.id.to_string(),
            name: text(Claim::Name, user.full_name()),
            given_name: text(Claim::GivenName, user.first_name.to_string()),
            family_name: text(Claim::FamilyName, user.last_name.to_string()),
            display_name: text(Claim::DisplayName, user.display_name.to_string()),
            preferred_username: text(Claim::PreferredUsername, user.username.to_string()),
            picture: has(Claim::Picture).then(picture),
            locale: user.locale.clone().filter(|_| has(Claim::Locale)),
            updated_at: has(Claim::UpdatedAt).then(|| user.updated_at.as_unix()),
            email: email.filter(|_| has(Claim::Email)).map(ToString::to_string),
            email_verified: email
                .filter(|_| has(Claim::EmailVerified))
                .map(|_| user.email_verified),
            groups: has(Claim::Groups)
                .then(|| groups.iter().map(|group| group.name.to_string()).collect()),
            custom: Map::new(),
        }
    }

    /// Adds custom claims. Their names must differ from those of the standard claims.
    pub fn with_custom(self, custom: Map<String, Value>) -> Self {
        Self { custom, ..self }
    }
}

/// The claims of an ID token (OIDC Core §2).
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct IdTokenClaims {
    iss: String,
    aud: [String; 1],
    iat: i64,
    exp: i64,
    auth_time: i64,
    rat: i64,
    jti: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    at_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<[&'static str; 1]>,
    sid: SessionId,
    r#type: &'static str,
    #[serde(flatten)]
    user: UserClaims,
}

/// The values that differ between the ID tokens of one grant.
#[derive(Debug, Clone)]
pub struct IdTokenInput {
    /// Its id.
    pub jti: Uuid,
    /// The nonce of the authorization request; absent after a refresh.
    pub nonce: Option<String>,
    /// Binds the ID token to the access token issued with it (OIDC Core §3.1.3.6).
    pub at_hash: String,
}

impl IdTokenClaims {
    /// The claims of a new ID token.
    pub fn new(
        issuer: &str,
        grant: &Grant,
        user: UserClaims,
        input: IdTokenInput,
        now: Timestamp,
    ) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: [grant.client_id.to_string()],
            iat: now.as_unix(),
            exp: now.plus(ID_TOKEN_SECONDS).as_unix(),
            auth_time: grant.auth_time.as_unix(),
            rat: grant.requested_at.as_unix(),
            jti: input.jti,
            nonce: input.nonce,
            at_hash: input.at_hash,
            acr: grant.claims.id_token.contains(Claim::Acr).then_some(ACR),
            amr: grant.amr.claim().map(|amr| [amr]),
            sid: grant.session_id,
            r#type: "id-token",
            user,
        }
    }

    /// The same, ending at this time at the latest.
    pub fn until(self, end: Timestamp) -> Self {
        Self { exp: self.exp.min(end.as_unix()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Amr, GrantId, GroupId, RequestedClaims, Scope, UserId};

    fn user() -> User {
        User {
            id: UserId(Uuid::nil()),
            username: "alice".parse().unwrap(),
            email: Some("alice@example.com".parse().unwrap()),
            email_verified: true,
            first_name: "Alice".parse().unwrap(),
            last_name: "".parse().unwrap(),
            display_name: "Ali".parse().unwrap(),
            is_admin: false,
            disabled: false,
            locale: None,
            created_at: Timestamp::from_unix(0),
            updated_at: Timestamp::from_unix(60),
            ldap_id: None,
            user_type: crate::model::UserType::Person,
        }
    }

    fn claims(user: &User, scope: &str) -> Value {
        let group = Group {
            id: GroupId(Uuid::nil()),
            name: "admins".parse().unwrap(),
            friendly_name: "Admins".parse().unwrap(),
            created_at: Timestamp::from_unix(0),
            updated_at: Timestamp::from_unix(0),
            ldap_id: None,
        };
        let granted = ClaimSet::of(&Scope::parse(scope));
        let claims = UserClaims::of(user, &[group], granted, "https://id.example.com");
        serde_json::to_value(claims).unwrap()
    }

    /// OIDC Core §5.4: a scope gives its own claims, and no others.
    #[test]
    fn each_scope_gives_its_claims_only() {
        let sub = "00000000-0000-0000-0000-000000000000";
        assert_eq!(claims(&user(), "openid"), json!({"sub": sub}));
        assert_eq!(
            claims(&user(), "openid email"),
            json!({"sub": sub, "email": "alice@example.com", "email_verified": true})
        );
        assert_eq!(claims(&user(), "openid groups"), json!({"sub": sub, "groups": ["admins"]}));
        let picture = format!("https://id.example.com/api/users/{sub}/profile-picture.png");
        assert_eq!(
            claims(&user(), "openid profile"),
            json!({
                "sub": sub, "name": "Alice", "given_name": "Alice", "display_name": "Ali",
                "preferred_username": "alice", "picture": picture, "updated_at": 60,
            })
        );
    }

    /// OIDC Core §5.3.2: claims without a value are omitted.
    #[test]
    fn a_user_without_email_has_no_email_claims() {
        let user = User { email: None, ..user() };
        assert!(claims(&user, "openid email").get("email").is_none());
        assert!(claims(&user, "openid email").get("email_verified").is_none());
    }

    /// OIDC Core §3.1.3.7: the token has the nonce of the request, if there was one.
    #[test]
    fn an_id_token_has_a_nonce_only_when_one_was_sent() {
        let grant = Grant {
            id: GrantId(Uuid::nil()),
            client_id: "web".parse().unwrap(),
            user_id: UserId(Uuid::nil()),
            session_id: SessionId(Uuid::nil()),
            scope: Scope::parse("openid"),
            resource: None,
            claims: RequestedClaims::default(),
            auth_time: Timestamp::from_unix(90),
            amr: Amr::Passkey,
            requested_at: Timestamp::from_unix(95),
            created_at: Timestamp::from_unix(100),
            expires_at: Timestamp::from_unix(200),
            revoked_at: None,
        };
        let token = |nonce: Option<&str>| {
            let input = IdTokenInput {
                jti: Uuid::nil(),
                nonce: nonce.map(str::to_owned),
                at_hash: "h".into(),
            };
            let user = UserClaims { sub: "u".into(), ..UserClaims::default() };
            let now = Timestamp::from_unix(100);
            serde_json::to_value(IdTokenClaims::new("https://id", &grant, user, input, now))
                .unwrap()
        };
        assert_eq!(token(Some("n"))["nonce"], "n");
        assert_eq!(
            token(None),
            json!({
                "iss": "https://id", "aud": ["web"], "iat": 100, "exp": 3_700, "auth_time": 90,
                "rat": 95, "jti": Uuid::nil(), "at_hash": "h", "amr": ["phr"],
                "sid": Uuid::nil(), "type": "id-token",
                "sub": "u",
            })
        );
    }
}
