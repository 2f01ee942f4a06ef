//! Takes the file with the locations out of the download: a `.tar.gz` as MaxMind has it, or the
//! file itself.

use std::io::{self, ErrorKind, Read, Write};

use flate2::read::GzDecoder;

use crate::geography::MAX_GEO_DATABASE;

/// The name of the file in the archive ends so.
const ENDING: &[u8] = b".mmdb";
/// A block of an archive (POSIX.1-1988, ustar).
const BLOCK: usize = 512;
/// The most files in an archive; MaxMind's has four.
const MAX_FILES: usize = 64;

/// Writes the file with the locations into `out`.
pub(super) fn extract(mut from: impl Read, out: &mut impl Write) -> io::Result<()> {
    let mut start = [0; 2];
    from.read_exact(&mut start)?;
    let whole = start.chain(from);
    if start != [0x1f, 0x8b] {
        return copy(whole.take(MAX_GEO_DATABASE + 1), out);
    }
    // The skipped files are bounded, too.
    let mut tar = GzDecoder::new(whole).take(2 * MAX_GEO_DATABASE);
    for _ in 0..MAX_FILES {
        let mut header = [0; BLOCK];
        tar.read_exact(&mut header)?;
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        let size = size_of(&header)?;
        if is_database(&header) {
            return copy_exactly(&mut tar, size, out);
        }
        let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
        io::copy(&mut (&mut tar).take(padded), &mut io::sink())?;
    }
    Err(invalid("the archive has no file that ends in .mmdb"))
}

/// Whether an entry is a regular file with locations.
fn is_database(header: &[u8; BLOCK]) -> bool {
    let name = header[..100].split(|byte| *byte == 0).next().unwrap_or_default();
    name.ends_with(ENDING) && matches!(header[156], b'0' | 0)
}

/// The size of an entry, in octal digits.
fn size_of(header: &[u8; BLOCK]) -> io::Result<u64> {
    let digits = header[124..136].split(|byte| matches!(byte, 0 | b' ')).next().unwrap_or_default();
    let text = std::str::from_utf8(digits).map_err(|_| invalid("the archive is damaged"))?;
    u64::from_str_radix(text, 8).map_err(|_| invalid("the archive is damaged"))
}

fn copy_exactly(from: &mut impl Read, size: u64, out: &mut impl Write) -> io::Result<()> {
    if size > MAX_GEO_DATABASE {
        return Err(invalid("the file in the archive is too large"));
    }
    if io::copy(&mut from.take(size), out)? < size {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn copy(mut from: impl Read, out: &mut impl Write) -> io::Result<()> {
    if io::copy(&mut from, out)? > MAX_GEO_DATABASE {
        return Err(invalid("the file is too large"));
    }
    Ok(())
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
        let mut header = [0; BLOCK];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        header[156] = kind;
        let mut entry = header.to_vec();
        entry.extend_from_slice(content);
        entry.resize(entry.len().div_ceil(BLOCK) * BLOCK, 0);
        entry
    }

    fn zipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn extracted(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        extract(bytes, &mut out).map(|()| out)
    }

    fn maxmind() -> Vec<u8> {
        let mut tar = entry("GeoLite2-City_20261124/", b'5', b"");
        tar.extend(entry("GeoLite2-City_20261124/COPYRIGHT.txt", b'0', &[b'c'; 700]));
        tar.extend(entry("GeoLite2-City_20261124/GeoLite2-City.mmdb", b'0', &[b'x'; 1000]));
        tar.extend([0; 2 * BLOCK]);
        zipped(&tar)
    }

    #[test]
    fn the_file_is_taken_out_of_the_archive_or_as_it_is() {
        assert_eq!(extracted(&maxmind()).unwrap(), [b'x'; 1000]);
        assert_eq!(extracted(b"plain file").unwrap(), b"plain file");
    }

    #[test]
    fn what_ends_early_or_has_no_such_file_is_refused() {
        let whole = maxmind();
        for end in 0..whole.len() - 20 {
            assert!(end < 2 || extracted(&whole[..end]).is_err(), "{end}");
        }
        let other = zipped(&[entry("x/readme.txt", b'0', b"x"), vec![0; 1024]].concat());
        assert!(extracted(&other).unwrap_err().to_string().contains("no file that ends"));
        let link = zipped(&[entry("x.mmdb", b'2', b""), vec![0; 1024]].concat());
        assert!(extracted(&link).is_err());
        let mut huge = entry("x.mmdb", b'0', b"");
        huge[124..136].copy_from_slice(b"77777777777\0");
        assert!(extracted(&zipped(&huge)).unwrap_err().to_string().contains("too large"));
        huge[124..136].copy_from_slice(b"nonsense 1\0\0");
        assert!(extracted(&zipped(&huge)).is_err());
    }
}
