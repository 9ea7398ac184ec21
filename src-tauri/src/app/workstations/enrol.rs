//! The newcomer's side: ask, reveal, receive, settle; or all at once with a ticket. Outside the gate, since a newcomer
//! holds no key yet; what lets it in is an administrator's action or ticket.

use super::site_keys::{same_key, stored_site};
use super::ticket::drop_handovers;
use super::{ENROLMENTS, HANDOVERS, TICKETS, WORKSTATIONS};
use crate::app::error::{Code, Failure};
use crate::app::found_site::{FoundingFailed, make_way, refuse_founded};
use crate::app::home::{Enrolment, Home};
use crate::app::keys_at_hand::stored_accounts;
use crate::app::workstations::list::Request;
use crate::audit::{AuditLog, Code as Word, Event, Kind, Sealer};
use crate::clock::Clock;
use crate::keys::{
    Admission, Answer, Directory, Environment, Handover, Hello, KeyError, Keychain, KeychainError, OpeningKey, Pairing,
    Reveal, Signed, SiteKey, SiteRecord, Ticket, TicketFile, VerifyKey, WorkstationKey, WorkstationPublic, forms,
    is_code,
};
use crate::record::Compartment;
use crate::store::witness::HeadWitness;
use crate::store::{Store, find_documents, insert, raw, update};
use bson::{Document, doc};
use uuid::Uuid;

/// A machine that asks to be let in.
pub struct Newcomer<'a> {
    /// Its folder.
    pub home: &'a Home,
    /// Its keychain.
    pub keychain: &'a dyn Keychain,
    /// The site's store.
    pub store: &'a dyn Store,
    /// Its clock.
    pub clock: &'a dyn Clock,
    /// What people are to call it.
    pub name: String,
}

/// Why nobody was let in. Unless it says otherwise, nothing was changed on this machine.
#[derive(Debug, thiserror::Error)]
pub enum EnrolFailed {
    /// Folder, keychain, an enrolment that is there already.
    #[error(transparent)]
    Founding(#[from] FoundingFailed),
    /// The store holds no site.
    #[error("the store holds no site to join")]
    NoSite,
    /// The folder belongs to another site.
    #[error("this folder belongs to another site than the store holds")]
    OtherSite,
    /// The keychain has a key of the site under which another folder of this user works.
    #[error("the keychain of this user already holds a key of this site, which another folder works with")]
    KnownHere,
    /// An administrator refused, or the code was wrong.
    #[error("the request was refused: ask again, and compare both codes")]
    Refused,
    /// The second code was wrong.
    #[error(
        "that isn't the code of this request: somebody else may have answered it. No key was taken; tell the administrator to revoke this workstation, then ask again"
    )]
    WrongCode,
    /// A ticket that isn't one.
    #[error("the ticket can't be read: {0}")]
    TicketForm(#[from] crate::keys::EntryFault),
    /// A ticket of another site.
    #[error("the ticket is for another site")]
    TicketSite,
    /// Time is up, or the site key was renewed since.
    #[error("the ticket has run out: ask the administrator for a new one")]
    TicketLapsed,
    /// Used before.
    #[error("the ticket was used already; each lets in one workstation")]
    TicketUsed,
    /// Withdrawn, or never made.
    #[error("the site knows no such ticket, or it was withdrawn")]
    TicketUnknown,
}

macro_rules! by_failure { ($($error:ty),+) => { $(impl From<$error> for EnrolFailed {
    fn from(error: $error) -> Self {
        FoundingFailed::from(Failure::from(error)).into()
    }
})+ } }
by_failure!(KeyError, std::io::Error, crate::store::StoreError, bson::error::Error);

impl From<Failure> for EnrolFailed {
    fn from(failure: Failure) -> Self {
        FoundingFailed::from(failure).into()
    }
}

impl From<KeychainError> for EnrolFailed {
    fn from(error: KeychainError) -> Self {
        FoundingFailed::from(error).into()
    }
}

/// A newcomer that has asked.
pub struct Asked {
    key: WorkstationKey,
    hello: Hello,
    reveal: Reveal,
    pairing: Option<(Answer, Pairing)>,
    formerly: Option<Enrolment>,
}

/// What the newcomer was given, before anything of it is kept.
pub struct Received {
    keys: Vec<(i64, SiteKey)>,
    record: SiteRecord,
    stored: Document,
}

/// Where the newcomer belongs now.
#[derive(Debug)]
pub struct Enrolled {
    /// The site's name.
    pub site: String,
    /// Its own id.
    pub workstation: Uuid,
}

/// What a store says it is for; unproven, and refused later if it isn't so.
///
/// # Errors
/// [`EnrolFailed::NoSite`].
pub async fn claimed_environment(store: &dyn Store) -> Result<Environment, EnrolFailed> {
    let site = site_in(store).await?;
    let body = site.get_document("body").map_err(|_| EnrolFailed::NoSite)?;
    let environment = body.get("environment").cloned().ok_or(EnrolFailed::NoSite)?;
    bson::deserialize_from_bson(environment).map_err(|_| EnrolFailed::NoSite)
}

async fn site_in(store: &dyn Store) -> Result<Document, EnrolFailed> {
    let found = find_documents(store, "site", doc! { "mac": { "$exists": true } }, None).await?;
    Ok(Document::try_from(found.into_iter().next().ok_or(EnrolFailed::NoSite)?)?)
}

impl Newcomer<'_> {
    /// Puts a request into the store. A machine that was enrolled before asks under a new id and keeps what it has.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn ask(&self, again: bool) -> Result<Asked, EnrolFailed> {
        let formerly = self.prepare(again).await?;
        let key = WorkstationKey::create(Uuid::new_v4())?;
        let reveal = Reveal::create(&key)?;
        let before = formerly.map(|enrolment| enrolment.workstation);
        let hello = Hello::new(key.id(), &self.name, before, &reveal, self.clock.wall());
        let part = bson::serialize_to_document(&hello).map_err(|_| Code::Internal.bare())?;
        let document = doc! { "_id": forms::uuid_bson(hello.request), "rev": 1_i64, "hello": part };
        self.store.run(raw(&insert(ENROLMENTS, vec![document]))?).await?;
        Ok(Asked { key, hello, reveal, pairing: None, formerly })
    }

    async fn prepare(&self, again: bool) -> Result<Option<Enrolment>, EnrolFailed> {
        let site = forms::uuid_of(&site_in(self.store).await?, "_id").ok_or(EnrolFailed::NoSite)?;
        if again {
            let formerly = self.home.enrolment()?.ok_or(KeychainError::FirstRun)?;
            return if formerly.site == site { Ok(Some(formerly)) } else { Err(EnrolFailed::OtherSite) };
        }
        make_way(self.home, self.keychain)?;
        self.home.create()?;
        self.home.set_aside_retired()?;
        if self.keychain.get(&SiteKey::entry_name(site))?.is_some() {
            return Err(EnrolFailed::KnownHere);
        }
        Ok(None)
    }

    async fn request(&self, asked: &Asked) -> Result<Request, EnrolFailed> {
        let filter = doc! { "_id": forms::uuid_bson(asked.hello.request) };
        let found = find_documents(self.store, ENROLMENTS, filter, None).await?.into_iter().next();
        let request = Request::read(&Document::try_from(found.ok_or(EnrolFailed::Refused)?)?)?;
        if request.refused { Err(EnrolFailed::Refused) } else { Ok(request) }
    }

    /// Once the administrator's side has answered: reveals, and says the code to read out. The first answer counts.
    ///
    /// # Errors
    /// [`EnrolFailed::Refused`]; what the store says.
    pub async fn reveal(&self, asked: &mut Asked) -> Result<Option<String>, EnrolFailed> {
        if let Some((_, pairing)) = &asked.pairing {
            return Ok(Some(pairing.newcomers_code()));
        }
        let request = self.request(asked).await?;
        let Some(answer) = request.answer.clone() else { return Ok(None) };
        let pairing = Pairing::new(&asked.hello, &answer, &asked.reveal)?;
        let reveal = bson::serialize_to_document(&asked.reveal).map_err(|_| Code::Internal.bare())?;
        self.store.run_all(vec![super::approve::next(&request, doc! { "reveal": reveal })?]).await?;
        let code = pairing.newcomers_code();
        asked.pairing = Some((answer, pairing));
        Ok(Some(code))
    }

    /// Once the administrator has typed the code: takes the site key and proves everything with it. Nothing is kept yet.
    ///
    /// # Errors
    /// [`EnrolFailed::Refused`]; what isn't as it should be.
    pub async fn receive(&self, asked: &Asked) -> Result<Option<Received>, EnrolFailed> {
        let Some((answer, _)) = &asked.pairing else { return Ok(None) };
        if !self.request(asked).await?.done {
            return Ok(None);
        }
        let signed_by_answerer = |signed: &Signed<Handover>| {
            let by = signed.by() == answer.by;
            Ok(signed.verify(&answer.verify)?.clone()).and_then(|one| if by { Ok(one) } else { Err(untrusted()) })
        };
        let opening = asked.key.opening()?;
        let received = self.open_site(answer.site, (asked.key.id(), &opening), signed_by_answerer).await?;
        let listed = asked.key.listed("", received.record.at)?;
        let here = received.record.workstation(asked.key.id()).filter(|one| one.ended.is_none());
        let same = here.is_some_and(|one| (one.verify, one.sealing) == (listed.verify, listed.sealing));
        let directory = self.directory(&received.record).await?;
        let by = directory.account(answer.by).filter(|by| by.active && by.is_administrator());
        if same && by.is_some_and(|by| by.keys.verify == answer.verify) {
            Ok(Some(received))
        } else {
            Err(untrusted().into())
        }
    }

    /// The site keys sent to this id, and the site record they prove.
    async fn open_site(
        &self,
        site: Uuid,
        (to, opening): (Uuid, &OpeningKey),
        signed: impl Fn(&Signed<Handover>) -> Result<Handover, KeyError>,
    ) -> Result<Received, EnrolFailed> {
        let stored = stored_site(self.store, site).await?;
        let epoch = SiteRecord::claimed_key(&stored)?;
        let key = self.handed_over(to, epoch, opening, &signed).await?.ok_or(EnrolFailed::TicketLapsed)?;
        let record = SiteRecord::open(&stored, &key, None)?;
        let mut keys = vec![(epoch, key)];
        if let Some(former) = record.former
            && let Some(key) = self.handed_over(to, former, opening, &signed).await?
        {
            keys.push((former, key));
        }
        Ok(Received { keys, record, stored })
    }

    async fn handed_over(
        &self,
        to: Uuid,
        epoch: i64,
        opening: &OpeningKey,
        signed: impl Fn(&Signed<Handover>) -> Result<Handover, KeyError>,
    ) -> Result<Option<SiteKey>, EnrolFailed> {
        let filter = doc! { "_id": forms::uuid_bson(Handover::id_of(to, epoch)) };
        let found = find_documents(self.store, HANDOVERS, filter, None).await?.into_iter().next();
        let Some(found) = found else { return Ok(None) };
        let handover = signed(&Signed::from_document(&Document::try_from(found)?)?)?;
        if (handover.to, handover.epoch) != (to, epoch) {
            return Err(untrusted().into());
        }
        Ok(Some(handover.open(opening)?))
    }

    async fn directory(&self, record: &SiteRecord) -> Result<Directory, EnrolFailed> {
        Ok(stored_accounts(self.store, &HeadWitness::in_memory()?, record).await?.1)
    }

    /// With the code that the administrator's screen shows: the keys go into the keychain, the folder belongs to the
    /// site. A folder that was enrolled before keeps its data; its former audit stays beside the new one.
    ///
    /// # Errors
    /// [`EnrolFailed::WrongCode`]; what keychain and folder say.
    pub async fn settle(&self, asked: &Asked, received: &Received, typed: &str) -> Result<Enrolled, EnrolFailed> {
        let right = asked.pairing.as_ref().is_some_and(|(_, pairing)| is_code(&pairing.sites_code(), typed));
        if !right {
            return Err(EnrolFailed::WrongCode);
        }
        match asked.formerly {
            None => self.settle_new(&asked.key, received).await?,
            Some(formerly) => self.settle_again(&asked.key, received, formerly).await?,
        }
        for (epoch, _) in &received.keys {
            self.clear(HANDOVERS, Handover::id_of(asked.key.id(), *epoch)).await;
        }
        self.clear_request(asked).await;
        Ok(Enrolled { site: received.record.name.clone(), workstation: asked.key.id() })
    }

    async fn settle_new(&self, key: &WorkstationKey, received: &Received) -> Result<(), EnrolFailed> {
        let enrolment = enrolment(key.id(), &received.record);
        self.home.begin(enrolment)?;
        let settled = self.keep_keys(key, received).and(self.first_row(key, received).await);
        if let Err(failed) = settled {
            make_way(self.home, self.keychain)?;
            return Err(failed);
        }
        Ok(self.home.enrol()?)
    }

    async fn settle_again(
        &self,
        key: &WorkstationKey,
        received: &Received,
        formerly: Enrolment,
    ) -> Result<(), EnrolFailed> {
        self.keep_keys(key, received)?;
        self.home.set_aside_audit(formerly.workstation)?;
        self.first_row(key, received).await?;
        self.home.enrol_again(enrolment(key.id(), &received.record))?;
        Ok(self.keychain.delete(&WorkstationKey::entry_name(formerly.workstation))?)
    }

    /// No entry is ever written over: one of this site is left if it is the same key, and stops everything if it isn't.
    fn keep_keys(&self, key: &WorkstationKey, received: &Received) -> Result<(), EnrolFailed> {
        for (epoch, site) in &received.keys {
            match self.keychain.put_new(&SiteKey::entry_name_of(site.site(), *epoch), &site.to_entry()) {
                Err(KeychainError::Occupied) => same_key(self.keychain, site, *epoch)?,
                put => put?,
            }
        }
        Ok(self.keychain.put_new(&WorkstationKey::entry_name(key.id()), &key.to_entry())?)
    }

    async fn first_row(&self, key: &WorkstationKey, received: &Received) -> Result<(), EnrolFailed> {
        let kept = received.stored.to_vec().map_err(|_| Code::Internal.bare())?;
        self.home.keep_site_record(&kept)?;
        let audit = AuditLog::open(&self.home.audit(), key.id()).await.map_err(Failure::from)?;
        let auditors = received.record.current(Compartment::Audit).ok_or(KeyError::Form("site record"))?;
        let event = Event::new(Word::of("enrol"), key.id(), Uuid::new_v4(), self.clock.wall());
        let sealer = Sealer::to(&[*auditors.public.as_bytes()]).map_err(Failure::from)?;
        audit.append(Kind::System, None, &event, &sealer).await.map_err(Failure::from)?;
        let signed = audit.sign_head(self.clock.wall(), |message| key.sign_tagged(message)).await;
        signed.map(drop).map_err(|error| Failure::from(error).into())
    }

    /// Takes the request back, done or not.
    pub async fn clear_request(&self, asked: &Asked) {
        self.clear(ENROLMENTS, asked.hello.request).await;
    }

    /// What has done its work leaves the store; if it stays, it is of no use to anybody.
    async fn clear(&self, collection: &str, id: Uuid) {
        let only = doc! { "q": { "_id": forms::uuid_bson(id) }, "limit": 1 };
        let cleared = match raw(&doc! { "delete": collection, "deletes": [only] }) {
            Ok(command) => self.store.run(command).await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = cleared {
            tracing::warn!(%error, "a request that is over still lies in the store");
        }
    }

    /// Joins with a ticket: nobody has to be there. The ticket is used up in the transaction that lists the newcomer.
    ///
    /// # Errors
    /// What is wrong with the ticket; what stands in the way.
    pub async fn redeem(&self, line: &[u8]) -> Result<Enrolled, EnrolFailed> {
        refuse_founded(self.home)?;
        let file = TicketFile::read(line)?;
        self.prepare(false).await?;
        if forms::uuid_of(&site_in(self.store).await?, "_id") != Some(file.site) {
            return Err(EnrolFailed::TicketSite);
        }
        let ticket = self.ticket(&file).await?;
        // Who signed the handover is known once the key in it has proven the site record.
        let received =
            self.open_site(file.site, (file.id, &file.opening()?), |signed| Ok(signed.claimed().clone())).await?;
        let directory = self.directory(&received.record).await?;
        let now = self.clock.wall();
        let vouched = Ticket::verified(&ticket, &directory)?;
        let same = (vouched.verify, vouched.sealing) == (file.signer()?.public(), file.opening()?.public());
        if !same || !vouched.is_valid(file.site, now) || vouched.epoch != received.record.site_key {
            return Err(EnrolFailed::TicketLapsed);
        }
        let key = WorkstationKey::create(Uuid::new_v4())?;
        self.home.begin(enrolment(key.id(), &received.record))?;
        let joined = self.join(&key, &file, vouched, &received).await;
        if let Err(failed) = joined {
            make_way(self.home, self.keychain)?;
            return Err(failed);
        }
        self.home.enrol()?;
        Ok(Enrolled { site: received.record.name, workstation: key.id() })
    }

    async fn ticket(&self, file: &TicketFile) -> Result<Signed<Ticket>, EnrolFailed> {
        let filter = doc! { "_id": forms::uuid_bson(file.id) };
        let found = find_documents(self.store, TICKETS, filter, None).await?.into_iter().next();
        let stored = Document::try_from(found.ok_or(EnrolFailed::TicketUnknown)?)?;
        match stored.get_str("state") {
            Ok("open") if file.until <= self.clock.wall() => Err(EnrolFailed::TicketLapsed),
            Ok("open") => Ok(Signed::from_document(&stored)?),
            Ok("used") => Err(EnrolFailed::TicketUsed),
            _ => Err(EnrolFailed::TicketUnknown),
        }
    }

    /// Keys first, so that the ticket isn't used up by a machine whose keychain refuses.
    async fn join(
        &self,
        key: &WorkstationKey,
        file: &TicketFile,
        ticket: &Ticket,
        received: &Received,
    ) -> Result<(), EnrolFailed> {
        self.keep_keys(key, received)?;
        let listed = key.listed(&self.name, self.clock.wall())?;
        let commands = self.joining(&listed, file, ticket, received)?;
        if let Err(error) = self.store.run_all(commands).await {
            self.ticket(file).await?;
            return Err(error.into());
        }
        self.first_row(key, received).await
    }

    fn joining(
        &self,
        listed: &WorkstationPublic,
        file: &TicketFile,
        ticket: &Ticket,
        received: &Received,
    ) -> Result<Vec<bson::RawDocumentBuf>, EnrolFailed> {
        let (site, now) = (file.site, self.clock.wall());
        let (_, present) = received.keys.first().ok_or(EnrolFailed::TicketLapsed)?;
        let used = doc! { "rev": 2_i64, "state": "used", "used_by": forms::uuid_bson(listed.id) };
        let open = doc! { "_id": forms::uuid_bson(ticket.id), "rev": 1_i64, "state": "open" };
        let admission = Signed::sign(Admission::of(site, listed, 1), ticket.id, &file.signer()?)?.to_document()?;
        let mut record = SiteRecord { version: received.record.version + 1, at: now, ..received.record.clone() };
        record.workstations.push(listed.clone());
        let set: Document = record.to_document(present)?.into_iter().filter(|(field, _)| field != "_id").collect();
        let before = received.record.version;
        let only = doc! { "_id": forms::uuid_bson(site), "v": before, "rev": { "$exists": false } };
        let commands = [
            update(TICKETS, open, doc! { "$set": used }),
            insert(WORKSTATIONS, vec![admission]),
            update("site", only, doc! { "$set": set }),
        ];
        let mut commands = commands.iter().map(raw).collect::<Result<Vec<_>, _>>()?;
        commands.push(drop_handovers(ticket)?);
        Ok(commands)
    }
}

fn enrolment(workstation: Uuid, record: &SiteRecord) -> Enrolment {
    Enrolment { site: record.site, workstation, environment: record.environment }
}

const fn untrusted() -> KeyError {
    KeyError::Untrusted(<Handover as crate::keys::Form>::WHAT)
}

/// The key that a new workstation's audit is verified with, for who keeps a list.
#[must_use]
pub fn fingerprint(key: &VerifyKey) -> String {
    key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
