//! Keys are replaced while people work: nobody signs in again, nothing is lost, and the old keys open nothing.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::{Loot, Stolen};
use crate::world::{World, sign_in};
use bson::Document;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::demo_clinic::resources;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::app::views::SavedProblem;
use wardseal::app::{
    AddProblem, AdvanceRotation, CheckStore, Code, EditProblem, EnterNationalId, KeysStatus, ListRotations, OpenChart,
    OrderRotation, PauseRotation, RevealNationalId, RotationView, SearchPatients, Workstation,
};
use wardseal::crypt::{Crypt, KeyRing, Provider};
use wardseal::keys::{Keychain as _, RotationKind, SiteKey};
use wardseal::record::Compartment;

/// Patients enough for a few shares.
const PATIENTS: usize = 120;

pub async fn busy_clinic() -> World {
    let mut world = World::new().await;
    let everyone = (0..PATIENTS).map(|n| patient(&format!("Family{n}"), "Maria", "1980-02-03"));
    world.register(everyone.chain([patient("Smith", "Anna", "1968-04-12")]).map(|one| (one, vec![])).collect()).await;
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    let saved = world.seat.perform(AddProblem { patient: anna, problem: problem("Asthma") }).await.unwrap();
    let SavedProblem::Saved { saved } = saved else { panic!("nobody else writes") };
    let edit = EditProblem { patient: anna, item: saved.item, rev: saved.rev, problem: problem("Severe asthma") };
    world.seat.perform(edit).await.unwrap();
    world
}

pub async fn order(world: &mut World, kind: RotationKind, compartment: Option<Compartment>) -> RotationView {
    world.sign_in("adams").await;
    world.seat.perform(OrderRotation { kind, compartment }).await.unwrap()
}

/// A second seat's work between two steps: finds, reads, adds, changes what was on the screen before the step.
struct Colleague {
    seat: Workstation,
    anna: Uuid,
    open: Option<(Uuid, i64)>,
    rounds: usize,
}

impl Colleague {
    async fn of(world: &World, username: &str) -> Self {
        let mut seat = world.another_seat().await;
        sign_in(&mut seat, username).await;
        let anna = find(&mut seat, "smith").await;
        Self { seat, anna, open: None, rounds: 0 }
    }

    async fn works(&mut self) {
        self.rounds += 1;
        assert_eq!(find(&mut self.seat, "smith").await, self.anna);
        find(&mut self.seat, &format!("family{}", self.rounds % PATIENTS)).await;
        let chart = self.seat.perform(OpenChart { patient: self.anna }).await.unwrap();
        assert_eq!(chart.damaged_items, 0);
        let text = |turn: &str| problem(&format!("Round {} {turn}", self.rounds));
        if let Some((item, rev)) = self.open {
            let edit = EditProblem { patient: self.anna, item, rev, problem: text("changed") };
            let saved = self.seat.perform(edit).await.unwrap();
            assert!(matches!(saved, SavedProblem::Saved { .. }), "a key operation is nobody else's edit");
        }
        let added = AddProblem { patient: self.anna, problem: text("added") };
        let SavedProblem::Saved { saved } = self.seat.perform(added).await.unwrap() else { panic!("it is new") };
        self.open = Some((saved.item, saved.rev));
    }
}

pub async fn find(seat: &mut Workstation, query: &str) -> Uuid {
    let page = seat.perform(SearchPatients::page(format!("\"{query}\""), 0, 50)).await.unwrap();
    assert_eq!((page.total, page.rows[0].damaged), (1, false), "{query}");
    page.rows[0].patient
}

/// One more patient is brought in.
async fn came(world: &mut World, surname: &str) {
    world.sign_in("import").await;
    let incoming = resources("later", surname, patient(surname, "Lena", "1999-09-09"), vec![], &["main"]);
    let done = world.seat.import(incoming, |_| ControlFlow::Continue(())).await.unwrap();
    assert_eq!(done.patients, 1);
}

/// Carries a job out step by step, the colleague at work between the steps.
async fn rotate_at_work(world: &mut World, job: Uuid, colleague: &mut Colleague) -> usize {
    let mut steps = 0;
    loop {
        colleague.works().await;
        match world.seat.perform(AdvanceRotation { job }).await {
            Ok(view) if view.ended => return steps + 1,
            Ok(view) => assert!(!view.stuck, "{view:?}"),
            Err(failure) => assert_eq!(failure.code, Code::Conflict),
        }
        steps += 1;
        assert!(steps < 500);
    }
}

pub async fn rotate(world: &mut World, job: Uuid) -> RotationView {
    world.seat.rotate(job, |_| ControlFlow::Continue(())).await.unwrap()
}

pub fn loot(world: &World) -> Loot {
    Loot::of(&world.home(), world.keychain.as_ref(), "osei", DEMO_PASSWORD)
}

/// Every stored value of sections, by the id of the data key it stands under.
fn keys_in_use(world: &World, patients: &str) -> BTreeSet<Uuid> {
    let stolen = Stolen::open(&world.home());
    let mut ids = BTreeSet::new();
    for (collection, part) in
        [(patients, "s"), (patients, "i"), ("items", "s"), ("versions", "s"), ("patient_keys", "k")]
    {
        for document in stolen.documents(collection) {
            let Ok(part) = document.get_document(part) else { continue };
            let bytes = part.values().filter_map(|value| match value {
                bson::Bson::Binary(value) if value.subtype == bson::spec::BinarySubtype::Encrypted => {
                    Some(&value.bytes)
                }
                _ => None,
            });
            ids.extend(bytes.map(|bytes| Uuid::from_slice(&bytes[1..17]).unwrap()));
        }
    }
    ids
}

/// What the old roots of a thief open of the store as it is now.
pub fn opened_by(loot: &Loot, world: &World, of: Compartment, patients: &str) -> usize {
    let roots = loot.roots.iter().filter(|root| root.compartment() == of);
    let providers: Vec<Provider<'_>> = roots.map(|root| Provider { name: root.provider(), key: root.root() }).collect();
    let stolen = Stolen::open(&world.home());
    let vault = stolen.rows("key_vault").into_iter().map(|(_, raw)| raw).collect();
    let crypt = Crypt::open(&providers, Arc::new(KeyRing::new(vault)), None).unwrap();
    let opens = |document: &Document, part: &str| {
        let part = document.get_document(part).cloned().unwrap_or_default();
        let values = part.into_iter().filter(|(_, value)| matches!(value, bson::Bson::Binary(_)));
        let raw = values.map(|(name, value)| bson::RawDocumentBuf::try_from(&bson::doc! { name: value }).unwrap());
        raw.filter(|raw| crypt.decrypt(raw).is_ok_and(|clear| clear != *raw)).count()
    };
    let all = [(patients, "s"), ("items", "s"), ("versions", "s"), ("patient_keys", "k")];
    all.iter()
        .flat_map(|(name, part)| stolen.documents(name).into_iter().map(|one| (one, *part)).collect::<Vec<_>>())
        .map(|(document, part)| opens(&document, part))
        .sum()
}

/// Everything is there and whole, for everybody.
pub async fn all_is_well(world: &mut World) {
    world.sign_in("kim").await;
    for n in 0..PATIENTS {
        let found = find(&mut world.seat, &format!("family{n}")).await;
        if n % 20 == 0 {
            assert_eq!(world.open(found).await.unwrap().damaged_items, 0);
        }
    }
    world.sign_in("osei").await;
    let anna = world.find("smith").await;
    let chart = world.open(anna).await.unwrap();
    assert_eq!(chart.damaged_items, 0);
    assert!(chart.problems.unwrap().iter().any(|one| one.problem.text == "Severe asthma"));
    wardseal::store::embedded::Embedded::open(&world.home().store()).unwrap().check().await.unwrap();
    let checked = world.seat.perform(CheckStore {}).await.unwrap();
    assert!(checked.findings.is_empty() && checked.items > 0, "{:?}", checked.findings);
    let status = world.seat.perform(KeysStatus {}).await.unwrap();
    assert_eq!((status.unencrypted, status.running.len()), (0, 0));
    assert!(status.values > PATIENTS);
}

#[tokio::test]
async fn a_compartments_root_is_replaced_while_a_doctor_works_and_the_old_one_opens_nothing() {
    let mut world = busy_clinic().await;
    let anna = world.find("smith").await;
    let before = loot(&world);
    assert!(opened_by(&before, &world, Compartment::Clinical, "patients") > 0);
    let job = order(&mut world, RotationKind::Master, Some(Compartment::Clinical)).await;
    assert_eq!(world.seat.perform(AdvanceRotation { job: job.job }).await.unwrap_err().code, Code::NoRight);
    let mut colleague = Colleague::of(&world, "osei").await;
    world.sign_in("kim").await;
    rotate_at_work(&mut world, job.job, &mut colleague).await;
    assert_eq!(opened_by(&before, &world, Compartment::Clinical, "patients"), 0);
    assert!(opened_by(&before, &world, Compartment::Front, "patients") > 0, "only the one was replaced");
    let old = SiteKey::load(world.keychain.as_ref(), world.seat.site().site).unwrap();
    drop(old);
    let now = loot(&world);
    assert_eq!(now.record.compartments.iter().filter(|one| one.compartment == Compartment::Clinical).count(), 1);
    let roots = now.roots.iter().filter(|root| root.compartment() == Compartment::Clinical);
    assert_eq!(roots.map(|root| root.epoch()).collect::<Vec<_>>(), [2]);
    all_is_well(&mut world).await;
    assert_eq!(world.find("smith").await, anna);
}

#[tokio::test]
async fn what_the_receptionist_sealed_write_only_opens_after_the_root_was_replaced() {
    let mut world = busy_clinic().await;
    let anna = world.find("smith").await;
    world.sign_in("lopez").await;
    world.seat.perform(EnterNationalId { patient: anna, ssn: "123-45-6789".into() }).await.unwrap();
    let before = loot(&world);
    let job = order(&mut world, RotationKind::Master, Some(Compartment::NationalId)).await;
    world.sign_in("osei").await;
    let done = rotate(&mut world, job.job).await;
    assert!(done.ended && done.documents > 0);
    let stolen = Stolen::open(&world.home());
    let sealed = crate::write_only::sealed_keys(&stolen, anna);
    assert!(!sealed.is_empty() && sealed.iter().all(|(_, _, sealed)| wardseal::keys::sealed_epoch(sealed) == Some(2)));
    assert!(before.roots.iter().all(|root| root.epoch() == 1));
    assert_eq!(crate::write_only::opened(&before, &stolen, &stolen, anna), 0, "the old root opens it no more");
    assert_eq!(crate::write_only::opened(&loot(&world), &stolen, &stolen, anna), 1);
    let reason = "Insurer asks".to_owned();
    let number = world.seat.perform(RevealNationalId { patient: anna, reason }).await.unwrap();
    assert_eq!(number.revealed.as_deref(), Some("123-45-6789"));
    all_is_well(&mut world).await;
}

#[tokio::test]
async fn data_keys_are_replaced_in_place_while_a_doctor_works() {
    let mut world = busy_clinic().await;
    let old: BTreeSet<Uuid> = keys_in_use(&world, "patients");
    let vault = Stolen::open(&world.home()).documents("key_vault").len();
    let job = order(&mut world, RotationKind::Data, Some(Compartment::Clinical)).await;
    let mut colleague = Colleague::of(&world, "osei").await;
    world.sign_in("kim").await;
    let steps = rotate_at_work(&mut world, job.job, &mut colleague).await;
    assert!(steps > 8, "{steps} steps");
    let now = keys_in_use(&world, "patients");
    assert_eq!((old.difference(&now).count(), now.difference(&old).count()), (2, 2));
    let stolen = Stolen::open(&world.home());
    assert_eq!(stolen.documents("key_vault").len(), vault, "as many keys as before");
    let left: BTreeSet<Uuid> =
        stolen.rows("key_vault").iter().filter_map(|(_, raw)| wardseal::crypt::id_of(raw)).collect();
    assert!(old.difference(&now).all(|gone| !left.contains(gone)));
    all_is_well(&mut world).await;
}

#[tokio::test]
async fn index_keys_are_replaced_by_a_new_collection_while_a_doctor_works() {
    let mut world = busy_clinic().await;
    let job = order(&mut world, RotationKind::Index, None).await;
    let mut colleague = Colleague::of(&world, "osei").await;
    world.sign_in("osei").await;
    let old = keys_in_use(&world, "patients");
    // A patient who comes while the others are copied.
    for _ in 0..3 {
        world.seat.perform(AdvanceRotation { job: job.job }).await.unwrap();
        colleague.works().await;
    }
    came(&mut world, "Late").await;
    // And one who was copied already and is changed.
    world.sign_in("lopez").await;
    let anna = world.find("smith").await;
    world.seat.perform(EnterNationalId { patient: anna, ssn: "123-45-6789".into() }).await.unwrap();
    world.sign_in("osei").await;
    rotate_at_work(&mut world, job.job, &mut colleague).await;
    assert!(Stolen::open(&world.home()).documents("patients").is_empty());
    let now = keys_in_use(&world, "patients_2");
    assert!(old.difference(&now).count() >= 4, "index keys in use are others");
    find(&mut world.seat, "late").await;
    let reason = "Insurer asks".to_owned();
    let number = world.seat.perform(RevealNationalId { patient: anna, reason }).await.unwrap();
    assert_eq!(number.revealed.as_deref(), Some("123-45-6789"));
    all_is_well(&mut world).await;
    came(&mut world, "Later").await;
    world.sign_in("osei").await;
    find(&mut world.seat, "later").await;
}

#[tokio::test]
async fn the_site_key_is_renewed_without_the_users_and_the_old_one_leaves_the_keychain() {
    let mut world = busy_clinic().await;
    let site = world.seat.site().site;
    let job = order(&mut world, RotationKind::Site, None).await;
    let mut colleague = Colleague::of(&world, "osei").await;
    rotate_at_work(&mut world, job.job, &mut colleague).await;
    assert!(world.keychain.get(&SiteKey::entry_name(site)).unwrap().is_none());
    assert!(world.keychain.get(&SiteKey::entry_name_of(site, 2)).unwrap().is_some());
    all_is_well(&mut world).await;
    world.seat = world.another_seat().await;
    all_is_well(&mut world).await;
    // A second renewal takes everything along once more.
    let again = order(&mut world, RotationKind::Site, None).await;
    assert!(rotate(&mut world, again.job).await.ended);
    all_is_well(&mut world).await;
    assert!(world.keychain.get(&SiteKey::entry_name_of(site, 2)).unwrap().is_none());
}

#[tokio::test]
async fn after_a_loss_the_compartments_get_new_roots_and_new_data_keys_and_it_can_rest_and_go_on() {
    let mut world = busy_clinic().await;
    let before = keys_in_use(&world, "patients");
    world.sign_in("adams").await;
    let ordered = world.seat.rotate_after_loss(&[Compartment::Front, Compartment::Clinical]).await.unwrap();
    assert_eq!(ordered.len(), 4);
    let again = world.seat.rotate_after_loss(&[Compartment::Front]).await.unwrap();
    assert_eq!(again[0].job, ordered[0].job, "what is ordered already isn't ordered twice");
    world.seat.perform(PauseRotation { job: ordered[0].job, paused: true }).await.unwrap();
    world.sign_in("osei").await;
    let resting = world.seat.perform(AdvanceRotation { job: ordered[0].job }).await.unwrap_err();
    assert_eq!(resting.code, Code::Cancelled);
    world.sign_in("adams").await;
    world.seat.perform(PauseRotation { job: ordered[0].job, paused: false }).await.unwrap();
    world.sign_in("osei").await;
    for job in &ordered {
        assert!(rotate(&mut world, job.job).await.ended);
    }
    let now = keys_in_use(&world, "patients");
    assert_eq!(before.difference(&now).count(), 4);
    // The administrator signs what the holder changed when he orders the next one.
    let next = order(&mut world, RotationKind::Master, Some(Compartment::Front)).await;
    world.sign_in("lopez").await;
    assert!(rotate(&mut world, next.job).await.ended);
    all_is_well(&mut world).await;
}

#[tokio::test]
async fn a_rotation_goes_on_by_itself_while_a_holder_only_reads_and_rests_while_she_works() {
    let mut world = busy_clinic().await;
    let job = order(&mut world, RotationKind::Data, Some(Compartment::Clinical)).await;
    world.sign_in("lopez").await;
    world.wait(Duration::from_secs(30));
    assert!(!world.seat.rotate_when_quiet().await.unwrap(), "the front desk holds no clinical key");
    world.sign_in("kim").await;
    assert!(!world.seat.rotate_when_quiet().await.unwrap(), "she has just touched the keyboard");
    world.wait(Duration::from_secs(30));
    let mut steps = 0;
    while world.seat.rotate_when_quiet().await.unwrap() {
        steps += 1;
    }
    assert!(steps > 5);
    world.sign_in("osei").await;
    let jobs = world.seat.perform(ListRotations {}).await.unwrap();
    assert!(jobs.iter().any(|one| one.job == job.job && one.ended));
    all_is_well(&mut world).await;
}

#[tokio::test]
async fn the_key_vault_has_as_many_keys_for_a_hundred_patients_as_for_none() {
    let mut empty = World::new().await;
    empty.sign_in("osei").await;
    let mut full = busy_clinic().await;
    let vaults = [&mut empty, &mut full].map(|world| Stolen::open(&world.home()).documents("key_vault").len());
    assert_eq!(vaults[0], vaults[1]);
    let status = full.seat.perform(KeysStatus {}).await.unwrap();
    assert_eq!(status.vault, vaults[0]);
}

#[tokio::test]
async fn keys_that_grow_old_are_overdue() {
    let mut world = World::new().await;
    world.sign_in("adams").await;
    let status = world.seat.perform(KeysStatus {}).await.unwrap();
    assert!(status.keys.iter().all(|key| !key.overdue && key.days == 0), "{:?}", status.keys);
    assert!(status.keys.iter().any(|key| key.name == "local:clinical" && key.holders == Some(3)), "{:?}", status.keys);
    world.seat.sign_out().await.unwrap();
    world.wait(Duration::from_secs(400 * 86_400));
    world.sign_in("adams").await;
    let status = world.seat.perform(KeysStatus {}).await.unwrap();
    let overdue: Vec<&str> = status.keys.iter().filter(|key| key.overdue).map(|key| key.name.as_str()).collect();
    assert!(overdue.contains(&"site") && overdue.contains(&"local:front"), "{overdue:?}");
}
