//! Documents of as many pages as they need: every page headed by whom it is about and numbered at its foot.

use super::canvas::{Area, Canvas, Style};
use super::font::Fonts;
use super::lines::broken;
use super::{Head, Said};
use crate::app::views::PrintPage;

const MARGIN: f32 = 42.0;
const FOOT: f32 = 40.0;
const TITLE: Style = Style::bold(12.0);
const NAME: Style = Style::bold(17.0);
const FACTS: Style = Style::plain(11.5);
const HEADING: Style = Style::bold(12.5);
const BODY: Style = Style::plain(10.0);
const STRONG: Style = Style::bold(10.5);
const SMALL: Style = Style::plain(8.5);
const GUTTER: f32 = 8.0;
/// So much of a page the heading may take; what doesn't fit is on the first page.
const HEAD_SHARE: f32 = 0.38;

/// What is to be set.
#[derive(Default)]
pub struct Document {
    /// What it is.
    pub title: String,
    /// The clinic.
    pub site: String,
    /// For whom it is.
    pub recipient: String,
    /// Whom it is about; nobody alone, for lists.
    pub head: Option<Head>,
    /// The content.
    pub blocks: Vec<Block>,
}

/// A piece of content.
pub enum Block {
    /// The title of what follows.
    Heading(String),
    /// Text that is broken into lines.
    Text(String),
    /// Text that mustn't be overlooked.
    Strong(String),
    /// Rows under titles.
    Table {
        /// The columns.
        columns: Vec<Column>,
        /// The rows, a cell for each column.
        rows: Vec<Vec<String>>,
    },
}

/// A column of a table.
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// Its part of the width, beside those of the others.
    pub share: f32,
}

/// What stands at the foot of every page.
#[derive(Clone, Default)]
pub struct Foot {
    /// When it was printed, by whom, for what.
    pub printed: String,
    /// What else has to be said.
    pub note: Option<String>,
}

/// The pages of a document.
pub fn lay_out(fonts: &Fonts, (width, height): (f32, f32), document: &Document, foot: &Foot) -> Vec<PrintPage> {
    let first = Canvas::new(fonts, width, height);
    let mut flow = Flow { document, foot, canvas: first, done: Vec::new(), top: MARGIN };
    flow.head();
    document.blocks.iter().for_each(|block| flow.block(block));
    flow.finish()
}

struct Flow<'a> {
    document: &'a Document,
    foot: &'a Foot,
    canvas: Canvas<'a>,
    done: Vec<PrintPage>,
    top: f32,
}

impl Flow<'_> {
    fn width(&self) -> f32 {
        self.canvas.page.width - 2.0 * MARGIN
    }

    fn bottom(&self) -> f32 {
        self.canvas.page.height - MARGIN - FOOT
    }

    fn broken(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        broken(self.canvas.fonts, text, style.size, style.bold, width)
    }

    /// Makes sure of so much room, on a new page if need be.
    fn room(&mut self, height: f32) -> bool {
        let fits = self.top + height <= self.bottom();
        if !fits {
            let next = Canvas::new(self.canvas.fonts, self.canvas.page.width, self.canvas.page.height);
            let full = std::mem::replace(&mut self.canvas, next);
            self.done.push(full.page);
            self.top = MARGIN;
            self.head();
        }
        !fits
    }

    fn head(&mut self) {
        let right = MARGIN + self.width();
        self.canvas.line(MARGIN, self.top, TITLE, &self.document.title);
        self.canvas.line_to(right, self.top, SMALL, &self.document.site);
        self.top += TITLE.leading();
        self.canvas.line_to(right, self.top - 2.0, SMALL, &self.document.recipient);
        if let Some(head) = &self.document.head {
            self.person(head);
        } else {
            self.top += SMALL.leading();
        }
        let rule = Area { x: MARGIN, y: self.top + 4.0, width: self.width(), height: 0.8 };
        self.canvas.bar(rule);
        self.top += 14.0;
    }

    fn person(&mut self, head: &Head) {
        let (x, width) = (MARGIN + 0.58 * self.width(), 0.42 * self.width());
        let area = Area { x, y: self.top + 12.0, width, height: 26.0 };
        let scanned = self.canvas.barcode(area, &head.number);
        let width = self.width() * if scanned { 0.56 } else { 1.0 };
        self.put(&head.name, NAME, (MARGIN, width));
        self.put(&head.facts, FACTS, (MARGIN, width));
        self.top = self.top.max(area.y + area.height);
        self.top += 4.0;
        self.said(&head.said);
    }

    /// Marks and allergies. On a page after the first they may not crowd the content out.
    fn said(&mut self, said: &[Said]) {
        let limit = self.canvas.page.height * HEAD_SHARE;
        for (at, one) in said.iter().enumerate() {
            if self.top > limit && !self.done.is_empty() {
                let left = said.len() - at;
                return self.strong(&format!("{left} more of these lines: see page 1"));
            }
            if one.strong { self.strong(&one.text) } else { self.put(&one.text, BODY, (MARGIN, self.width())) }
        }
    }

    /// Lines one below the other, without a look at the room that is left.
    fn put(&mut self, text: &str, style: Style, (x, width): (f32, f32)) {
        for line in self.broken(text, style, width) {
            self.canvas.line(x, self.top, style, &line);
            self.top += style.leading();
        }
    }

    fn strong(&mut self, text: &str) {
        let lines = self.broken(text, STRONG, self.width() - 12.0);
        let count = f32::from(u16::try_from(lines.len()).unwrap_or(u16::MAX));
        let height = count * STRONG.leading() + 4.0;
        self.canvas.frame(Area { x: MARGIN, y: self.top, width: self.width(), height });
        for (line, nth) in lines.iter().zip(0_u16..) {
            self.canvas.line(MARGIN + 6.0, self.top + 2.0 + f32::from(nth) * STRONG.leading(), STRONG, line);
        }
        self.top += height + 3.0;
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(words) => {
                self.room(HEADING.leading() + 8.0 + 3.0 * BODY.leading());
                self.top += 8.0;
                self.put(words, HEADING, (MARGIN, self.width()));
                self.top += 2.0;
            }
            Block::Text(words) => {
                for line in self.broken(words, BODY, self.width()) {
                    self.room(BODY.leading());
                    self.canvas.line(MARGIN, self.top, BODY, &line);
                    self.top += BODY.leading();
                }
                self.top += 3.0;
            }
            Block::Strong(words) => {
                // In pieces that fit on a page: a frame can't be broken.
                for piece in self.broken(words, STRONG, self.width() - 12.0).chunks(20) {
                    let lines = f32::from(u16::try_from(piece.len()).unwrap_or(u16::MAX));
                    self.room(lines * STRONG.leading() + 7.0);
                    self.strong(&piece.join("\n"));
                }
            }
            Block::Table { columns, rows } => self.table(columns, rows),
        }
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let places = self.places(columns);
        self.room(SMALL.leading() + 2.0 * BODY.leading());
        self.titles(columns, &places);
        for row in rows {
            let cells: Vec<Vec<String>> =
                row.iter().zip(&places).map(|(cell, (_, width))| self.broken(cell, BODY, *width)).collect();
            let lines = cells.iter().map(Vec::len).max().unwrap_or(0);
            let height = f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * BODY.leading() + 4.0;
            let together = if height < self.bottom() * 0.5 { height } else { BODY.leading() };
            if self.room(together) {
                self.titles(columns, &places);
            }
            for nth in 0..lines {
                if self.room(BODY.leading()) {
                    self.titles(columns, &places);
                }
                for (cell, (x, _)) in cells.iter().zip(&places) {
                    self.canvas.line(*x, self.top, BODY, cell.get(nth).map_or("", String::as_str));
                }
                self.top += BODY.leading();
            }
            self.top += 4.0;
            self.canvas.bar(Area { x: MARGIN, y: self.top - 2.0, width: self.width(), height: 0.3 });
        }
        self.top += 4.0;
    }

    fn places(&self, columns: &[Column]) -> Vec<(f32, f32)> {
        let all: f32 = columns.iter().map(|column| column.share).sum();
        let mut x = MARGIN;
        let mut place = |column: &Column| {
            let width = self.width() * column.share / all;
            x += width;
            (x - width, width - GUTTER)
        };
        columns.iter().map(&mut place).collect()
    }

    fn titles(&mut self, columns: &[Column], places: &[(f32, f32)]) {
        for (column, (x, _)) in columns.iter().zip(places) {
            self.canvas.line(*x, self.top, Style::bold(SMALL.size), column.title);
        }
        self.top += SMALL.leading() + 2.0;
        self.canvas.bar(Area { x: MARGIN, y: self.top - 2.0, width: self.width(), height: 0.6 });
        self.top += 1.0;
    }

    fn finish(mut self) -> Vec<PrintPage> {
        let (fonts, width, height) = (self.canvas.fonts, self.width(), self.canvas.page.height);
        let last = std::mem::replace(&mut self.canvas, Canvas::new(fonts, 0.0, 0.0));
        self.done.push(last.page);
        let count = self.done.len();
        let foot = |(page, nth): (PrintPage, usize)| {
            let mut canvas = Canvas { fonts, page };
            let top = height - MARGIN - FOOT + 10.0;
            canvas.bar(Area { x: MARGIN, y: top - 4.0, width, height: 0.5 });
            let right = MARGIN + width;
            canvas.line_to(right, top, SMALL, &format!("Page {} of {count}", nth + 1));
            let said = std::iter::once(&self.foot.printed).chain(&self.foot.note);
            let lines = said.flat_map(|words| broken(fonts, words, SMALL.size, false, width * 0.82));
            for (line, nth) in lines.take(3).zip(0_u16..) {
                canvas.line(MARGIN, top + f32::from(nth) * SMALL.leading(), SMALL, &line);
            }
            canvas.page
        };
        self.done.into_iter().zip(0..).map(foot).collect()
    }
}
