//! Neither the keychain nor the password alone opens a slot.

use super::*;
use proptest::prelude::*;

const ANN: Uuid = Uuid::from_u128(1);
const BOB: Uuid = Uuid::from_u128(2);
const FIRST: SlotOf = SlotOf { user: ANN, version: 1, temporary: false };

fn site() -> SiteKey {
    SiteKey::create(Uuid::from_u128(9), Environment::Test).unwrap()
}

fn typed(text: &str) -> Password {
    Password::new(text.to_owned())
}

fn slot(site: &SiteKey, password: &str) -> (Secret<32>, Slot) {
    let master = Secret::random().unwrap();
    let slot = Slot::seal(&master, FIRST, &typed(password), site, SlotCost::CHEAP).unwrap();
    (master, slot)
}

#[test]
fn the_right_password_on_an_enrolled_workstation_opens_the_slot() {
    let site = site();
    let (master, slot) = slot(&site, "three blue kettles");
    assert_eq!(slot.open(ANN, &typed("three blue kettles"), &site).unwrap().expose(), master.expose());
}

#[test]
fn a_wrong_password_and_a_wrong_site_key_are_told_apart() {
    let site = site();
    let (_, slot) = slot(&site, "three blue kettles");
    assert_eq!(slot.open(ANN, &typed("three red kettles"), &site).err(), Some(KeyError::WrongPassword));
    let other = self::site();
    assert_eq!(slot.open(ANN, &typed("three blue kettles"), &other).err(), Some(KeyError::Altered("slot")));
}

#[test]
fn a_slot_does_not_open_for_another_user_version_or_parameter() {
    let site = site();
    let (_, slot) = slot(&site, "three blue kettles");
    let open = |slot: &Slot, user| slot.open(user, &typed("three blue kettles"), &site).err();
    assert_eq!(open(&slot, BOB), Some(KeyError::Altered("slot")));
    assert_eq!(open(&Slot { version: 2, ..slot.clone() }, ANN), Some(KeyError::Altered("slot")));
    assert_eq!(open(&Slot { temporary: true, ..slot.clone() }, ANN), Some(KeyError::Altered("slot")));
    let kdf = slot.kdf.replace("m=64", "m=65");
    assert_eq!(open(&Slot { kdf, ..slot }, ANN), Some(KeyError::Altered("slot")));
}

#[test]
fn the_site_layer_is_renewed_without_the_user() {
    let (old, new) = (site(), site());
    let (master, slot) = slot(&old, "three blue kettles");
    let renewed = slot.renew_site_layer(ANN, &old, &new).unwrap();
    assert_eq!(renewed.open(ANN, &typed("three blue kettles"), &new).unwrap().expose(), master.expose());
    assert!(renewed.open(ANN, &typed("three blue kettles"), &old).is_err());
}

#[test]
fn production_refuses_weak_parameters_in_both_directions() {
    let production = SiteKey::create(Uuid::from_u128(9), Environment::Production).unwrap();
    let master = Secret::random().unwrap();
    let weak = Slot::seal(&master, FIRST, &typed("three blue kettles"), &production, SlotCost::CHEAP);
    assert_eq!(weak.err(), Some(KeyError::SlotCost));
    let (_, slot) = slot(&site(), "three blue kettles");
    assert_eq!(slot.open(ANN, &typed("three blue kettles"), &production).err(), Some(KeyError::SlotCost));
}

#[test]
fn what_is_stored_begins_with_the_algorithm_and_holds_no_hash() {
    let (_, slot) = slot(&site(), "three blue kettles");
    assert!(slot.kdf.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    assert_eq!(slot.kdf.matches('$').count(), 4);
    assert_eq!(slot.sealed.len(), 12 + (12 + 32 + 16) + 16);
}

#[test]
fn the_form_of_a_stored_slot_is_fixed() {
    let slot = Slot { version: 3, temporary: true, kdf: "$argon2id$v=19$m=64,t=1,p=1$AA".into(), sealed: vec![1, 2] };
    let doc = bson::serialize_to_document(&slot).unwrap();
    let expected = bson::doc! {
        "v": 3_i64, "temporary": true, "kdf": "$argon2id$v=19$m=64,t=1,p=1$AA", "sealed": forms::binary(&[1, 2]),
    };
    assert_eq!(doc, expected);
    assert_eq!(bson::deserialize_from_document::<Slot>(doc).unwrap(), slot);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_flipped_bit_and_no_other_password_opens_a_slot(password in "\\PC{15,40}", other in "\\PC{15,40}", at in 0..88_usize, bit in 0..8_u8) {
        let site = site();
        let (master, slot) = slot(&site, &password);
        let opened = slot.open(ANN, &typed(&password), &site).unwrap();
        prop_assert_eq!(opened.expose(), master.expose());
        let mut flipped = slot.clone();
        flipped.sealed[at] ^= 1 << bit;
        prop_assert_eq!(flipped.open(ANN, &typed(&password), &site).err(), Some(KeyError::Altered("slot")));
        if password::normalised(&typed(&password)) != password::normalised(&typed(&other)) {
            prop_assert_eq!(slot.open(ANN, &typed(&other), &site).err(), Some(KeyError::WrongPassword));
        }
    }
}
