//! Limits the log lines for requests: one for each, up to a number per address and minute. Omitted
//! lines are counted, and reported in one line when the minute is over.
//!
//! Without a limit, any client could fill the disk: refusing a request costs microseconds, and a
//! line is 300 bytes.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use ipnet::IpNet;

use super::networks;
use crate::model::Timestamp;

/// How many networks are counted separately. The others share one count.
const ADDRESSES: usize = 1_024;
/// How many networks of one /48 of IPv6 are counted separately. The others count for the /48.
const ADDRESSES_OF_CUSTOMER: u32 = 16;
/// A /48 of IPv6 gets this many times the lines of one address.
const CUSTOMER: u32 = 8;
/// The seconds of one counting period.
const PERIOD: i64 = 60;

/// The result of a request, as far as its log line is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// The request was answered.
    Answered,
    /// The client was at fault (4xx).
    AtFault,
    /// There were too many requests from this address (429).
    TooMany,
    /// The server could not answer (5xx).
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

    /// Lines in a minute: of one address, and in total.
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

impl Limits {
    /// The lines allowed for one of the networks of a source.
    fn of(&self, network: IpNet, source: Source) -> u32 {
        if source.wide == Some(network) { self.of_one * CUSTOMER } else { self.of_one }
    }
}

/// The lines of the current minute.
#[derive(Debug, Default)]
pub(super) struct RequestLog(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    addresses: HashMap<IpNet, Counts>,
    others: Counts,
    /// Lines of all addresses, by result.
    lines: [u32; 4],
}

/// The networks that a request comes from.
#[derive(Debug, Clone, Copy)]
struct Source {
    narrow: IpNet,
    wide: Option<IpNet>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    lines: [u32; 4],
    left_out: [u32; 4],
    /// For a /48: how many of its networks are counted separately.
    parts: u32,
}

/// Requests without a line of their own.
#[derive(Debug, PartialEq, Eq)]
struct Sum {
    /// The network they came from. None if there were too many addresses to count separately.
    network: Option<IpNet>,
    ending: Ending,
    requests: u32,
}

impl RequestLog {
    /// Counts a request. Returns whether it gets a line of its own.
    pub(super) fn admits(&self, client_ip: IpAddr, status: u16, now: Timestamp) -> bool {
        self.tell(now);
        let source =
            Source { narrow: networks::narrow(client_ip), wide: networks::wide(client_ip) };
        self.with(|minute| minute.admit(source, Ending::of(status)))
    }

    /// Logs the omitted requests of a minute that is over.
    pub(super) fn tell(&self, now: Timestamp) {
        let number = now.as_unix().div_euclid(PERIOD);
        let over = self.with(|minute| {
            let is_over = minute.number != number;
            is_over.then(|| std::mem::replace(minute, Minute { number, ..Minute::default() }))
        });
        over.iter().flat_map(Minute::sums).for_each(|sum| sum.log());
    }

    /// Logs the requests omitted until now.
    pub(super) fn tell_all(&self) {
        let last = self.with(std::mem::take);
        last.sums().iter().for_each(Sum::log);
    }

    fn with<T>(&self, work: impl FnOnce(&mut Minute) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Minute {
    fn admit(&mut self, source: Source, ending: Ending) -> bool {
        let (limits, index) = (ending.limits(), ending as usize);
        let counted = self.counted(source);
        let lines = |network: IpNet| self.addresses.get(&network).map_or(0, |of| of.lines[index]);
        let is_new = counted.is_some() && lines(source.wide.unwrap_or(source.narrow)) == 0;
        // The last quarter is reserved for networks without a line in this minute.
        let of_all = if is_new { limits.of_all } else { limits.of_all / 4 * 3 };
        let admits = self.lines[index] < of_all
            && counted.is_none_or(|network| lines(network) < limits.of(network, source))
            && source.wide.is_none_or(|wide| lines(wide) < limits.of(wide, source));
        if !admits {
            let counts = self.counts(counted);
            counts.left_out[index] = counts.left_out[index].saturating_add(1);
            return false;
        }
        self.lines[index] += 1;
        self.counts(counted).lines[index] += 1;
        if let Some(wide) =
            source.wide.filter(|wide| counted.is_some_and(|network| network != *wide))
        {
            self.counts(Some(wide)).lines[index] += 1;
        }
        true
    }

    /// The network that a request counts for: its own, or its /48 if that has many already. None if
    /// there is no room for more networks.
    fn counted(&mut self, source: Source) -> Option<IpNet> {
        let Source { narrow, wide } = source;
        if self.addresses.contains_key(&narrow) {
            return Some(narrow);
        }
        let parts = |wide: &IpNet| self.addresses.get(wide).map(|counts| counts.parts);
        let has_many = wide.filter(|wide| parts(wide) >= Some(ADDRESSES_OF_CUSTOMER));
        if has_many.is_some() {
            return has_many;
        }
        if self.addresses.len() + 1 + usize::from(wide.is_some()) > ADDRESSES {
            return None;
        }
        self.addresses.insert(narrow, Counts::default());
        if let Some(wide) = wide {
            self.addresses.entry(wide).or_default().parts += 1;
        }
        Some(narrow)
    }

    fn counts(&mut self, network: Option<IpNet>) -> &mut Counts {
        match network {
            Some(network) => self.addresses.entry(network).or_default(),
            None => &mut self.others,
        }
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
        tracing::info!(from, ending, requests, "omitted the log lines of single requests");
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

    #[test]
    fn one_48_does_not_use_up_the_lines_of_all_however_many_lines_it_has() {
        let log = RequestLog::default();
        let of = |n: u32| format!("2001:db8:1:{n:x}::1").parse::<IpAddr>().unwrap();
        let lines: usize = (0..50_000).map(|n| admitted(&log, of(n % 5_000), 404, 1)).sum();
        assert_eq!(lines, 60 * 8);
        assert!(log.with(|minute| minute.addresses.len()) < 20);
        let told: u32 = log.with(|minute| minute.sums()).iter().map(|sum| sum.requests).sum();
        assert_eq!(told, 50_000 - 480);
    }

    #[test]
    fn who_has_no_line_yet_gets_one_when_others_have_many() {
        let log = RequestLog::default();
        let lines: usize = (0..100).map(|number| admitted(&log, ip(number), 404, 60)).sum();
        assert!(lines < 3_000, "{lines}");
        assert_eq!(admitted(&log, ip(200), 404, 9), 1);
    }
}
