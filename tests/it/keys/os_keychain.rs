//! The real keychain of this desktop session; only where a test session of its own was set up.

use uuid::Uuid;
use wardseal::keys::*;

/// Whether a keyring session of our own is there; says loudly when not.
fn session() -> bool {
    let there = std::env::var("WARDSEAL_TEST_KEYRING").as_deref() == Ok("1");
    if !there {
        eprintln!("SKIPPED: WARDSEAL_TEST_KEYRING is not 1, so no real keyring is touched.");
    }
    there
}

#[test]
fn the_real_keyring_keeps_both_keys_and_overwrites_neither() {
    if !session() {
        return;
    }
    let keychain = OsKeychain::open(Environment::Production).unwrap();
    let (site, workstation) = (Uuid::new_v4(), Uuid::new_v4());
    let (name, other) = (SiteKey::entry_name(site), WorkstationKey::entry_name(workstation));
    assert_eq!(SiteKey::load(&keychain, site).err(), Some(KeychainError::FirstRun));
    let key = SiteKey::create(site, Environment::Production).unwrap();
    keychain.put_new(&name, &key.to_entry()).unwrap();
    assert_eq!(keychain.put_new(&name, b"another"), Err(KeychainError::Occupied));
    let signer = WorkstationKey::create(workstation).unwrap();
    keychain.put_new(&other, &signer.to_entry()).unwrap();
    let again = OsKeychain::open(Environment::Production).unwrap();
    assert_eq!(SiteKey::load(&again, site).unwrap().check_value(), key.check_value());
    assert_eq!(WorkstationKey::load(&again, workstation).unwrap().public(), signer.public());
    keychain.delete(&name).unwrap();
    keychain.delete(&other).unwrap();
    keychain.delete(&other).unwrap();
    assert_eq!(SiteKey::load(&keychain, site).err(), Some(KeychainError::FirstRun));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_keyring_answers_from_inside_an_async_task() {
    if !session() {
        return;
    }
    let keychain = OsKeychain::open(Environment::Production).unwrap();
    assert_eq!(SiteKey::load(&keychain, Uuid::new_v4()).err(), Some(KeychainError::FirstRun));
}

/// Run where the keyring was unlocked with an empty password.
#[test]
fn a_keyring_with_an_empty_password_is_refused_outside_the_demo() {
    if std::env::var("WARDSEAL_TEST_KEYRING").as_deref() != Ok("empty") {
        eprintln!("SKIPPED: WARDSEAL_TEST_KEYRING is not `empty`, so no empty-password keyring is there to refuse.");
        return;
    }
    let demo = OsKeychain::open(Environment::Demo).unwrap();
    let site = Uuid::new_v4();
    demo.put_new(&SiteKey::entry_name(site), &SiteKey::create(site, Environment::Demo).unwrap().to_entry()).unwrap();
    let refused = OsKeychain::open(Environment::Production).err();
    assert_eq!(refused, Some(KeychainError::EmptyPassword));
    demo.delete(&SiteKey::entry_name(site)).unwrap();
}

/// Run without a session bus, or with one on which no keyring answers.
#[test]
fn without_a_keyring_the_message_says_so_and_no_key_is_made() {
    if std::env::var("WARDSEAL_TEST_KEYRING").as_deref() != Ok("absent") {
        eprintln!("SKIPPED: WARDSEAL_TEST_KEYRING is not `absent`, so a keyring may answer here.");
        return;
    }
    assert_eq!(OsKeychain::open(Environment::Demo).err(), Some(KeychainError::Absent));
}

/// The entry that a first run (`WARDSEAL_TEST_KEYRING=seed`) leaves for a run on the same, then locked keyring (`locked`).
const LEFT: Uuid = Uuid::from_u128(0x5ea1);

#[test]
fn a_locked_keyring_is_never_taken_for_a_first_run() {
    match std::env::var("WARDSEAL_TEST_KEYRING").as_deref() {
        Ok("seed") => {
            let keychain = OsKeychain::open(Environment::Production).unwrap();
            let key = SiteKey::create(LEFT, Environment::Production).unwrap();
            keychain.put_new(&SiteKey::entry_name(LEFT), &key.to_entry()).unwrap();
        }
        Ok("locked") => {
            let keychain = OsKeychain::open(Environment::Production).unwrap();
            assert_eq!(SiteKey::load(&keychain, LEFT).err(), Some(KeychainError::Locked));
            let new = SiteKey::entry_name(Uuid::new_v4());
            assert_eq!(keychain.put_new(&new, b"bytes"), Err(KeychainError::Locked));
        }
        _ => eprintln!("SKIPPED: WARDSEAL_TEST_KEYRING is neither `seed` nor `locked`."),
    }
}
