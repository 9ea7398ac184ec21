//! What an attacker has who holds keychain and store: every stored document, and every key that a password opens.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use bson::{Document, RawDocumentBuf};
use hpke::kem::X25519HkdfSha256;
use hpke::{Kem, Serializable};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;
use wardseal::app::Home;
use wardseal::crypt::patient_key::{self, Wrapped};
use wardseal::crypt::{Crypt, KeyRing, Provider, open_csfle, provider_of};
use wardseal::keys::{
    CompartmentRoot, Directory, Grant, Keychain, KeychainError, Sealing, SiteKey, SiteRecord, SiteUse, SlotCost,
    StoredAccount, UserKeys, WorkstationKey, forms, subkey,
};
use wardseal::record::Compartment;
use wardseal::secret::{Password, Secret};
use zeroize::Zeroizing;

/// A keychain whose entries lie in files, so that the process that asks keeps nothing.
pub struct FileKeychain(pub PathBuf);

impl Keychain for FileKeychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(std::fs::read(self.0.join(name)).ok().map(Zeroizing::new))
    }

    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<(), KeychainError> {
        std::fs::write(self.0.join(name), bytes).map_err(|_| KeychainError::Absent)
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        std::fs::remove_file(self.0.join(name)).map_err(|_| KeychainError::Absent)
    }
}

impl FileKeychain {
    /// The entries of a workstation, taken out of another keychain.
    pub fn copied(folder: PathBuf, from: &dyn Keychain, home: &Home) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        let enrolment = home.enrolment().unwrap().unwrap();
        let copy = Self(folder);
        for name in [SiteKey::entry_name(enrolment.site), WorkstationKey::entry_name(enrolment.workstation)] {
            copy.put_new(&name, &from.get(&name).unwrap().unwrap()).unwrap();
        }
        copy
    }
}

/// The stored documents, behind the program's back: the data, and the patients' keys beside them.
pub struct Stolen {
    data: Connection,
    keys: Connection,
}

/// Places in the keys' file begin here.
const APART: i64 = 1 << 62;

impl Stolen {
    pub fn open(home: &Home) -> Self {
        let open = |path: PathBuf| {
            let file = Connection::open(path).unwrap();
            file.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
            file
        };
        Self { data: open(home.store()), keys: open(home.keys()) }
    }

    fn at(&self, seq: i64) -> (&Connection, i64) {
        if seq >= APART { (&self.keys, seq - APART) } else { (&self.data, seq) }
    }

    /// All documents of a collection with their places in the files.
    pub fn rows(&self, collection: &str) -> Vec<(i64, RawDocumentBuf)> {
        let sql = "SELECT d.seq, d.body FROM documents d JOIN collections c ON c.id = d.coll WHERE c.name = ?1 ORDER BY d.seq";
        let mut all = vec![];
        for (file, from) in [(&self.data, 0), (&self.keys, APART)] {
            let mut statement = file.prepare(sql).unwrap();
            let rows = statement
                .query_map([collection], |row| Ok((from + row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
                .unwrap();
            all.extend(
                rows.map(|row| row.map(|(seq, body)| (seq, RawDocumentBuf::from_bytes(body).unwrap())).unwrap()),
            );
        }
        all
    }

    pub fn documents(&self, collection: &str) -> Vec<Document> {
        self.rows(collection).into_iter().map(|(_, raw)| Document::try_from(raw).unwrap()).collect()
    }

    /// The document with this id, and its place.
    pub fn document(&self, collection: &str, id: Uuid) -> (i64, Document) {
        let rows = self.rows(collection).into_iter().map(|(seq, raw)| (seq, Document::try_from(raw).unwrap()));
        rows.into_iter().find(|(_, one)| forms::uuid_of(one, "_id") == Some(id)).expect("it is stored")
    }

    /// Puts other bytes in a document's place.
    pub fn overwrite(&self, seq: i64, document: &Document) {
        self.put_body(seq, RawDocumentBuf::try_from(document).unwrap().as_bytes());
    }

    /// A document's bytes as they lie in the file.
    pub fn body(&self, seq: i64) -> Vec<u8> {
        let (file, seq) = self.at(seq);
        file.query_row("SELECT body FROM documents WHERE seq = ?1", [seq], |row| row.get(0)).unwrap()
    }

    /// Any bytes in a document's place.
    pub fn put_body(&self, seq: i64, body: &[u8]) {
        let (file, seq) = self.at(seq);
        assert_eq!(file.execute("UPDATE documents SET body = ?2 WHERE seq = ?1", (seq, body)).unwrap(), 1);
    }

    /// Takes a document out.
    pub fn remove(&self, seq: i64) {
        let (file, seq) = self.at(seq);
        assert_eq!(file.execute("DELETE FROM documents WHERE seq = ?1", [seq]).unwrap(), 1);
    }
}

/// Everything that one user's password opens.
pub struct Loot {
    pub site: SiteKey,
    pub record: SiteRecord,
    pub user: Uuid,
    pub keys: UserKeys,
    pub roots: Vec<CompartmentRoot>,
    pub vault: Vec<RawDocumentBuf>,
    master: Secret<32>,
    slot_key: [u8; 32],
    patient_keys: Vec<(Uuid, Document)>,
    keychain_lines: Vec<(String, Vec<u8>)>,
}

impl Loot {
    pub fn of(home: &Home, keychain: &dyn Keychain, username: &str, password: &str) -> Self {
        let stolen = Stolen::open(home);
        let enrolment = home.enrolment().unwrap().unwrap();
        let site = SiteKey::load(keychain, enrolment.site).unwrap();
        let record = SiteRecord::open(&stolen.document("site", enrolment.site).1, &site, None).unwrap();
        let accounts: Vec<_> =
            stolen.documents("accounts").iter().map(|one| StoredAccount::from_document(one).unwrap()).collect();
        let directory = Directory::verify(&record, accounts.iter().map(|one| &one.account), &BTreeMap::new());
        let stored = accounts.iter().find(|one| one.account.claimed().username == username).unwrap();
        let user = stored.account.claimed().id;
        let typed = || Password::new(password.to_owned());
        let keys = stored.sign_in(&directory, &typed(), &site, None).unwrap();
        let master = stored.slot.open(user, &typed(), &site).unwrap();
        let open =
            |one: &Document| Grant::from_document(one).unwrap().open((user, &keys), &directory, &record, None).ok();
        let roots = stolen.documents("grants").iter().filter_map(open).collect();
        let names = [SiteKey::entry_name(enrolment.site), WorkstationKey::entry_name(enrolment.workstation)];
        Self {
            roots,
            vault: stolen.rows("key_vault").into_iter().map(|(_, raw)| raw).collect(),
            master,
            slot_key: stretched(&stored.slot.kdf, password),
            patient_keys: stolen.documents("patient_keys").into_iter().map(of_patient).collect(),
            keychain_lines: names.map(|name| (name.clone(), keychain.get(&name).unwrap().unwrap().to_vec())).to_vec(),
            site,
            record,
            user,
            keys,
        }
    }

    pub fn compartments(&self) -> Vec<Compartment> {
        let mut all: Vec<_> = self.roots.iter().map(CompartmentRoot::compartment).collect();
        all.sort();
        all
    }

    pub fn providers(&self) -> Vec<Provider<'_>> {
        self.roots.iter().map(|root| Provider { name: root.provider(), key: root.root() }).collect()
    }

    /// Everybody who is registered.
    pub fn patients(&self) -> Vec<Uuid> {
        self.patient_keys.iter().map(|(patient, _)| *patient).filter(|patient| !patient.is_nil()).collect()
    }

    /// libmongocrypt with every key document of the store and the roots that were opened.
    pub fn crypt(&self) -> Crypt {
        Crypt::open(&self.providers(), Arc::new(KeyRing::new(self.vault.clone())), None).unwrap()
    }

    /// Keys of the person: what the password leads to.
    pub fn personal(&self) -> Vec<(String, Vec<u8>)> {
        let of = |label| subkey::<32>(self.master.expose(), b"wardseal/user/1", label).unwrap();
        let named = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
        vec![
            named("user master key", self.master.expose()),
            named("user's opening key", &private_of(&self.seed())),
            named("user's signing seed", of("wardseal/user/sign/1").expose()),
            named("user's park key", self.keys.park().expose()),
        ]
    }

    /// What opens values sealed to the person or to a compartment.
    pub fn private_keys(&self) -> Vec<Secret<32>> {
        let seeds = self.roots.iter().map(seed_of).chain([self.seed()]);
        seeds.map(|seed| Secret::copy_from(&private_of(&seed)).unwrap()).collect()
    }

    fn seed(&self) -> Secret<32> {
        subkey(self.master.expose(), b"wardseal/user/1", "wardseal/user/hpke/1").unwrap()
    }

    /// Keys of one compartment: its root, its private key, its data keys.
    pub fn of_compartment(&self, root: &CompartmentRoot) -> Vec<(String, Vec<u8>)> {
        let code = root.compartment().code();
        let mut keys = vec![
            (format!("root {code}"), root.root().expose().to_vec()),
            (format!("private key {code}"), private_of(&seed_of(root)).to_vec()),
        ];
        for document in self.vault.iter().filter(|one| provider_of(one) == Some(root.provider().as_str())) {
            let name = document.get_array("keyAltNames").unwrap().get_str(0).unwrap();
            let wrapped = document.get_binary("keyMaterial").unwrap();
            let key = open_csfle(root.root().expose(), &[], wrapped.bytes).unwrap();
            keys.push((format!("data key {name}"), key.to_vec()));
        }
        keys
    }

    /// The keys of the patients in the compartments that are open.
    pub fn of_patients(&self) -> Vec<(String, Vec<u8>)> {
        let crypt = self.crypt();
        let mut keys = Vec::new();
        for (patient, wrapped) in &self.patient_keys {
            for compartment in self.compartments() {
                let Ok(value) = wrapped.get_binary_encrypted(compartment.code()) else { continue };
                let key = patient_key::unwrap(&crypt, &Wrapped { patient: *patient, compartment, value }).unwrap();
                keys.push((format!("patient key {} {patient}", compartment.code()), key.expose().to_vec()));
            }
        }
        keys
    }

    /// The keys of the site that stay while somebody works.
    pub fn of_site(&self) -> Vec<(String, Vec<u8>)> {
        let uses = [("record heads", SiteUse::RecordHead), ("origins", SiteUse::Origin)];
        uses.map(|(name, purpose)| (name.to_owned(), self.site.subkey(purpose).unwrap().expose().to_vec())).to_vec()
    }

    /// The keys that are fetched for a moment only.
    pub fn of_a_moment(&self) -> Vec<(String, Vec<u8>)> {
        let mut keys = vec![("password's key".to_owned(), self.slot_key.to_vec())];
        for purpose in [SiteUse::Slot, SiteUse::SiteRecord, SiteUse::LocalState] {
            keys.push((format!("site subkey {purpose:?}"), self.site.subkey(purpose).unwrap().expose().to_vec()));
        }
        for (name, line) in &self.keychain_lines {
            let digits = std::str::from_utf8(line).unwrap().split(' ').nth(1).unwrap();
            keys.push((format!("{name} in hex"), digits.as_bytes().to_vec()));
            keys.push((name.clone(), unhex(digits)));
        }
        keys
    }
}

/// Gives a user another password, as the program would, and stores it.
pub fn change_password(home: &Home, keychain: &dyn Keychain, username: &str, (old, new): (&str, &str)) {
    let stolen = Stolen::open(home);
    let loot = Loot::of(home, keychain, username, old);
    let (seq, document) = stolen.document("accounts", loot.user);
    let password = Password::new(new.to_owned());
    let sealing = Sealing { password: &password, temporary: false, site: &loot.site, cost: SlotCost::CHEAP };
    let changed = StoredAccount::from_document(&document).unwrap().change_password(&loot.keys, sealing).unwrap();
    stolen.overwrite(seq, &changed.to_document().unwrap());
}

fn of_patient(document: Document) -> (Uuid, Document) {
    (forms::uuid_of(&document, "_id").unwrap(), document.get_document("k").unwrap().clone())
}

trait Encrypted {
    fn get_binary_encrypted(&self, name: &str) -> Result<&[u8], ()>;
}

impl Encrypted for Document {
    fn get_binary_encrypted(&self, name: &str) -> Result<&[u8], ()> {
        match self.get(name) {
            Some(bson::Bson::Binary(value)) => Ok(&value.bytes),
            _ => Err(()),
        }
    }
}

fn seed_of(root: &CompartmentRoot) -> Secret<32> {
    let salt = format!("wardseal/compartment/1|{}|{}", root.compartment().code(), root.epoch());
    subkey(root.root().expose(), salt.as_bytes(), "wardseal/compartment/hpke/1").unwrap()
}

fn private_of(seed: &Secret<32>) -> [u8; 32] {
    X25519HkdfSha256::derive_keypair(seed.expose()).0.to_bytes().into()
}

fn stretched(kdf: &str, password: &str) -> [u8; 32] {
    let parsed = PasswordHash::new(kdf).unwrap();
    let params = Params::try_from(&parsed).unwrap();
    let mut key = [0; 32];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(password.as_bytes(), &parsed.salt.unwrap(), &mut key).unwrap();
    key
}

fn unhex(digits: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}
