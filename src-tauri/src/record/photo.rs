//! [`Photo`]: a patient's face, small, and not a word of where, when or with what it was taken.
//!
//! A file from outside is never kept: its picture is decoded within limits and written anew. What stands beside the
//! picture (place, camera, a hidden second picture) is left behind with the file.

use super::validate::{Invalid, Why};
use bson::Binary;
use bson::spec::BinarySubtype;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// The photo of a patient. One item a patient; without a picture it was taken away again.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// A JPEG that was made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jpeg: Option<Binary>,
}

/// The largest file that is looked at.
pub const LARGEST_FILE: usize = 8 << 20;
/// The longer side of what is kept, in pixels.
pub const SIDE: u32 = 256;
const QUALITY: u8 = 82;
/// The longer side of what is decoded, and the memory that may take: a camera's largest pictures and no bomb.
const LONGEST_SIDE: u32 = 12_000;
const MOST_MEMORY: u64 = 256 << 20;
const FIELD: &str = "photo";

impl Photo {
    /// The picture in a file, small.
    ///
    /// # Errors
    /// [`Why::TooLarge`]; [`Why::NotAPicture`] for everything that isn't a whole JPEG or PNG picture.
    pub fn of_file(file: &[u8]) -> Result<Self, Invalid> {
        let refused = |why| Invalid { field: FIELD, why };
        if file.len() > LARGEST_FILE {
            return Err(refused(Why::TooLarge));
        }
        let format = format_of(file).ok_or_else(|| refused(Why::NotAPicture))?;
        // On a thread of its own: a decoder that panics costs the picture, not the seat.
        let made = std::thread::scope(|scope| scope.spawn(|| jpeg_of(file, format, SIDE, QUALITY)).join());
        let jpeg = made.unwrap_or(Err(Why::NotAPicture)).map_err(refused)?;
        Ok(Self { jpeg: Some(Binary { subtype: BinarySubtype::Generic, bytes: jpeg }) })
    }
}

/// By what the file begins with; its name says nothing.
pub(super) fn format_of(file: &[u8]) -> Option<ImageFormat> {
    match file {
        [0xff, 0xd8, 0xff, ..] => Some(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(ImageFormat::Png),
        _ => None,
    }
}

/// A file's picture made anew, upright, no side longer than `side`.
pub(super) fn jpeg_of(file: &[u8], format: ImageFormat, side: u32, quality: u8) -> Result<Vec<u8>, Why> {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE));
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(why)?;
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(Why::TooLarge);
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(why)?;
    if picture.width().max(picture.height()) > side {
        picture = picture.thumbnail(side, side);
    }
    picture.apply_orientation(turned);
    encoded(&picture, quality)
}

/// A picture as a JPEG.
pub(super) fn encoded(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, Why> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(&picture.to_rgb8()).map_err(why)?;
    Ok(jpeg)
}

fn why(error: image::ImageError) -> Why {
    match error {
        image::ImageError::Limits(_) => Why::TooLarge,
        _ => Why::NotAPicture,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture(width: u32, height: u32) -> DynamicImage {
        let red_above = |_, y| image::Rgb(if y < height / 2 { [220, 30, 30] } else { [30, 30, 220] });
        DynamicImage::ImageRgb8(image::RgbImage::from_fn(width, height, red_above))
    }

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    /// A JPEG as a phone writes it: lying on its side, with a place beside the picture.
    fn from_a_phone() -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
        exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
        exif.extend(b"\x01\x0e\0\x02\0\0\0\x0c\0\0\0\x26\0\0\0\0Juniper St 7");
        let mut jpeg = file(&picture(640, 320), ImageFormat::Jpeg);
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let segment = [&[0xff, 0xe1], &length[..], &exif].concat();
        jpeg.splice(2..2, segment);
        jpeg
    }

    fn kept(file: &[u8]) -> Vec<u8> {
        Photo::of_file(file).unwrap().jpeg.unwrap().bytes
    }

    fn refused(file: &[u8]) -> Why {
        Photo::of_file(file).err().unwrap().why
    }

    #[test]
    fn a_picture_is_kept_small_and_upright_and_without_the_place_it_was_taken_at() {
        let phone = from_a_phone();
        let jpeg = kept(&phone);
        let holds = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).any(|one| one == word);
        assert!(holds(&phone, b"Juniper") && !holds(&jpeg, b"Juniper") && !holds(&jpeg, b"Exif"));
        let upright = image::load_from_memory(&jpeg).unwrap().to_rgb8();
        assert_eq!((upright.width(), upright.height()), (128, 256));
        // What was above before lies to the right now: the phone was turned.
        assert!(upright.get_pixel(120, 128).0[0] > 150 && upright.get_pixel(8, 128).0[2] > 150);
    }

    #[test]
    fn a_small_png_is_kept_in_its_size() {
        let jpeg = kept(&file(&picture(90, 120), ImageFormat::Png));
        let again = image::load_from_memory(&jpeg).unwrap();
        assert_eq!((again.width(), again.height()), (90, 120));
    }

    #[test]
    fn ten_megabytes_a_document_with_scripts_and_half_a_picture_are_refused_by_what_they_are() {
        let mut large = file(&picture(64, 64), ImageFormat::Jpeg);
        large.resize(10 << 20, 0);
        assert_eq!(refused(&large), Why::TooLarge);
        let pdf = b"%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>>>> endobj";
        assert_eq!(refused(pdf), Why::NotAPicture);
        assert_eq!(refused(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"), Why::NotAPicture);
        assert_eq!(refused(b""), Why::NotAPicture);
        let png = file(&picture(300, 300), ImageFormat::Png);
        assert_eq!(refused(&png[..png.len() / 2]), Why::NotAPicture);
    }

    #[test]
    fn a_few_bytes_that_claim_to_be_a_huge_picture_are_refused_before_they_are_decoded() {
        let mut png = file(&picture(8, 8), ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0x2e, 0xe0, 0, 0, 0x2e, 0xe0]);
        let sum = crc32(&png[12..29]).to_be_bytes();
        png[29..33].copy_from_slice(&sum);
        assert_eq!(refused(&png), Why::TooLarge);
    }

    fn crc32(bytes: &[u8]) -> u32 {
        bytes.iter().fold(!0, |crc: u32, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
        }) ^ !0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn whatever_a_file_holds_it_is_a_small_picture_or_a_clear_no(
            png in any::<bool>(), cut in 0..4_000_usize, hits in prop::collection::vec((0..4_000_usize, any::<u8>()), 0..12),
        ) {
            let mut bytes = if png { file(&picture(40, 30), ImageFormat::Png) } else { from_a_phone() };
            for (at, byte) in hits {
                let length = bytes.len();
                // What it begins with stays, so that it is decoded.
                bytes[8 + at % (length - 8)] = byte;
            }
            bytes.truncate(bytes.len().saturating_sub(cut % 64));
            if let Ok(photo) = Photo::of_file(&bytes) {
                let jpeg = photo.jpeg.unwrap().bytes;
                let shown = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap();
                prop_assert!(shown.width() <= SIDE && shown.height() <= SIDE && jpeg.len() < 200_000);
            }
        }

        #[test]
        fn bytes_of_no_kind_are_never_kept(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            prop_assert!(Photo::of_file(&bytes).is_err());
        }
    }
}
