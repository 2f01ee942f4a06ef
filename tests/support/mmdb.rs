//! Writes small files in the format of MaxMind DB (<https://maxmind.github.io/MaxMind-DB/>).

use std::net::IpAddr;

use ipnet::IpNet;

/// A network, and the place of its addresses.
pub(crate) struct PlacedNetwork {
    pub network: IpNet,
    pub country: &'static str,
    pub city: &'static str,
}

impl PlacedNetwork {
    pub(crate) fn new(network: &str, country: &'static str, city: &'static str) -> Self {
        Self { network: network.parse().unwrap(), country, city }
    }
}

/// Networks for documentation, and where the tests say that they are.
pub(crate) fn places() -> Vec<PlacedNetwork> {
    vec![
        PlacedNetwork::new("203.0.113.0/24", "Norway", "Bergen"),
        PlacedNetwork::new("198.51.100.0/25", "Côte d’Ivoire", ""),
        PlacedNetwork::new("2001:db8::/32", "Japan", "Sapporo\u{1b}[31m"),
    ]
}

/// A database of the places above.
pub(crate) fn city_database() -> Vec<u8> {
    database("GeoLite2-City", 1_795_000_000, &places())
}

/// A database of this kind, with these networks, made at this time.
pub(crate) fn database(kind: &str, made_at: u64, networks: &[PlacedNetwork]) -> Vec<u8> {
    let mut tree = vec![[Side::Nothing; 2]];
    let mut data = Vec::new();
    for placed in networks {
        let offset = data.len();
        data.extend(record(placed));
        insert(&mut tree, placed.network, offset);
    }
    let mut bytes = Vec::new();
    let count = u32::try_from(tree.len()).unwrap();
    for side in tree.iter().flatten() {
        let value = match side {
            Side::Nothing => count,
            Side::Node(node) => u32::try_from(*node).unwrap(),
            Side::Data(offset) => count + 16 + u32::try_from(*offset).unwrap(),
        };
        bytes.extend_from_slice(&value.to_be_bytes()[1..]);
    }
    bytes.extend([0; 16]);
    bytes.extend(data);
    bytes.extend(b"\xab\xcd\xefMaxMind.com");
    bytes.extend(metadata(kind, made_at, count));
    bytes
}

#[derive(Clone, Copy)]
enum Side {
    Nothing,
    Node(usize),
    Data(usize),
}

/// IPv4 is in ::/96.
fn insert(tree: &mut Vec<[Side; 2]>, network: IpNet, offset: usize) {
    let (bits, length) = match network.network() {
        IpAddr::V4(address) => (u128::from(address.to_bits()), network.prefix_len() + 96),
        IpAddr::V6(address) => (address.to_bits(), network.prefix_len()),
    };
    let mut node = 0;
    for depth in 0..length {
        let side = usize::from(bits >> (127 - depth) & 1 == 1);
        if depth + 1 == length {
            tree[node][side] = Side::Data(offset);
        } else if let Side::Node(next) = tree[node][side] {
            node = next;
        } else {
            tree.push([Side::Nothing; 2]);
            tree[node][side] = Side::Node(tree.len() - 1);
            node = tree.len() - 1;
        }
    }
}

fn record(placed: &PlacedNetwork) -> Vec<u8> {
    let names =
        |name: &str| map(&[("names", map(&[("de", text("Anderswo")), ("en", text(name))]))]);
    let country = ("country", names(placed.country));
    if placed.city.is_empty() {
        map(&[country])
    } else {
        map(&[("city", names(placed.city)), country])
    }
}

fn metadata(kind: &str, made_at: u64, count: u32) -> Vec<u8> {
    map(&[
        ("binary_format_major_version", number(5, 2)),
        ("binary_format_minor_version", number(5, 0)),
        ("build_epoch", number(9, made_at)),
        ("database_type", text(kind)),
        ("description", map(&[("en", text("made by a test"))])),
        ("ip_version", number(5, 6)),
        ("languages", [vec![1, 4], text("en")].concat()),
        ("node_count", number(6, u64::from(count))),
        ("record_size", number(5, 24)),
    ])
}

fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![7 << 5 | u8::try_from(pairs.len()).unwrap()];
    for (name, value) in pairs {
        bytes.extend(text(name));
        bytes.extend(value);
    }
    bytes
}

fn text(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    let mut bytes =
        if length < 29 { vec![2 << 5 | length] } else { vec![2 << 5 | 29, length - 29] };
    bytes.extend(text.bytes());
    bytes
}

/// An unsigned number of a type; types above 7 are extended.
fn number(kind: u8, value: u64) -> Vec<u8> {
    let digits: Vec<u8> = value.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let length = u8::try_from(digits.len()).unwrap();
    let head = if kind < 8 { vec![kind << 5 | length] } else { vec![length, kind - 7] };
    [head, digits].concat()
}
