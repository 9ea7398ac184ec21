//! Founding, signing in, tampering and recovery.

use super::world::*;
use std::collections::{BTreeMap, BTreeSet};
use wardseal::keys::*;
use wardseal::record::Compartment;

fn compartments(roots: &[CompartmentRoot]) -> BTreeSet<Compartment> {
    roots.iter().map(CompartmentRoot::compartment).collect()
}

#[test]
fn everybody_holds_what_the_role_reads_and_the_administrator_holds_nothing() {
    let clinic = Clinic::founded();
    assert_eq!(compartments(&clinic.roots("dora")), BTreeSet::from(DOCTOR));
    assert_eq!(compartments(&clinic.roots("nils")), BTreeSet::from(NURSE));
    assert_eq!(compartments(&clinic.roots("rosa")), BTreeSet::from(FRONT_DESK));
    assert!(clinic.roots("ada").is_empty());
}

#[test]
fn two_users_who_hold_a_compartment_hold_the_same_root() {
    let clinic = Clinic::founded();
    let clinical = |user| {
        let roots = clinic.roots(user);
        let root = roots.iter().find(|root| root.compartment() == Compartment::Clinical).unwrap();
        *root.root().expose()
    };
    assert_eq!(clinical("dora"), clinical("nils"));
}

#[test]
fn another_workstation_without_the_keychain_opens_nothing_with_the_right_password() {
    let clinic = Clinic::founded();
    let elsewhere = MemoryKeychain::new();
    assert_eq!(SiteKey::load(&elsewhere, clinic.site).err(), Some(KeychainError::FirstRun));
    let guessed = SiteKey::create(clinic.site, Environment::Test).unwrap();
    let opened = clinic.account("dora").slot.open(clinic.id("dora"), &password("dora likes blue kettles"), &guessed);
    assert!(opened.is_err());
    assert_eq!(SiteRecord::open(clinic.of("site")[0], &guessed, None).err(), Some(KeyError::WrongSiteKey));
}

#[test]
fn the_keychain_without_a_password_opens_nothing() {
    let clinic = Clinic::founded();
    for user in ["ada", "dora", "nils", "rosa"] {
        assert_eq!(clinic.sign_in_with(user, "a guess at blue kettles").err(), Some(KeyError::WrongPassword));
    }
}

#[test]
fn a_colleagues_password_does_not_open_my_slot() {
    let clinic = Clinic::founded();
    assert_eq!(clinic.sign_in_with("dora", "nils likes blue kettles").err(), Some(KeyError::WrongPassword));
}

#[test]
fn a_second_founding_with_the_same_keys_overwrites_nothing() {
    let founded = found_site(&plan(Environment::Test)).unwrap();
    let keychain = MemoryKeychain::new();
    founded.enrol(&keychain).unwrap();
    assert_eq!(founded.enrol(&keychain), Err(KeychainError::Occupied));
    let kept = SiteKey::load(&keychain, founded.site_key.site()).unwrap();
    assert_eq!(kept.check_value().unwrap(), founded.record.check);
}

#[test]
fn a_keychain_that_refuses_the_second_key_is_left_as_it_was() {
    let founded = found_site(&plan(Environment::Test)).unwrap();
    let keychain = MemoryKeychain::new();
    keychain.tamper(&WorkstationKey::entry_name(founded.workstation_key.id()), b"somebody else's");
    assert_eq!(founded.enrol(&keychain), Err(KeychainError::Occupied));
    assert_eq!(keychain.get(&SiteKey::entry_name(founded.site_key.site())).unwrap(), None);
}

#[test]
fn a_real_clinic_is_founded_with_an_administrator_a_clinician_and_full_cost() {
    let mut real = plan(Environment::Production);
    real.others.truncate(1);
    real.cost = SlotCost::FULL;
    let founded = found_site(&real).unwrap();
    let directory = Directory::verify(&founded.record, founded.accounts.iter().map(|a| &a.account), &BTreeMap::new());
    let dora = &founded.accounts[1];
    assert!(dora.slot.kdf.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
    let typed = password("dora likes blue kettles");
    let keys = dora.sign_in(&directory, &typed, &founded.site_key, None).unwrap();
    assert_eq!(keys.public(), directory.by_username("dora").unwrap().keys);
    assert_eq!((founded.accounts.len(), founded.shares.len()), (2, 3));
}

#[test]
fn no_site_is_founded_on_a_weak_password_a_shared_name_or_a_holding_administrator() {
    let mut weak = plan(Environment::Demo);
    weak.others[0].password = password("short");
    assert!(matches!(found_site(&weak).err(), Some(FoundingError::Password { place: 2, .. })));
    let mut shared = plan(Environment::Test);
    shared.others[1].username = "dora".to_owned();
    assert_eq!(found_site(&shared).err(), Some(FoundingError::SharedName));
    let mut holding = plan(Environment::Test);
    holding.founder.holds = vec![Compartment::Clinical];
    assert_eq!(found_site(&holding).err(), Some(FoundingError::Key(KeyError::AdministratorsHoldNone)));
    let mut none = plan(Environment::Test);
    none.founder.role = "doctor".to_owned();
    assert_eq!(found_site(&none).err(), Some(FoundingError::FounderRole));
    let cheap = plan(Environment::Production);
    assert_eq!(found_site(&cheap).err(), Some(FoundingError::Key(KeyError::SlotCost)));
}

#[test]
fn an_altered_or_older_site_record_is_refused() {
    let clinic = Clinic::founded();
    let mut altered = clinic.of("site")[0].clone();
    altered.get_document_mut("body").unwrap().insert("name", "Another Clinic");
    assert_eq!(SiteRecord::open(&altered, &clinic.key(), None).err(), Some(KeyError::Altered("site record")));
    let stale = SiteRecord::open(clinic.of("site")[0], &clinic.key(), Some(2)).err();
    assert_eq!(stale, Some(KeyError::Stale { what: "site record", found: 1, seen: 2 }));
}

#[test]
fn an_account_that_is_altered_unsigned_or_older_than_seen_does_not_count() {
    let mut clinic = Clinic::founded();
    let nils = clinic.id("nils");
    let mut promoted = clinic.account("nils").to_document().unwrap();
    promoted.get_document_mut("body").unwrap().insert("role", ADMINISTRATOR);
    clinic.store("accounts", promoted);
    let directory = clinic.directory();
    assert!(directory.account(nils).is_none());
    assert_eq!(directory.refused(), [(nils, KeyError::Altered("account"))]);

    let clinic = Clinic::founded();
    let (nils, accounts) = (clinic.id("nils"), clinic.accounts());
    let seen = BTreeMap::from([(nils, 2)]);
    let directory = Directory::verify(&clinic.record(), accounts.iter().map(|one| &one.account), &seen);
    assert!(directory.account(nils).is_none());
    assert!(matches!(directory.refused()[0].1, KeyError::Stale { found: 1, seen: 2, .. }));
}

#[test]
fn an_account_signed_by_a_doctor_does_not_count() {
    let mut clinic = Clinic::founded();
    let (dora, friend) = (clinic.sign_in("dora"), UserKeys::create().unwrap());
    let account = user("friend", ADMINISTRATOR, &[]).account(uuid::Uuid::new_v4(), &friend, NOW);
    let (site, first) = (clinic.key(), password("friend likes blue kettles"));
    let sealing = Sealing { password: &first, temporary: false, site: &site, cost: SlotCost::CHEAP };
    let author = Author::new(clinic.id("dora"), &dora);
    let stored = StoredAccount::create(account, &friend, sealing, author).unwrap();
    clinic.store("accounts", stored.to_document().unwrap());
    assert!(clinic.directory().by_username("friend").is_none());
    assert_eq!(clinic.directory().refused()[0].1, KeyError::Untrusted("account"));
}

#[test]
fn a_deactivated_user_does_not_sign_in() {
    let mut clinic = Clinic::founded();
    let ada = clinic.sign_in("ada");
    let author = Author::new(clinic.id("ada"), &ada);
    let left = clinic.account("nils").amend(&clinic.directory(), author, LATER, |account| account.active = false);
    clinic.store("accounts", left.unwrap().to_document().unwrap());
    let refused = clinic.sign_in_with("nils", "nils likes blue kettles").err();
    assert_eq!(refused, Some(KeyError::Untrusted("account")));
}

#[test]
fn a_changed_password_keeps_the_grants_and_the_old_slot_is_refused_once_the_new_one_was_seen() {
    let mut clinic = Clinic::founded();
    let (keys, old, site) = (clinic.sign_in("nils"), clinic.account("nils"), clinic.key());
    let next = password("nils now likes red kettles");
    let sealing = Sealing { password: &next, temporary: false, site: &site, cost: SlotCost::CHEAP };
    let changed = old.change_password(&keys, sealing).unwrap();
    clinic.store("accounts", changed.to_document().unwrap());
    let again = clinic.sign_in_with("nils", "nils now likes red kettles").unwrap();
    assert_eq!(clinic.roots_of(clinic.id("nils"), &again).len(), NURSE.len());
    let rolled_back = old.sign_in(&clinic.directory(), &password("nils likes blue kettles"), &site, Some(2)).err();
    assert_eq!(rolled_back, Some(KeyError::Stale { what: "slot", found: 1, seen: 2 }));
}

#[test]
fn a_reset_user_holds_nothing_and_what_he_signed_before_stays_valid() {
    let mut clinic = Clinic::founded();
    let (ada, dora, site) = (clinic.sign_in("ada"), clinic.sign_in("dora"), clinic.key());
    let patient = uuid::Uuid::new_v4();
    let member = Member::User(clinic.id("nils"));
    let row = CareTeamRow { id: uuid::Uuid::new_v4(), patient, member, from: NOW, until: None, version: 1 };
    let row = Signed::sign(row, clinic.id("dora"), dora.signer()).unwrap();
    let next = password("dora forgot the kettles");
    let sealing = Sealing { password: &next, temporary: true, site: &site, cost: SlotCost::CHEAP };
    let author = Author::new(clinic.id("ada"), &ada);
    let (reset, _) = clinic.account("dora").reset(&clinic.directory(), sealing, author, LATER).unwrap();
    clinic.store("accounts", reset.to_document().unwrap());
    let keys = clinic.sign_in_with("dora", "dora forgot the kettles").unwrap();
    assert!(clinic.roots_of(clinic.id("dora"), &keys).is_empty());
    assert_eq!(clinic.directory().signed_by_author(&row).unwrap().patient, patient);
}

#[test]
fn two_shares_bring_everything_back_and_one_brings_nothing() {
    let clinic = Clinic::founded();
    let share = |at: usize| RecoveryShare::parse(&clinic.shares[at]).unwrap();
    let record = clinic.record();
    assert!(recombine(&[share(0)], clinic.site, &record.recovery).is_err());
    let recovery = recombine(&[share(2), share(0)], clinic.site, &record.recovery).unwrap();
    let roots = clinic.roots_of(record.recovery.id, &recovery);
    assert_eq!(compartments(&roots), BTreeSet::from(Compartment::ALL));
}

#[test]
fn shares_of_another_clinic_are_refused() {
    let (ours, theirs) = (Clinic::founded(), Clinic::founded());
    let shares = [&ours.shares[0], &theirs.shares[1]].map(|words| RecoveryShare::parse(words).unwrap());
    let refused = recombine(&shares, ours.site, &ours.record().recovery).err().unwrap();
    assert!(matches!(refused, RecoveryError::OtherSet(2) | RecoveryError::Mixed));
}

#[test]
fn a_data_key_outside_the_signed_manifest_is_refused() {
    let founded = found_site(&plan(Environment::Test)).unwrap();
    let accounts: Vec<_> = founded.accounts.iter().map(|one| &one.account).collect();
    let directory = Directory::verify(&founded.record, accounts.iter().copied(), &BTreeMap::new());
    let key = DataKey {
        purpose: "section:clinical".to_owned(),
        key: uuid::Uuid::from_u128(1),
        provider: "local:clinical".to_owned(),
        commitment: [7; 32],
        environment: Environment::Test,
        epoch: 1,
        generation: 1,
    };
    let signed = founded.sign_manifest(vec![key.clone()]).unwrap();
    let again = Signed::<Manifest>::from_document(&signed.to_document().unwrap()).unwrap();
    let manifest = TrustedManifest::verify(&again, &directory, &founded.site_key, None).unwrap();
    assert_eq!(manifest.current("section:clinical", 1), Some(&key));
    assert_eq!(manifest.admit(key.key, "local:clinical", &[7; 32]), Ok(&key));
    let foreign = Err(KeyError::ForeignDataKey);
    assert_eq!(manifest.admit(uuid::Uuid::from_u128(2), "local:clinical", &[7; 32]), foreign);
    assert_eq!(manifest.admit(key.key, "local:front", &[7; 32]), foreign);
    assert_eq!(manifest.admit(key.key, "local:clinical", &[8; 32]), foreign);
    let stale = TrustedManifest::verify(&again, &directory, &founded.site_key, Some(2)).err();
    assert_eq!(stale, Some(KeyError::Stale { what: "key manifest", found: 1, seen: 2 }));
}

#[test]
fn a_manifest_signed_by_a_nurse_or_altered_is_refused() {
    let clinic = Clinic::founded();
    let nils = clinic.sign_in("nils");
    let manifest = Manifest { id: Manifest::id_of(clinic.site), site: clinic.site, keys: vec![], at: NOW, version: 1 };
    let signed = Signed::sign(manifest.clone(), clinic.id("nils"), nils.signer()).unwrap();
    let (directory, site) = (clinic.directory(), clinic.key());
    let refused = TrustedManifest::verify(&signed, &directory, &site, None).err();
    assert_eq!(refused, Some(KeyError::Untrusted("key manifest")));
    let forged = Signed::sign(manifest, clinic.id("ada"), nils.signer()).unwrap();
    let refused = TrustedManifest::verify(&forged, &directory, &site, None).err();
    assert_eq!(refused, Some(KeyError::Altered("key manifest")));
}

#[test]
fn a_demo_manifest_is_no_use_in_another_environment() {
    let founded = found_site(&plan(Environment::Test)).unwrap();
    let directory = Directory::verify(&founded.record, founded.accounts.iter().map(|a| &a.account), &BTreeMap::new());
    let key = DataKey {
        purpose: "section:front".to_owned(),
        key: uuid::Uuid::from_u128(1),
        provider: "local:front".to_owned(),
        commitment: [1; 32],
        environment: Environment::Demo,
        epoch: 1,
        generation: 1,
    };
    let signed = founded.sign_manifest(vec![key]).unwrap();
    let refused = TrustedManifest::verify(&signed, &directory, &founded.site_key, None).err();
    assert_eq!(refused, Some(KeyError::Altered("key manifest")));
}
