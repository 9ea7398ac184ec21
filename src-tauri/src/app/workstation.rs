//! [`Workstation`]: the seat, the store, the audit and, while somebody works, that user's keys.

use super::alarm::{Alarm, GivesWay};
use super::error::{Code, Failure};
use super::home::{Enrolment, Home};
use super::keys_at_hand::KeysAtHand;
use super::patients::Identified;
use super::perform::{Asking, HeadLeft};
use super::place::Place;
use super::policy_file::{FrontPolicy, PolicyFile};
use super::print::SavePlaces;
use super::search::{Recent, Searches};
use super::sign_in::Throttles;
use super::views::RetiredView;
use super::watch::Watch;
use super::window::OpenWindow;
use super::workstations::{Pairings, SiteAt};
use crate::audit::{self, Appended, AuditLog, Entry, Event, Kind, Outcome, Sealer, Unresolved};
use crate::clock::Clock;
use crate::crypt::head::Head;
use crate::crypt::kms::Reach;
use crate::keys::{Keychain, KeychainError, Profile, SiteKey, SiteRecord, WorkstationKey};
use crate::record::Compartment;
use crate::record::interactions::Table;
use crate::session::{LockCause, Now, Pace, Seat};
use crate::store::atlas::Unfit;
use crate::store::drafts::DraftFile;
use crate::store::witness::{HeadWitness, Seen};
use crate::store::{Store, StoreError, find_documents};
use bson::{RawDocumentBuf, doc};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// One workstation. Lives on one thread; at a lock everything secret in it is dropped.
pub struct Workstation {
    pub(super) home: Home,
    pub(super) enrolment: Enrolment,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) keychain: Arc<dyn Keychain>,
    pub(super) store: Arc<dyn Store>,
    pub(super) audit: AuditLog,
    pub(super) witness: HeadWitness,
    pub(super) drafts: DraftFile,
    /// The place of the draft whose form lies open.
    pub(super) drafting: Option<[u8; 32]>,
    pub(super) record: SiteRecord,
    pub(super) seat: Seat,
    pub(super) throttles: Throttles,
    pub(super) keys: Option<KeysAtHand>,
    pub(super) recent: Recent,
    pub(super) searches: Searches,
    pub(super) reach: Reach,
    pub(super) pairings: Pairings,
    pub(super) watch: Watch,
    pub(super) alarm: Alarm,
    pub(super) save_places: SavePlaces,
    /// Writes whose outcome nobody could tell: it is looked for at the next sign-in.
    unsettled: Mutex<Vec<Unresolved>>,
    /// What drugs are checked against; nothing when none could be trusted.
    pub(super) interactions: Option<&'static Table>,
    pub(super) front: FrontPolicy,
    pub(super) identified: Identified,
    /// How much each person has opened and searched here.
    pub(super) paces: BTreeMap<Uuid, Pace>,
    /// The patient whose chart lies open.
    pub(super) window: Option<OpenWindow>,
    /// The account that a visit shows, beside whatever record lies open.
    pub(super) counter: Option<OpenWindow>,
    /// What runs now moves the site, and may work with a store that is closed for others.
    pub(super) moving: bool,
    /// What is kept of this workstation once it was taken out of use.
    pub(super) retired: Option<RetiredView>,
}

impl Workstation {
    /// Opens an enrolled workstation on the store it belongs to; nobody is signed in.
    ///
    /// # Errors
    /// [`Code::KeychainFirstRun`] when no site was founded here; what is wrong with keychain, store or audit.
    pub async fn open(home: Home, keychain: Arc<dyn Keychain>, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let enrolment = home.enrolment()?.ok_or(KeychainError::FirstRun)?;
        let place = Place::of(&home)?;
        refuse_unfit_keychain(&home, keychain.as_ref(), enrolment)?;
        let store = place.open(&home, keychain.as_ref()).await?;
        Self::open_on(home, keychain, clock, |_| Ok(store)).await
    }

    /// As [`Workstation::open`], on another store.
    ///
    /// # Errors
    /// As [`Workstation::open`].
    pub async fn open_on(
        home: Home,
        keychain: Arc<dyn Keychain>,
        clock: Arc<dyn Clock>,
        store: impl FnOnce(&Home) -> Result<Arc<dyn Store>, crate::store::StoreError>,
    ) -> Result<Self, Failure> {
        let enrolment = home.enrolment()?.ok_or(KeychainError::FirstRun)?;
        let policy = PolicyFile::of(&home)?;
        refuse_unfit_keychain(&home, keychain.as_ref(), enrolment)?;
        let alarm = Alarm::new(clock.clone());
        let store = GivesWay::over(store(&home)?, alarm.clone());
        let witness = HeadWitness::open(&home.witness())?;
        let drafts = DraftFile::open(&home.drafts())?;
        let at = SiteAt {
            home: &home,
            store: store.as_ref(),
            witness: &witness,
            keychain: keychain.as_ref(),
            site: enrolment.site,
            workstation: enrolment.workstation,
        };
        let record = at.open().await?;
        refuse_unable(store.as_ref(), record.profile)?;
        let audit = AuditLog::open(&home.audit(), enrolment.workstation).await?;
        let reach = policy.reach();
        let throttles = Throttles::load(&home, clock.moment());
        let (seat, recent, searches) = (Seat::Vacant, Recent::default(), Searches::default());
        let opened = Self {
            home,
            enrolment,
            clock,
            keychain,
            store,
            audit,
            witness,
            drafts,
            drafting: None,
            record,
            seat,
            throttles,
            keys: None,
            recent,
            searches,
            reach,
            pairings: Pairings::default(),
            watch: Watch::default(),
            alarm,
            save_places: SavePlaces::default(),
            unsettled: Mutex::default(),
            interactions: super::interactions::shipped(),
            front: policy.front,
            identified: Identified::default(),
            paces: BTreeMap::new(),
            window: None,
            counter: None,
            moving: false,
            retired: None,
        };
        opened.renew_lease().await?;
        opened.start().await?;
        Ok(opened)
    }

    /// Works with another table of interactions, or with none where it can't be trusted.
    pub fn use_interactions(&mut self, table: Option<&'static Table>) {
        self.interactions = table;
    }

    /// Writes the first row of this run and settles what an ended program left open.
    async fn start(&self) -> Result<(), Failure> {
        let event = self.system_event("start");
        self.audit.append(Kind::System, None, &event, &self.system_sealer()?).await?;
        self.settle(&self.audit.unresolved().await?).await?;
        if let Err(failure) = self.finish_erasures().await {
            tracing::error!(%failure, "an erasure that was approved isn't finished yet");
        }
        Ok(())
    }

    /// Writes down what became of writes whose outcome nobody could tell.
    async fn settle(&self, unresolved: &[Unresolved]) -> Result<(), Failure> {
        let sealer = self.system_sealer()?;
        for open in unresolved {
            let mut event = self.system_event("reconcile");
            event.record = Some(open.write.record);
            event.outcome = self.settled(&open.write).await;
            self.audit.append(Kind::Outcome, Some(open.decision), &event, &sealer).await?;
        }
        Ok(())
    }

    /// Remembers a write whose outcome nobody could tell; its decision stays open.
    pub(super) fn left_unsettled(&self, decisions: &[Appended], heads: &[HeadLeft]) {
        let (Some(decision), Some(head)) = (decisions.first(), heads.first()) else { return };
        let open = Unresolved { decision: decision.seq, write: super::perform::pending(head) };
        self.unsettled.lock().unwrap_or_else(PoisonError::into_inner).push(open);
    }

    /// Finds out what became of writes of this program that were given up or whose answers were lost.
    pub(super) async fn settle_own(&self) {
        let open = std::mem::take(&mut *self.unsettled.lock().unwrap_or_else(PoisonError::into_inner));
        if let Err(failure) = self.settle(&open).await {
            tracing::warn!(%failure, "what became of a write isn't known yet");
        }
    }

    /// Whether a write of an ended program reached the store: its head stands there, or among the older versions when
    /// somebody has changed the record since.
    pub(super) async fn settled(&self, write: &audit::PendingWrite) -> Outcome {
        let record = || crate::keys::forms::uuid_bson(write.record);
        let stored_in = self.record.stored_in(&write.collection);
        let places = [
            (stored_in.as_str(), doc! { "_id": record() }),
            ("versions", doc! { "record": record(), "collection": &write.collection }),
        ];
        for (collection, filter) in places {
            let whole = matches!(collection, "erasures" | "holds");
            let part = (!whole).then(|| doc! { "head": 1, "mac": 1 });
            match find_documents(self.store.as_ref(), collection, filter, part).await {
                Ok(found) if found.iter().any(|one| head_hash(one) == Some(write.head)) => return Outcome::Done,
                Ok(_) => {}
                Err(_) => return Outcome::Unknown,
            }
        }
        Outcome::Failed
    }

    /// How key management services are reached from here.
    pub fn reach(&mut self) -> &mut Reach {
        &mut self.reach
    }

    /// The store, as one port for all commands.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Where this seat is told of new searches, from any thread.
    #[must_use]
    pub fn searches(&self) -> Searches {
        self.searches.clone()
    }

    /// The seat's alarm, which ends every wait for the store, from any thread.
    #[must_use]
    pub fn alarm(&self) -> Alarm {
        self.alarm.clone()
    }

    /// From here on a due lock ends every wait for the store. Only a screen's seat is watched so: a program that works by
    /// itself isn't idle while it waits.
    pub(super) fn on_watch(&mut self) {
        self.alarm.watch(&mut self.seat);
    }

    /// The verified site record.
    #[must_use]
    pub fn site(&self) -> &SiteRecord {
        &self.record
    }

    pub(super) fn now(&self) -> Now {
        Now::of(self.clock.as_ref())
    }

    /// Who holds the open seat; a seat whose time is up is locked first.
    pub(super) fn asking(&mut self) -> Result<Asking, Failure> {
        if let Some(cause) = self.seat.due(self.now()) {
            self.drop_keys(cause);
            return Err(Code::Locked.bare());
        }
        match &self.seat {
            Seat::Vacant => Err(Code::NotSignedIn.bare()),
            Seat::Locked(_) => Err(Code::Locked.bare()),
            Seat::Open(session) => Ok(Asking {
                user: session.holder.user,
                role: session.holder.role,
                sensitive: self.keys.as_ref().is_some_and(|keys| keys.account.sensitive),
                session: session.id,
                correlation: Uuid::new_v4(),
            }),
        }
    }

    /// The way to the site record.
    pub(super) fn site_at(&self) -> SiteAt<'_> {
        SiteAt {
            home: &self.home,
            store: self.store.as_ref(),
            witness: &self.witness,
            keychain: self.keychain.as_ref(),
            site: self.enrolment.site,
            workstation: self.enrolment.workstation,
        }
    }

    pub(super) fn keys(&self) -> Result<&KeysAtHand, Failure> {
        self.keys.as_ref().ok_or_else(|| Code::Locked.bare())
    }

    /// Drops every secret and all that the seat remembers of what its holder did.
    pub(super) fn forget_session(&mut self) {
        self.keys = None;
        self.recent.forget();
        self.identified.forget();
        self.searches.forget();
        self.pairings.forget();
        self.watch.forget();
        self.alarm.forget();
        self.save_places.follow(None);
        self.window = None;
        self.counter = None;
    }

    /// Locks the state and drops every secret; the audit row is the caller's next step.
    pub(super) fn drop_keys(&mut self, cause: LockCause) -> Option<crate::session::SessionRef> {
        let now = self.now();
        let ended = self.seat.lock(cause, now);
        self.forget_session();
        crate::zero::burn_stack();
        ended
    }

    pub(super) fn system_event(&self, action: &'static str) -> Event {
        Event::new(audit::Code::of(action), self.enrolment.workstation, Uuid::new_v4(), self.clock.wall())
    }

    /// Seals to the auditors only: for rows while nobody is signed in.
    pub(super) fn system_sealer(&self) -> Result<Sealer, Failure> {
        Ok(Sealer::to(&[self.auditors()?])?)
    }

    pub(super) fn auditors(&self) -> Result<[u8; 32], Failure> {
        let audit = self.record.current(Compartment::Audit).ok_or_else(|| Code::KeysDamaged.bare())?;
        Ok(*audit.public.as_bytes())
    }

    /// Appends rows under the signed-in user's sealer.
    pub(super) async fn append(&self, entries: &[Entry<'_>]) -> Result<Vec<Appended>, Failure> {
        Ok(self.audit.append_all(entries, &self.keys()?.sealer).await?)
    }

    /// Remembers what was stored. It is stored all the same if this fails, so that is no failure of the write.
    pub(super) fn witness_heads(&self, heads: &[HeadLeft]) {
        let seen = |head: &HeadLeft| (head.record, Seen { counter: head.counter, hash: head.hash });
        if let Err(error) = self.witness.note(&heads.iter().map(seen).collect::<Vec<_>>()) {
            tracing::error!(%error, "the newest revisions can't be remembered");
        }
    }

    /// Signs the newest audit row with the workstation key, which is fetched for the moment.
    pub(super) async fn sign_audit_head(&self) -> Result<(), Failure> {
        let key = WorkstationKey::load(self.keychain.as_ref(), self.enrolment.workstation)?;
        self.audit.sign_head(self.clock.wall(), |message| key.sign_tagged(message)).await?;
        Ok(())
    }
}

/// What a write leaves that names it: the hash of a record's head, the MAC of a version of the site record, the hash of
/// a whole signed document.
fn head_hash(document: &RawDocumentBuf) -> Option<audit::Hash> {
    if let Ok(mac) = document.get_binary("mac") {
        return mac.bytes.try_into().ok();
    }
    if document.get("head").is_ok_and(|head| head.is_none()) {
        return Some(Sha256::digest(document.as_bytes()).into());
    }
    Some(Head::from_document(document.get_document("head").ok()?).ok()?.hash())
}

/// A keychain that isn't fit for use, and a first run, are told before the store is touched.
fn refuse_unfit_keychain(home: &Home, keychain: &dyn Keychain, enrolment: Enrolment) -> Result<(), Failure> {
    let was_here = || [home.store(), home.last_site_record(), home.place()].iter().any(|file| file.exists());
    match SiteKey::load(keychain, enrolment.site) {
        Err(KeychainError::FirstRun) if was_here() => Ok(()),
        first => Ok(first.map(drop)?),
    }
}

/// A clinic stays with the profile it was founded with: a server that can't search by it is refused, never half used.
fn refuse_unable(store: &dyn Store, profile: Profile) -> Result<(), StoreError> {
    let unable = profile == Profile::Queryable && store.abilities().is_some_and(|abilities| !abilities.queryable());
    if unable { Err(Unfit::Queries.into()) } else { Ok(()) }
}
