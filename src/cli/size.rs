//! Sizes in bytes, for people.

use super::page::Page;

const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/// A size: with a unit on a terminal, otherwise in bytes.
pub fn shown(page: &Page, bytes: u64) -> String {
    if page.is_terminal() { with_unit(bytes) } else { bytes.to_string() }
}

/// Writes a size with one decimal, in the largest unit that is not larger than it.
pub fn with_unit(bytes: u64) -> String {
    // Rounded in integers: a tenth of a unit is exact enough, and never `1024.0 KiB`.
    let (mut tenths, mut unit) = (u128::from(bytes) * 10, 0);
    while tenths >= 10_235 && unit + 1 < UNITS.len() {
        tenths = (tenths + 512) / 1024;
        unit += 1;
    }
    match unit {
        0 if bytes == 1 => "1 byte".to_owned(),
        0 => format!("{bytes} bytes"),
        _ => format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::with_unit;

    #[test]
    fn a_size_has_the_largest_unit_that_fits() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1_023, "1023 bytes"),
            (1_024, "1.0 KiB"),
            (1_536, "1.5 KiB"),
            (1_048_575, "1.0 MiB"),
            (52_428_800, "50.0 MiB"),
            (u64::MAX, "16777216.0 TiB"),
        ] {
            assert_eq!(with_unit(bytes), text);
        }
    }
}
