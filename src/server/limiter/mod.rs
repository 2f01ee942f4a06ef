//! Rate limits per network: an IPv4 address, a /64 of IPv6, and the /48 around it. Authenticated
//! requests are limited per user, client or grant.

mod buckets;
mod guesses;
mod policy;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use buckets::{Ask, Buckets};
pub(super) use guesses::{Guess, Guessed};
use ipnet::IpNet;
pub(super) use policy::Policy;

use super::networks;
use crate::{
    crypto::Digest,
    model::{ClientId, Clock, GrantId, ScimTokenId, SessionId, UserId},
};

/// The shared budget of new networks when too many are stored, as a multiple of one network's
/// budget.
const BUDGET_OF_OTHERS: u32 = 64;

/// The key of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum BucketKey {
    /// A client, by the digest of its id.
    Client([u8; 16]),
    /// All callers together.
    Everybody,
    /// A grant.
    Grant(GrantId),
    /// A network with its own bucket.
    Network(IpNet),
    /// The networks without a bucket of their own.
    Others,
    /// A SCIM token.
    ScimToken(ScimTokenId),
    /// A browser session.
    Session(SessionId),
    /// A signed-in user.
    User(UserId),
}

impl BucketKey {
    /// The widest network that an address counts for.
    pub(super) fn of(address: IpAddr) -> Self {
        Self::Network(networks::wide(address).unwrap_or_else(|| networks::narrow(address)))
    }

    /// The key of a client for one user.
    pub(super) fn of_client_and_user(id: &ClientId, user: UserId) -> Self {
        Self::Client(short(&format!("{user} {id}")))
    }

    /// The key of a client.
    pub(super) fn of_client(id: &ClientId) -> Self {
        Self::Client(short(id.as_str()))
    }
}

/// The first half of the digest of a text.
fn short(text: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Digest::of(text).as_bytes()[..16]);
    short
}

const OTHERS: Ask<BucketKey> = Ask { key: BucketKey::Others, budget: BUDGET_OF_OTHERS };

/// Token buckets, one for each network and policy. Each server has its own: with several servers
/// behind one address the limits multiply, which still leaves guessing out of reach.
#[derive(Debug)]
pub(super) struct Limiter {
    /// The buckets by the position of their policy. None if limits are switched off.
    buckets: Option<Vec<Buckets<BucketKey>>>,
    clock: Arc<dyn Clock>,
    /// How many guesses were refused since the last log message about them.
    braked: AtomicUsize,
    /// How many requests were refused, by the position of their policy.
    refused: [AtomicU64; Policy::ALL.len()],
}

/// How many requests a policy refused.
#[derive(Debug)]
pub(super) struct RefusedByPolicy {
    /// The name of the policy.
    pub(super) policy: String,
    /// The number.
    pub(super) count: u64,
}

impl Limiter {
    /// Creates the buckets, or none if limits are switched off.
    pub(super) fn new(enabled: bool, clock: Arc<dyn Clock>) -> Self {
        let buckets = Policy::ALL.map(|policy| Buckets::new(policy.quota()));
        Self {
            buckets: enabled.then(|| buckets.into()),
            clock,
            braked: AtomicUsize::new(0),
            refused: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// Counts a request. `Err` holds the seconds to wait before the next one is allowed.
    pub(super) fn check(&self, policy: Policy, address: IpAddr) -> Result<(), u64> {
        self.check_many(policy, address, 1)
    }

    /// Counts a request that costs several tokens.
    pub(super) fn check_many(
        &self,
        policy: Policy,
        address: IpAddr,
        tokens: u32,
    ) -> Result<(), u64> {
        let Some(buckets) = self.buckets_of(policy) else { return Ok(()) };
        let taken = buckets.take(&asks(policy, address), OTHERS, tokens, self.now());
        taken.inspect_err(|_| self.note_refusal(policy)).map_err(whole_seconds)
    }

    /// Counts a request for one key, regardless of its address.
    pub(super) fn check_key(&self, policy: Policy, key: BucketKey) -> Result<(), u64> {
        self.take(policy, Ask { key, budget: 1 }).map_err(whole_seconds)
    }

    /// Gives back a token that turned out not to count.
    pub(super) fn give_back(&self, policy: Policy, key: BucketKey) {
        if let Some(buckets) = self.buckets_of(policy) {
            buckets.give_back(&[Ask { key, budget: 1 }], 1, self.now());
        }
    }

    /// Forgets the networks without recent requests.
    pub(super) fn forget_idle(&self) {
        for buckets in self.buckets.iter().flatten() {
            buckets.forget_full(self.now());
        }
    }

    /// Logs how many guesses were refused, in one message.
    pub(super) fn tell_braked(&self) {
        let guesses = self.braked.swap(0, Ordering::Relaxed);
        if guesses > 0 {
            tracing::warn!(
                guesses,
                "rejected codes without checking them: too many wrong codes came from many \
                 addresses"
            );
        }
    }

    fn take(&self, policy: Policy, ask: Ask<BucketKey>) -> Result<(), u64> {
        let Some(buckets) = self.buckets_of(policy) else { return Ok(()) };
        buckets.take(&[ask], OTHERS, 1, self.now()).inspect_err(|_| self.note_refusal(policy))
    }

    fn note_refusal(&self, policy: Policy) {
        self.refused[policy as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests each policy refused since the start.
    pub(super) fn refused(&self) -> impl Iterator<Item = RefusedByPolicy> {
        Policy::ALL.iter().zip(&self.refused).map(|(policy, count)| RefusedByPolicy {
            policy: format!("{policy:?}"),
            count: count.load(Ordering::Relaxed),
        })
    }

    fn buckets_of(&self, policy: Policy) -> Option<&Buckets<BucketKey>> {
        self.buckets.as_ref()?.get(policy as usize)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.uptime().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The buckets that an address counts for.
fn asks(policy: Policy, address: IpAddr) -> Vec<Ask<BucketKey>> {
    let narrow = Ask { key: BucketKey::Network(networks::narrow(address)), budget: 1 };
    let wide = networks::wide(address)
        .map(|network| Ask { key: BucketKey::Network(network), budget: policy.budget_of_wide() });
    std::iter::once(narrow).chain(wide).collect()
}

/// Rounds up, so that a caller who waits for that long is let through.
fn whole_seconds(nanos: u64) -> u64 {
    nanos.div_ceil(1_000_000_000).max(1)
}

#[cfg(test)]
impl Limiter {
    /// A limiter whose clock stands still.
    pub(super) fn at_one_moment() -> Self {
        #[derive(Debug)]
        struct OneMoment;
        impl Clock for OneMoment {
            fn now(&self) -> crate::model::Timestamp {
                crate::model::Timestamp::from_unix(0)
            }

            fn uptime(&self) -> std::time::Duration {
                std::time::Duration::ZERO
            }
        }
        Self::new(true, Arc::new(OneMoment))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::SystemClock;

    /// How many tries from these addresses in turn are allowed.
    fn allowed(policy: Policy, tries: usize, address: impl Fn(usize) -> String) -> usize {
        let limiter = Limiter::at_one_moment();
        let check = |n: &usize| limiter.check(policy, address(*n).parse().unwrap()).is_ok();
        (0..tries).filter(check).count()
    }

    #[test]
    fn the_sixth_code_in_a_row_is_refused_and_another_address_is_not() {
        let limiter = Limiter::at_one_moment();
        let check = |address: &str| limiter.check(Policy::OneTimeAccess, address.parse().unwrap());
        for _ in 0..5 {
            check("203.0.113.1").unwrap();
        }
        assert_eq!(check("203.0.113.1"), Err(10));
        check("203.0.113.2").unwrap();
    }

    #[test]
    fn the_addresses_of_one_ipv6_line_share_a_bucket() {
        assert_eq!(allowed(Policy::OneTimeAccess, 100, |n| format!("2001:db8:1:2::{n:x}")), 5);
    }

    #[test]
    fn the_lines_of_one_wide_ipv6_network_share_a_larger_bucket() {
        assert_eq!(allowed(Policy::Login, 3_000, |n| format!("2001:db8:1:{n:x}::1")), 80);
        assert_eq!(allowed(Policy::OneTimeAccess, 3_000, |n| format!("2001:db8:1:{n:x}::1")), 20);
    }

    /// Each sign-in leaves rows for weeks.
    #[test]
    fn a_user_is_signed_in_to_applications_three_hundred_times_and_then_every_ten_seconds() {
        let limiter = Limiter::at_one_moment();
        let check =
            || limiter.check_key(Policy::Authorization, BucketKey::User(UserId(Uuid::nil())));
        for _ in 0..300 {
            check().unwrap();
        }
        assert_eq!(check(), Err(10));
    }

    /// Each change leaves entries in the audit log.
    #[test]
    fn a_scim_token_makes_three_thousand_changes_and_then_ten_a_second() {
        let limiter = Limiter::at_one_moment();
        let check = |id| {
            let key = BucketKey::ScimToken(ScimTokenId(Uuid::from_u128(id)));
            limiter.check_key(Policy::ScimChange, key)
        };
        for _ in 0..3_000 {
            check(1).unwrap();
        }
        assert_eq!(check(1), Err(1));
        check(2).unwrap();
    }

    #[test]
    fn limits_can_be_switched_off() {
        let limiter = Limiter::new(false, Arc::new(SystemClock));
        for _ in 0..1_000 {
            limiter.check(Policy::OneTimeAccess, "203.0.113.1".parse().unwrap()).unwrap();
        }
    }
}
