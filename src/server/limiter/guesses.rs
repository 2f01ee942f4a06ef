//! A brake on wrong codes, whoever tries them and from however many addresses.
//!
//! The limits per network keep one guesser slow. Against many, wrong guesses are also counted all together,
//! for each kind of code. When there are too many, the brake is on: then only those may still try who have
//! hardly guessed wrong in the last hour, a few times, and only so many of them. So somebody with the right
//! code comes through while others guess, and those who guess gain no more than a few tries for each network,
//! or account, that they have. A guess that turns out right is not counted.
//!
//! Each network, or account, has a small share of the wrong guesses of everybody. So it takes many of them to
//! put the brake on.

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
    /// The share of one of them.
    share: Policy,
    /// The first guesses of who has hardly guessed wrong lately.
    first: Policy,
    /// Those first guesses of everybody while the brake is on.
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
        match self.take_wrong(&brake, by) {
            Ok(wrong) => taken.extend(wrong.taken),
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

    /// Counts a wrong guess of somebody among those of everybody.
    fn take_wrong(&self, brake: &Brake, by: Ask<Key>) -> Result<Guess, u64> {
        self.take(brake.share, by)?;
        let share = (brake.share, by);
        if let Err(wait) = self.take(brake.wrong, EVERYBODY) {
            self.was_right(Guess { taken: vec![share] });
            return Err(wait);
        }
        Ok(Guess { taken: vec![share, (brake.wrong, EVERYBODY)] })
    }

    /// Lets somebody present a secret that is slow to be compared.
    pub(in crate::server) fn guess_secret(&self, address: IpAddr) -> Result<Guess, u64> {
        self.check(Policy::SlowSecret, address)?;
        let asks = super::asks(Policy::SlowSecret, address).into_iter();
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
        let wrong = |n: u32| limiter.guess(Guessed::OneTimeCode, from(n % 35)).is_ok();
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
    fn who_has_hardly_guessed_wrong_comes_through_under_the_brake_three_times() {
        let limiter = Limiter::new(true);
        braked(&limiter);
        let right = limiter.guess(Guessed::OneTimeCode, from(100)).unwrap();
        limiter.was_right(right);
        for _ in 0..3 {
            let wrong = limiter.guess(Guessed::OneTimeCode, from(100)).unwrap();
            drop(wrong);
        }
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

    /// With one try every ten seconds and more for a wide network, one could keep the brake on.
    #[test]
    fn one_network_alone_does_not_put_the_brake_on() {
        let limiter = Limiter::new(true);
        let line = |n: u32| Key::of(format!("2001:db8:1:{n:x}::1").parse().unwrap());
        let guess = |n: u32| limiter.guess(Guessed::OneTimeCode, line(n)).is_ok();
        let looked_at = (0..5_000).filter(|n| guess(*n)).count();
        assert!((10..15).contains(&looked_at), "{looked_at}");
        for _ in 0..10 {
            drop(limiter.guess(Guessed::OneTimeCode, from(7)).unwrap());
        }
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
