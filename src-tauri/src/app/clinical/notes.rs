//! Notes: written, changed by their author until signed, signed, added to, signed by a second doctor. Signed text never
//! changes.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::{Right, Role};
use crate::record::validate::{self, Invalid, Why};
use crate::record::{Addendum, Content, Item, Note, NoteState, NoteStep, Section, Signing, Task, TaskKind, TaskStatus};
use serde::Deserialize;
use uuid::Uuid;

/// A note's words.
#[derive(Clone, Deserialize, ts_rs::TS)]
pub struct NoteText {
    /// Title.
    pub title: String,
    /// `soap`, `nursing`, `phone`, `free`.
    pub template: String,
    /// Text.
    pub text: String,
}

/// A new note, unsigned.
#[derive(Deserialize, ts_rs::TS)]
pub struct WriteNote {
    /// Patient id.
    pub patient: Uuid,
    /// The visit it belongs to.
    #[serde(default)]
    #[ts(optional)]
    pub visit: Option<Uuid>,
    /// Its words.
    pub note: NoteText,
}

/// Other words for a note that isn't signed.
#[derive(Deserialize, ts_rs::TS)]
pub struct EditNote {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// Its words.
    pub note: NoteText,
}

/// The author signs.
#[derive(Deserialize, ts_rs::TS)]
pub struct SignNote {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// User name of the doctor who is to sign as well.
    #[serde(default)]
    #[ts(optional)]
    pub cosigner: Option<String>,
}

/// A second doctor signs.
#[derive(Deserialize, ts_rs::TS)]
pub struct CosignNote {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
}

/// Something added below a signed note.
#[derive(Deserialize, ts_rs::TS)]
pub struct AddAddendum {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// Text.
    pub text: String,
}

macro_rules! notes_are_edited {
    ($($action:ident $name:literal: |$self:ident, $desk:ident| $run:expr;)+) => { $(
        impl Action for $action {
            type Output = SavedItem;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                Right::Edit(Section::Notes)
            }

            fn patient(&self) -> Option<Uuid> {
                Some(self.patient)
            }

            fn purpose(&self) -> Purpose {
                Purpose::Treatment
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
                let ($self, $desk) = (self, desk);
                $run.await
            }
        }
    )+ };
}

notes_are_edited! {
    WriteNote "write_note": |this, desk| this.write(desk);
    EditNote "edit_note": |this, desk| {
        step(desk, this.patient, (this.item, this.rev), NoteStep::Edit, |note| {
            let signing = note.signing.take().unwrap_or_default();
            *note = Note { at: note.at.clone(), ..this.note.note(desk) };
            note.signing = Some(Signing { template: this.note.template.clone(), ..signing });
            Ok(None)
        })
    };
    SignNote "sign_note": |this, desk| this.sign(desk);
    CosignNote "cosign_note": |this, desk| {
        step(desk, this.patient, (this.item, this.rev), NoteStep::Cosign, |note| {
            note.signing.get_or_insert_default().cosigned = Some(desk.signature());
            Ok(None)
        })
    };
    AddAddendum "add_addendum": |this, desk| {
        step(desk, this.patient, (this.item, this.rev), NoteStep::Addendum, |note| {
            if this.text.trim().is_empty() {
                return Err(Invalid { field: "notes.text", why: Why::Missing }.into());
            }
            validate::note("notes.text", &this.text)?;
            let addendum = Addendum { text: this.text.clone(), signed: desk.signature() };
            let imported = || Signing { template: "free".to_owned(), ..Signing::default() };
            note.signing.get_or_insert_with(imported).addenda.push(addendum);
            Ok(None)
        })
    };
}

impl NoteText {
    fn note(&self, desk: &Desk<'_>) -> Note {
        let signing = Signing { template: self.template.clone(), ..Signing::default() };
        let (title, at) = (self.title.trim().to_owned(), rfc3339(desk.now()));
        Note { title, at, text: self.text.clone(), signing: Some(signing) }
    }
}

impl WriteNote {
    async fn write(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let content = Content::Note(self.note.note(desk));
        desk.check_entered(&content)?;
        let mut charting = Charting::of_sound(desk, self.patient).await?;
        let saved = charting.add_during(self.patient, content, self.visit)?;
        let task = desk.task(TaskKind::SignNote, self.note.title.trim().to_owned());
        let (owner, owner_name) = (Some(desk.asking.user), Some(desk.keys.account.name.clone()));
        let (focus, due) = (Some(saved.item), Some(desk.minutes_ahead(SIGN_WITHIN)));
        charting.add(self.patient, Content::Task(Task { owner, owner_name, focus, due, ..task }))?;
        charting.finish(SavedItem::Saved { saved })
    }
}

/// Minutes until an unsigned note is overdue.
const SIGN_WITHIN: i64 = 24 * 60;

impl SignNote {
    async fn sign(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let cosigner = self.cosigner.as_deref().map(|name| desk.colleague_as(name, Role::Doctor)).transpose()?;
        if cosigner.as_ref().is_some_and(|one| one.0 == desk.asking.user) {
            return Err(Code::SamePerson.bare());
        }
        let next = if cosigner.is_some() { NoteStep::SignForCosign } else { NoteStep::Sign };
        step(desk, self.patient, (self.item, self.rev), next, |note| {
            let signing = note.signing.get_or_insert_default();
            signing.signed = Some(desk.signature());
            signing.cosign_wanted = cosigner.is_some();
            Ok(cosigner.map(|(user, name)| Task {
                owner: Some(user),
                owner_name: Some(name),
                focus: Some(self.item),
                due: Some(desk.minutes_ahead(SIGN_WITHIN)),
                ..desk.task(TaskKind::CosignNote, note.title.clone())
            }))
        })
        .await
    }
}

/// Takes a step of a note that its state and its author allow, and ends the task that asked for it.
async fn step(
    desk: &Desk<'_>,
    patient: Uuid,
    at: (Uuid, i64),
    step: NoteStep,
    change: impl FnOnce(&mut Note) -> Result<Option<Task>, Failure>,
) -> Result<Prepared<SavedItem>, Failure> {
    let mut charting = Charting::of_item(desk, patient, at.0).await?;
    let old = match charting.at(patient, at, Section::Notes).await? {
        Found::Newer(current) => return charting.conflict(patient, Section::Notes, *current),
        Found::Same(old) => old,
    };
    let Content::Note(note) = &old.item.content else { return Err(Code::NotFound.bare()) };
    NoteState::of(note).after(step)?;
    allowed(desk, &old, step)?;
    let mut note = note.clone();
    let asked = change(&mut note)?;
    desk.check_entered(&Content::Note(note.clone()))?;
    // Its author stays its author, whoever signs as well or adds below.
    let saved = charting.rewrite(&old, Item { content: Content::Note(note), ..old.item.clone() })?;
    let done: &[TaskKind] = match step {
        NoteStep::Sign | NoteStep::SignForCosign => &[TaskKind::SignNote],
        NoteStep::Cosign => &[TaskKind::CosignNote],
        NoteStep::Edit | NoteStep::Addendum => return charting.finish(SavedItem::Saved { saved }),
    };
    charting.end_tasks(patient, at.0, done, TaskStatus::Completed).await?;
    if let Some(task) = asked {
        charting.add(patient, Content::Task(task))?;
    }
    charting.finish(SavedItem::Saved { saved })
}

/// One's own note is one's own to change and sign; a second signature is another doctor's.
fn allowed(desk: &Desk<'_>, old: &OpenedItem, step: NoteStep) -> Result<(), Failure> {
    let own = old.item.author_id == Some(desk.asking.user);
    let allowed = match step {
        NoteStep::Edit | NoteStep::Sign | NoteStep::SignForCosign => own,
        NoteStep::Cosign => !own && desk.asking.role == Role::Doctor,
        NoteStep::Addendum => true,
    };
    if allowed { Ok(()) } else { Err(Code::NoRight.bare()) }
}
