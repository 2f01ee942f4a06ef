//! The kinds of messages that the server sends to others.

/// Declares the kinds of messages and their names.
macro_rules! message_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)+) => {
        /// The kind of a message in the outbox.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum MessageKind {
            $($(#[$doc])* $kind,)+
        }

        impl MessageKind {
            /// Every kind, ordered by name.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The name in the database and in logs.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

message_kinds! {
    /// Tells a client that a session has ended (OIDC Back-Channel Logout 1.0).
    BackchannelLogout = "backchannel_logout",
    /// A mail.
    Mail = "mail",
    /// Provisions the users and groups of a client (SCIM 2.0, RFC 7644).
    Scim = "scim",
    /// Tells a webhook of an event.
    Webhook = "webhook",
}

impl MessageKind {
    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
    }
}
