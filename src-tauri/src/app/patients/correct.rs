//! Correct who a patient is, after a document was seen. Name and birth date together make another person of her: one
//! asks with a signed note, another carries it out.

use super::details::SignedNote;
use super::prepared;
use super::rewrite::rev_of;
use crate::app::desk::{Desk, OpenedPatient};
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::views::SavedDetails;
use crate::audit::Purpose;
use crate::keys::CorrectionNote;
use crate::policy::Right;
use crate::record::entered::EnteredIdentity;
use crate::record::validate;
use crate::record::{Correction, Identity, Section, fold_given, fold_name};
use bson::Document;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What may have been seen.
pub const DOCUMENTS: &[&str] = &[
    "passport",
    "identity_card",
    "drivers_licence",
    "birth_certificate",
    "court_order",
    "marriage_certificate",
    "other",
];

/// Name, birth date or sex as they shall be.
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct CorrectIdentity {
    /// Patient id.
    pub patient: Uuid,
    /// The revision of identity that was read.
    pub rev: i64,
    /// As it shall be.
    pub identity: EnteredIdentity,
    /// Which document was seen: one of a list.
    pub document: String,
    /// Why; needed when name and birth date change together.
    #[serde(default)]
    pub note: Option<String>,
}

/// What a colleague does with a correction that waits.
#[derive(Deserialize, ts_rs::TS)]
pub struct DecideCorrection {
    /// Patient id.
    pub patient: Uuid,
    /// Carried out; else thrown away.
    pub approve: bool,
}

impl Action for CorrectIdentity {
    type Output = SavedDetails;
    const NAME: &'static str = "correct_identity";

    fn right(&self) -> Right {
        Right::Edit(Section::Identity)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedDetails>, Failure> {
        let today = desk.today().ok_or_else(|| Code::Internal.bare())?;
        if let Some(wrong) = self.identity.invalid(today).into_iter().next() {
            return Err(wrong.into());
        }
        let old = desk.whole_patient(self.patient).await?;
        let mut next = old.record.identity.clone();
        self.identity.put(&mut next);
        if is_another_person(&old.record.identity, &next) || next.sex != old.record.identity.sex {
            validate::listed("identity.document", &self.document, DOCUMENTS)?;
        }
        let asked = Asked { document: &self.document, note: self.note.as_deref().unwrap_or_default() };
        desk.take_identity(old, next, self.rev, asked).await
    }
}

/// What is said of a change of identity.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub document: &'a str,
    pub note: &'a str,
}

/// Whether name or birth date change.
fn is_another_person(old: &Identity, new: &Identity) -> bool {
    names_differ(old, new) || old.birth_date != new.birth_date
}

fn names_differ(old: &Identity, new: &Identity) -> bool {
    let folded = |one: &Identity| (fold_name(&one.name.surname), fold_given(&one.name.given_joined()));
    folded(old) != folded(new)
}

impl Desk<'_> {
    /// Writes an identity; when name and birth date change together, only asks for it.
    pub(super) async fn take_identity(
        &self,
        old: OpenedPatient,
        next: Identity,
        rev: i64,
        asked: Asked<'_>,
    ) -> Result<Prepared<SavedDetails>, Failure> {
        // Who was registered in haste has neither a name nor a birth date to lose.
        let named = old.record.identity.provisional.is_none();
        let both = names_differ(&old.record.identity, &next) && old.record.identity.birth_date != next.birth_date;
        if both && named && rev_of(&old, Section::Identity) == rev {
            return self.ask_for(old, next, asked).await;
        }
        let mut record = old.record.clone();
        record.identity = Identity { provisional: None.or(next.provisional.clone().filter(|_| !both)), ..next };
        self.save_section(old, record, (Section::Identity, rev)).await
    }

    async fn ask_for(
        &self,
        old: OpenedPatient,
        next: Identity,
        asked: Asked<'_>,
    ) -> Result<Prepared<SavedDetails>, Failure> {
        validate::reason(asked.note)?;
        let mut waiting = Correction {
            name: next.name,
            birth_date: next.birth_date,
            sex: next.sex,
            document: asked.document.to_owned(),
            note: asked.note.trim().to_owned(),
            at: rfc3339(self.now()),
            by: self.keys.account.name.clone(),
            signed: String::new(),
        };
        let author = self.author();
        let note =
            CorrectionNote { id: old.checked.id, digest: digest(&waiting)?, version: old.checked.rev, at: self.now() };
        let signed = SignedNote::sign(note, author.id, author.signer)?.to_document()?;
        waiting.signed = hex(&signed.to_vec().map_err(|_| Code::Internal.bare())?);
        let mut record = old.record.clone();
        record.identity.correction = Some(waiting);
        let mut writing = Writing::default();
        self.rewrite(&mut writing, &old, &record, &[Section::Identity]).await?;
        let touched = Touched { sections: vec![Section::Identity], count: 1, ..Touched::default() };
        prepared(self, writing, SavedDetails::Waiting {}, touched)
    }
}

impl Action for DecideCorrection {
    type Output = SavedDetails;
    const NAME: &'static str = "decide_correction";

    fn right(&self) -> Right {
        Right::Edit(Section::Identity)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedDetails>, Failure> {
        let old = desk.whole_patient(self.patient).await?;
        let waiting = old.record.identity.correction.clone().ok_or_else(|| Code::NotFound.bare())?;
        let mut record = old.record.clone();
        record.identity.correction = None;
        if self.approve {
            let by = desk.signed_by(&waiting, self.patient)?;
            if by == desk.asking.user {
                return Err(Code::SamePerson.bare());
            }
            carry_out(&waiting, &mut record.identity);
        }
        let rev = rev_of(&old, Section::Identity);
        desk.save_section(old, record, (Section::Identity, rev)).await
    }
}

fn carry_out(waiting: &Correction, identity: &mut Identity) {
    let mut entered = EnteredIdentity::of(identity);
    entered.surname.clone_from(&waiting.name.surname);
    entered.given = waiting.name.given_joined();
    entered.prefix = waiting.name.prefix.clone().unwrap_or_default();
    entered.suffix = waiting.name.suffix.clone().unwrap_or_default();
    entered.birth_date = waiting.birth_date.map(|date| date.to_string()).unwrap_or_default();
    entered.sex.clone_from(&waiting.sex);
    entered.put(identity);
}

impl Desk<'_> {
    /// Who signed for a correction, if the signature is good and is for this one.
    fn signed_by(&self, waiting: &Correction, patient: Uuid) -> Result<Uuid, Failure> {
        let signed = signed_note(waiting).ok_or_else(|| Code::KeysDamaged.bare())?;
        let note = self.keys.directory.signed_by_author(&signed)?;
        let right = note.id == patient && note.digest == digest(waiting)?;
        if right { Ok(signed.by()) } else { Err(Code::KeysDamaged.bare()) }
    }
}

/// Who claims to have signed.
pub(super) fn signer_of(waiting: &Correction) -> Option<Uuid> {
    signed_note(waiting).map(|signed| signed.by())
}

fn signed_note(waiting: &Correction) -> Option<SignedNote> {
    let bytes = unhex(&waiting.signed)?;
    SignedNote::from_document(&Document::from_reader(bytes.as_slice()).ok()?).ok()
}

/// What the note is signed for: everything but the signature itself.
fn digest(waiting: &Correction) -> Result<[u8; 32], Failure> {
    let bare = Correction { signed: String::new(), ..waiting.clone() };
    let document = crate::record::to_document(&bare)?;
    Ok(Sha256::digest(document.as_bytes()).into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len()).step_by(2).map(|at| text.get(at..at + 2));
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}
