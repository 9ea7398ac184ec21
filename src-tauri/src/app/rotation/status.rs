//! The state of the site's keys: how old each is, what is overdue, which rotations run, what is left unencrypted.

use super::job::{Job, RotationView};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::ForUi;
use crate::audit::Purpose;
use crate::crypt::section::content_id;
use crate::keys::{Grant, GrantState, RotationKind, sealed_epoch};
use crate::policy::Right;
use crate::record::Compartment;
use crate::store::{find_documents, raw};
use bson::spec::BinarySubtype;
use bson::{Document, RawBsonRef, RawDocument, doc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Days after which a compartment's root, a data key and the site key are due for replacement.
pub const OVERDUE_DAYS: i64 = 365;

const DAY: i64 = 86_400_000;

/// Asks for the state of the keys.
#[derive(Clone, Copy, Deserialize, ts_rs::TS)]
pub struct KeysStatus {}

/// One key.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct KeyView {
    /// `site`, `local:clinical`, `section:clinical` …
    pub name: String,
    /// Which of its kind: epoch of a root or of the site key, generation of a data key.
    #[ts(type = "number")]
    pub number: i64,
    /// Days since it was made.
    #[ts(type = "number")]
    pub days: i64,
    /// Whether it is older than the policy allows.
    pub overdue: bool,
    /// Where the key management service is that wraps its data keys, if one does.
    pub service: Option<String>,
    /// Users that hold it, the recovery key not counted.
    #[ts(type = "number | null")]
    pub holders: Option<u64>,
}

/// The state of the keys.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct KeyStatusView {
    /// What the site is for.
    pub environment: String,
    /// Every key.
    pub keys: Vec<KeyView>,
    /// Rotations that are open.
    pub running: Vec<RotationView>,
    /// Compartments that are to be rotated because somebody lost them, and whose rotation isn't ordered yet.
    pub due: Vec<String>,
    /// Documents in the key vault.
    pub vault: usize,
    /// Stored section values and patient keys that aren't encrypted, of how many.
    pub unencrypted: usize,
    /// Stored section values and patient keys that were looked at: all there are.
    pub values: usize,
    /// Recovery shares that bring the recovery key back, and that were made.
    pub shares: (i32, i32),
    /// Where the shares were said to be.
    pub shares_at: Vec<String>,
    /// Days since a restore from shares was tried; nothing if never.
    #[ts(type = "number | null")]
    pub restored_days: Option<i64>,
}

impl ForUi for KeyStatusView {}

impl Action for KeysStatus {
    type Output = KeyStatusView;
    const NAME: &'static str = "keys_status";

    fn right(&self) -> Right {
        Right::ViewStatus
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<KeyStatusView>, Failure> {
        let jobs = desk.jobs().await?;
        let mut keys = vec![desk.site_key_state(&jobs).await?];
        keys.extend(desk.roots_state().await?);
        let vault = find_documents(desk.store, "key_vault", doc! {}, None).await?;
        keys.extend(vault.iter().filter_map(|document| desk.data_key_state(document)));
        let (values, unencrypted) = desk.unencrypted().await?;
        let (shares_at, restored) = desk.shares_state().await?;
        let status = KeyStatusView {
            environment: desk.site.environment.code().to_owned(),
            keys,
            running: jobs.iter().filter(|job| job.is_open()).map(|job| job.view(desk)).collect(),
            due: desk.due(&jobs).await?,
            vault: vault.len(),
            unencrypted,
            values,
            shares: (desk.site.recovery.needed, desk.site.recovery.shares),
            shares_at,
            restored_days: restored.map(|at| desk.days_since(at)),
        };
        Ok(Prepared::read(status, Touched::default()))
    }
}

impl Desk<'_> {
    fn days_since(&self, at: i64) -> i64 {
        (self.now().0 - at).max(0) / DAY
    }

    fn key_view(&self, name: String, number: i64, made: i64, holders: Option<u64>) -> KeyView {
        let days = self.days_since(made);
        KeyView { name, number, days, overdue: days > OVERDUE_DAYS, service: None, holders }
    }

    /// Made when it was last renewed; the first when the site was founded, as the recovery key's grants say.
    async fn site_key_state(&self, jobs: &[Job]) -> Result<KeyView, Failure> {
        let renewed = jobs.iter().filter(|job| job.order.kind == RotationKind::Site);
        let renewed = renewed.filter(|job| job.order.from + 1 == self.site.site_key).map(|job| job.order.at.0).max();
        let founded = self.grants_of_all().await?.iter().map(|grant| grant.ordered().at.0).min();
        let made = renewed.or(founded).unwrap_or(self.site.at.0);
        Ok(self.key_view("site".to_owned(), self.site.site_key, made, None))
    }

    async fn grants_of_all(&self) -> Result<Vec<Grant>, Failure> {
        let found = find_documents(self.store, "grants", doc! {}, None).await?;
        found.into_iter().map(|raw| Ok(Grant::from_document(&Document::try_from(raw)?)?)).collect()
    }

    async fn roots_state(&self) -> Result<Vec<KeyView>, Failure> {
        let mut made: BTreeMap<(Compartment, i64), (i64, u64)> = BTreeMap::new();
        for grant in self.grants_of_all().await? {
            let order = grant.ordered();
            let entry = made.entry((order.compartment, order.epoch)).or_insert((order.at.0, 0));
            entry.0 = entry.0.min(order.at.0);
            let user = grant.state() == GrantState::Active && order.user != self.site.recovery.id;
            entry.1 += u64::from(user);
        }
        let state = |one: &crate::keys::CompartmentPublic| {
            let (at, holders) = made.get(&(one.compartment, one.epoch)).copied().unwrap_or((self.site.at.0, 0));
            let master = self.site.master(one.compartment, one.epoch);
            KeyView {
                service: master.map(crate::keys::MasterKey::address),
                ..self.key_view(self.site.provider(one.compartment, one.epoch), one.epoch, at, Some(holders))
            }
        };
        Ok(self.site.compartments.iter().map(state).collect())
    }

    fn data_key_state(&self, document: &RawDocument) -> Option<KeyView> {
        let key = self.keys.manifest.key(crate::crypt::id_of(document)?)?;
        let made = document.get_datetime("creationDate").ok()?.timestamp_millis();
        Some(self.key_view(key.purpose.clone(), key.generation, made, None))
    }

    /// Counts, over every stored value, those that are no ciphertext.
    async fn unencrypted(&self) -> Result<(usize, usize), Failure> {
        let (mut values, mut clear) = (0, 0);
        for (collection, part) in [
            ("patients", "s"),
            ("patients", "i"),
            ("items", "s"),
            ("versions", "s"),
            ("patient_keys", "k"),
            ("patient_keys", "w"),
        ] {
            let name = self.site.stored_in(collection);
            let count = self.store.run(raw(&doc! { "count": &name, "query": {} })?).await?;
            let count = count.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from)));
            let mut progress = super::steps::Progress::default().begun(count.ok_or_else(|| Code::Damaged.bare())?);
            while progress.place < progress.of {
                for document in self.share(collection, progress.share()).await? {
                    let Ok(Some(part)) = document.get(part) else { continue };
                    let part = part.as_document().ok_or_else(|| Code::Damaged.bare())?;
                    let (of_part, clear_of_part) = count_clear(part);
                    (values, clear) = (values + of_part, clear + clear_of_part);
                }
                progress.place += 1;
            }
        }
        Ok((values, clear))
    }

    /// Where the shares are, and when a restore was last tried, as the signed note about them says.
    async fn shares_state(&self) -> Result<(Vec<String>, Option<i64>), Failure> {
        let note = self.recovery_note().await?;
        let keepers = note.iter().flat_map(|note| &note.keepers).filter(|keeper| !keeper.is_empty());
        Ok((keepers.cloned().collect(), note.as_ref().and_then(|note| note.tested).map(|at| at.0)))
    }

    /// Compartments that somebody lost and whose rotation nobody has ordered yet.
    async fn due(&self, jobs: &[Job]) -> Result<Vec<String>, Failure> {
        let ordered = |one: &Compartment| jobs.iter().any(|job| job.is_open() && job.order.compartment == Some(*one));
        let due = self.compartments_due().await?;
        Ok(due.into_iter().filter(|one| !ordered(one)).map(|one| one.code().to_owned()).collect())
    }
}

/// The values of a document and of those inside it; and how many of them are clear.
fn count_clear(part: &RawDocument) -> (usize, usize) {
    let count = |(_, value): (_, RawBsonRef<'_>)| match value {
        RawBsonRef::Document(inside) => count_clear(inside),
        value => (1, usize::from(is_clear(value))),
    };
    let broken = part.into_iter().filter(Result::is_err).count();
    part.into_iter().flatten().map(count).fold((broken, broken), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

/// Neither a libmongocrypt value, nor sealed write-only, nor a key sealed to a compartment.
fn is_clear(value: RawBsonRef<'_>) -> bool {
    let sealed = |bytes| content_id(bytes).is_some() || sealed_epoch(bytes).is_some();
    match value {
        RawBsonRef::Binary(value) if value.subtype == BinarySubtype::Encrypted => value.bytes.len() < 64,
        RawBsonRef::Binary(value) => value.bytes.len() < 64 || !sealed(value.bytes),
        _ => true,
    }
}
