//! Rate limits per client address (Pocket ID 2.14).

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use ipnet::IpNet;

use super::networks;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// Every call of the API and the protocol.
    Api,
    /// Having the description of a client fetched.
    ClientMetadata,
    /// Beginning an interaction, which is stored for an hour.
    Interaction,
    /// Finishing a sign-in with a passkey.
    Login,
    /// Trying a one-time code.
    OneTimeAccess,
    /// Using the passkey again.
    Reauthenticate,
    /// Signing up.
    Signup,
    /// Trying the code that a device shows.
    UserCode,
}

impl Policy {
    const ALL: [Self; 8] = [
        Self::Api,
        Self::ClientMetadata,
        Self::Interaction,
        Self::Login,
        Self::OneTimeAccess,
        Self::Reauthenticate,
        Self::Signup,
        Self::UserCode,
    ];
}

/// Token buckets, one an address and policy. They are per server: with several servers behind one
/// address the limits multiply, which still leaves guessing out of reach.
#[derive(Debug)]
pub(super) struct Limiter {
    buckets: Option<Buckets>,
}

#[derive(Debug)]
struct Buckets {
    api: DefaultKeyedRateLimiter<IpNet>,
    client_metadata: DefaultKeyedRateLimiter<IpNet>,
    interaction: DefaultKeyedRateLimiter<IpNet>,
    login: DefaultKeyedRateLimiter<IpNet>,
    one_time_access: DefaultKeyedRateLimiter<IpNet>,
    reauthenticate: DefaultKeyedRateLimiter<IpNet>,
    signup: DefaultKeyedRateLimiter<IpNet>,
    user_code: DefaultKeyedRateLimiter<IpNet>,
}

impl Limiter {
    /// Limits, or none when they are switched off.
    pub(super) fn new(enabled: bool) -> Self {
        let bucket = |refill: Duration, burst: u32| {
            let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
            let quota = Quota::with_period(refill).expect("the period is longer than nothing");
            RateLimiter::keyed(quota.allow_burst(burst))
        };
        let buckets = enabled.then(|| Buckets {
            api: bucket(Duration::from_millis(10), 300),
            client_metadata: bucket(Duration::from_secs(2), 20),
            interaction: bucket(Duration::from_millis(200), 300),
            login: bucket(Duration::from_secs(5), 10),
            one_time_access: bucket(Duration::from_secs(10), 5),
            reauthenticate: bucket(Duration::from_secs(10), 5),
            signup: bucket(Duration::from_secs(30), 10),
            user_code: bucket(Duration::from_secs(10), 10),
        });
        Self { buckets }
    }

    /// Counts a request. `Err` holds the seconds after which the next one is let through.
    pub(super) fn check(&self, policy: Policy, address: IpAddr) -> Result<(), u64> {
        let Some(buckets) = &self.buckets else { return Ok(()) };
        let limiter = buckets.of(policy);
        limiter.check_key(&networks::narrow(address)).map_err(|not_until| {
            let wait = not_until.wait_time_from(limiter.clock().now());
            (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
        })
    }

    /// Forgets the addresses that have not come lately.
    pub(super) fn forget_idle(&self) {
        let Some(buckets) = &self.buckets else { return };
        for policy in Policy::ALL {
            buckets.of(policy).retain_recent();
            buckets.of(policy).shrink_to_fit();
        }
    }
}

impl Buckets {
    fn of(&self, policy: Policy) -> &DefaultKeyedRateLimiter<IpNet> {
        match policy {
            Policy::Api => &self.api,
            Policy::ClientMetadata => &self.client_metadata,
            Policy::Interaction => &self.interaction,
            Policy::Login => &self.login,
            Policy::OneTimeAccess => &self.one_time_access,
            Policy::Reauthenticate => &self.reauthenticate,
            Policy::Signup => &self.signup,
            Policy::UserCode => &self.user_code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_code_in_a_row_is_refused_and_another_address_is_not() {
        let limiter = Limiter::new(true);
        let check = |address: &str| limiter.check(Policy::OneTimeAccess, address.parse().unwrap());
        for _ in 0..5 {
            check("203.0.113.1").unwrap();
        }
        assert!(matches!(check("203.0.113.1"), Err(1..=10)));
        check("203.0.113.2").unwrap();
    }

    #[test]
    fn limits_can_be_switched_off() {
        let limiter = Limiter::new(false);
        for _ in 0..1_000 {
            limiter.check(Policy::OneTimeAccess, "203.0.113.1".parse().unwrap()).unwrap();
        }
    }
}
