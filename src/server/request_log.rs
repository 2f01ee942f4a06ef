//! How many lines the log gets for requests: one for each, up to a number per address and minute.
//! What is left out is counted, and told in one line when the minute is over.
//!
//! Otherwise whoever can reach the server could fill its disk: refusing a request costs microseconds,
//! and a line is 300 bytes.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use ipnet::IpNet;

use super::networks;
use crate::model::Timestamp;

/// How many addresses are counted one by one; the others share a count.
const ADDRESSES: usize = 1_024;
/// Seconds for which lines are counted.
const PERIOD: i64 = 60;

/// How a request ended, as far as its line is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It was answered.
    Answered,
    /// It was at fault (4xx).
    AtFault,
    /// There were too many from this address (429).
    TooMany,
    /// It could not be answered (5xx).
    Unanswered,
}

impl Ending {
    const ALL: [Self; 4] = [Self::Answered, Self::AtFault, Self::TooMany, Self::Unanswered];

    fn of(status: u16) -> Self {
        match status {
            429 => Self::TooMany,
            500.. => Self::Unanswered,
            400.. => Self::AtFault,
            _ => Self::Answered,
        }
    }

    /// Lines in a minute: of one address, and of all of them.
    fn limits(self) -> Limits {
        match self {
            Self::Answered => Limits { of_one: 600, of_all: 30_000 },
            Self::AtFault | Self::Unanswered => Limits { of_one: 60, of_all: 3_000 },
            Self::TooMany => Limits { of_one: 1, of_all: 300 },
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::AtFault => "at fault",
            Self::TooMany => "too many",
            Self::Unanswered => "failed",
        }
    }
}

struct Limits {
    of_one: u32,
    of_all: u32,
}

/// The lines of the current minute.
#[derive(Debug, Default)]
pub(super) struct RequestLog(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    addresses: HashMap<IpNet, Counts>,
    others: Counts,
    /// Lines of all addresses.
    lines: [u32; 4],
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    lines: [u32; 4],
    left_out: [u32; 4],
}

/// Requests that got no line of their own.
#[derive(Debug, PartialEq, Eq)]
struct Sum {
    /// Where they came from; nothing when there were too many addresses to tell.
    network: Option<IpNet>,
    ending: Ending,
    requests: u32,
}

impl RequestLog {
    /// Counts a request, and says whether it gets a line of its own.
    pub(super) fn admits(&self, client_ip: IpAddr, status: u16, now: Timestamp) -> bool {
        self.tell(now);
        self.with(|minute| minute.admit(networks::narrow(client_ip), Ending::of(status)))
    }

    /// Logs what was left out in a minute that is over.
    pub(super) fn tell(&self, now: Timestamp) {
        let number = now.as_unix().div_euclid(PERIOD);
        let over = self.with(|minute| {
            let is_over = minute.number != number;
            is_over.then(|| std::mem::replace(minute, Minute { number, ..Minute::default() }))
        });
        over.iter().flat_map(Minute::sums).for_each(|sum| sum.log());
    }

    /// Logs what was left out until now.
    pub(super) fn tell_all(&self) {
        let last = self.with(std::mem::take);
        last.sums().iter().for_each(Sum::log);
    }

    fn with<T>(&self, work: impl FnOnce(&mut Minute) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Minute {
    fn admit(&mut self, network: IpNet, ending: Ending) -> bool {
        let limits = ending.limits();
        let is_counted = self.addresses.len() < ADDRESSES || self.addresses.contains_key(&network);
        let counts = match is_counted {
            true => self.addresses.entry(network).or_default(),
            false => &mut self.others,
        };
        let index = ending as usize;
        let admits = self.lines[index] < limits.of_all
            && (!is_counted || counts.lines[index] < limits.of_one);
        match admits {
            true => {
                counts.lines[index] += 1;
                self.lines[index] += 1;
            }
            false => counts.left_out[index] = counts.left_out[index].saturating_add(1),
        }
        admits
    }

    fn sums(&self) -> Vec<Sum> {
        let known = self.addresses.iter().map(|(network, counts)| (Some(*network), counts));
        let all = known.chain([(None, &self.others)]);
        let sums = all.flat_map(|(network, counts)| {
            Ending::ALL.map(|ending| {
                let requests = counts.left_out[ending as usize];
                Sum { network, ending, requests }
            })
        });
        sums.filter(|sum| sum.requests > 0).collect()
    }
}

impl Sum {
    fn log(&self) {
        let from = match self.network {
            Some(network) if network.prefix_len() == network.max_prefix_len() => {
                network.addr().to_string()
            }
            Some(network) => network.to_string(),
            None => "other addresses".to_owned(),
        };
        let (requests, ending) = (self.requests, self.ending.as_str());
        tracing::info!(from, ending, requests, "requests without a line of their own");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_000_020);

    fn ip(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    fn admitted(log: &RequestLog, address: IpAddr, status: u16, requests: usize) -> usize {
        (0..requests).filter(|_| log.admits(address, status, NOW)).count()
    }

    #[test]
    fn one_address_gets_a_line_for_each_kind_of_failure_and_then_a_sum() {
        let log = RequestLog::default();
        assert_eq!(admitted(&log, ip(1), 429, 100_000), 1);
        assert_eq!(admitted(&log, ip(1), 404, 1_000), 60);
        assert_eq!(admitted(&log, ip(1), 503, 1_000), 60);
        assert_eq!(admitted(&log, ip(1), 200, 1_000), 600);
        assert_eq!(admitted(&log, ip(2), 429, 1), 1, "another address has its own");

        let sums = log.with(|minute| minute.sums());

        assert_eq!(sums.len(), 4);
        let network = Some(networks::narrow(ip(1)));
        let refused = Sum { network, ending: Ending::TooMany, requests: 99_999 };
        assert!(sums.contains(&refused), "{sums:?}");
    }

    #[test]
    fn many_addresses_get_a_bounded_number_of_lines_and_of_memory() {
        let log = RequestLog::default();
        let lines: usize = (0..100_000).map(|number| admitted(&log, ip(number), 429, 1)).sum();
        assert_eq!(lines, 300);
        assert_eq!(log.with(|minute| minute.addresses.len()), ADDRESSES);
        let told: u32 = log.with(|minute| minute.sums()).iter().map(|sum| sum.requests).sum();
        assert_eq!(told, 99_700);
    }

    #[test]
    fn a_new_minute_begins_anew() {
        let log = RequestLog::default();
        assert_eq!(admitted(&log, ip(1), 429, 5), 1);
        let later = NOW.plus(PERIOD);
        assert!(log.admits(ip(1), 429, later));
        assert!(log.with(|minute| minute.sums()).is_empty(), "what was left out was told");
    }
}
