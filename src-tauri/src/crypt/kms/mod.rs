//! Key management services: the second lock on a compartment's data keys.
//!
//! A service wraps the data keys, and the compartment's root covers what it wrapped ([`CompartmentRoot::cover`]): to
//! open one takes the service *and* a grant. It is asked once, when a session opens its keys; from then on they are
//! wrapped under the root alone, in memory, so that nobody's work waits for a network. libmongocrypt makes the requests
//! and reads the answers; TLS, time-outs, retries and credentials are here. To add a service: a variant of
//! [`MasterKey`] and where its credentials come from.

mod aws;
mod azure;
mod credentials;
mod error;
mod gcp;
mod providers;
mod round;
mod surroundings;

use super::error::CryptError;
use super::ffi::{Context, Library, Setting, Start, State};
use super::vault::{commitment, id_of, with_wrapping};
use super::{KeyRing, SystemRandom, hooks, machine};
use crate::keys::{CompartmentRoot, Keychain, MasterKey, forms, session_name};
use crate::net::{Certificate, Identity, Limits, NetError, Tls};
use bson::{Document, RawDocument, RawDocumentBuf, rawdoc};
use credentials::{Field, Sources};
use round::CryptOrFault;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

pub use credentials::{accepts, entry_name};
pub use error::{KmsError, KmsFault};
pub use surroundings::Surroundings;

/// How services are reached from this machine.
#[derive(Clone, Default)]
pub struct Reach {
    /// A PEM file of authorities that are trusted beside the platform's.
    pub ca_file: Option<PathBuf>,
    /// A PEM file with the client certificate and its key, for KMIP, where the keychain has none.
    pub identity_file: Option<PathBuf>,
    /// How long is waited.
    pub limits: Limits,
    /// Where credentials may lie.
    pub surroundings: Surroundings,
    /// Certificates that were met or used, by whose they are.
    pub certificates: Met,
}

/// Certificates with the name of whose they are; shared by all who reach services together.
pub type Met = Arc<Mutex<BTreeMap<String, Certificate>>>;

/// A compartment's root with the service's key beside it.
#[derive(Clone, Copy)]
pub struct Locked<'a> {
    /// The name of the provider, such as `kmip:clinical`.
    pub provider: &'a str,
    /// The service's key.
    pub master: &'a MasterKey,
    /// The root.
    pub root: &'a CompartmentRoot,
}

/// A service with its TLS and libmongocrypt, for one step.
struct Door {
    library: Library,
    tls: Tls,
    met: Met,
}

/// Whether libmongocrypt understands the `masterKey` of a key document; nobody is asked.
#[must_use]
pub fn understands(master: &RawDocument) -> bool {
    let none = [Field::Bytes("key", Zeroizing::new(vec![0; 96]))];
    let library = Library::open(&providers::document(&[("local", &none)]), None, Box::new(SystemRandom));
    let set = |library: Library| library.context()?.set(Setting::MasterKey, master.as_bytes());
    library.and_then(set).is_ok()
}

impl Reach {
    /// Stored data keys as a session uses them: uncovered, opened by the service, wrapped under the root alone.
    ///
    /// # Errors
    /// [`CryptError::Kms`] with what is wrong; none is opened then.
    pub async fn open_keys(
        &self,
        keychain: &dyn Keychain,
        lock: Locked<'_>,
        stored: &[RawDocumentBuf],
    ) -> Result<Vec<RawDocumentBuf>, CryptError> {
        let bare = stored.iter().map(|document| uncovered(lock, document)).collect::<Result<Vec<_>, _>>()?;
        self.rewrapped(
            keychain,
            lock,
            &bare,
            &Document::from_iter([("provider".to_owned(), session_name(lock.provider).into())]),
        )
        .await
    }

    /// A session's data keys as they are stored: wrapped by the service and covered. Each has come back from the
    /// service as itself before this returns.
    ///
    /// # Errors
    /// [`CryptError::Kms`] with what is wrong.
    pub async fn close_keys(
        &self,
        keychain: &dyn Keychain,
        lock: Locked<'_>,
        session: &[RawDocumentBuf],
    ) -> Result<Vec<RawDocumentBuf>, CryptError> {
        let wrapped = self.rewrapped(keychain, lock, session, &lock.master.to_document(lock.provider)).await?;
        let stored = wrapped.iter().map(|document| covered(lock, document)).collect::<Result<Vec<_>, _>>()?;
        let opened = self.open_keys(keychain, lock, &stored).await?;
        for (before, after) in session.iter().zip(&opened) {
            let same = commitment(before, lock.root.root())? == commitment(after, lock.root.root())?;
            if !same || id_of(before) != id_of(after) {
                return Err(failure(lock, KmsFault::WrongKey));
            }
        }
        Ok(stored)
    }

    /// The master key itself, made where it is to be made.
    ///
    /// # Errors
    /// [`CryptError::Kms`] with what is wrong.
    pub async fn prepare(&self, keychain: &dyn Keychain, lock: Locked<'_>) -> Result<MasterKey, CryptError> {
        if !lock.master.is_to_be_made() {
            return Ok(lock.master.clone());
        }
        // With a data key that nobody will use, libmongocrypt has the service make what wraps it.
        let door = self.door(keychain, lock).await?;
        let mut context = door.library.context()?;
        let master = RawDocumentBuf::try_from(&lock.master.to_document(lock.provider))?;
        context.set(Setting::MasterKey, master.as_bytes())?;
        let made = door.run(context, &Start::DataKey, &[], self.limits).await;
        let made = made.map_err(|fault| of(lock, fault))?;
        let id = made.get_document("masterKey").ok().and_then(|master| master.get_str("keyId").ok());
        let id = id.ok_or_else(|| failure(lock, KmsFault::Nonsense))?;
        Ok(lock.master.clone().with_id(id.to_owned()))
    }

    async fn rewrapped(
        &self,
        keychain: &dyn Keychain,
        lock: Locked<'_>,
        documents: &[RawDocumentBuf],
        to: &Document,
    ) -> Result<Vec<RawDocumentBuf>, CryptError> {
        if documents.is_empty() {
            return Ok(Vec::new());
        }
        let door = self.door(keychain, lock).await?;
        let mut context = door.library.context()?;
        context.set(Setting::MasterKey, RawDocumentBuf::try_from(to)?.as_bytes())?;
        let done = door.run(context, &Start::Rewrap, documents, self.limits).await;
        hooks::burn_stack();
        let done = done.map_err(|fault| of(lock, fault))?;
        let changed = done.get_array("v").map_err(|_| CryptError::Damaged)?;
        let changed: Vec<&RawDocument> = changed.into_iter().flatten().filter_map(|one| one.as_document()).collect();
        let changed_of = |id| changed.iter().find(|one| id_of(one) == id).ok_or(CryptError::MissingKey);
        documents.iter().map(|before| with_wrapping(before, changed_of(id_of(before))?)).collect()
    }

    async fn door(&self, keychain: &dyn Keychain, lock: Locked<'_>) -> Result<Door, CryptError> {
        let tls = self.tls(keychain, lock).map_err(|fault| failure(lock, fault))?;
        let sources = Sources { surroundings: &self.surroundings, keychain, tls: &tls, limits: &self.limits };
        let found = sources.find(lock.root.compartment(), lock.master).await;
        let found = found.map_err(|fault| failure(lock, fault))?;
        // EXPOSE: libmongocrypt wraps and unwraps with the root; the buffer is wiped.
        let root = [Field::Bytes("key", Zeroizing::new(lock.root.root().expose().to_vec()))];
        let local = session_name(lock.provider);
        let document = providers::document(&[(lock.provider, &found), (&local, &root)]);
        self.note(lock, &tls);
        let library = Library::open(&document, None, Box::new(SystemRandom))?;
        Ok(Door { library, tls, met: self.certificates.clone() })
    }

    /// Remembers until when the certificates of this connection last: this machine's own, and what the service shows.
    fn note(&self, lock: Locked<'_>, tls: &Tls) {
        let mut met = self.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        met.extend(tls.own_certificate().map(|own| (format!("this machine's for {}", lock.provider), own)));
    }

    /// TLS as this service wants it; KMIP with this machine's certificate.
    fn tls(&self, keychain: &dyn Keychain, lock: Locked<'_>) -> Result<Tls, KmsFault> {
        let MasterKey::Kmip { .. } = lock.master else { return self.trust(None) };
        let entry = keychain.get(&entry_name(lock.root.compartment()))?;
        let text = match (entry, &self.identity_file) {
            (Some(entry), _) => Some(entry),
            (None, Some(file)) => Some(private_file(file)?),
            (None, None) => None,
        };
        let none = KmsFault::NoCredentials("neither the keychain nor the policy file names a client certificate");
        self.trust(Some(Identity::from_pem(text.ok_or(none)?)?))
    }

    /// TLS with these authorities.
    ///
    /// # Errors
    /// When the CA file can't be used.
    pub fn trust(&self, identity: Option<Identity>) -> Result<Tls, KmsFault> {
        let unreadable = |_| NetError::File { what: "the CA file".to_owned(), why: "it can't be read" };
        let ca = self.ca_file.as_ref().map(std::fs::read).transpose().map_err(unreadable)?;
        Ok(Tls::new(ca.as_deref(), identity)?)
    }

    /// What came back isn't what was wrapped.
    #[must_use]
    pub fn wrong_key(lock: Locked<'_>) -> CryptError {
        failure(lock, KmsFault::WrongKey)
    }
}

fn failure(lock: Locked<'_>, fault: KmsFault) -> CryptError {
    let (provider, address) = (lock.provider.to_owned(), lock.master.address());
    CryptError::Kms(Box::new(KmsError { provider, address, fault }))
}

fn of(lock: Locked<'_>, failed: CryptOrFault) -> CryptError {
    match failed {
        CryptOrFault::Fault(fault) => failure(lock, fault),
        // What doesn't verify here came out of the service: its cover was proven before.
        CryptOrFault::Crypt(CryptError::Damaged) => failure(lock, KmsFault::WrongKey),
        CryptOrFault::Crypt(error) => error,
    }
}

impl Door {
    async fn run(
        &self,
        mut context: Context<'_>,
        start: &Start<'_>,
        keys: &[RawDocumentBuf],
        limits: Limits,
    ) -> Result<RawDocumentBuf, CryptOrFault> {
        let ring = KeyRing::new(keys.to_vec());
        context.start(start)?;
        loop {
            match context.state() {
                State::NeedKeys => machine::feed_all(&mut context, ring.documents())?,
                State::NeedKms => self.ask(&mut context, limits).await?,
                State::Ready => return Ok(context.finish()?),
                State::Error => return Err(context.kms_failure().into()),
                _ => return Err(CryptError::ProviderNotConfigured.into()),
            }
        }
    }

    async fn ask(&self, context: &mut Context<'_>, limits: Limits) -> Result<(), CryptOrFault> {
        loop {
            let requests = context.kms_requests();
            if requests.is_empty() {
                return Ok(context.kms_done()?);
            }
            round::exchange(requests, &self.tls, &limits, &self.met).await?;
        }
    }
}

/// A file with a private key in it, which nobody else may read.
fn private_file(path: &std::path::Path) -> Result<Zeroizing<Vec<u8>>, NetError> {
    let bad = |why| NetError::File { what: "the file with the client certificate".to_owned(), why };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map_err(|_| bad("it can't be read"))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(bad("others may read it: take their rights away (chmod 600)"));
        }
    }
    std::fs::read(path).map(Zeroizing::new).map_err(|_| bad("it can't be read"))
}

fn material(document: &RawDocument) -> Result<&[u8], CryptError> {
    Ok(document.get_binary("keyMaterial").map_err(|_| CryptError::Damaged)?.bytes)
}

fn covered(lock: Locked<'_>, document: &RawDocument) -> Result<RawDocumentBuf, CryptError> {
    let id = id_of(document).ok_or(CryptError::Damaged)?;
    let covered = lock.root.cover(id, material(document)?).map_err(|_| CryptError::NoRandomness)?;
    let master = RawDocumentBuf::try_from(&lock.master.to_document(lock.provider))?;
    with_wrapping(document, &rawdoc! { "keyMaterial": forms::binary(&covered), "masterKey": master })
}

/// What the service wrapped. Where it is asked stands in the site record, not in the key document.
fn uncovered(lock: Locked<'_>, document: &RawDocument) -> Result<RawDocumentBuf, CryptError> {
    let id = id_of(document).ok_or(CryptError::Damaged)?;
    let bare = lock.root.uncover(id, material(document)?).map_err(|_| CryptError::ForeignKey(id))?;
    let master = RawDocumentBuf::try_from(&lock.master.to_document(lock.provider))?;
    with_wrapping(document, &rawdoc! { "keyMaterial": forms::binary(&bare), "masterKey": master })
}
