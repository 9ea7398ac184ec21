//! The two weights of Inter that print-outs are set in: how wide words are, and which letters there are.

use crate::app::error::{Code, Failure};
use std::borrow::Cow;
use ttf_parser::{Face, GlyphId};
use unicode_normalization::UnicodeNormalization;

/// Stands for a letter that the font doesn't have.
pub const BOX: char = '□';

/// One weight.
pub struct Font {
    face: Face<'static>,
    /// The whole file, to be cut down to what a document uses.
    pub data: &'static [u8],
    per_em: f32,
}

/// Both weights.
pub struct Fonts {
    pub regular: Font,
    pub semibold: Font,
}

impl Fonts {
    /// Reads the fonts that come with the program.
    pub fn load() -> Result<Self, Failure> {
        Ok(Self {
            regular: Font::read(include_bytes!("../../../../fonts/Inter-Regular.ttf"))?,
            semibold: Font::read(include_bytes!("../../../../fonts/Inter-SemiBold.ttf"))?,
        })
    }

    /// The weight of these words.
    pub const fn of(&self, bold: bool) -> &Font {
        if bold { &self.semibold } else { &self.regular }
    }

    /// How wide words are.
    pub fn width(&self, text: &str, size: f32, bold: bool) -> f32 {
        let font = self.of(bold);
        text.chars().map(|letter| font.advance(font.glyph(letter))).sum::<f32>() * size
    }

    /// Whether a letter can be set.
    pub fn has(&self, letter: char) -> bool {
        self.regular.face.glyph_index(letter).is_some()
    }
}

impl Font {
    fn read(data: &'static [u8]) -> Result<Self, Failure> {
        let face = Face::parse(data, 0).map_err(|_| Code::Internal.bare())?;
        let per_em = f32::from(face.units_per_em());
        Ok(Self { face, data, per_em })
    }

    /// The glyph of a letter; the box, where there is none.
    pub fn glyph(&self, letter: char) -> GlyphId {
        self.face.glyph_index(letter).or_else(|| self.face.glyph_index(BOX)).unwrap_or(GlyphId(0))
    }

    /// How far a glyph moves on, in ems.
    pub fn advance(&self, glyph: GlyphId) -> f32 {
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) / self.per_em
    }

    /// Upper end, lower end, height of capitals and bounding box, in thousandths of an em.
    pub fn measures(&self) -> Measures {
        let per_mille = |units: i16| f32::from(units) * 1_000.0 / self.per_em;
        let all = self.face.global_bounding_box();
        Measures {
            ascent: per_mille(self.face.ascender()),
            descent: per_mille(self.face.descender()),
            capital: per_mille(self.face.capital_height().unwrap_or(1_490)),
            bounds: [all.x_min, all.y_min, all.x_max, all.y_max].map(per_mille),
        }
    }
}

/// What a PDF says of a font.
pub struct Measures {
    pub ascent: f32,
    pub descent: f32,
    pub capital: f32,
    pub bounds: [f32; 4],
}

/// Text as it is set: accents joined to their letters, every other space a plain one, no control characters. Line breaks
/// stay.
pub fn settable(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte) || byte == b'\n') {
        return Cow::Borrowed(text);
    }
    let plain = |letter: char| match letter {
        '\n' => Some('\n'),
        '\r' => None,
        letter if letter.is_whitespace() => Some(' '),
        letter if letter.is_control() || is_invisible(letter) => None,
        letter => Some(letter),
    };
    Cow::Owned(text.nfc().filter_map(plain).collect())
}

/// Characters that turn the direction of what follows or join letters: on paper they'd be empty boxes.
const fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_europe_and_vietnam_can_be_set_and_others_are_known_not_to() {
        let fonts = Fonts::load().unwrap();
        for name in ["García", "Åström-Ødegård", "Łukasiewicz", "Nguyễn", "Παπαδόπουλος", "Шевченко", "O’Brien"]
        {
            assert!(settable(name).chars().all(|letter| fonts.has(letter)), "{name}");
        }
        assert!("李伟محمد".chars().all(|letter| !fonts.has(letter)));
    }

    #[test]
    fn an_accent_that_was_typed_apart_is_joined_to_its_letter() {
        assert_eq!(settable("Garci\u{301}a\u{a0}\u{202e}Ana\t"), "García Ana ");
        assert_eq!(settable("one\r\ntwo"), "one\ntwo");
    }

    #[test]
    fn wide_letters_are_wider_than_narrow_ones_and_bold_ones_than_plain_ones() {
        let fonts = Fonts::load().unwrap();
        assert!(fonts.width("WWW", 10.0, false) > 2.0 * fonts.width("iii", 10.0, false));
        assert!(fonts.width("Penicillin", 10.0, true) > fonts.width("Penicillin", 10.0, false));
        assert!((fonts.width("Anna", 20.0, false) - 2.0 * fonts.width("Anna", 10.0, false)).abs() < 0.01);
    }
}
