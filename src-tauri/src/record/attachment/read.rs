//! From a file to pictures of its pages. By what the file holds, never by its name; within limits; and nothing in it is
//! ever run: a script, a link, a form or a file inside a PDF isn't on the pictures, so it is left behind.

use super::FileForm;
use crate::record::photo;
use crate::record::why::Why;
use hayro::hayro_interpret::{InterpreterSettings, InterpreterWarning};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::{DynamicImage, RgbImage};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest picture that is looked at: a phone's.
pub const LARGEST_PICTURE: usize = 24 << 20;
/// The largest PDF that is looked at.
pub const LARGEST_PDF: usize = 8 << 20;
/// The longer side of a page that is kept, in pixels: small print on a letter can be read.
pub const SIDE: u32 = 2_000;
/// Most pages of a file.
pub const MOST_PAGES: usize = 60;
/// Most that all pages take together: with what sealing adds it fits into one transaction of a server.
const MOST_KEPT: usize = 6 << 20;
/// Pixels for a point of a PDF's page: 144 to the inch.
const SCALE: f32 = 2.0;
const QUALITY: u8 = 78;
/// What lies in a PDF lies in itself, some hundred deep.
const STACK: usize = 32 << 20;

/// What was made of a file.
pub struct Pages {
    /// What it was.
    pub form: FileForm,
    /// JPEG pictures in their order.
    pub jpegs: Vec<Vec<u8>>,
    /// Something on them couldn't be drawn.
    pub incomplete: bool,
}

/// The pages of a file. Gives up between two of them once `stop` is set.
///
/// # Errors
/// [`Why::TooLarge`], [`Why::TooManyPages`], [`Why::Locked`]; [`Why::NotADocument`] for everything that isn't a whole
/// JPEG or PNG picture or a PDF with pages.
pub fn pages_of(file: &[u8], stop: &AtomicBool) -> Result<Pages, Why> {
    let picture = photo::format_of(file);
    let pdf = picture.is_none() && file.starts_with(b"%PDF-");
    if file.len() > if pdf { LARGEST_PDF } else { LARGEST_PICTURE } {
        return Err(Why::TooLarge);
    }
    // On a thread of its own: a decoder that panics costs the file, not the seat.
    let made = std::thread::scope(|scope| {
        let work = || match picture {
            Some(format) => picture_of(file, format),
            None if pdf => pages_of_pdf(file, stop),
            None => Err(Why::NotADocument),
        };
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        thread.map_or(Err(Why::NotADocument), |thread| thread.join().unwrap_or(Err(Why::NotADocument)))
    })?;
    if made.jpegs.iter().map(Vec::len).sum::<usize>() > MOST_KEPT { Err(Why::TooLarge) } else { Ok(made) }
}

fn picture_of(file: &[u8], format: image::ImageFormat) -> Result<Pages, Why> {
    let jpeg = photo::jpeg_of(file, format, SIDE, QUALITY).map_err(|why| match why {
        Why::NotAPicture => Why::NotADocument,
        other => other,
    })?;
    Ok(Pages { form: FileForm::Picture, jpegs: vec![jpeg], incomplete: false })
}

fn pages_of_pdf(file: &[u8], stop: &AtomicBool) -> Result<Pages, Why> {
    let pdf = Pdf::new(file.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Why::Locked,
        LoadPdfError::Invalid => Why::NotADocument,
    })?;
    let missing = Arc::new(AtomicBool::new(false));
    let (settings, cache) = (settings(missing.clone()), RenderCache::new());
    let pages = pdf.pages();
    match pages.len() {
        0 => return Err(Why::NotADocument),
        count if count > MOST_PAGES => return Err(Why::TooManyPages),
        _ => {}
    }
    let mut jpegs = Vec::new();
    for page in pages.iter() {
        if stop.load(Ordering::Relaxed) {
            return Err(Why::NotADocument);
        }
        jpegs.push(drawn(page, &cache, &settings)?);
    }
    Ok(Pages { form: FileForm::Pdf, jpegs, incomplete: missing.load(Ordering::Relaxed) })
}

/// Links and fields aren't drawn as such; what an annotation looks like is.
fn settings(missing: Arc<AtomicBool>) -> InterpreterSettings {
    InterpreterSettings {
        warning_sink: Arc::new(move |_: InterpreterWarning| missing.store(true, Ordering::Relaxed)),
        ..InterpreterSettings::default()
    }
}

fn drawn<'a>(page: &'a Page<'a>, cache: &RenderCache<'a>, settings: &InterpreterSettings) -> Result<Vec<u8>, Why> {
    let (width, height) = page.render_dimensions();
    #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
    let scale = SCALE.min(SIDE as f32 / width.max(height));
    if !(width * scale >= 1.0 && height * scale >= 1.0) {
        return Err(Why::NotADocument);
    }
    let onto = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pixels = hayro::render(page, cache, settings, &RenderSettings::default(), &onto);
    let size = (u32::from(pixels.width()), u32::from(pixels.height()));
    // White paper lies under everything: nothing shines through.
    let colours = pixels.data_as_u8_slice().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let picture = RgbImage::from_raw(size.0, size.1, colours).ok_or(Why::NotADocument)?;
    photo::encoded(&DynamicImage::ImageRgb8(picture), QUALITY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn read(file: &[u8]) -> Result<Pages, Why> {
        pages_of(file, &AtomicBool::new(false))
    }

    fn refused(file: &[u8]) -> Why {
        read(file).err().unwrap()
    }

    fn picture(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
        let paper = RgbImage::from_fn(width, height, |x, _| image::Rgb([(x % 256) as u8, 40, 40]));
        let mut file = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(paper).write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    /// A PDF by hand: `pages` letter pages with a black bar and a word, and what else its catalog says.
    fn pdf(pages: usize, catalog: &str, beside: &str) -> Vec<u8> {
        let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", 4 + page)).collect();
        let drawn = "0 0 0 rg 72 600 200 40 re f BT /F1 24 Tf 72 500 Td (Dear colleague) Tj ET";
        let mut objects = vec![
            format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
            format!("<< /Type /Pages /Kids [{}] /Count {pages} >>", kids.join(" ")),
            format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()),
        ];
        let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R /Resources << /Font << /F1 {font} >> >> {beside} >>"
        );
        objects.extend(std::iter::repeat_n(page, pages));
        let (mut file, mut places) = (b"%PDF-1.7\n".to_vec(), Vec::new());
        for (at, object) in objects.iter().enumerate() {
            places.push(file.len());
            file.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
        }
        let table = file.len();
        file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
        places.iter().for_each(|place| file.extend(format!("{place:010} 00000 n \n").bytes()));
        let trailer = format!("trailer << /Root 1 0 R /Size {} >>\nstartxref\n{table}\n%%EOF", places.len() + 1);
        file.extend(trailer.bytes());
        file
    }

    fn shown(jpeg: &[u8]) -> RgbImage {
        image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).unwrap().to_rgb8()
    }

    #[test]
    fn a_letter_of_two_pages_becomes_two_pictures_on_which_it_can_be_read() {
        let made = read(&pdf(2, "", "")).unwrap();
        assert_eq!((made.form, made.jpegs.len(), made.incomplete), (FileForm::Pdf, 2, false));
        let page = shown(&made.jpegs[1]);
        assert_eq!((page.width(), page.height()), (1_224, 1_584));
        // The bar is black, the paper white, and something dark stands where the words are.
        assert!(page.get_pixel(300, 340).0[0] < 40 && page.get_pixel(1_000, 1_000).0[0] > 240);
        let words = image::imageops::crop_imm(&page, 144, 540, 360, 60).to_image();
        assert!(words.pixels().filter(|pixel| pixel.0[0] < 90).count() > 300);
    }

    #[test]
    fn of_a_pdf_with_scripts_and_files_inside_nothing_is_left_but_what_the_paper_shows() {
        let script = "/S /JavaScript /JS (app.alert('patient')) ";
        let catalog = format!(
            "/OpenAction << {script} >> /AA << /WC << {script} >> >> /Names << /EmbeddedFiles << /Names [(virus.exe) 1 0 R] >> >>"
        );
        let beside = format!(
            "/AA << /O << {script} >> >> /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 612 792] /A << /S /Launch /F (calc.exe) >> >>]"
        );
        let (with, without) = (read(&pdf(1, &catalog, &beside)).unwrap(), read(&pdf(1, "", "")).unwrap());
        assert_eq!(with.jpegs, without.jpegs, "the paper looks the same");
        let left = with.jpegs.concat();
        for word in ["JavaScript", "app.alert", "virus", "calc", "OpenAction"] {
            assert!(!left.windows(word.len()).any(|one| one == word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn a_picture_is_told_by_what_it_holds_and_kept_as_one_page() {
        for format in [image::ImageFormat::Jpeg, image::ImageFormat::Png] {
            let made = read(&picture(2_600, 1_000, format)).unwrap();
            let page = shown(&made.jpegs[0]);
            assert_eq!((made.form, made.jpegs.len(), page.width()), (FileForm::Picture, 1, SIDE));
        }
    }

    #[test]
    fn a_photo_of_ten_megabytes_is_taken_and_what_is_beyond_the_limits_is_refused() {
        let mut photo = picture(900, 600, image::ImageFormat::Jpeg);
        photo.resize(10 << 20, 0);
        assert!(read(&photo).is_ok());
        photo.resize(LARGEST_PICTURE + 1, 0);
        assert_eq!(refused(&photo), Why::TooLarge);
        let mut large = pdf(1, "", "");
        large.resize(LARGEST_PDF + 1, b'\n');
        assert_eq!(refused(&large), Why::TooLarge);
        assert_eq!(refused(&pdf(MOST_PAGES + 1, "", "")), Why::TooManyPages);
    }

    #[test]
    fn what_is_neither_is_refused_whatever_its_name() {
        let png = picture(300, 300, image::ImageFormat::Png);
        let cases: [&[u8]; 8] = [
            b"",
            b"MZ\x90\0",
            b"<html><script>1</script></html>",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"PK\x03\x04word/document.xml",
            b"%PDF-1.7 and nothing else",
            &pdf(0, "", ""),
            &png[..png.len() / 2],
        ];
        for file in cases {
            assert_eq!(refused(file), Why::NotADocument);
        }
    }

    #[test]
    fn who_is_told_to_stop_draws_no_further_page() {
        assert!(pages_of(&pdf(3, "", ""), &AtomicBool::new(true)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn whatever_a_file_holds_it_is_pages_or_a_clear_no(
            kind in 0..3_u8, cut in 0..64_usize, hits in prop::collection::vec((any::<usize>(), any::<u8>()), 0..12),
        ) {
            let mut bytes = match kind {
                0 => picture(40, 30, image::ImageFormat::Png),
                1 => picture(40, 30, image::ImageFormat::Jpeg),
                _ => pdf(2, "/OpenAction << /S /JavaScript /JS (1) >>", ""),
            };
            for (at, byte) in hits {
                let length = bytes.len();
                // What it begins with stays, so that it is looked at.
                bytes[8 + at % (length - 8)] = byte;
            }
            bytes.truncate(bytes.len() - cut);
            if let Ok(made) = read(&bytes) {
                prop_assert!(!made.jpegs.is_empty() && made.jpegs.len() <= MOST_PAGES);
                for jpeg in made.jpegs {
                    let page = shown(&jpeg);
                    prop_assert!(page.width() <= SIDE && page.height() <= SIDE);
                }
            }
        }

        #[test]
        fn bytes_of_no_kind_are_never_kept(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            prop_assert!(read(&bytes).is_err());
        }
    }
}
