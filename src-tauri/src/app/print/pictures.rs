//! Pictures as a PDF file, one a page, made in memory.

use crate::app::error::{Code, Failure};
use image::{ImageFormat, ImageReader};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};
use std::io::Cursor;
use zeroize::Zeroizing;

/// The longer side of a page, in points.
const SIDE: f32 = 792.0;

/// The file. Every picture is a JPEG that was made here.
pub fn pdf_of(jpegs: &[&[u8]]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (mut pdf, mut last) = (Pdf::new(), 0);
    let mut next = || {
        last += 1;
        Ref::new(last)
    };
    let [catalog, tree, info] = [next(), next(), next()];
    pdf.catalog(catalog).pages(tree).lang(TextStr("en"));
    pdf.document_info(info).title(TextStr("Attachment")).producer(TextStr("Wardseal"));
    let pages: Vec<[Ref; 3]> = jpegs.iter().map(|_| [next(), next(), next()]).collect();
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(pages.iter().map(|[page, ..]| *page)).count(count);
    for (jpeg, ids) in jpegs.iter().zip(pages) {
        page(&mut pdf, jpeg, tree, ids)?;
    }
    Ok(Zeroizing::new(pdf.finish()))
}

fn page(pdf: &mut Pdf, jpeg: &[u8], tree: Ref, [page, content, picture]: [Ref; 3]) -> Result<(), Failure> {
    let size = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg).into_dimensions();
    let size = size.ok().and_then(|(width, height)| Some((i32::try_from(width).ok()?, i32::try_from(height).ok()?)));
    let (width, height) = size.ok_or_else(|| Code::Damaged.bare())?;
    #[expect(clippy::cast_precision_loss, reason = "pixels of a page")]
    let (wide, high) = (width as f32, height as f32);
    let scale = SIDE / wide.max(high);
    let (wide, high) = (wide * scale, high * scale);
    let mut written = pdf.page(page);
    written.parent(tree).media_box(Rect::new(0.0, 0.0, wide, high)).contents(content);
    written.resources().x_objects().pair(Name(b"P"), picture);
    written.finish();
    let mut shown = Content::new();
    shown.transform([wide, 0.0, 0.0, high, 0.0, 0.0]).x_object(Name(b"P"));
    pdf.stream(content, &shown.finish());
    let mut image = pdf.image_xobject(picture, jpeg);
    image.width(width).height(height).bits_per_component(8).color_space().device_rgb();
    image.filter(Filter::DctDecode);
    Ok(())
}
