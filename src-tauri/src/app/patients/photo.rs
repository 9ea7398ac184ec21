//! A patient's photo: taken from a file that the person at the seat has chosen, shown beside the name, taken away.
//!
//! What is shown was made here of the file's picture; see [`Photo`]. The file itself stays where it is and isn't copied.

use super::prepared;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::of_a_patient::of_a_patient;
use crate::app::open_items::OpenedItem;
use crate::app::patient_keys::Part;
use crate::app::perform::{Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::views::PhotoView;
use crate::app::window::Window;
use crate::app::workstation::Workstation;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::photo::{LARGEST_FILE, Photo};
use crate::record::{Compartment, Content, Item, Section};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Whose.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowPhoto {
    /// Patient id.
    pub patient: Uuid,
}

/// A new photo, from the file that was chosen in the system's dialog.
#[derive(Deserialize, ts_rs::TS)]
pub struct TakePhoto {
    /// Patient id.
    pub patient: Uuid,
    /// The revision that was read; 0 before the first.
    pub rev: i64,
    /// What the file holds. The screen never sends it.
    #[serde(skip)]
    #[ts(skip)]
    pub file: Option<Zeroizing<Vec<u8>>>,
}

/// No photo any more.
#[derive(Deserialize, ts_rs::TS)]
pub struct RemovePhoto {
    /// Patient id.
    pub patient: Uuid,
    /// The revision that was read.
    pub rev: i64,
}

of_a_patient! {
    Purpose::Operations;
    ShowPhoto => PhotoView, "show_photo", Right::View(Section::Photo), show;
    TakePhoto => PhotoView, "take_photo", Right::Edit(Section::Photo), take;
    RemovePhoto => PhotoView, "remove_photo", Right::Edit(Section::Photo), remove;
}

async fn show(asked: &ShowPhoto, desk: &Desk<'_>) -> Result<Prepared<PhotoView>, Failure> {
    desk.refuse_unidentified(asked.patient)?;
    let stored = desk.photo(asked.patient).await?;
    let view = match &stored {
        Some((photo, opened)) => desk.photo_view(photo, Some(&opened.item), opened.checked.content_rev()),
        None => desk.photo_view(&Photo::default(), None, 0),
    };
    Ok(Prepared::read(view, touched(asked.patient)))
}

async fn take(asked: &TakePhoto, desk: &Desk<'_>) -> Result<Prepared<PhotoView>, Failure> {
    desk.refuse_unidentified(asked.patient)?;
    let file = asked.file.as_ref().ok_or_else(|| Code::Cancelled.bare())?;
    let photo = Photo::of_file(file)?;
    desk.keep_photo(asked.patient, asked.rev, photo).await
}

async fn remove(asked: &RemovePhoto, desk: &Desk<'_>) -> Result<Prepared<PhotoView>, Failure> {
    desk.refuse_unidentified(asked.patient)?;
    desk.keep_photo(asked.patient, asked.rev, Photo::default()).await
}

fn touched(patient: Uuid) -> Touched {
    Touched { record: Some(id_of(patient)), sections: vec![Section::Photo], count: 1, ..Touched::default() }
}

/// One photo a patient: two who take the first at once conflict.
fn id_of(patient: Uuid) -> Uuid {
    Uuid::new_v5(&patient, b"wardseal/photo")
}

impl Desk<'_> {
    async fn photo(&self, patient: Uuid) -> Result<Option<(Photo, OpenedItem)>, Failure> {
        let keys = self.patient_keys(&BTreeSet::from([patient]), &BTreeSet::from([Compartment::Front])).await?;
        let found = self.by_ids("items", BTreeSet::from([id_of(patient)])).await?;
        let (mut opened, damaged) = self.open_items(patient, found, &keys).await?;
        if damaged > 0 {
            return Err(Code::Damaged.bare());
        }
        let Some(opened) = opened.pop() else { return Ok(None) };
        match &opened.item.content {
            Content::Photo(photo) => Ok(Some((photo.clone(), opened))),
            _ => Err(Code::Damaged.bare()),
        }
    }

    async fn keep_photo(&self, patient: Uuid, rev: i64, photo: Photo) -> Result<Prepared<PhotoView>, Failure> {
        // Of nobody: the record has to be there.
        self.patient(patient, &[Section::Identity]).await?;
        let stored = self.photo(patient).await?;
        if stored.as_ref().map_or(0, |(_, opened)| opened.checked.content_rev()) != rev {
            return Err(Code::Conflict.bare());
        }
        let front = BTreeSet::from([Compartment::Front]);
        let (mut writing, mut keys) =
            (Writing::default(), self.patient_keys(&BTreeSet::from([patient]), &front).await?);
        self.key_to_write(&mut writing, &mut keys, patient, (Compartment::Front, Part::Items))?;
        let mut item = Item::new(Content::Photo(photo.clone()));
        item.recorded = Some(rfc3339(self.now()));
        item.author = Some(self.keys.account.name.clone());
        let rev = match &stored {
            Some((_, old)) => self.rewrite_opened(&mut writing, &keys, old, &item)?,
            None => {
                writing.record(self.new_item(&keys, patient, id_of(patient), &item)?);
                1
            }
        };
        prepared(self, writing, self.photo_view(&photo, Some(&item), rev), touched(patient))
    }

    fn photo_view(&self, photo: &Photo, item: Option<&Item>, rev: i64) -> PhotoView {
        let image = photo.jpeg.as_ref().map(|jpeg| format!("data:image/jpeg;base64,{}", base64(&jpeg.bytes)));
        let told = item.filter(|_| image.is_some());
        PhotoView {
            rev,
            image,
            taken: told.and_then(|item| item.recorded.clone()),
            by: told.and_then(|item| item.author.clone()),
            may_edit: self.may(Right::Edit(Section::Photo)),
        }
    }
}

impl Workstation {
    /// Takes a patient's photo from the file that the person has chosen, in this very session.
    ///
    /// # Errors
    /// [`Code::Cancelled`] when none was chosen; [`Code::Invalid`] with why; as [`Workstation::perform_in`].
    pub async fn take_photo(&mut self, window: Window, asked: TakePhoto) -> Result<PhotoView, Failure> {
        let session = self.asking()?.session;
        // What can't be read holds no picture; whether this user may at all is told before that.
        let read = |file: PathBuf| crate::app::print::read(&file, LARGEST_FILE).unwrap_or_default();
        let file = self.save_places.picked(session).map(read);
        self.perform_in(window, TakePhoto { file, ..asked }).await
    }
}

/// Bytes in the letters of a `data:` address.
pub(in crate::app) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_as_the_standard_says() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        assert!(cases.iter().all(|(clear, text)| base64(clear.as_bytes()) == *text));
    }
}
