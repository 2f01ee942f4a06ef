//! A brake on wrong codes, whoever tries them and from however many addresses.
//!
//! The limits per network keep one guesser slow. Against many, wrong guesses are also counted all together,
//! for each kind of code. When there are too many, the brake is on: then only those may still try who have
//! not guessed wrong in the last hour, once, and only so many of them. So somebody with the right code comes
//! through while others guess, and those who guess gain no more than one try for each network, or account,
//! that they have. A guess that turns out right is not counted.

use std::{net::IpAddr, sync::atomic::Ordering};

use super::{Ask, Key, Limiter, Policy, whole_seconds};

const EVERYBODY: Ask<Key> = Ask { key: Key::Everybody, budget: 1 };

/// What is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Guessed {
    /// A one-time code that is short.
    OneTimeCode,
    /// The code that a device shows.
    UserCode,
}

/// The buckets of a kind of code.
struct Brake {
    /// Wrong guesses of everybody.
    wrong: Policy,
    /// The one guess of who has not guessed wrong lately.
    first: Policy,
    /// Those first guesses of everybody while the brake is on.
    firsts: Policy,
}

impl Guessed {
    fn brake(self) -> Brake {
        match self {
            Self::OneTimeCode => Brake {
                wrong: Policy::WrongOneTimeCode,
                first: Policy::FirstOneTimeCode,
                firsts: Policy::FirstOneTimeCodes,
            },
            Self::UserCode => Brake {
                wrong: Policy::WrongUserCode,
                first: Policy::FirstUserCode,
                firsts: Policy::FirstUserCodes,
            },
        }
    }
}

/// A guess that counts as a wrong one until it is known to be right.
#[derive(Debug)]
#[must_use = "it says whether the guess may be looked at"]
pub(in crate::server) struct Guess {
    taken: Vec<(Policy, Ask<Key>)>,
}

impl Limiter {
    /// Lets somebody guess. `Err` holds the seconds after which they may try again.
    pub(in crate::server) fn guess(&self, guessed: Guessed, by: Key) -> Result<Guess, u64> {
        let brake = guessed.brake();
        let by = Ask { key: by, budget: 1 };
        let is_first = self.take(brake.first, by).is_ok();
        let mut taken = if is_first { vec![(brake.first, by)] } else { Vec::new() };
        match self.take(brake.wrong, EVERYBODY) {
            Ok(()) => taken.push((brake.wrong, EVERYBODY)),
            Err(_) if is_first && self.take(brake.firsts, EVERYBODY).is_ok() => {
                taken.push((brake.firsts, EVERYBODY));
            }
            Err(wait) => {
                // It was not looked at, so it is not their wrong guess.
                self.was_right(Guess { taken });
                self.braked.fetch_add(1, Ordering::Relaxed);
                return Err(whole_seconds(wait));
            }
        }
        Ok(Guess { taken })
    }

    /// Lets somebody present a secret that is slow to be compared.
    pub(in crate::server) fn guess_secret(&self, address: IpAddr) -> Result<Guess, u64> {
        self.check(Policy::SlowSecret, address)?;
        let asks = super::asks(address).into_iter();
        Ok(Guess { taken: asks.map(|ask| (Policy::SlowSecret, ask)).collect() })
    }

    /// A guess was right, so it does not count.
    pub(in crate::server) fn was_right(&self, guess: Guess) {
        for (policy, ask) in guess.taken {
            if let Some(buckets) = self.buckets_of(policy) {
                buckets.give_back(&[ask], (1, self.now()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(n: u32) -> Key {
        Key::of(std::net::Ipv4Addr::from_bits(0x0a00_0000 + n).into())
    }

    /// Guesses wrong from many networks until the brake is on.
    fn braked(limiter: &Limiter) {
        let wrong = |n: u32| limiter.guess(Guessed::OneTimeCode, from(n % 10)).is_ok();
        let looked_at = (0..2_000).filter(|n| wrong(*n)).count();
        assert!((300..=320).contains(&looked_at), "{looked_at}");
    }

    #[test]
    fn wrong_codes_are_counted_across_all_addresses() {
        let limiter = Limiter::new(true);
        braked(&limiter);
        assert!(limiter.guess(Guessed::OneTimeCode, from(3)).is_err());
        assert!(limiter.guess(Guessed::UserCode, from(3)).is_ok(), "another kind of code");
    }

    #[test]
    fn who_has_not_guessed_wrong_comes_through_under_the_brake_once() {
        let limiter = Limiter::new(true);
        braked(&limiter);
        let right = limiter.guess(Guessed::OneTimeCode, from(100)).unwrap();
        limiter.was_right(right);
        let wrong = limiter.guess(Guessed::OneTimeCode, from(100)).unwrap();
        drop(wrong);
        assert!(limiter.guess(Guessed::OneTimeCode, from(100)).is_err());
    }

    /// However many addresses somebody has, fewer than 6,000 guesses are looked at in the quarter of an
    /// hour that a code of 3 * 10^10 possible ones lives.
    #[test]
    fn guesses_under_the_brake_are_bounded_even_with_a_new_address_for_each() {
        let limiter = Limiter::new(true);
        braked(&limiter);
        let guess = |n: u32| limiter.guess(Guessed::OneTimeCode, from(n)).is_ok();
        let looked_at = (100..20_000).filter(|n| guess(*n)).count();
        assert!(looked_at < 5_100, "{looked_at}");
    }

    #[test]
    fn right_codes_are_not_counted() {
        let limiter = Limiter::new(true);
        for n in 0..2_000 {
            let guess = limiter.guess(Guessed::OneTimeCode, from(n % 10)).unwrap();
            limiter.was_right(guess);
        }
    }
}
