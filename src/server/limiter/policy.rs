//! The limited actions, and how often one network may do each.

use std::time::Duration;

use super::buckets::Quota;

/// A limited action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Policy {
    /// Changing one's own account: each change leaves an entry in the audit log.
    GuardedChange,
    /// Every call of the API and the protocol.
    Api,
    /// Signing in to an application, or being refused there: each leaves permanent rows.
    Authorization,
    /// Making, downloading or verifying a backup.
    Backup,
    /// Renewing the cookies of bound sessions.
    BoundSession,
    /// Renewing the cookie of one bound session: each proof is stored for minutes. Counted per session.
    BoundSessionProof,
    /// Warning of signs that the cookie of a bound session was stolen. Counted per session.
    BoundSessionWarning,
    /// Starting a passkey ceremony, by the KiB stored for it.
    Ceremony,
    /// Authenticating with a client assertion, whose `jti` is stored. Counted per client.
    ClientAssertion,
    /// Fetching a client metadata document.
    ClientMetadata,
    /// Registering a client by itself, or asking an administrator for one.
    ClientRegistration,
    /// Issuing a token to the client itself. Counted per client.
    ClientToken,
    /// Letting devices in by their QR codes: each signs the user in once more. Not counted as
    /// signing in: with a stolen cookie it must not keep the owner from doing so.
    DeviceApproval,
    /// Requesting a device code, by the KiB.
    DeviceCode,
    /// Requesting a sign-in by another device, by the KiB.
    DeviceLogin,
    /// Approving another device, or looking at its request.
    DeviceLoginAnswer,
    /// Polling for a sign-in by another device.
    DeviceLoginExchange,
    /// Showing a proof of its key with an access token: the proof is stored. Counted per grant.
    DpopProof,
    /// Looking for faults: the server sends requests and reads the whole database.
    Examination,
    /// Exchanging tokens that began with one sign-in. Counted per grant.
    ExchangeOfGrant,
    /// The few tries of a one-time code while the brake is on (`guesses.rs`).
    FirstOneTimeCode,
    /// The total of those tries.
    FirstOneTimeCodes,
    /// The few tries of a user code while the brake is on.
    FirstUserCode,
    /// The total of those tries.
    FirstUserCodes,
    /// Getting a token for a user whom another issuer named: each leaves an entry in the audit log. Counted per
    /// client and user.
    IdentityAssertion,
    /// Beginning an interaction, by the KiB.
    Interaction,
    /// Rotating signing keys with a key of the API.
    KeyRotation,
    /// Finishing a sign-in with a passkey.
    Login,
    /// Asking for a login code by mail.
    LoginMail,
    /// Sending mails with login codes to one account, for all visitors together.
    MailOfOne,
    /// Pictures of new accounts in total: where anyone may sign up, each account can store one for
    /// good.
    NewPicture,
    /// Pictures of one new account, as its share of the total.
    NewPictureOfOne,
    /// Trying a one-time code.
    OneTimeAccess,
    /// Signing up without an invitation, for all callers together.
    OpenSignup,
    /// Uploading a file as one's own profile picture.
    PictureAttempt,
    /// Pushing an authorization request, by the KiB.
    PushedRequest,
    /// Using the passkey again during a session.
    Reauthenticate,
    /// Using a refresh token. Counted per grant: the used token is stored until it expires.
    Refresh,
    /// Repeating a refresh token a moment later. Counted per grant: another access token is stored.
    RepeatedRefresh,
    /// Changing something over SCIM: each change leaves entries in the audit log. Counted per token.
    ScimChange,
    /// Signing in to one account with its passkeys: each leaves a session and an audit log entry.
    SignIn,
    /// Signing up with valid account data.
    Signup,
    /// Presenting a wrong secret whose hash is slow.
    SlowSecret,
    /// Creating a key of an SSH certificate authority, after the passkey was used: its row stays for good.
    SshCaKey,
    /// Asking for an SSH certificate: each leaves a row and an audit log entry.
    SshCertificate,
    /// Signing SSH certificates of hosts: each leaves a row for as long as it is good.
    SshHostCertificate,
    /// Exchanging tokens. Counted per client.
    TokenExchange,
    /// Trying the code that a device shows.
    UserCode,
    /// Sending links that verify an email address to their owner, who is signed in: strangers cannot use it up.
    VerificationMail,
    /// Wrong one-time codes in total.
    WrongOneTimeCode,
    /// Wrong one-time codes of one network, as its share of the total.
    WrongOneTimeCodeOfOne,
    /// Wrong user codes in total.
    WrongUserCode,
    /// Wrong user codes of one user, as their share of the total.
    WrongUserCodeOfOne,
}

impl Policy {
    /// Every policy, in the order of their positions.
    pub(super) const ALL: [Self; 53] = [
        Self::GuardedChange,
        Self::Api,
        Self::Authorization,
        Self::Backup,
        Self::BoundSession,
        Self::BoundSessionProof,
        Self::BoundSessionWarning,
        Self::Ceremony,
        Self::ClientAssertion,
        Self::ClientMetadata,
        Self::ClientRegistration,
        Self::ClientToken,
        Self::DeviceApproval,
        Self::DeviceCode,
        Self::DeviceLogin,
        Self::DeviceLoginAnswer,
        Self::DeviceLoginExchange,
        Self::DpopProof,
        Self::Examination,
        Self::ExchangeOfGrant,
        Self::FirstOneTimeCode,
        Self::FirstOneTimeCodes,
        Self::FirstUserCode,
        Self::FirstUserCodes,
        Self::IdentityAssertion,
        Self::Interaction,
        Self::KeyRotation,
        Self::Login,
        Self::LoginMail,
        Self::MailOfOne,
        Self::NewPicture,
        Self::NewPictureOfOne,
        Self::OneTimeAccess,
        Self::OpenSignup,
        Self::PictureAttempt,
        Self::PushedRequest,
        Self::Reauthenticate,
        Self::Refresh,
        Self::RepeatedRefresh,
        Self::ScimChange,
        Self::SignIn,
        Self::Signup,
        Self::SlowSecret,
        Self::SshCaKey,
        Self::SshCertificate,
        Self::SshHostCertificate,
        Self::TokenExchange,
        Self::UserCode,
        Self::VerificationMail,
        Self::WrongOneTimeCode,
        Self::WrongOneTimeCodeOfOne,
        Self::WrongUserCode,
        Self::WrongUserCodeOfOne,
    ];

    /// The budget of a /48 as a multiple of one network's budget. A /48 may be a whole company.
    /// People there try fewer codes than they do other things.
    pub(super) fn budget_of_wide(self) -> u32 {
        match self {
            Self::DeviceLoginAnswer | Self::OneTimeAccess | Self::UserCode => 4,
            _ => 8,
        }
    }

    /// The quota of one IPv4 address, or one /64 of IPv6. A /48 has more
    /// ([`Self::budget_of_wide`]). For policies that count a total, a user, a client or a grant,
    /// the quota of that.
    pub(super) fn quota(self) -> Quota {
        let every = |millis, burst| Quota { refill: Duration::from_millis(millis), burst };
        match self {
            // No person changes their account 300 times, and no administrator's script keeps making
            // two changes a minute. In the three months that entries are kept, the limit allows
            // some 100 MB per account.
            Self::GuardedChange => every(30_000, 300),
            Self::NewPicture => every(300_000, 200),
            Self::NewPictureOfOne => every(3_600_000, 5),
            Self::PictureAttempt => every(60_000, 20),
            Self::Api | Self::BoundSession => every(10, 300),
            // A browser needs one every ten minutes.
            Self::BoundSessionProof => every(10_000, 30),
            Self::BoundSessionWarning => every(600_000, 3),
            // The `jti` is stored for a day at most: some 60 MB for a client that never stops.
            Self::ClientAssertion => every(200, 1_000),
            Self::ClientMetadata => every(2_000, 20),
            // A registration is kept for days, and leaves an entry in the audit log.
            Self::ClientRegistration => every(60_000, 20),
            Self::ClientToken => every(500, 1_000),
            // Each is stored as long as the exchanged token, an hour unless set otherwise: some
            // 10 MB for a client that never stops.
            Self::TokenExchange => every(50, 2_000),
            Self::ExchangeOfGrant => every(1_000, 300),
            Self::Authorization | Self::IdentityAssertion => every(10_000, 300),
            Self::RepeatedRefresh => every(1_000, 300),
            Self::DeviceCode => every(2_000, 30),
            // Each is stored for six minutes at most.
            Self::DpopProof => every(200, 300),
            Self::Backup => every(10_000, 30),
            Self::Examination => every(10_000, 10),
            Self::FirstOneTimeCode | Self::FirstUserCode => every(1_200_000, 3),
            Self::FirstOneTimeCodes | Self::FirstUserCodes => every(1_000, 5_000),
            Self::Ceremony | Self::Interaction | Self::PushedRequest => every(200, 300),
            Self::KeyRotation | Self::SshCaKey => every(60_000, 30),
            Self::Login => every(5_000, 10),
            // At most a dozen mails an hour for each account.
            Self::MailOfOne | Self::VerificationMail => every(300_000, 4),
            Self::LoginMail
            | Self::DeviceLogin
            | Self::DeviceLoginAnswer
            | Self::OneTimeAccess
            | Self::Reauthenticate => every(10_000, 5),
            Self::DeviceLoginExchange => every(2_000, 10),
            // A hundred thousand accounts are provisioned within three hours.
            Self::ScimChange => every(100, 3_000),
            Self::OpenSignup => every(4_000, 1_000),
            Self::Refresh => every(10_000, 60),
            // More than one network may (`Login`), so that a test suite that signs in one user is
            // not stopped.
            Self::SignIn | Self::DeviceApproval => every(5_000, 300),
            Self::Signup => every(30_000, 10),
            Self::SlowSecret => every(5_000, 10),
            Self::SshCertificate => every(30_000, 40),
            // Two thousand hosts at once, and each of a hundred thousand within twelve days.
            Self::SshHostCertificate => every(10_000, 2_000),
            Self::UserCode => every(10_000, 10),
            Self::WrongOneTimeCode | Self::WrongUserCode => every(2_000, 300),
            Self::WrongOneTimeCodeOfOne | Self::WrongUserCodeOfOne => every(360_000, 10),
        }
    }
}

#[cfg(test)]
impl Policy {
    /// The quota in words, for the reference of the endpoints.
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
