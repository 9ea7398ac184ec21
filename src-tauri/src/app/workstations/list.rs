//! The register as an administrator sees it, and what waits.

use super::{ENROLMENTS, LEASES, PATIENCE_MS, TICKETS, WORKSTATIONS, by_administrators};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Prepared, Touched};
use crate::app::views::{EnrolmentRow, WorkstationRow, WorkstationsView};
use crate::clock::Timestamp;
use crate::keys::{Admission, Answer, Hello, Lease, Reveal, Signed, Ticket, WorkstationPublic, admitted, forms};
use crate::store::find_documents;
use bson::{Document, doc};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The workstations of the site, and the newcomers that ask to be let in.
#[derive(Deserialize, ts_rs::TS)]
pub struct ListWorkstations {}

by_administrators! { ListWorkstations => WorkstationsView, "list_workstations", list; }

/// What is stored of a newcomer's request.
pub(super) struct Request {
    pub rev: i64,
    pub hello: Hello,
    pub answer: Option<Answer>,
    pub reveal: Option<Reveal>,
    pub refused: bool,
    pub done: bool,
}

impl Request {
    /// Reads it; nothing in it is trusted.
    ///
    /// # Errors
    /// When it isn't of its form.
    pub fn read(stored: &Document) -> Result<Self, Failure> {
        let form = || Code::KeysDamaged.bare();
        let part = |name: &str| stored.get_document(name).ok().cloned();
        fn of<T: serde::de::DeserializeOwned>(part: Option<Document>) -> Option<Option<T>> {
            part.map(|part| bson::deserialize_from_document(part).ok()).map_or(Some(None), |read| read.map(Some))
        }
        let hello: Hello = of(part("hello")).flatten().ok_or_else(form)?;
        if forms::uuid_of(stored, "_id") != Some(hello.request) {
            return Err(form());
        }
        Ok(Self {
            rev: stored.get_i64("rev").map_err(|_| form())?,
            hello,
            answer: of(part("answer")).ok_or_else(form)?,
            reveal: of(part("reveal")).ok_or_else(form)?,
            refused: stored.get_bool("refused").unwrap_or(false),
            done: stored.get_bool("done").unwrap_or(false),
        })
    }
}

async fn list(_: &ListWorkstations, desk: &Desk<'_>) -> Result<Prepared<WorkstationsView>, Failure> {
    let (admissions, leases) = (desk.admissions().await?, desk.leases().await?);
    let row = |listed: &WorkstationPublic| {
        let lease = leases.get(&listed.id);
        WorkstationRow {
            id: listed.id,
            name: listed.name.clone(),
            enrolled: listed.at,
            ended: listed.ended.map(|end| end.how),
            ended_at: listed.ended.map(|end| end.at),
            here: listed.id == desk.workstation,
            vouched: admissions.get(&listed.id).is_some_and(|admission| admission.fits(desk.site.site, listed)),
            last_seen: lease.map(|lease| lease.at),
            program: lease.map(|lease| lease.program.clone()),
        }
    };
    let workstations = desk.site.workstations.iter().map(row).collect();
    let requests = desk.requests().await?.iter().map(|request| desk.request_row(request)).collect();
    Ok(Prepared::read(WorkstationsView { workstations, requests }, Touched::default()))
}

impl Desk<'_> {
    fn request_row(&self, request: &Request) -> EnrolmentRow {
        let hello = &request.hello;
        let formerly = hello.formerly.and_then(|id| self.site.workstation(id)).map(|one| one.name.clone());
        EnrolmentRow {
            request: hello.request,
            name: hello.name.clone(),
            formerly,
            asked: hello.at,
            answered: request.answer.is_some(),
            ready: request.reveal.is_some() && self.pairings.has(hello.request),
        }
    }

    /// Requests that still wait.
    pub(super) async fn requests(&self) -> Result<Vec<Request>, Failure> {
        let mut requests = Vec::new();
        for stored in find_documents(self.store, ENROLMENTS, doc! {}, None).await? {
            match Request::read(&Document::try_from(stored)?) {
                Ok(request) if request.done || request.refused => {}
                Ok(request) if self.now().0 - request.hello.at.0 > PATIENCE_MS => {}
                Ok(request) => requests.push(request),
                Err(refused) => tracing::warn!(%refused, "a request of a newcomer is passed over"),
            }
        }
        requests.sort_by_key(|request| request.hello.at);
        Ok(requests)
    }

    /// The request, if it waits.
    pub(super) async fn request(&self, id: Uuid) -> Result<Request, Failure> {
        let waiting = self.requests().await?.into_iter().find(|request| request.hello.request == id);
        waiting.ok_or_else(|| Code::NotFound.bare())
    }

    /// Admissions that count, by workstation.
    pub(in crate::app) async fn admissions(&self) -> Result<BTreeMap<Uuid, Admission>, Failure> {
        let mut tickets = Vec::new();
        for stored in find_documents(self.store, TICKETS, doc! {}, None).await? {
            tickets.extend(Signed::<Ticket>::from_document(&Document::try_from(stored)?));
        }
        let mut admissions = BTreeMap::new();
        for stored in find_documents(self.store, WORKSTATIONS, doc! {}, None).await? {
            let signed = Signed::<Admission>::from_document(&Document::try_from(stored)?);
            match signed.and_then(|signed| admitted(&signed, &self.keys.directory, &tickets).cloned()) {
                Ok(admission) => _ = admissions.insert(admission.id, admission),
                Err(refused) => tracing::error!(%refused, "an admission is refused"),
            }
        }
        Ok(admissions)
    }

    async fn leases(&self) -> Result<BTreeMap<Uuid, Lease>, Failure> {
        let mut leases = BTreeMap::new();
        for stored in find_documents(self.store, LEASES, doc! {}, None).await? {
            let Ok(signed) = Signed::<Lease>::from_document(&Document::try_from(stored)?) else { continue };
            let listed = self.site.workstation(signed.claimed().workstation);
            if let Some(Ok(lease)) = listed.map(|listed| signed.verify(&listed.verify)) {
                leases.insert(lease.workstation, lease.clone());
            }
        }
        Ok(leases)
    }

    /// Workstations that may have a renewed site key: in the register, not ended, and an administrator vouched for them.
    pub(in crate::app) async fn trusted_workstations(&self) -> Result<Vec<WorkstationPublic>, Failure> {
        let admissions = self.admissions().await?;
        let trusted = |listed: &&WorkstationPublic| {
            let admission = admissions.get(&listed.id);
            listed.ended.is_none() && admission.is_some_and(|admission| admission.fits(self.site.site, listed))
        };
        Ok(self.site.workstations.iter().filter(trusted).cloned().collect())
    }
}

/// A name for people: one line, not too long.
///
/// # Errors
/// [`Code::Invalid`].
pub(super) fn shown_name(typed: &str) -> Result<String, Failure> {
    let name = typed.trim();
    let fits = (1..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(Code::Invalid.with("field", "name")) }
}

/// A moment from now.
pub(super) const fn later(at: Timestamp, hours: i64) -> Timestamp {
    Timestamp(at.0 + hours * 3_600_000)
}
