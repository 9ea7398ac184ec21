//! Found a site: the keys go into the keychain, the signed documents and data keys into the store. Done once.
//!
//! No session exists yet and no patient either, so this is the one use case outside the gate.

use super::error::{Code, Failure};
use super::home::{Enrolment, Home};
use super::keys_at_hand::providers;
use crate::audit::{AuditLog, Code as Word, Event, Kind, Sealer};
use crate::crypt::kms::{Locked, Reach};
use crate::crypt::{Crypt, KeyRing, commitment, id_of, index, patient_key, provider_of};
use crate::keys::{
    CompartmentMaster, CompartmentRoot, DataKey, Founded, Founding, FoundingError, Keychain, KeychainError, MasterKey,
    RecoveryShare, forms, found_site, provider_name,
};
use crate::record::Compartment;
use crate::record::fields::indexed_in;
use crate::store::{Store, StoreError, find_documents, insert, raw};
use bson::{Bson, Document, RawDocumentBuf, doc};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// The compartments that records are sealed in.
const OF_RECORDS: [Compartment; 5] = [
    Compartment::Front,
    Compartment::Insurance,
    Compartment::NationalId,
    Compartment::Clinical,
    Compartment::Restricted,
];

/// Keys of one site that an unfinished restore may have left in the keychain.
const RENEWALS: i64 = 16;

/// The record that practitioners, organizations and whatever else belongs to no patient hang on.
pub const SITE_RECORD: Uuid = Uuid::nil();

/// Founds the site and enrols this workstation. Returns the recovery shares, to be shown once.
///
/// # Errors
/// What is wrong with the plan ([`FoundingFailed::Plan`]) or with keychain, store, folder; a keychain entry made on the
/// way is taken out again.
pub async fn found(
    home: &Home,
    keychain: &dyn Keychain,
    store: &dyn Store,
    plan: &Founding,
) -> Result<Vec<RecoveryShare>, FoundingFailed> {
    found_with(home, keychain, store, plan, &Services::default()).await
}

/// Services that wrap data keys from the beginning.
#[derive(Clone, Default)]
pub struct Services {
    /// How they are reached.
    pub reach: Reach,
    /// Which key wraps the data keys of which compartment; those of the others are wrapped by their root alone.
    pub keys: BTreeMap<Compartment, MasterKey>,
}

/// As [`found`], with key management services.
///
/// # Errors
/// As [`found`]; what a service says.
pub async fn found_with(
    home: &Home,
    keychain: &dyn Keychain,
    store: &dyn Store,
    plan: &Founding,
    services: &Services,
) -> Result<Vec<RecoveryShare>, FoundingFailed> {
    refuse_founded(home)?;
    if services.keys.contains_key(&Compartment::Audit) {
        return Err(FoundingFailed::AuditNotWrapped);
    }
    if !find_documents(store, "site", doc! {}, None).await.map_err(Failure::from)?.is_empty() {
        return Err(FoundingFailed::StoreInUse);
    }
    home.create().map_err(Failure::from)?;
    let mut founded = found_site(plan)?;
    founded.record.masters = masters(keychain, &founded.roots, services).await?;
    let commands = documents(keychain, &founded, &services.reach).await?;
    let environment = founded.record.environment;
    let enrolment = Enrolment { site: founded.record.site, workstation: founded.workstation_key.id(), environment };
    home.begin(enrolment).map_err(Failure::from)?;
    founded.enrol(keychain).map_err(|fault: KeychainError| FoundingFailed::Keychain(fault))?;
    let settled = settle(home, store, &founded, commands).await;
    if let Err(failure) = settled {
        withdraw(keychain, enrolment);
        return Err(failure.into());
    }
    Ok(founded.shares)
}

/// Makes way for a founding: what an earlier one left that was stopped in the middle is taken away, its keys and then
/// its files. Nobody ever worked with them. Called before the store is opened.
///
/// # Errors
/// [`FoundingFailed::AlreadyFounded`] when one came to its end here; what keychain or folder say.
pub fn make_way(home: &Home, keychain: &dyn Keychain) -> Result<(), FoundingFailed> {
    refuse_founded(home)?;
    if let Some(enrolment) = home.unfinished().map_err(Failure::from)? {
        withdraw(keychain, enrolment);
        home.clear_unfinished().map_err(Failure::from)?;
    }
    Ok(())
}

/// Whether a site was founded here already, told before anybody is asked for a password.
///
/// # Errors
/// [`FoundingFailed::AlreadyFounded`]; what the folder says.
pub fn refuse_founded(home: &Home) -> Result<(), FoundingFailed> {
    let founded = home.enrolment().map_err(Failure::from)?.is_some();
    if founded { Err(FoundingFailed::AlreadyFounded) } else { Ok(()) }
}

/// Why no site was founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundingFailed {
    /// There is one here already; it's never replaced.
    #[error("this workstation already belongs to a site; nothing was changed")]
    AlreadyFounded,
    /// The store holds a site, and this workstation isn't enrolled with it.
    #[error("the store in this folder already holds a site; nothing was changed")]
    StoreInUse,
    /// The audit's root wraps no data keys.
    #[error("the audit has no data keys that a key management service could wrap; nothing was changed")]
    AuditNotWrapped,
    /// The plan.
    #[error(transparent)]
    Plan(#[from] FoundingError),
    /// The keychain.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// Store, folder or audit.
    #[error("the site could not be stored: {0}")]
    Failure(#[from] Failure),
}

async fn settle(home: &Home, store: &dyn Store, founded: &Founded, documents: Commands) -> Result<(), Failure> {
    let create = index::creation("patients", founded.record.profile, &documents.encrypted_fields)?;
    create_patients(store, &raw(&create)?).await?;
    let inserts = documents.by_collection.into_iter().map(|(collection, all)| raw(&insert(collection, all)));
    store.run_all(inserts.collect::<Result<Vec<RawDocumentBuf>, _>>()?).await?;
    let workstation = founded.workstation_key.id();
    first_row(home, founded, workstation).await?;
    Ok(home.enrol()?)
}

/// Makes the collection of patients. On a server, an empty one may be left of a founding that was stopped; nobody's records
/// are in it, and its fields name keys that nobody has.
async fn create_patients(store: &dyn Store, create: &RawDocumentBuf) -> Result<(), Failure> {
    const NAMESPACE_EXISTS: i32 = 48;
    match store.run(create.clone()).await {
        Err(StoreError::Refused { code: NAMESPACE_EXISTS, .. })
            if find_documents(store, "patients", doc! {}, Some(doc! { "_id": 1 })).await?.is_empty() =>
        {
            store.run(raw(&doc! { "drop": "patients" })?).await?;
            store.run(create.clone()).await?;
            Ok(())
        }
        other => Ok(other.map(drop)?),
    }
}

async fn first_row(home: &Home, founded: &Founded, workstation: Uuid) -> Result<(), Failure> {
    let audit = AuditLog::open(&home.audit(), workstation).await?;
    let auditors = founded.record.current(Compartment::Audit).ok_or_else(|| Code::KeysDamaged.bare())?;
    let mut event = Event::new(Word::of("found_site"), workstation, Uuid::new_v4(), founded.record.at);
    event.actor = Some(founded.record.founder.user);
    audit.append(Kind::System, None, &event, &Sealer::to(&[*auditors.public.as_bytes()])?).await?;
    audit.sign_head(founded.record.at, |message| founded.workstation_key.sign_tagged(message)).await?;
    Ok(())
}

/// Takes the two new keys out of the keychain again; nothing was sealed with them that anybody keeps.
fn withdraw(keychain: &dyn Keychain, enrolment: Enrolment) {
    // A site that was being restored may have renewed its key before.
    let site = (1..=RENEWALS).map(|epoch| crate::keys::SiteKey::entry_name_of(enrolment.site, epoch));
    for name in site.chain([crate::keys::WorkstationKey::entry_name(enrolment.workstation)]) {
        if let Err(error) = keychain.delete(&name) {
            tracing::error!(%error, "a keychain entry of the failed founding is left");
        }
    }
}

struct Commands {
    encrypted_fields: RawDocumentBuf,
    by_collection: BTreeMap<&'static str, Vec<Document>>,
}

/// Data keys under the roots, the manifest that names them, and everything else that is stored.
async fn documents(keychain: &dyn Keychain, founded: &Founded, reach: &Reach) -> Result<Commands, Failure> {
    let maker = Crypt::open(&providers(&founded.roots), Arc::new(KeyRing::default()), None)?;
    let mut by_collection: BTreeMap<&'static str, Vec<Document>> = BTreeMap::new();
    for (collection, document) in founded.documents()? {
        by_collection.entry(collection).or_default().push(document);
    }
    let mut listed = Vec::new();
    let mut vault = Vec::new();
    for (purpose, compartment) in purposes() {
        let root = root_of(&founded.roots, compartment)?;
        let document = maker.create_data_key(&root.provider(), &[&purpose])?;
        listed.push(DataKey {
            purpose,
            key: id_of(&document).ok_or_else(|| Code::Internal.bare())?,
            provider: founded.record.provider(root.compartment(), root.epoch()),
            commitment: commitment(&document, root.root())?,
            environment: founded.record.environment,
            epoch: root.epoch(),
            generation: 1,
        });
        vault.push(document);
    }
    let ids: BTreeMap<String, Uuid> = listed.iter().map(|key| (key.purpose.clone(), key.key)).collect();
    let encrypted_fields = index::patients_fields(|purpose| ids.get(purpose).copied())?;
    by_collection.entry("site").or_default().push(founded.sign_manifest(listed)?.to_document()?);
    by_collection.insert("patient_keys", vec![site_keys(founded, &vault)?]);
    let vault = stored(keychain, founded, reach, vault).await?;
    let vault = vault.into_iter().map(Document::try_from).collect::<Result<Vec<_>, _>>()?;
    by_collection.insert("key_vault", vault);
    Ok(Commands { encrypted_fields, by_collection })
}

/// The services' keys, made where they are to be made.
async fn masters(
    keychain: &dyn Keychain,
    roots: &[CompartmentRoot],
    services: &Services,
) -> Result<Vec<CompartmentMaster>, Failure> {
    let mut masters = Vec::new();
    for (compartment, master) in &services.keys {
        let (root, compartment) = (root_of(roots, *compartment)?, *compartment);
        let provider = provider_name(compartment, root.epoch(), Some(master));
        let master = services.reach.prepare(keychain, Locked { provider: &provider, master, root }).await?;
        masters.push(CompartmentMaster { compartment, epoch: root.epoch(), master });
    }
    Ok(masters)
}

/// The data keys as they are stored: those of services wrapped by them.
async fn stored(
    keychain: &dyn Keychain,
    founded: &Founded,
    reach: &Reach,
    mut vault: Vec<RawDocumentBuf>,
) -> Result<Vec<RawDocumentBuf>, Failure> {
    for root in &founded.roots {
        let Some(master) = founded.record.master(root.compartment(), root.epoch()) else { continue };
        let provider = founded.record.provider(root.compartment(), root.epoch());
        let (own, others): (Vec<_>, Vec<_>) =
            vault.into_iter().partition(|one| provider_of(one) == Some(root.provider().as_str()));
        vault = others;
        vault.extend(reach.close_keys(keychain, Locked { provider: &provider, master, root }, &own).await?);
    }
    Ok(vault)
}

/// The keys of the site record, in every compartment that records are sealed in.
fn site_keys(founded: &Founded, vault: &[RawDocumentBuf]) -> Result<Document, Failure> {
    let crypt = Crypt::open(&providers(&founded.roots), Arc::new(KeyRing::new(vault.to_vec())), None)?;
    let mut wrapped = Document::new();
    for compartment in OF_RECORDS {
        let key = patient_key::make()?;
        wrapped.insert(compartment.code(), Bson::Binary(patient_key::wrap(&crypt, SITE_RECORD, compartment, &key)?));
    }
    Ok(doc! { "_id": forms::uuid_bson(SITE_RECORD), "rev": 1_i64, "k": wrapped })
}

/// Every data key of a site with the compartment whose root wraps it.
fn purposes() -> Vec<(String, Compartment)> {
    let of_records = OF_RECORDS.into_iter().flat_map(|compartment| {
        let names = [crate::crypt::section::data_key_name(compartment), patient_key::data_key_name(compartment)];
        names.map(|name| (name, compartment))
    });
    // A path's key lies in the compartment of what it is a copy of: who can't read it can't try values at its index.
    let indexes = index::PATIENTS.iter().map(|path| (path.key.to_owned(), indexed_in(path.path)));
    of_records.chain(indexes).collect()
}

fn root_of(roots: &[CompartmentRoot], compartment: Compartment) -> Result<&CompartmentRoot, Failure> {
    roots.iter().find(|root| root.compartment() == compartment).ok_or_else(|| Code::KeysDamaged.bare())
}
