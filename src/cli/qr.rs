//! QR codes for terminals.

use fast_qr::{ECL, QRBuilder};

/// The quiet zone around the code (ISO/IEC 18004 §6.3.8).
const MARGIN: usize = 4;
/// True black on white, independent of the terminal's theme.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

/// A drawn QR code.
#[derive(Debug)]
pub struct QrCode {
    /// The lines, without a line feed at the end.
    pub drawing: String,
    /// The number of columns.
    pub width: usize,
}

/// Draws the code in half blocks, two modules per character. Returns `None` if the text is too
/// long.
///
/// It is always black on white: in the colours of a dark terminal it would be inverted, which not
/// every camera reads. `NO_COLOR` and `--color` are about decoration.
pub fn draw(text: &str) -> Option<QrCode> {
    let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
    let is_dark = |row: usize, column: usize| {
        let inside = |place: usize| (MARGIN..MARGIN + code.size).contains(&place);
        inside(row) && inside(column) && code[row - MARGIN][column - MARGIN].value()
    };
    let width = code.size + 2 * MARGIN;
    let line = |row: usize| {
        let modules =
            (0..width).map(|column| match (is_dark(row, column), is_dark(row + 1, column)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        format!("{BLACK_ON_WHITE}{}{RESET}", modules.collect::<String>())
    };
    let lines: Vec<_> = (0..width).step_by(2).map(line).collect();
    Some(QrCode { drawing: lines.join("\n"), width })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters of each line, without the colours.
    fn lines(code: &QrCode) -> Vec<String> {
        let plain = |line: &str| line.replace(BLACK_ON_WHITE, "").replace(RESET, "");
        code.drawing.lines().map(plain).collect()
    }

    #[test]
    fn a_code_is_square_and_has_a_quiet_zone_of_four_modules() {
        let code = draw("https://id.example.com/lc/a1b2c3").unwrap();
        let lines = lines(&code);
        assert_eq!(lines.len(), code.width.div_ceil(2));
        assert!(lines.iter().all(|line| line.chars().count() == code.width));
        assert!(lines.iter().all(|line| line.starts_with("    ") && line.ends_with("    ")));
        for margin in [&lines[..2], &lines[lines.len() - 2..]].concat() {
            assert_eq!(margin.trim(), "");
        }
    }

    #[test]
    fn every_line_is_black_on_white_whatever_the_colours_of_the_terminal() {
        let code = draw("x").unwrap();
        let framed = |line: &str| line.starts_with(BLACK_ON_WHITE) && line.ends_with(RESET);
        assert!(code.drawing.lines().all(framed));
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert!(draw(&"x".repeat(4_000)).is_none());
    }
}
