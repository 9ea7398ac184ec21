//! Erase a patient: one person asks, another approves, the workstation destroys the keys first and removes the record
//! then. A legal hold stops it. What was approved is finished at the next start if the program ends in between.

use super::desk::{Desk, uuid_at};
use super::error::{Code, Failure};
use super::perform::{Action, HeadLeft, Prepared, Touched};
use super::views::{Done, ErasureRow, ErasuresView};
use super::workstation::Workstation;
use crate::audit::{Kind, Purpose};
use crate::keys::{
    Account, Directory, Erasure, ErasureReason, ErasureState, KeyError, LegalHold, WorkstationKey, forms, patients_of,
};
use crate::policy::{Relationship, Right, Role, decide};
use crate::store::{find, find_documents, first_batch, insert, raw, update};
use bson::{Bson, Document, RawDocumentBuf, doc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// One person asks.
pub struct RequestErasure {
    /// The patient.
    pub patient: Uuid,
    /// Why.
    pub reason: ErasureReason,
}

/// Another approves; nothing brings the record back afterwards.
pub struct ApproveErasure {
    /// The patient.
    pub patient: Uuid,
}

/// A request is taken back before anybody approved it.
pub struct WithdrawErasure {
    /// The patient.
    pub patient: Uuid,
}

/// The record may not be erased.
pub struct SetHold {
    /// The patient.
    pub patient: Uuid,
}

/// The hold may go: the first person asks, another lifts it.
pub struct LiftHold {
    /// The patient.
    pub patient: Uuid,
}

/// Requests, tombstones and holds.
pub struct ListErasures {}

macro_rules! about_a_record {
    ($($of:ty => $answer:ty, $name:literal, $right:expr, $patient:expr, $run:ident;)+) => {$(
        impl Action for $of {
            type Output = $answer;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                $right
            }

            fn patient(&self) -> Option<Uuid> {
                let of: fn(&Self) -> Option<Uuid> = $patient;
                of(self)
            }

            fn purpose(&self) -> Purpose {
                Purpose::Compliance
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<$answer>, Failure> {
                $run(self, desk).await
            }
        }
    )+};
}

about_a_record! {
    RequestErasure => Done, "request_erasure", Right::EraseRecords, |asked| Some(asked.patient), request;
    ApproveErasure => Done, "approve_erasure", Right::EraseRecords, |asked| Some(asked.patient), approve;
    WithdrawErasure => Done, "withdraw_erasure", Right::EraseRecords, |asked| Some(asked.patient), withdraw;
    SetHold => Done, "set_hold", Right::HoldRecords, |asked| Some(asked.patient), set_hold;
    LiftHold => Done, "lift_hold", Right::HoldRecords, |asked| Some(asked.patient), lift_hold;
    ListErasures => ErasuresView, "list_erasures", Right::EraseRecords, |_| None, list;
}

async fn request(asked: &RequestErasure, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    desk.is_there(asked.patient).await?;
    desk.refuse_held(asked.patient).await?;
    if desk.erasure(asked.patient).await?.is_some() {
        return Err(Code::Conflict.bare());
    }
    let erasure = Erasure::request(asked.patient, asked.reason, desk.author(), desk.now())?;
    stored(&erasure.to_document()?, "erasures", asked.patient, None)
}

async fn approve(asked: &ApproveErasure, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    desk.refuse_held(asked.patient).await?;
    let erasure = desk.erasure(asked.patient).await?.ok_or_else(|| Code::NotFound.bare())?;
    if erasure.state() != ErasureState::Requested {
        return Err(Code::Conflict.bare());
    }
    let approved = erasure.approve(desk.author(), desk.now())?;
    stored(&approved.to_document()?, "erasures", asked.patient, Some(1))
}

async fn withdraw(asked: &WithdrawErasure, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let erasure = desk.erasure(asked.patient).await?.ok_or_else(|| Code::NotFound.bare())?;
    if erasure.state() != ErasureState::Requested {
        return Err(Code::Conflict.bare());
    }
    let only = doc! { "_id": forms::uuid_bson(asked.patient), "v": 1_i64, "rev": { "$exists": false } };
    let gone = raw(&doc! { "delete": "erasures", "deletes": [doc! { "q": only, "limit": 1 }] })?;
    Ok(Prepared { output: Done {}, touched: vec![one()], writes: vec![gone], heads: Vec::new() })
}

async fn set_hold(asked: &SetHold, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    desk.is_there(asked.patient).await?;
    let before = desk.hold(asked.patient).await?;
    let hold = match LegalHold::set(asked.patient, before.as_ref(), desk.author(), desk.now()) {
        Err(KeyError::GrantState(_)) => return Err(Code::Held.bare()),
        other => other?,
    };
    let replaces = before.map(|before| before.version());
    stored(&hold.to_document()?, "holds", LegalHold::id_of(asked.patient), replaces)
}

async fn lift_hold(asked: &LiftHold, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let before = desk.hold(asked.patient).await?.filter(LegalHold::stands).ok_or_else(|| Code::NotFound.bare())?;
    let hold = before.lift(desk.author(), desk.now())?;
    stored(&hold.to_document()?, "holds", LegalHold::id_of(asked.patient), Some(before.version()))
}

async fn list(_: &ListErasures, desk: &Desk<'_>) -> Result<Prepared<ErasuresView>, Failure> {
    let name = |user: Uuid| desk.keys.directory.account(user).map(|account| account.name.clone()).unwrap_or_default();
    let mut erasures = Vec::new();
    for found in find_documents(desk.store, "erasures", doc! {}, None).await? {
        let erasure = Erasure::from_document(&Document::try_from(found)?)?;
        verified(&erasure, &desk.keys.directory, desk.site)?;
        erasures.push(ErasureRow {
            patient: erasure.patient(),
            reason: erasure.reason().code().to_owned(),
            state: erasure.state().code().to_owned(),
            requested_by: name(erasure.requested().0),
            requested: erasure.requested().1,
            approved_by: erasure.approved().map(|(by, _)| name(by)),
            done: erasure.done(),
        });
    }
    let mut held = Vec::new();
    for found in find_documents(desk.store, "holds", doc! {}, None).await? {
        let hold = LegalHold::from_document(&Document::try_from(found)?)?;
        held.extend(Some(hold.patient()).filter(|_| hold.stands()));
    }
    let count = (erasures.len() + held.len()) as u64;
    Ok(Prepared::read(ErasuresView { erasures, held }, Touched { count, ..Touched::default() }))
}

fn one() -> Touched {
    Touched { count: 1, ..Touched::default() }
}

/// A signed document in the place of its version `replaces`, or new.
fn stored(
    document: &Document,
    collection: &'static str,
    id: Uuid,
    replaces: Option<i64>,
) -> Result<Prepared<Done>, Failure> {
    let version = document.get_i64("v").map_err(|_| Code::Internal.bare())?;
    let hash = Sha256::digest(document.to_vec().map_err(|_| Code::Internal.bare())?).into();
    let command = match replaces {
        None => insert(collection, vec![document.clone()]),
        // Naming `rev` is what makes a miss a conflict.
        Some(v) => {
            let only = doc! { "_id": forms::uuid_bson(id), "v": v, "rev": { "$exists": false } };
            update(collection, only, document.clone())
        }
    };
    let head = HeadLeft { collection, record: id, counter: version, hash };
    Ok(Prepared { output: Done {}, touched: vec![one()], writes: vec![raw(&command)?], heads: vec![head] })
}

/// Whether the right people have signed as far as it is; once the workstation has signed too, their roles may change.
fn verified(
    erasure: &Erasure,
    directory: &Directory,
    record: &crate::keys::SiteRecord,
) -> Result<ErasureState, Failure> {
    let done = erasure.state() == ErasureState::Done;
    let may = |account: &Account| {
        let role = Role::from_code(&account.role);
        done || role.is_some_and(|role| decide(role, Right::EraseRecords, Relationship::None).is_allowed())
    };
    Ok(erasure.verify(directory, record, may)?)
}

impl Desk<'_> {
    /// There is such a patient; the record that belongs to no patient is none.
    async fn is_there(&self, patient: Uuid) -> Result<(), Failure> {
        let stored = self.site.stored_in("patients");
        let command = find(&stored, doc! { "_id": forms::uuid_bson(patient) }, Some(doc! { "_id": 1 }));
        let found = first_batch(&self.store.run(raw(&command)?).await?)?;
        if found.is_empty() || patient.is_nil() { Err(Code::NotFound.bare()) } else { Ok(()) }
    }

    async fn erasure(&self, patient: Uuid) -> Result<Option<Erasure>, Failure> {
        let filter = doc! { "_id": forms::uuid_bson(patient) };
        let Some(found) = find_documents(self.store, "erasures", filter, None).await?.into_iter().next() else {
            return Ok(None);
        };
        let erasure = Erasure::from_document(&Document::try_from(found)?)?;
        verified(&erasure, &self.keys.directory, self.site)?;
        Ok(Some(erasure))
    }

    /// Whether an erasure was approved: nothing brings this patient back.
    pub(super) async fn is_erased(&self, patient: Uuid) -> Result<bool, Failure> {
        Ok(self.erasure(patient).await?.is_some_and(|erasure| erasure.state() != ErasureState::Requested))
    }

    /// The patient's hold, standing or lifted. One that was seen here and is gone or older counts as damage.
    async fn hold(&self, patient: Uuid) -> Result<Option<LegalHold>, Failure> {
        let id = LegalHold::id_of(patient);
        let found = find_documents(self.store, "holds", doc! { "_id": forms::uuid_bson(id) }, None).await?;
        let hold = found.into_iter().next().map(|found| {
            let hold = LegalHold::from_document(&Document::try_from(found)?)?;
            hold.verify(&self.keys.directory, |_| true)?;
            Ok::<_, Failure>(hold)
        });
        let hold = hold.transpose()?;
        let seen = self.witness.seen(id)?.map_or(0, |seen| seen.counter);
        let version = hold.as_ref().map_or(0, LegalHold::version);
        if version < seen { Err(Code::KeysDamaged.bare()) } else { Ok(hold) }
    }

    /// Whether a legal hold stands.
    pub(super) async fn is_held(&self, patient: Uuid) -> Result<bool, Failure> {
        Ok(self.hold(patient).await?.is_some_and(|hold| hold.stands()))
    }

    async fn refuse_held(&self, patient: Uuid) -> Result<(), Failure> {
        if self.is_held(patient).await? { Err(Code::Held.bare()) } else { Ok(()) }
    }
}

impl Workstation {
    /// Approves an erasure and carries it out.
    ///
    /// # Errors
    /// As [`Workstation::perform`]; [`Code::StoreBusy`] when another program keeps the last copy of the keys from being
    /// overwritten: the next start, or [`Workstation::finish_erasures`], goes on.
    pub async fn erase(&mut self, approval: ApproveErasure) -> Result<(), Failure> {
        self.perform(approval).await?;
        self.finish_erasures().await.map(drop)
    }

    /// Finishes what was approved, and repeats what an older copy of the data has brought back. Answers how many.
    ///
    /// # Errors
    /// What the store, the keychain or the audit say; what is left is done the next time.
    pub async fn finish_erasures(&self) -> Result<usize, Failure> {
        let stored = find_documents(self.store(), "erasures", doc! {}, None).await?;
        if stored.is_empty() {
            return Ok(0);
        }
        let directory = self.stored_keys().await?.directory;
        let mut finished = 0;
        for found in stored {
            let erasure = Erasure::from_document(&Document::try_from(found)?)?;
            match verified(&erasure, &directory, &self.record) {
                Ok(ErasureState::Requested) => {}
                Ok(state) => finished += usize::from(self.carry_out(&erasure, state).await?),
                Err(refused) => tracing::error!(%refused, "an erasure is refused"),
            }
        }
        Ok(finished)
    }

    /// The keys first and for good; then everything else in one go; then the note that it is done.
    async fn carry_out(&self, erasure: &Erasure, state: ErasureState) -> Result<bool, Failure> {
        let patient = erasure.patient();
        if state == ErasureState::Done && self.nothing_left(patient).await? {
            return Ok(false);
        }
        let keys = raw(&delete("patient_keys", doc! { "_id": forms::uuid_bson(patient) }, 1))?;
        self.store().run(keys).await?;
        self.store().scrub().await?;
        let records = self.records_of(patient).await?;
        // What is erased on purpose isn't missed later.
        self.witness.forget(&records)?;
        let mut commands = self.removals(patient, records)?;
        if state != ErasureState::Done {
            let key = WorkstationKey::load(self.keychain.as_ref(), self.enrolment.workstation)?;
            let done = erasure.finish(&key, self.clock.wall())?.to_document()?;
            commands.push(raw(&update("erasures", doc! { "_id": forms::uuid_bson(patient) }, done))?);
        }
        let mut event = self.system_event("erase");
        (event.patient, event.count) = (Some(patient), 1);
        self.audit.append(Kind::System, None, &event, &self.system_sealer()?).await?;
        self.store().run_all(commands).await?;
        self.store().scrub().await?;
        Ok(true)
    }

    async fn nothing_left(&self, patient: Uuid) -> Result<bool, Failure> {
        let id = || forms::uuid_bson(patient);
        let places = [
            (self.record.stored_in("patients"), doc! { "_id": id() }),
            ("patient_keys".to_owned(), doc! { "_id": id() }),
            ("items".to_owned(), doc! { "patient": id() }),
        ];
        for (collection, filter) in places {
            let command = find(&collection, filter, Some(doc! { "_id": 1 }));
            if !first_batch(&self.store().run(raw(&command)?).await?)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The patient and her items.
    async fn records_of(&self, patient: Uuid) -> Result<Vec<Uuid>, Failure> {
        let of_patient = doc! { "patient": forms::uuid_bson(patient) };
        let items = find_documents(self.store(), "items", of_patient, Some(doc! { "_id": 1 })).await?;
        std::iter::once(Ok(patient)).chain(items.iter().map(|item| uuid_at(item, "_id"))).collect()
    }

    /// Everything that is stored of a patient but the keys.
    fn removals(&self, patient: Uuid, records: Vec<Uuid>) -> Result<Vec<RawDocumentBuf>, Failure> {
        let of_patient = doc! { "patient": forms::uuid_bson(patient) };
        let records: Vec<Bson> = records.into_iter().map(forms::uuid_bson).collect();
        let all = |records: Vec<Bson>| doc! { "record": { "$in": records } };
        let index = self.record.index;
        let mut commands = vec![
            delete("versions", all(records.clone()), 0),
            delete("versions", of_patient.clone(), 0),
            delete("origins", all(records), 0),
            delete("items", of_patient, 0),
            delete("care_team", doc! { "body.patient": forms::uuid_bson(patient) }, 0),
            // A rotation of the search keys that is under way finds that patients have changed.
            update("site", doc! { "_id": forms::uuid_bson(self.record.site) }, doc! { "$inc": { "w": 1_i64 } }),
        ];
        // Where patients move to another collection just now, the copy goes too.
        let collections = [index, index + 1].map(patients_of);
        commands.extend(collections.iter().map(|name| delete(name, doc! { "_id": forms::uuid_bson(patient) }, 1)));
        Ok(commands.iter().map(raw).collect::<Result<Vec<_>, _>>()?)
    }
}

fn delete(collection: &str, filter: Document, limit: i32) -> Document {
    doc! { "delete": collection, "deletes": [doc! { "q": filter, "limit": limit }] }
}
