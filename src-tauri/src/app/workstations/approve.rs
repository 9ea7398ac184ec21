//! The administrator's side of an enrolment: answer a request, then let it in with the code its screen shows.

use super::list::{Request, shown_name};
use super::{ENROLMENTS, HANDOVERS, WORKSTATIONS, by_administrators};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::people::PeopleWriting;
use crate::app::perform::{Prepared, Touched};
use crate::app::views::{ApprovedView, Done};
use crate::keys::{
    Admission, Answer, Handover, Hello, Pairing, Signed, SiteKey, SiteRecord, WorkstationPublic, forms, is_code,
};
use crate::secret::Secret;
use crate::store::{raw, update};
use bson::{Bson, Document, RawDocumentBuf, doc};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Answers a newcomer's request, so that it shows its code.
#[derive(Deserialize, ts_rs::TS)]
pub struct AnswerEnrolment {
    /// Which.
    pub request: Uuid,
}

/// Lets a newcomer in.
#[derive(Deserialize, ts_rs::TS)]
pub struct ApproveEnrolment {
    /// Which.
    pub request: Uuid,
    /// The code that the newcomer's screen shows.
    pub code: String,
}

/// Sends a newcomer away.
#[derive(Deserialize, ts_rs::TS)]
pub struct RefuseEnrolment {
    /// Which.
    pub request: Uuid,
}

by_administrators! {
    AnswerEnrolment => Done, "answer_enrolment", answer;
    ApproveEnrolment => ApprovedView, "approve_enrolment", approve;
    RefuseEnrolment => Done, "refuse_enrolment", refuse;
}

/// What this session has answered to whom. Never read back from the store: whoever could choose the answer after the
/// newcomer has revealed could choose the code.
#[derive(Default)]
pub struct Pairings(Mutex<BTreeMap<Uuid, (Hello, Answer)>>);

impl Pairings {
    fn all(&self) -> MutexGuard<'_, BTreeMap<Uuid, (Hello, Answer)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this session has answered.
    pub(super) fn has(&self, request: Uuid) -> bool {
        self.all().contains_key(&request)
    }

    /// Forgets all of them.
    pub(in crate::app) fn forget(&self) {
        self.all().clear();
    }
}

async fn answer(asked: &AnswerEnrolment, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let request = desk.request(asked.request).await?;
    shown_name(&request.hello.name)?;
    if request.answer.is_some() || request.reveal.is_some() || desk.pairings.has(asked.request) {
        return Err(Code::Conflict.bare());
    }
    let number = Secret::<32>::random()?;
    let author = desk.author();
    // EXPOSE: it is random until now and public from now on.
    let (verify, number) = (author.signer.public(), *number.expose());
    let answer = Answer { site: desk.site.site, by: author.id, verify, number };
    let part = bson::serialize_to_document(&answer).map_err(|_| Code::Internal.bare())?;
    let write = next(&request, doc! { "answer": part })?;
    desk.pairings.all().insert(asked.request, (request.hello, answer));
    Ok(Prepared { output: Done {}, touched: vec![about(asked.request)], writes: vec![write], heads: Vec::new() })
}

async fn refuse(asked: &RefuseEnrolment, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let request = desk.request(asked.request).await?;
    desk.pairings.all().remove(&asked.request);
    let writes = vec![next(&request, doc! { "refused": true })?];
    Ok(Prepared { output: Done {}, touched: vec![about(asked.request)], writes, heads: Vec::new() })
}

/// One guess: a wrong code ends the pairing, and the newcomer asks anew.
async fn approve(asked: &ApproveEnrolment, desk: &Desk<'_>) -> Result<Prepared<ApprovedView>, Failure> {
    let request = desk.request(asked.request).await?;
    let answered = desk.pairings.all().get(&asked.request).cloned();
    let (hello, answer) = answered.ok_or_else(|| Code::NotFound.bare())?;
    let reveal = request.reveal.as_ref().ok_or_else(|| Code::NotFound.bare())?;
    let pairing = Pairing::new(&hello, &answer, reveal);
    let right = pairing.as_ref().is_ok_and(|pairing| is_code(&pairing.newcomers_code(), &asked.code));
    if !right {
        desk.pairings.all().remove(&asked.request);
        desk.store.run(next(&request, doc! { "refused": true })?).await?;
        return Err(Code::WrongCode.bare());
    }
    let listed = WorkstationPublic {
        id: hello.workstation,
        name: shown_name(&hello.name)?,
        verify: reveal.verify,
        sealing: Some(reveal.sealing),
        at: desk.now(),
        ended: None,
    };
    if desk.site.workstation(listed.id).is_some() {
        return Err(Code::Conflict.bare());
    }
    let people = desk.people().await?;
    let mut writing = PeopleWriting::new(desk, &people);
    writing.signed(WORKSTATIONS, Admission::of(desk.site.site, &listed, 1), false)?;
    for (epoch, key) in desk.site_keys_in_use()? {
        writing.put(HANDOVERS, desk.handover((&key, epoch), (listed.id, &reveal.sealing))?.to_document()?, false)?;
    }
    writing.record.workstations.push(listed);
    writing.also(next(&request, doc! { "done": true })?);
    let view = ApprovedView { code: pairing?.sites_code(), name: hello.name };
    writing.prepared(view, vec![Touched { record: Some(hello.workstation), count: 1, ..Touched::default() }])
}

impl Desk<'_> {
    /// The present site key, and while it is being renewed the former one.
    pub(super) fn site_keys_in_use(&self) -> Result<Vec<(i64, SiteKey)>, Failure> {
        let epochs = std::iter::once(self.site.site_key).chain(self.site.former);
        let load = |epoch| Ok((epoch, SiteKey::load_epoch(self.keychain, self.site.site, epoch)?));
        epochs.map(load).collect()
    }

    /// A site key sealed to a workstation or ticket, signed by whoever holds the seat.
    pub(in crate::app) fn handover(
        &self,
        key: (&SiteKey, i64),
        to: (Uuid, &crate::keys::SealingKey),
    ) -> Result<Signed<Handover>, Failure> {
        Ok(Handover::seal(key, to, self.author(), self.now())?)
    }

    /// Handovers of a new site key to everybody who may have it but this workstation, which made it.
    pub(in crate::app) async fn hand_over_to_all(
        &self,
        key: &SiteKey,
        epoch: i64,
    ) -> Result<Vec<RawDocumentBuf>, Failure> {
        let mut commands = Vec::new();
        for listed in self.trusted_workstations().await? {
            let Some(sealing) = listed.sealing.filter(|_| listed.id != self.workstation) else { continue };
            let document = self.handover((key, epoch), (listed.id, &sealing))?.to_document()?;
            let id = document.get("_id").cloned().unwrap_or(Bson::Null);
            let only = doc! { "q": { "_id": id }, "u": document, "upsert": true };
            commands.push(raw(&doc! { "update": HANDOVERS, "updates": [only] })?);
        }
        Ok(commands)
    }
}

/// The update that brings a request one step further, if nobody else did.
pub(super) fn next(request: &Request, mut set: Document) -> Result<RawDocumentBuf, Failure> {
    set.insert("rev", request.rev + 1);
    let only = doc! { "_id": forms::uuid_bson(request.hello.request), "rev": request.rev };
    Ok(raw(&update(ENROLMENTS, only, doc! { "$set": set }))?)
}

fn about(record: Uuid) -> Touched {
    Touched { record: Some(record), count: 1, ..Touched::default() }
}

/// An entry of the register, changed in the next version of the site record.
///
/// # Errors
/// [`Code::NotFound`] if there is none that hasn't ended.
pub(super) fn listed_mut(record: &mut SiteRecord, id: Uuid) -> Result<&mut WorkstationPublic, Failure> {
    let found = record.workstations.iter_mut().find(|one| one.id == id && one.ended.is_none());
    found.ok_or_else(|| Code::NotFound.bare())
}
