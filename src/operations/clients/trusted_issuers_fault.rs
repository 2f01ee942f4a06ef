//! Why a client cannot have its trusted issuers.

/// Why a client cannot have its trusted issuers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustedIssuersFault {
    /// It describes itself.
    DescribesItself,
    /// There are too many, or one is there twice.
    List(&'static str),
    /// Everyone may use it.
    NotRestricted,
    /// It is public, and so cannot prove who it is.
    Public,
    /// It wants the passkey for each sign-in.
    Reauthentication,
}

impl TrustedIssuersFault {
    /// The rule, to follow the name of the field.
    pub fn rule(self) -> &'static str {
        match self {
            Self::DescribesItself => {
                "are for clients that an administrator made, and this one changes by itself"
            }
            Self::List(fault) => fault,
            Self::NotRestricted => {
                "are for clients that only members of their groups may use: give it a group first"
            }
            Self::Public => "are for clients that prove themselves, and this one is public",
            Self::Reauthentication => {
                "do not go with a passkey for each sign-in: nobody would be there to use it"
            }
        }
    }
}
