//! Pictures that are made to do harm, sent to a server in a process of its own.

use std::io::{Read as _, Write as _};

use image::{DynamicImage, ImageFormat, RgbImage};

use super::{peak, upload};
use crate::support::{agent::Agent, cli::Cli, server::Server};

const OWN: &str = "/api/users/me/profile-picture";
const KEY: &str = "a-key-of-the-environment";
/// How much more memory the server may take than with a file of 8 MiB that is no picture, in KiB.
const MOST_GROWTH: u64 = 32 * 1024;

/// A server, and a program of its administrator.
fn start(cli: &Cli) -> (Server, Agent) {
    let server = cli.serve();
    let agent = Agent::new(&format!("http://{}", server.address())).with_header("x-api-key", KEY);
    (server, agent)
}

fn with_key() -> Cli {
    Cli::new().with("STATIC_API_KEY", KEY)
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::new(width, height)).write_to(&mut file, format).unwrap();
    file.into_inner()
}

#[test]
fn a_picture_made_to_do_harm_is_refused_and_the_server_neither_stops_nor_grows() {
    let cli = with_key();
    let (server, mut agent) = start(&cli);
    // Counts the memory of the largest upload first.
    let nothing = vec![0; 8 * 1024 * 1024];
    assert_eq!(upload(&mut agent, OWN, &nothing).error(), "400 invalid_image");
    let before = peak(&server);

    for (name, file) in [
        ("a TIFF with a tile of 51 GB", tiff_with_a_huge_tile()),
        ("a TIFF whose strips are JPEG files", tiff_of_jpegs()),
        ("a WebP whose EXIF chunk has 4 GB", webp_with_a_huge_chunk()),
        ("a WebP with 65,536 groups of Huffman codes", webp_of_huffman_codes()),
        ("a WebP with a frame larger than its canvas", webp_with_a_larger_frame()),
    ] {
        assert_eq!(upload(&mut agent, OWN, &file).error(), "400 invalid_image", "{name}");
        assert_eq!(agent.get("/healthz").status, 204, "{name}");
        let grown = peak(&server) - before;
        assert!(grown < MOST_GROWTH, "{name}: {grown} KiB more");
    }

    let honest = picture(30, 20, ImageFormat::Png);
    assert_eq!(upload(&mut agent, OWN, &honest).status, 204);
    server.signal("TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0));
    assert_eq!(log.matches("refused profile pictures").count(), 1, "{log}");
}

#[test]
fn the_largest_honest_pictures_are_decoded() {
    let cli = with_key();
    let (server, mut agent) = start(&cli);
    for (side, format) in [
        (4_096, ImageFormat::Jpeg),
        (4_096, ImageFormat::Png),
        (4_096, ImageFormat::WebP),
        (2_896, ImageFormat::Gif),
        (1_600, ImageFormat::Bmp),
    ] {
        let file = picture(side, side, format);
        assert_eq!(upload(&mut agent, OWN, &file).status, 204, "{format:?}");
    }
    let larger = picture(4_097, 4_096, ImageFormat::Png);
    assert_eq!(upload(&mut agent, OWN, &larger).error(), "400 invalid_image");
    drop(server);
}

struct Field(u16, u16, u32, u32);

/// A TIFF with one directory of these fields (tag, type, count, value) and what follows them.
fn tiff(fields: &[Field], rest: &[u8]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend(u16::try_from(fields.len()).unwrap().to_le_bytes());
    for Field(tag, kind, count, value) in fields {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file.extend(rest);
    file
}

/// One pixel of three floating point numbers, in a tile of 4,294,967,295 by 1 pixels.
fn tiff_with_a_huge_tile() -> Vec<u8> {
    let fields = [
        Field(256, 3, 1, 1),
        Field(257, 3, 1, 1),
        Field(258, 3, 1, 32),
        Field(259, 3, 1, 1),
        Field(262, 3, 1, 2),
        Field(277, 3, 1, 3),
        Field(317, 3, 1, 3),
        Field(322, 4, 1, u32::MAX),
        Field(323, 3, 1, 1),
        Field(324, 4, 1, 8),
        Field(325, 4, 1, 4),
        Field(339, 3, 1, 3),
    ];
    tiff(&fields, b"")
}

/// A thousand strips, each the same JPEG of 16,384 by 16,384 pixels.
fn tiff_of_jpegs() -> Vec<u8> {
    const STRIPS: u32 = 1_000;
    let code = |class: u8| [&[0xff, 0xc4, 0, 21, class, 0, 2][..], &[0; 14], &[0, 1]].concat();
    let jpeg = [
        &b"\xff\xd8\xff\xdb\0\x43\0"[..],
        &[1; 64],
        b"\xff\xc0\0\x11\x08\x40\0\x40\0\x03\x01\x11\0\x02\x11\0\x03\x11\0",
        &code(0),
        &code(0x10),
        b"\xff\xda\0\x0c\x03\x01\0\x02\0\x03\0\0\x3f\0",
        &[0; 8],
        b"\xff\xd9",
    ]
    .concat();
    let offsets = 8 + 2 + 9 * 12 + 4;
    let jpeg_at = offsets + 2 * 4 * STRIPS;
    let fields = [
        Field(256, 3, 1, 1),
        Field(257, 3, 1, STRIPS),
        Field(258, 3, 1, 8),
        Field(259, 3, 1, 7),
        Field(262, 3, 1, 2),
        Field(273, 4, STRIPS, offsets),
        Field(277, 3, 1, 3),
        Field(278, 3, 1, 1),
        Field(279, 4, STRIPS, offsets + 4 * STRIPS),
    ];
    let length = u32::try_from(jpeg.len()).unwrap();
    let lists = [jpeg_at, length].map(|value| value.to_le_bytes().repeat(STRIPS as usize));
    tiff(&fields, &[&lists.concat()[..], &jpeg].concat())
}

/// The chunks of a WebP, in their container (RFC 9649 §2.3).
fn webp(chunks: &[&[u8]]) -> Vec<u8> {
    let body = [b"WEBP", &chunks.concat()[..]].concat();
    [b"RIFF", &u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat()
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    let padding = &[0][..content.len() % 2];
    [&name[..], &length, content, padding].concat()
}

fn webp_with_a_huge_chunk() -> Vec<u8> {
    let mut pixel = Bits::of_one_pixel();
    // No cache of colours, no groups of codes, and five codes of one symbol.
    pixel.put(0, 2);
    (0..5).for_each(|_| pixel.put_code_of(0));
    let has_exif = chunk(b"VP8X", &[8, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let exif = b"EXIF\xf0\xff\xff\xffxxxxxxxxxxxxxxxx";
    webp(&[&has_exif, &chunk(b"VP8L", &pixel.end()), exif])
}

/// One pixel with as many groups of codes as there can be. The decoder builds tables for each.
fn webp_of_huffman_codes() -> Vec<u8> {
    let mut pixel = Bits::of_one_pixel();
    // No cache of colours; groups of codes, chosen by a picture of one pixel: the last group.
    pixel.put(0b10, 2);
    pixel.put(0, 4);
    [255, 255, 0, 0, 0].into_iter().for_each(|symbol| pixel.put_code_of(symbol));
    // The lengths of a code's symbols, 1 to 10, are coded with three and four bits themselves.
    let own_length = |length: u64| match length {
        1..=6 => 3,
        7..=10 => 4,
        _ => 0,
    };
    let own_lengths =
        [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10].map(|length| (own_length(length), 3));
    // Eleven symbols have a length, and that number is written with four bits.
    let lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10_u64].map(|length| {
        let (code, bits) = if length <= 6 { (length - 1, 3) } else { (length + 5, 4) };
        (code.reverse_bits() >> (64 - bits), bits)
    });
    let code = [&[(10 << 1, 5)][..], &own_lengths, &[(0b1001_0011, 8)], &lengths].concat();
    for (value, count) in code.repeat(65_536 * 5) {
        pixel.put(value, count);
    }
    webp(&[&chunk(b"VP8L", &pixel.end())])
}

/// A canvas of one pixel and a frame of 15,500 by 15,500, whose parts are zeros.
fn webp_with_a_larger_frame() -> Vec<u8> {
    const FIRST_PART: u32 = 0x7_ffff;
    let side = 15_500_u16.to_le_bytes();
    let tag = ((FIRST_PART << 5) | 1 << 4).to_le_bytes();
    let parts = vec![0; FIRST_PART as usize + 2 * 1024 * 1024];
    let frame = [&tag[..3], &[0x9d, 0x01, 0x2a], &side, &side, &parts].concat();
    webp(&[&chunk(b"VP8X", &[0; 10]), &chunk(b"VP8 ", &frame)])
}

/// Bits, the lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    rest: u64,
    rest_count: u32,
}

impl Bits {
    /// The head of a lossless WebP of one pixel, without transformations (RFC 9649 §3.4).
    fn of_one_pixel() -> Self {
        let mut bits = Self::default();
        bits.put(0x2f, 8);
        bits.put(0, 14 + 14 + 4 + 1);
        bits
    }

    fn put(&mut self, value: u64, count: u32) {
        self.rest |= value << self.rest_count;
        self.rest_count += count;
        while self.rest_count >= 8 {
            self.bytes.push((self.rest & 0xff) as u8);
            self.rest >>= 8;
            self.rest_count -= 8;
        }
    }

    /// A code with one symbol of eight bits.
    fn put_code_of(&mut self, symbol: u64) {
        self.put(0b101, 3);
        self.put(symbol, 8);
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push((self.rest & 0xff) as u8);
        self.bytes.extend([0; 16]);
        self.bytes
    }
}

/// The server holds the answer in memory while a client has announced a body and sends none: it counts
/// already.
#[test]
fn an_answer_counts_also_while_the_rest_of_its_request_is_awaited() {
    const BACKGROUND: &str = "/api/application-images/background";
    const SIZE: usize = 8 * 1024 * 1024 - 1024;
    let cli = with_key();
    let (server, mut agent) = start(&cli);
    let file = [&super::png(100, 100)[..], &vec![0; SIZE]].concat();
    assert_eq!(upload(&mut agent, BACKGROUND, &file).status, 204);
    assert_eq!(agent.get(BACKGROUND).status, 200);
    let before = peak(&server);

    let request =
        format!("GET {BACKGROUND} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n");
    let mut streams: Vec<_> = (0..40)
        .map(|_| {
            let mut stream = server.connect();
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    for stream in &mut streams {
        stream.read_exact(&mut [0; 12]).unwrap();
    }
    let grown = peak(&server) - before;
    // Three that are held, and two that are read, each in several copies.
    assert!(grown < 128 * 1024, "40 answers of 8 MiB: {grown} KiB more");
}
