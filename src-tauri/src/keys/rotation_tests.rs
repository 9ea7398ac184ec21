use super::*;
use crate::keys::Environment;

const SITE: Uuid = Uuid::from_u128(7);

fn key(id: u128, purpose: &str, epoch: i64, generation: i64) -> DataKey {
    let provider = provider_name(Compartment::Clinical, epoch, None);
    let (key, purpose) = (Uuid::from_u128(id), purpose.to_owned());
    DataKey { purpose, key, provider, commitment: [1; 32], environment: Environment::Test, epoch, generation }
}

fn manifest(keys: &[DataKey]) -> Manifest {
    Manifest { id: Manifest::id_of(SITE), site: SITE, keys: keys.to_vec(), at: Timestamp(0), version: 1 }
}

fn order(kind: RotationKind, from: i64) -> RotationOrder {
    let compartment = (kind != RotationKind::Index).then_some(Compartment::Clinical);
    RotationOrder { id: Uuid::from_u128(9), kind, compartment, from, manifest: 1, master: None, at: Timestamp(0) }
}

#[test]
fn a_holder_may_wrap_a_compartments_keys_under_the_next_root_when_ordered() {
    let before = manifest(&[key(1, "section:clinical", 1, 1)]);
    let after = manifest(&[key(1, "section:clinical", 2, 1)]);
    assert!(covered(&before, &after, &[&order(RotationKind::Master, 1)]));
    assert!(!covered(&before, &after, &[]));
    assert!(!covered(&before, &after, &[&order(RotationKind::Master, 2)]));
    assert!(!covered(&before, &after, &[&order(RotationKind::Data, 1)]));
    let skipped = manifest(&[key(1, "section:clinical", 3, 1)]);
    assert!(!covered(&before, &skipped, &[&order(RotationKind::Master, 1)]));
    assert!(covered(&before, &skipped, &[&order(RotationKind::Master, 1), &order(RotationKind::Master, 2)]));
}

#[test]
fn nobody_may_change_what_a_key_is_while_wrapping_it_anew() {
    let before = manifest(&[key(1, "section:clinical", 1, 1)]);
    let mut other = key(1, "section:clinical", 2, 1);
    other.commitment = [2; 32];
    assert!(!covered(&before, &manifest(&[other]), &[&order(RotationKind::Master, 1)]));
    let mut elsewhere = key(1, "section:clinical", 2, 1);
    elsewhere.provider = provider_name(Compartment::Front, 2, None);
    assert!(!covered(&before, &manifest(&[elsewhere]), &[&order(RotationKind::Master, 1)]));
}

#[test]
fn a_new_data_key_comes_and_the_old_one_goes_only_as_ordered() {
    let (old, new) = (key(1, "section:clinical", 1, 1), key(2, "section:clinical", 1, 2));
    let ordered = order(RotationKind::Data, 1);
    let both = manifest(&[old.clone(), new.clone()]);
    assert!(covered(&manifest(std::slice::from_ref(&old)), &both, &[&ordered]));
    assert!(covered(&manifest(std::slice::from_ref(&old)), &manifest(&[new]), &[&ordered]));
    assert!(!covered(&manifest(std::slice::from_ref(&old)), &manifest(&[]), &[&order(RotationKind::Data, 2)]));
    let foreign = manifest(&[old.clone(), key(3, "section:front", 1, 2)]);
    assert!(!covered(&manifest(&[old]), &foreign, &[&ordered]));
}

#[test]
fn a_holder_may_wrap_keys_only_with_the_service_that_was_ordered() {
    let kmip: MasterKey = "kmip:kms.ward.example/7".parse().unwrap();
    let under = |epoch, master: Option<&MasterKey>| {
        let provider = provider_name(Compartment::Clinical, epoch, master);
        manifest(&[DataKey { provider, ..key(1, "section:clinical", epoch, 1) }])
    };
    let to_kmip = RotationOrder { master: Some(kmip.clone()), ..order(RotationKind::Master, 1) };
    assert!(covered(&under(1, None), &under(2, Some(&kmip)), &[&to_kmip]));
    assert!(!covered(&under(1, None), &under(2, None), &[&to_kmip]));
    assert!(!covered(&under(1, None), &under(2, Some(&kmip)), &[&order(RotationKind::Master, 1)]));
    let back = order(RotationKind::Master, 2);
    assert!(covered(&under(2, Some(&kmip)), &under(3, None), &[&back]));
    assert!(covered(&under(1, None), &under(3, None), &[&to_kmip, &back]));
}
