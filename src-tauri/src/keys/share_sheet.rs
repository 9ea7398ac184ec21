//! A recovery share on paper: its words and the same words as a QR code, for a screen or as a page to print.

use super::{RecoveryError, RecoveryShare};
use qrcode::render::unicode::Dense1x2;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;
use zeroize::Zeroizing;

const MODULE: usize = 6;
const QUIET: usize = 4;
const WORDS_A_LINE: usize = 5;

impl RecoveryShare {
    /// The code to hold a camera at: half blocks for a terminal.
    ///
    /// # Errors
    /// Never in practice: the words fit.
    pub fn terminal_code(&self) -> Result<Zeroizing<String>, RecoveryError> {
        Ok(Zeroizing::new(self.code()?.render::<Dense1x2>().quiet_zone(true).build()))
    }

    /// A page to print, as SVG: what it is, the code, the words.
    ///
    /// # Errors
    /// As [`RecoveryShare::terminal_code`].
    pub fn page(&self, site: &str, needed: i32, shares: i32) -> Result<Zeroizing<String>, RecoveryError> {
        let (code, words) = (self.code()?, self.words()?);
        let side = (code.width() + 2 * QUIET) * MODULE;
        let (width, height) = (side.max(560), side + 260);
        let mut page = Zeroizing::new(String::with_capacity(64 * 1024));
        let title = format!("{}: recovery share {} of {shares}, {needed} needed", escaped(site), self.number());
        let head = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\">\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/><text x=\"24\" y=\"32\" font-size=\"18\">{title}</text>\n"
        );
        page.push_str(&head);
        for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
            for (x, _) in row.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
                let (x, y) = ((x + QUIET) * MODULE, (y + QUIET) * MODULE + 40);
                _ = writeln!(page, "<rect x=\"{x}\" y=\"{y}\" width=\"{MODULE}\" height=\"{MODULE}\"/>");
            }
        }
        let words: Vec<&str> = words.split(' ').collect();
        for (line, words) in words.chunks(WORDS_A_LINE).enumerate() {
            let (y, first) = (side + 72 + line * 28, line * WORDS_A_LINE + 1);
            _ = writeln!(page, "<text x=\"24\" y=\"{y}\" font-size=\"16\">{first}. {}</text>", words.join(" "));
        }
        page.push_str("</svg>\n");
        Ok(page)
    }

    /// Capitals and spaces only: the smaller alphabet of QR codes.
    fn code(&self) -> Result<QrCode, RecoveryError> {
        let words = Zeroizing::new(self.words()?.to_uppercase());
        QrCode::with_error_correction_level(words.as_bytes(), EcLevel::M).map_err(|_| RecoveryError::Plan)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
