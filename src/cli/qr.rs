//! QR codes for terminals.

use fast_qr::{ECL, QRBuilder};

/// The quiet zone around the code (ISO/IEC 18004 §6.3.8).
const MARGIN: usize = 4;
/// True black on white, independent of the terminal's theme.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const RESET: &str = "\x1b[0m";

/// Draws the code in half blocks, two modules per character. Returns `None` if the text is too
/// long.
///
/// Without colour the light modules are drawn instead of the dark ones. That is right on a dark
/// terminal, which most people use; scanners read the inverse as well.
pub fn draw(text: &str, color: bool) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
    let is_dark = |row: usize, column: usize| {
        let inside = |place: usize| (MARGIN..MARGIN + code.size).contains(&place);
        inside(row) && inside(column) && code[row - MARGIN][column - MARGIN].value()
    };
    let size = code.size + 2 * MARGIN;
    let mut drawing = String::new();
    for row in (0..size).step_by(2) {
        drawing.push_str(if color { BLACK_ON_WHITE } else { "" });
        for column in 0..size {
            let is_drawn = |row| is_dark(row, column) == color;
            drawing.push(match (is_drawn(row), is_drawn(row + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        drawing.push_str(if color { RESET } else { "" });
        drawing.push('\n');
    }
    Some(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_and_has_its_margin() {
        let drawing = draw("https://id.example.com/lc/a1b2c3", false).unwrap();
        let lines: Vec<_> = drawing.lines().collect();
        let width = lines[0].chars().count();
        assert_eq!(lines.len(), width.div_ceil(2));
        assert!(lines.iter().all(|line| line.chars().count() == width));
        assert!(lines[0].chars().all(|c| c == '█'), "the margin is light");
        assert!(lines.iter().all(|line| line.starts_with("████") && line.ends_with("████")));
    }

    #[test]
    fn with_colour_the_terminal_has_no_say() {
        let drawing = draw("x", true).unwrap();
        let framed = |line: &str| line.starts_with(BLACK_ON_WHITE) && line.ends_with(RESET);
        assert!(drawing.lines().all(framed));
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert!(draw(&"x".repeat(4_000), true).is_none());
    }
}
