//! What is limited, and how much of it one network may do.

use std::time::Duration;

use super::buckets::Quota;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Policy {
    /// Changing one's own account: each change leaves an entry in the audit log.
    AccountChange,
    /// Every call of the API and the protocol.
    Api,
    /// Being signed in to an application, or refused there: each leaves rows that stay.
    Authorization,
    /// Starting a ceremony, by the KiB that is stored of it.
    Ceremony,
    /// Proving itself with an assertion whose name is remembered, for each client.
    ClientAssertion,
    /// Having the description of a client fetched.
    ClientMetadata,
    /// Giving a client a token of its own, for each client.
    ClientToken,
    /// Asking for a device code, by the KiB.
    DeviceCode,
    /// Asking to be signed in by another device, by the KiB.
    DeviceLogin,
    /// Letting another device in, or looking at what it asks.
    DeviceLoginAnswer,
    /// Waiting to be signed in by another device.
    DeviceLoginExchange,
    /// The few tries of a one-time code under the brake (`guesses.rs`).
    FirstOneTimeCode,
    /// Those tries of everybody.
    FirstOneTimeCodes,
    /// The few tries of a user code under the brake.
    FirstUserCode,
    /// Those tries of everybody.
    FirstUserCodes,
    /// Beginning an interaction, by the KiB.
    Interaction,
    /// Finishing a sign-in with a passkey.
    Login,
    /// Trying a one-time code.
    OneTimeAccess,
    /// Signing up without an invitation, all together.
    OpenSignup,
    /// Pushing an authorization request, by the KiB.
    PushedRequest,
    /// Using the passkey again.
    Reauthenticate,
    /// Using a refresh token, for each grant: the used one stays until it expires.
    Refresh,
    /// Using the same one again a moment later, for each grant: another access token is stored.
    RepeatedRefresh,
    /// Signing in to one account, with its passkeys: each leaves a session and an audit entry.
    SignIn,
    /// Signing up with what could be an account.
    Signup,
    /// Presenting a wrong secret whose hash is slow.
    SlowSecret,
    /// Trying the code that a device shows.
    UserCode,
    /// Wrong one-time codes of everybody.
    WrongOneTimeCode,
    /// Wrong one-time codes of one network, as part of those of everybody.
    WrongOneTimeCodeOfOne,
    /// Wrong user codes of everybody.
    WrongUserCode,
    /// Wrong user codes of one user, as part of those of everybody.
    WrongUserCodeOfOne,
}

impl Policy {
    /// Every policy, in the order of their positions.
    pub(super) const ALL: [Self; 31] = [
        Self::AccountChange,
        Self::Api,
        Self::Authorization,
        Self::Ceremony,
        Self::ClientAssertion,
        Self::ClientMetadata,
        Self::ClientToken,
        Self::DeviceCode,
        Self::DeviceLogin,
        Self::DeviceLoginAnswer,
        Self::DeviceLoginExchange,
        Self::FirstOneTimeCode,
        Self::FirstOneTimeCodes,
        Self::FirstUserCode,
        Self::FirstUserCodes,
        Self::Interaction,
        Self::Login,
        Self::OneTimeAccess,
        Self::OpenSignup,
        Self::PushedRequest,
        Self::Reauthenticate,
        Self::Refresh,
        Self::RepeatedRefresh,
        Self::SignIn,
        Self::Signup,
        Self::SlowSecret,
        Self::UserCode,
        Self::WrongOneTimeCode,
        Self::WrongOneTimeCodeOfOne,
        Self::WrongUserCode,
        Self::WrongUserCodeOfOne,
    ];

    /// How many times the budget of one line a /48 has, which may be a whole company. People there try fewer
    /// codes than they do other things.
    pub(super) fn budget_of_wide(self) -> u32 {
        match self {
            Self::DeviceLoginAnswer | Self::OneTimeAccess | Self::UserCode => 4,
            _ => 8,
        }
    }

    /// What one address of IPv4, or one /64 of IPv6, may do; a /48 has more ([`Self::budget_of_wide`]). Where
    /// all count together, what all may do; where a user, client or grant counts, what one of them may do.
    pub(super) fn quota(self) -> Quota {
        let every = |millis, burst| Quota { refill: Duration::from_millis(millis), burst };
        match self {
            // No person changes their account 300 times, and no script of an administrator goes on with two
            // changes a minute. In the three months that entries are kept, that is some 100 MB of an account.
            Self::AccountChange => every(30_000, 300),
            Self::Api => every(10, 300),
            // Its name is kept for a day at most: some 60 MB for a client that never stops.
            Self::ClientAssertion => every(200, 1_000),
            Self::ClientMetadata => every(2_000, 20),
            Self::ClientToken => every(500, 1_000),
            Self::Authorization => every(10_000, 300),
            Self::RepeatedRefresh => every(1_000, 300),
            Self::DeviceCode => every(2_000, 30),
            Self::FirstOneTimeCode | Self::FirstUserCode => every(1_200_000, 3),
            Self::FirstOneTimeCodes | Self::FirstUserCodes => every(1_000, 5_000),
            Self::Ceremony | Self::Interaction | Self::PushedRequest => every(200, 300),
            Self::Login => every(5_000, 10),
            Self::DeviceLogin
            | Self::DeviceLoginAnswer
            | Self::OneTimeAccess
            | Self::Reauthenticate => every(10_000, 5),
            Self::DeviceLoginExchange => every(2_000, 10),
            Self::OpenSignup => every(4_000, 1_000),
            Self::Refresh => every(10_000, 60),
            // More often than one network may (`Login`); a test suite that signs one user in is not stopped.
            Self::SignIn => every(5_000, 300),
            Self::Signup => every(30_000, 10),
            Self::SlowSecret => every(5_000, 10),
            Self::UserCode => every(10_000, 10),
            Self::WrongOneTimeCode | Self::WrongUserCode => every(2_000, 300),
            Self::WrongOneTimeCodeOfOne | Self::WrongUserCodeOfOne => every(360_000, 10),
        }
    }
}

#[cfg(test)]
impl Policy {
    /// What it allows, for the reference of the endpoints.
    pub(in crate::server) fn in_words(self) -> String {
        let Quota { refill, burst } = self.quota();
        match refill.as_millis() {
            millis @ ..1_000 => format!("{burst}, then {} a second", 1_000 / millis),
            millis => format!("{burst}, then one every {} s", millis / 1_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_stands_at_its_position() {
        for (position, policy) in Policy::ALL.into_iter().enumerate() {
            assert_eq!(policy as usize, position);
        }
    }
}
