//! One page that is drawn on.

use super::code128::{QUIET, bars};
use super::font::{Fonts, settable};
use crate::app::views::{PrintMark, PrintPage};

/// Narrowest module of a barcode, 0.17 mm: what GS1 allows for care.
const NARROWEST: f32 = 0.482;
/// Wider than this brings nothing: 0.38 mm.
const WIDEST: f32 = 1.08;

/// A page with its fonts.
pub struct Canvas<'f> {
    pub fonts: &'f Fonts,
    pub page: PrintPage,
}

/// How letters look.
#[derive(Clone, Copy)]
pub struct Style {
    pub size: f32,
    pub bold: bool,
}

impl Style {
    pub const fn plain(size: f32) -> Self {
        Self { size, bold: false }
    }

    pub const fn bold(size: f32) -> Self {
        Self { size, bold: true }
    }

    /// From one line to the next.
    pub const fn leading(self) -> f32 {
        self.size * 1.36
    }
}

/// A place and a size.
#[derive(Clone, Copy)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl<'f> Canvas<'f> {
    pub fn new(fonts: &'f Fonts, width: f32, height: f32) -> Self {
        Self { fonts, page: PrintPage { width, height, marks: Vec::new() } }
    }

    /// One line whose upper edge is at `top`; it isn't broken.
    pub fn line(&mut self, x: f32, top: f32, style: Style, text: &str) {
        if text.is_empty() {
            return;
        }
        let y = top + style.leading() * 0.76;
        self.page.marks.push(PrintMark::Text {
            x,
            y,
            size: style.size,
            bold: style.bold,
            text: settable(text).into_owned(),
        });
    }

    /// One line that ends at `right`.
    pub fn line_to(&mut self, right: f32, top: f32, style: Style, text: &str) {
        let width = self.fonts.width(text, style.size, style.bold);
        self.line(right - width, top, style, text);
    }

    pub fn bar(&mut self, area: Area) {
        let Area { x, y, width, height } = area;
        self.page.marks.push(PrintMark::Bar { x, y, width, height });
    }

    pub fn frame(&mut self, area: Area) {
        let Area { x, y, width, height } = area;
        self.page.marks.push(PrintMark::Frame { x, y, width, height });
    }

    /// The bars of a number with their blank sides, at the right end of an area; false when they'd be too narrow to read
    /// or there is no number.
    pub fn barcode(&mut self, area: Area, number: &str) -> bool {
        let Some(widths) = bars(number) else { return false };
        let modules = widths.iter().sum::<u32>() + 2 * QUIET;
        let count = f32::from(u16::try_from(modules).unwrap_or(u16::MAX));
        let module = (area.width / count).min(WIDEST);
        if module < NARROWEST {
            return false;
        }
        let mut x = area.x + area.width - module * (count - 10.0);
        for (at, width) in widths.iter().enumerate() {
            let width = module * f32::from(u8::try_from(*width).unwrap_or(1));
            if at % 2 == 0 {
                self.bar(Area { x, width, ..area });
            }
            x += width;
        }
        true
    }
}
