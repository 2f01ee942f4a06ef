//! A brake on wrong codes from any number of callers and addresses.
//!
//! The limits per network slow down a single guesser. Against many, the wrong guesses for each kind
//! of code are also counted in total. When there are too many, the brake is on. Then a network or
//! account may try only if it has hardly guessed wrong in the last hour, only a few times, and only
//! so many of them in total. So a user with the right code gets through while others guess, and
//! attackers gain no more than a few tries for each network or account that they have. A guess that
//! turns out right is not counted.
//!
//! Each network or account has a small share of the total of wrong guesses. So an attacker needs
//! many of them to put the brake on.

use std::{net::IpAddr, sync::atomic::Ordering};

use super::{Ask, BucketKey, Limiter, Policy, whole_seconds};

const EVERYBODY: Ask<BucketKey> = Ask { key: BucketKey::Everybody, budget: 1 };

/// The kinds of codes that can be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Guessed {
    /// A short one-time code.
    OneTimeCode,
    /// The code that a device shows.
    UserCode,
}

/// The policies for one kind of code.
struct Brake {
    /// Wrong guesses in total.
    wrong: Policy,
    /// The share of one network or account.
    share: Policy,
    /// The first guesses of a network or account that has hardly guessed wrong lately.
    first: Policy,
    /// The total of those first guesses while the brake is on.
    firsts: Policy,
}

impl Guessed {
    fn brake(self) -> Brake {
        match self {
            Self::OneTimeCode => Brake {
                wrong: Policy::WrongOneTimeCode,
                share: Policy::WrongOneTimeCodeOfOne,
                first: Policy::FirstOneTimeCode,
                firsts: Policy::FirstOneTimeCodes,
            },
            Self::UserCode => Brake {
                wrong: Policy::WrongUserCode,
                share: Policy::WrongUserCodeOfOne,
                first: Policy::FirstUserCode,
                firsts: Policy::FirstUserCodes,
            },
        }
    }
}

/// A guess that counts as wrong until it turns out right.
#[derive(Debug)]
#[must_use = "it says whether the guess may be looked at"]
pub(in crate::server) struct Guess {
    taken: Vec<(Policy, Ask<BucketKey>)>,
}

impl Limiter {
    /// Allows a guess. `Err` holds the seconds to wait before trying again.
    pub(in crate::server) fn guess(&self, guessed: Guessed, by: BucketKey) -> Result<Guess, u64> {
        let brake = guessed.brake();
        let by = Ask { key: by, budget: 1 };
        let is_first = self.take(brake.first, by).is_ok();
        let mut taken = if is_first { vec![(brake.first, by)] } else { Vec::new() };
        match self.take_wrong(&brake, by) {
            Ok(wrong) => taken.extend(wrong.taken),
            Err(_) if is_first && self.take(brake.firsts, EVERYBODY).is_ok() => {
                taken.push((brake.firsts, EVERYBODY));
            }
            Err(wait) => {
                // The guess was not checked, so it does not count as wrong.
                self.was_right(Guess { taken });
                self.braked.fetch_add(1, Ordering::Relaxed);
                return Err(whole_seconds(wait));
            }
        }
        Ok(Guess { taken })
    }

    /// Counts a wrong guess for its network or account, and in total.
    fn take_wrong(&self, brake: &Brake, by: Ask<BucketKey>) -> Result<Guess, u64> {
        self.take(brake.share, by)?;
        let share = (brake.share, by);
        if let Err(wait) = self.take(brake.wrong, EVERYBODY) {
            self.was_right(Guess { taken: vec![share] });
            return Err(wait);
        }
        Ok(Guess { taken: vec![share, (brake.wrong, EVERYBODY)] })
    }

    /// Allows an attempt at a secret that is slow to compare.
    pub(in crate::server) fn guess_secret(&self, address: IpAddr) -> Result<Guess, u64> {
        self.check(Policy::SlowSecret, address)?;
        let asks = super::asks(Policy::SlowSecret, address).into_iter();
        Ok(Guess { taken: asks.map(|ask| (Policy::SlowSecret, ask)).collect() })
    }

    /// Uncounts a guess that was right.
    pub(in crate::server) fn was_right(&self, guess: Guess) {
        for (policy, ask) in guess.taken {
            if let Some(buckets) = self.buckets_of(policy) {
                buckets.give_back(&[ask], 1, self.now());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(n: u32) -> BucketKey {
        BucketKey::of(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n).into())
    }

    /// Guesses wrong from many networks until the brake is on.
    fn braked(limiter: &Limiter) {
        let wrong = |n: u32| limiter.guess(Guessed::OneTimeCode, from(n % 35)).is_ok();
        let looked_at = (0..2_000).filter(|n| wrong(*n)).count();
        assert_eq!(looked_at, 300);
    }

    #[test]
    fn wrong_codes_are_counted_across_all_addresses() {
        let limiter = Limiter::at_one_moment();
        braked(&limiter);
        assert!(limiter.guess(Guessed::OneTimeCode, from(3)).is_err());
        assert!(limiter.guess(Guessed::UserCode, from(3)).is_ok(), "another kind of code");
    }

    #[test]
    fn who_has_hardly_guessed_wrong_comes_through_under_the_brake_three_times() {
        let limiter = Limiter::at_one_moment();
        braked(&limiter);
        let right = limiter.guess(Guessed::OneTimeCode, from(100)).unwrap();
        limiter.was_right(right);
        for _ in 0..3 {
            let wrong = limiter.guess(Guessed::OneTimeCode, from(100)).unwrap();
            drop(wrong);
        }
        assert!(limiter.guess(Guessed::OneTimeCode, from(100)).is_err());
    }

    /// With any number of addresses, fewer than 6,000 guesses are checked within the quarter of an
    /// hour that a code lives. There are 3 * 10^10 possible codes.
    #[test]
    fn guesses_under_the_brake_are_bounded_even_with_a_new_address_for_each() {
        let limiter = Limiter::at_one_moment();
        braked(&limiter);
        let guess = |n: u32| limiter.guess(Guessed::OneTimeCode, from(n)).is_ok();
        let looked_at = (100..20_000).filter(|n| guess(*n)).count();
        assert!(looked_at < 5_100, "{looked_at}");
    }

    /// With one try every ten seconds and more for a wide network, one network could keep the brake
    /// on.
    #[test]
    fn one_network_alone_does_not_put_the_brake_on() {
        let limiter = Limiter::at_one_moment();
        let line = |n: u32| BucketKey::of(format!("2001:db8:1:{n:x}::1").parse().unwrap());
        let guess = |n: u32| limiter.guess(Guessed::OneTimeCode, line(n)).is_ok();
        let looked_at = (0..5_000).filter(|n| guess(*n)).count();
        assert_eq!(looked_at, 10);
        for _ in 0..10 {
            drop(limiter.guess(Guessed::OneTimeCode, from(7)).unwrap());
        }
    }

    #[test]
    fn right_codes_are_not_counted() {
        let limiter = Limiter::at_one_moment();
        for n in 0..2_000 {
            let guess = limiter.guess(Guessed::OneTimeCode, from(n % 10)).unwrap();
            limiter.was_right(guess);
        }
    }
}
