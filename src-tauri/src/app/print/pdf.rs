//! Pages as a PDF file, made in memory. Of the fonts only the glyphs that are used go in.

use super::layout::{BOX, Font, Fonts};
use crate::app::error::{Code, Failure};
use crate::app::views::{PrintMark, PrintPage};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;
use zeroize::Zeroizing;

const IDENTITY: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The file. Its title says what it is and not whom it is about.
pub fn pdf(fonts: &Fonts, title: &str, pages: &[PrintPage]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut writer = Writer::new(fonts);
    let contents: Vec<Zeroizing<Vec<u8>>> = pages.iter().map(|page| writer.content(page)).collect();
    let [tree, catalog, info] = [writer.next(), writer.next(), writer.next()];
    writer.pdf.catalog(catalog).pages(tree).lang(TextStr("en"));
    writer.pdf.document_info(info).title(TextStr(title)).producer(TextStr("Wardseal"));
    let kids: Vec<(Ref, Ref)> = pages.iter().map(|_| (writer.next(), writer.next())).collect();
    let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
    writer.pdf.pages(tree).kids(kids.iter().map(|(page, _)| *page)).count(count);
    for ((page, content), (id, stream)) in pages.iter().zip(&contents).zip(&kids) {
        writer.page(page, *id, (tree, *stream));
        writer.pdf.stream(*stream, content);
    }
    writer.fonts()?;
    Ok(Zeroizing::new(writer.pdf.finish()))
}

struct Writer<'f> {
    pdf: Pdf,
    last: i32,
    used: [Used<'f>; 2],
}

/// One weight, and what of it is used.
struct Used<'f> {
    font: &'f Font,
    name: &'static str,
    id: Ref,
    glyphs: GlyphRemapper,
    letters: BTreeMap<u16, char>,
}

impl<'f> Writer<'f> {
    fn new(fonts: &'f Fonts) -> Self {
        let used = |font, name, id| Used {
            font,
            name,
            id: Ref::new(id),
            glyphs: GlyphRemapper::new(),
            letters: BTreeMap::new(),
        };
        let used = [used(&fonts.regular, "AAAAAA+Inter-Regular", 1), used(&fonts.semibold, "AAAAAA+Inter-SemiBold", 2)];
        Self { pdf: Pdf::new(), last: 2, used }
    }

    fn next(&mut self) -> Ref {
        self.last += 1;
        Ref::new(self.last)
    }

    fn page(&mut self, page: &PrintPage, id: Ref, (tree, stream): (Ref, Ref)) {
        let mut written = self.pdf.page(id);
        written.parent(tree).media_box(Rect::new(0.0, 0.0, page.width, page.height)).contents(stream);
        let mut resources = written.resources();
        resources.fonts().pair(Name(b"F0"), self.used[0].id).pair(Name(b"F1"), self.used[1].id);
    }

    fn content(&mut self, page: &PrintPage) -> Zeroizing<Vec<u8>> {
        let mut content = Content::new();
        content.set_line_width(1.0);
        for mark in &page.marks {
            match mark {
                PrintMark::Text { x, y, size, bold, text } => {
                    let font = usize::from(*bold);
                    let shown = self.used[font].shown(text);
                    content.begin_text();
                    content.set_font(if *bold { Name(b"F1") } else { Name(b"F0") }, *size);
                    content.next_line(*x, page.height - y).show(Str(&shown));
                    content.end_text();
                }
                PrintMark::Bar { x, y, width, height } => {
                    content.rect(*x, page.height - y - height, *width, *height).fill_nonzero();
                }
                PrintMark::Frame { x, y, width, height } => {
                    content.rect(*x, page.height - y - height, *width, *height).stroke();
                }
            }
        }
        Zeroizing::new(content.finish().into_vec())
    }

    fn fonts(&mut self) -> Result<(), Failure> {
        for at in 0..self.used.len() {
            let [cid, descriptor, unicode, file] = [self.next(), self.next(), self.next(), self.next()];
            self.used[at].write(&mut self.pdf, [cid, descriptor, unicode, file])?;
        }
        Ok(())
    }
}

impl Used<'_> {
    /// The words as numbers of glyphs, two bytes each.
    fn shown(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 * text.len());
        for letter in text.chars() {
            let glyph = self.font.glyph(letter);
            let known = self.font.glyph(BOX) != glyph;
            let id = self.glyphs.remap(glyph.0);
            self.letters.insert(id, if known { letter } else { BOX });
            bytes.extend(id.to_be_bytes());
        }
        bytes
    }

    fn write(&self, pdf: &mut Pdf, [cid, descriptor, unicode, file]: [Ref; 4]) -> Result<(), Failure> {
        let name = Name(self.name.as_bytes());
        let mut type0 = pdf.type0_font(self.id);
        type0.base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(cid).to_unicode(unicode);
        type0.finish();
        self.cid_font(pdf, name, cid, descriptor);
        let measures = self.font.measures();
        let [left, low, right, high] = measures.bounds;
        let mut written = pdf.font_descriptor(descriptor);
        written.name(name).flags(FontFlags::SYMBOLIC).bbox(Rect::new(left, low, right, high)).italic_angle(0.0);
        written.ascent(measures.ascent).descent(measures.descent).cap_height(measures.capital).stem_v(90.0);
        written.font_file2(file);
        written.finish();
        let mut cmap = UnicodeCmap::new(Name(b"Wardseal"), IDENTITY);
        self.letters.iter().for_each(|(id, letter)| cmap.pair(*id, *letter));
        pdf.cmap(unicode, &cmap.finish());
        let subset = subsetter::subset(self.font.data, 0, &self.glyphs).map_err(|_| Code::Internal.bare())?;
        pdf.stream(file, &subset);
        Ok(())
    }

    fn cid_font(&self, pdf: &mut Pdf, name: Name<'_>, id: Ref, descriptor: Ref) {
        let mut font = pdf.cid_font(id);
        font.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(descriptor);
        font.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let widths = self.glyphs.remapped_gids().map(|old| self.font.advance(ttf_parser::GlyphId(old)) * 1_000.0);
        font.widths().consecutive(0, widths);
    }
}
