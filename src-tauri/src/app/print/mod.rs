//! Print-outs: previewed on the screen, printed by the system's dialog from there, or kept as a file where the person
//! says. Everything is made in memory; nothing is written but the file that was asked for.
//!
//! Each of the three is a use case of its own: right, purpose, audit row with the document's name. A document is built
//! from the views of those sections that it needs and the role may see; there is no other way into it.

mod chart_on_paper;
mod day_on_paper;
mod documents;
mod layout;
mod make;
mod order;
mod pdf;
mod pictures;
mod places;
mod words;

pub use order::{PrintDocument, PrintOrder, PrintPaper, PrintPurpose};
pub use places::SavePlaces;
pub(super) use places::read;

use super::desk::Desk;
use super::disclose::{Cleared, Leaving};
use super::error::{Code, Failure};
use super::perform::{Action, Prepared};
use super::views::{ForUi, PrintView, SavedPrint};
use super::workstation::Workstation;
use crate::audit::Purpose;
use crate::policy::Right;
use make::Stage;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

/// A look at what would be printed. Its foot says that it isn't.
#[derive(Deserialize, ts_rs::TS)]
pub struct PreviewPrint(pub PrintOrder);

/// The pages for the system's print dialog.
#[derive(Deserialize, ts_rs::TS)]
pub struct PrintPages(pub PrintOrder);

/// A file for where the person says.
#[derive(Deserialize, ts_rs::TS)]
pub struct SavePrint(pub PrintOrder);

/// The file in memory. On its way to the screen nothing is left of it.
#[derive(Serialize)]
pub struct PrintFile {
    #[serde(skip)]
    bytes: Zeroizing<Vec<u8>>,
    #[serde(skip)]
    pages: u64,
}

impl ForUi for PrintFile {}

impl PrintFile {
    /// Pictures that were made here, one a page.
    pub(super) fn of_pictures(_: Cleared, jpegs: &[&[u8]]) -> Result<Self, Failure> {
        Ok(Self { bytes: pictures::pdf_of(jpegs)?, pages: jpegs.len() as u64 })
    }

    /// What is kept.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

macro_rules! printing {
    ($($action:ident as $name:literal => $output:ty, $make:expr;)+) => {$(
        impl Action for $action {
            type Output = $output;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                self.0.document.right()
            }

            fn patient(&self) -> Option<Uuid> {
                self.0.about()
            }

            fn purpose(&self) -> Purpose {
                self.0.purpose.audited()
            }

            fn discloses(&self) -> Option<Leaving> {
                Some(self.0.leaving())
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<$output>, Failure> {
                $make(desk, &self.0).await
            }
        }
    )+};
}

printing! {
    PreviewPrint as "preview_print" => PrintView, async |desk: &Desk<'_>, order: &PrintOrder| {
        Ok(desk.made(order, Stage::Preview).await?.shown())
    };
    PrintPages as "print" => PrintView, async |desk: &Desk<'_>, order: &PrintOrder| {
        Ok(desk.made(order, Stage::Dialog).await?.shown())
    };
    SavePrint as "save_print" => PrintFile, async |desk: &Desk<'_>, order: &PrintOrder| {
        desk.made(order, Stage::File).await?.filed()
    };
}

impl Workstation {
    /// Keeps a print-out where the person has said, in this very session.
    ///
    /// # Errors
    /// [`Code::Cancelled`] when nobody has said where; [`Code::DiskFull`], [`Code::ReadOnly`]; as
    /// [`Workstation::perform`].
    pub async fn save_print(&mut self, order: SavePrint) -> Result<SavedPrint, Failure> {
        let session = self.asking()?.session;
        let file = self.perform(order).await?;
        self.keep_file(session, &file)
    }

    /// Writes a file that is ready to the place that was chosen in this session.
    pub(super) fn keep_file(&self, session: Uuid, file: &PrintFile) -> Result<SavedPrint, Failure> {
        let place = self.save_places.take(session).ok_or_else(|| Code::Cancelled.bare())?;
        places::keep(&place, file.bytes())?;
        Ok(SavedPrint { pages: file.pages })
    }

    /// Where this seat is told of places that the person has chosen, from any thread.
    #[must_use]
    pub fn save_places(&self) -> SavePlaces {
        self.save_places.clone()
    }
}
