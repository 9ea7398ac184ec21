//! Breaking text into lines that fit.

use super::font::{Fonts, settable};

/// The lines of a text in a given width. A word that fits on no line is broken; nothing is ever left out.
pub fn broken(fonts: &Fonts, text: &str, size: f32, bold: bool, width: f32) -> Vec<String> {
    let text = settable(text);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fonts.width(&longer, size, bold) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = last_piece(fonts, word, (size, bold, width), &mut lines);
        }
        lines.push(line);
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The end of a word, once as many whole lines of it as there are were put before it.
fn last_piece(fonts: &Fonts, word: &str, (size, bold, width): (f32, bool, f32), lines: &mut Vec<String>) -> String {
    let mut piece = String::new();
    for letter in word.chars() {
        piece.push(letter);
        if piece.chars().count() > 1 && fonts.width(&piece, size, bold) > width {
            piece.pop();
            lines.push(std::mem::replace(&mut piece, letter.to_string()));
        }
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_text_has_no_line_and_an_empty_line_inside_stays() {
        let fonts = Fonts::load().unwrap();
        assert!(broken(&fonts, " \n ", 10.0, false, 100.0).is_empty());
        assert_eq!(broken(&fonts, "one\n\ntwo", 10.0, false, 100.0), ["one", "", "two"]);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_every_line_fits(text in "[a-zA-ZäÖß李 \n-]{0,200}", width in 30.0_f32..300.0) {
            let fonts = Fonts::load().unwrap();
            let lines = broken(&fonts, &text, 10.0, false, width);
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&settable(&text)));
            prop_assert!(lines.iter().all(|line| fonts.width(line, 10.0, false) <= width));
        }
    }
}
