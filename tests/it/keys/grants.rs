//! New users get their compartments by an order and a confirmation, never by one person.

use super::world::*;
use proptest::prelude::*;
use wardseal::keys::*;
use wardseal::record::Compartment;

#[test]
fn nora_reads_the_front_desk_once_ada_has_ordered_it_and_dora_has_typed_noras_code() {
    let (mut clinic, nora) = Clinic::founded().with_nora();
    let pending = clinic.order("nora", Compartment::Front);
    clinic.store("grants", pending.to_document().unwrap());
    assert!(clinic.roots("nora").is_empty());
    let code = pending.code(&nora, &clinic.key()).unwrap();
    assert_eq!(code.len(), 6);
    let active = clinic.confirm(&pending, &format!("{} {}", &code[..3], &code[3..])).unwrap();
    clinic.store("grants", active.to_document().unwrap());
    let roots = clinic.roots("nora");
    assert_eq!(roots.len(), 1);
    let mine = *roots[0].root().expose();
    assert!(clinic.roots("dora").iter().any(|root| root.root().expose() == &mine));
}

#[test]
fn a_wrong_code_gives_nothing() {
    let (clinic, nora) = Clinic::founded().with_nora();
    let pending = clinic.order("nora", Compartment::Front);
    let code: u32 = pending.code(&nora, &clinic.key()).unwrap().parse().unwrap();
    for wrong in [format!("{:06}", (code + 1) % 1_000_000), String::new(), "12345".to_owned(), "abcdef".to_owned()] {
        assert_eq!(clinic.confirm(&pending, &wrong).err(), Some(KeyError::WrongCode));
    }
}

#[test]
fn an_order_for_somebody_elses_keys_shows_nora_no_code_and_dora_refuses_it() {
    let (clinic, nora) = Clinic::founded().with_nora();
    let (ada, mallory) = (clinic.sign_in("ada"), UserKeys::create().unwrap());
    let subject = Subject { id: clinic.id("nora"), keys: mallory.public() };
    let author = Author::new(clinic.id("ada"), &ada);
    let forged = Grant::order(uuid::Uuid::new_v4(), subject, (Compartment::Front, 1), author, NOW).unwrap();
    assert_eq!(forged.code(&nora, &clinic.key()).err(), Some(KeyError::NotOwnKeys));
    let code = forged.code(&mallory, &clinic.key()).unwrap();
    assert_eq!(clinic.confirm(&forged, &code).err(), Some(KeyError::NotOwnKeys));
}

#[test]
fn an_administrator_alone_gives_nobody_access_himself_included() {
    let (clinic, nora) = Clinic::founded().with_nora();
    let ada = clinic.sign_in("ada");
    assert_eq!(
        Subject::of(clinic.directory().by_username("ada").unwrap()).err(),
        Some(KeyError::AdministratorsHoldNone)
    );
    let pending = clinic.order("nora", Compartment::Clinical);
    let code = pending.code(&nora, &clinic.key()).unwrap();
    let invented = CompartmentRoot::create(Compartment::Clinical, 1).unwrap();
    let holder = Holder { author: Author::new(clinic.id("ada"), &ada), root: &invented };
    let (directory, record, site) = (clinic.directory(), clinic.record(), clinic.key());
    let trust = Trust { directory: &directory, record: &record, site: &site };
    assert_eq!(pending.confirm(&code, holder, trust, LATER).err(), Some(KeyError::ForeignRoot));
}

#[test]
fn a_doctor_alone_gives_nobody_access_either() {
    let (clinic, nora) = Clinic::founded().with_nora();
    let dora = clinic.sign_in("dora");
    let subject = Subject::of(clinic.directory().by_username("nora").unwrap()).unwrap();
    let author = Author::new(clinic.id("dora"), &dora);
    let own = Grant::order(uuid::Uuid::new_v4(), subject, (Compartment::Front, 1), author, NOW).unwrap();
    let code = own.code(&nora, &clinic.key()).unwrap();
    assert_eq!(clinic.confirm(&own, &code).err(), Some(KeyError::Untrusted("grant")));
}

#[test]
fn the_recovery_shares_confirm_when_nobody_else_is_left() {
    let (mut clinic, nora) = Clinic::founded().with_nora();
    let pending = clinic.order("nora", Compartment::Audit);
    let code = pending.code(&nora, &clinic.key()).unwrap();
    let (directory, record, site) = (clinic.directory(), clinic.record(), clinic.key());
    let shares = [0, 1].map(|at: usize| RecoveryShare::parse(&clinic.shares[at]).unwrap());
    let recovery = recombine(&shares, clinic.site, &record.recovery).unwrap();
    let roots = clinic.roots_of(record.recovery.id, &recovery);
    let root = roots.iter().find(|root| root.compartment() == Compartment::Audit).unwrap();
    let holder = Holder { author: Author::new(record.recovery.id, &recovery), root };
    let trust = Trust { directory: &directory, record: &record, site: &site };
    let active = pending.confirm(&code, holder, trust, LATER).unwrap();
    clinic.store("grants", active.to_document().unwrap());
    assert_eq!(clinic.roots("nora").len(), 1);
}

#[test]
fn a_removed_grant_opens_nothing_and_its_former_state_is_refused_once_the_removal_was_seen() {
    let clinic = Clinic::founded();
    let (ada, nils, id) = (clinic.sign_in("ada"), clinic.sign_in("nils"), clinic.id("nils"));
    let grant = clinic.grants().into_iter().find(|grant| grant.ordered().user == id).unwrap();
    let removed = grant.remove(Author::new(clinic.id("ada"), &ada), LATER).unwrap();
    let removed = Grant::from_document(&removed.to_document().unwrap()).unwrap();
    let (directory, record) = (clinic.directory(), clinic.record());
    assert_eq!(removed.state(), GrantState::Removed);
    let refused = removed.open((id, &nils), &directory, &record, None).err();
    assert_eq!(refused, Some(KeyError::GrantState("active")));
    let seen = Some(removed.state().version());
    let rolled_back = grant.open((id, &nils), &directory, &record, seen).err();
    assert_eq!(rolled_back, Some(KeyError::Stale { what: "grant", found: 2, seen: 3 }));
}

#[test]
fn a_grant_of_one_user_does_not_open_for_another() {
    let clinic = Clinic::founded();
    let (rosa, dora, id) = (clinic.id("rosa"), clinic.id("dora"), clinic.sign_in("rosa"));
    let (directory, record) = (clinic.directory(), clinic.record());
    for grant in clinic.grants().iter().filter(|grant| grant.ordered().user == dora) {
        assert_eq!(grant.open((rosa, &id), &directory, &record, None).err(), Some(KeyError::NotOwnKeys));
        assert_eq!(grant.open((dora, &id), &directory, &record, None).err(), Some(KeyError::NotOwnKeys));
    }
}

#[test]
fn what_rosa_enters_into_a_compartment_she_does_not_hold_dora_reads() {
    let clinic = Clinic::founded();
    let record = clinic.record();
    let public = record.current(Compartment::NationalId).unwrap();
    let sealed = public.seal_to(b"wardseal/section/1|patient", b"123-45-6789").unwrap();
    let reads = |user: &str| {
        let roots = clinic.roots(user);
        roots.iter().any(|root| root.open_sealed(b"wardseal/section/1|patient", &sealed).is_some())
    };
    assert!(reads("dora"));
    assert!(!reads("rosa"));
    assert!(!reads("nils"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_changed_byte_anywhere_in_a_stored_grant_opens_nothing(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        thread_local!(static CLINIC: Clinic = Clinic::founded());
        CLINIC.with(|clinic| {
            let of_dora = clinic.id("dora");
            let docs: Vec<_> = clinic.of("grants").into_iter()
                .filter(|doc| Grant::from_document(doc).unwrap().ordered().user == of_dora).collect();
            let mut bytes = which.get(&docs).to_vec().unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let read = bson::Document::from_reader(bytes.as_slice()).ok();
            let keys = clinic.sign_in("dora");
            let opened = read.as_ref().and_then(|doc| Grant::from_document(doc).ok())
                .and_then(|grant| grant.open((of_dora, &keys), &clinic.directory(), &clinic.record(), None).ok());
            let Some(root) = opened else { return Ok(()) };
            // What isn't signed (outer names of parts that are absent, subtypes) may change; what is opened may not.
            let record = clinic.record();
            prop_assert_eq!(record.compartment(root.compartment(), root.epoch()), Some(&root.public()));
            Ok(())
        })?;
    }
}
