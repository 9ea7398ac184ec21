//! Recovery shares: shown as words and codes, tried, renewed, and what brings a site back on a clean machine.

use crate::clinic_day::{patient, problem};
use crate::guard_loot::Stolen;
use crate::people::{code, first_sign_in, hire};
use crate::world::{MORNING, sign_in};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;
use wardseal::app::demo_clinic::resources;
use wardseal::app::found_site::found;
use wardseal::app::restore_site::{Restore, RestoreFailed, restore};
use wardseal::app::sign_in::{DEMO_PASSWORD, DEMO_USERS};
use wardseal::app::{
    AdvanceRotation, Code, ConfirmByRecovery, Failure, Home, KeysStatus, NewRecovery, NoteKeepers, OpenChart,
    OrderRotation, RenewRecovery, SearchPatients, TestRecovery, Workstation,
};
use wardseal::clock::ManualClock;
use wardseal::keys::{
    Environment, Founding, Keychain, KeychainError, MemoryKeychain, NewUser, RecoveryError, RecoveryShare,
    RotationKind, SiteKey, SlotCost,
};
use wardseal::policy::{Role, compartments_of};
use wardseal::secret::Password;
use wardseal::store::embedded::Embedded;

fn person(username: &str, role: Role, password: &str) -> NewUser {
    NewUser {
        username: username.into(),
        name: format!("{username} of the clinic"),
        initials: "X.".into(),
        role: role.code().into(),
        unit: Some("main".into()),
        holds: compartments_of(role),
        password: Password::new(password.into()),
        temporary: false,
    }
}

/// A clinic with its shares on paper, and Anna, who has asthma.
struct Site {
    place: TempDir,
    keychain: Arc<MemoryKeychain>,
    shares: Vec<String>,
    seat: Workstation,
    anna: Uuid,
}

impl Site {
    async fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let (home, keychain) = (Home::at(place.path().join("home")), Arc::new(MemoryKeychain::new()));
        home.create().unwrap();
        let mut users: Vec<NewUser> = DEMO_USERS.map(|(name, role)| person(name, role, DEMO_PASSWORD)).into();
        let founder = users.remove(3);
        let plan = Founding {
            site_name: "Elm Street".into(),
            environment: Environment::Demo,
            founder,
            others: users,
            recovery: (2, 3),
            workstation: "first".into(),
            profile: wardseal::crypt::Profile::Queryable,
            cost: SlotCost::CHEAP,
            at: MORNING,
        };
        let store = Embedded::open(&home.store()).unwrap();
        let shares = found(&home, keychain.as_ref(), &store, &plan).await.unwrap();
        drop(store);
        let shares = shares.iter().map(|share| share.words().unwrap().to_string()).collect();
        let mut seat = open(&home, keychain.clone()).await.unwrap();
        sign_in(&mut seat, "import").await;
        let anna = resources("test", "anna", patient("Smith", "Anna", "1968-04-12"), vec![], &["main"]);
        seat.import(anna, |_| ControlFlow::Continue(())).await.unwrap();
        sign_in(&mut seat, "osei").await;
        let anna = find(&mut seat).await;
        crate::world::write(&mut seat, "add_problem", json!({ "patient": anna, "problem": problem("Asthma") }))
            .await
            .unwrap();
        seat.sign_out().await.unwrap();
        Self { place, keychain, shares, seat, anna }
    }

    fn home(&self) -> Home {
        Home::at(self.place.path().join("home"))
    }

    fn shares(&self, which: &[usize]) -> Vec<RecoveryShare> {
        which.iter().map(|at| RecoveryShare::parse(&self.shares[*at]).unwrap()).collect()
    }

    /// What somebody has kept elsewhere: the two files of the store and nothing else.
    fn copied(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        for file in ["wardseal.db", "wardseal.db-wal", "wardseal-keys.db", "wardseal-keys.db-wal"] {
            drop(std::fs::copy(self.home().folder().join(file), copy.path().join(file)));
        }
        copy
    }

    async fn as_adams(&mut self) -> &mut Workstation {
        sign_in(&mut self.seat, "adams").await;
        &mut self.seat
    }
}

async fn open(home: &Home, keychain: Arc<dyn Keychain>) -> Result<Workstation, Failure> {
    Workstation::open(home.clone(), keychain, Arc::new(ManualClock::at(MORNING))).await
}

async fn find(seat: &mut Workstation) -> Uuid {
    let page = seat.perform(SearchPatients::page("smith", 0, 5)).await.unwrap();
    page.rows[0].patient
}

fn why(failure: &Failure) -> String {
    assert_eq!(failure.code, Code::Shares);
    failure.fields["why"].as_str().unwrap().to_owned()
}

/// A clean machine's restore.
async fn bring_back(
    from: &Path,
    home: &Home,
    keychain: &dyn Keychain,
    shares: &[RecoveryShare],
) -> Result<(), RestoreFailed> {
    let people = vec![
        person("ada", Role::Administrator, "a long walk by the river"),
        person("wei", Role::Doctor, "seven green kettles sing"),
    ];
    let plan = Restore { from, shares, people, workstation: "second".into(), cost: SlotCost::CHEAP };
    restore(home, keychain, &ManualClock::at(MORNING), &plan).await.map(drop)
}

#[tokio::test]
async fn on_a_clean_machine_two_shares_bring_the_site_back_for_the_old_people_and_the_new() {
    let site = Site::new().await;
    let (copy, machine) = (site.copied(), tempfile::tempdir().unwrap());
    let (home, keychain) = (Home::at(machine.path().join("home")), Arc::new(MemoryKeychain::new()));
    bring_back(copy.path(), &home, keychain.as_ref(), &site.shares(&[2, 0])).await.unwrap();
    let mut seat = open(&home, keychain.clone()).await.unwrap();
    assert_ne!(home.enrolment().unwrap().unwrap().workstation, site.home().enrolment().unwrap().unwrap().workstation);
    // The new doctor holds what doctors hold; the new administrator holds nothing.
    seat.sign_in("wei", &Password::new("seven green kettles sing".into())).await.unwrap();
    let anna = find(&mut seat).await;
    assert_eq!(anna, site.anna);
    assert_eq!(seat.perform(OpenChart { patient: anna }).await.unwrap().problems.unwrap().len(), 1);
    seat.sign_in("ada", &Password::new("a long walk by the river".into())).await.unwrap();
    assert!(seat.perform(OpenChart { patient: anna }).await.is_err());
    // Everybody of before signs in as before, and what they write is written.
    sign_in(&mut seat, "osei").await;
    let chart = seat.perform(OpenChart { patient: anna }).await.unwrap();
    assert_eq!(chart.problems.unwrap().len(), 1);
    let window =
        json!({ "handle": seat.open_chart(OpenChart { patient: anna }).await.unwrap().handle, "patient": anna });
    let gout = json!({ "patient": anna, "window": window, "problem": problem("Gout") });
    seat.dispatch("add_problem", gout).await.unwrap();
    // The new administrator is one like the old: whom she hires can be confirmed.
    seat.sign_in("ada", &Password::new("a long walk by the river".into())).await.unwrap();
    let new = json!({ "username": "nora", "name": "Nora Diaz", "role": "nurse", "unit": "main" });
    seat.dispatch("create_user", new).await.unwrap();
    assert!(!home.folder().join("restoring").exists());
}

#[tokio::test]
async fn after_a_renewal_of_the_site_key_the_new_one_comes_back_and_half_way_both() {
    for steps in [2, usize::MAX] {
        let mut site = Site::new().await;
        let adams = site.as_adams().await;
        let job = adams.perform(OrderRotation { kind: RotationKind::Site, compartment: None }).await.unwrap().job;
        for _ in 0..steps {
            if adams.perform(AdvanceRotation { job }).await.unwrap().ended {
                break;
            }
        }
        let half = steps == 2;
        let (copy, machine) = (site.copied(), tempfile::tempdir().unwrap());
        let (home, keychain) = (Home::at(machine.path().join("home")), Arc::new(MemoryKeychain::new()));
        bring_back(copy.path(), &home, keychain.as_ref(), &site.shares(&[0, 1])).await.unwrap();
        let id = home.enrolment().unwrap().unwrap().site;
        let has = |epoch: i64| keychain.get(&SiteKey::entry_name_of(id, epoch)).unwrap().is_some();
        assert_eq!((has(1), has(2)), (half, true));
        let mut seat = open(&home, keychain.clone()).await.unwrap();
        sign_in(&mut seat, "osei").await;
        assert_eq!(find(&mut seat).await, site.anna);
        assert_eq!(seat.perform(OpenChart { patient: site.anna }).await.unwrap().problems.unwrap().len(), 1);
        // What was begun on the old machine ends on the new one.
        sign_in(&mut seat, "adams").await;
        assert!(seat.rotate(job, |_| ControlFlow::Continue(())).await.unwrap().ended);
        assert!(!has(1));
        sign_in(&mut seat, "osei").await;
        seat.perform(OpenChart { patient: site.anna }).await.unwrap();
    }
}

#[tokio::test]
async fn wrong_few_mixed_and_foreign_shares_bring_nothing_back_and_change_nothing() {
    let (site, other) = (Site::new().await, Site::new().await);
    let (copy, machine) = (site.copied(), tempfile::tempdir().unwrap());
    let (home, keychain) = (Home::at(machine.path().join("home")), MemoryKeychain::new());
    let tried = async |shares: Vec<RecoveryShare>| {
        let failed = bring_back(copy.path(), &home, &keychain, &shares).await.err().unwrap();
        assert!(
            home.enrolment().unwrap().is_none() && !home.store().exists() && !home.folder().join("restoring").exists()
        );
        failed.to_string()
    };
    assert_eq!(tried(site.shares(&[1])).await, "1 different shares were given; 2 are needed");
    assert_eq!(tried(site.shares(&[1, 1])).await, "1 different shares were given; 2 are needed");
    let foreign = "share 1 belongs to another site or to an earlier recovery key";
    assert_eq!(tried(other.shares(&[0, 1])).await, foreign);
    let mut mixed = site.shares(&[1]);
    mixed.extend(other.shares(&[0]));
    assert_eq!(tried(mixed).await, foreign);
    let words = site.shares[0].replacen(' ', " zebra ", 1);
    assert_eq!(RecoveryShare::parse(&words).err(), Some(RecoveryError::Count(26)));
    std::fs::remove_file(copy.path().join("wardseal-keys.db")).unwrap();
    let missing =
        "wardseal-keys.db isn't in that folder: a restore needs the store and the file with the patients' keys";
    assert_eq!(tried(site.shares(&[0, 1])).await, missing);
    // On the machine that still works, a restore beside it is refused.
    let copy = site.copied();
    let here = bring_back(copy.path(), &home, site.keychain.as_ref(), &site.shares(&[0, 1])).await.err().unwrap();
    assert!(matches!(here, RestoreFailed::KnownHere));
    let founded = bring_back(copy.path(), &site.home(), &keychain, &site.shares(&[0, 1])).await.err().unwrap();
    assert!(founded.to_string().contains("already belongs to a site"));
}

/// A keychain that takes one entry and no second.
struct Full(MemoryKeychain, std::sync::atomic::AtomicBool);

impl Keychain for Full {
    fn get(&self, name: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeychainError> {
        self.0.get(name)
    }

    fn put_new(&self, name: &str, bytes: &[u8]) -> Result<(), KeychainError> {
        if self.1.swap(true, std::sync::atomic::Ordering::SeqCst) {
            return Err(KeychainError::Locked);
        }
        self.0.put_new(name, bytes)
    }

    fn delete(&self, name: &str) -> Result<(), KeychainError> {
        self.0.delete(name)
    }
}

#[tokio::test]
async fn a_restore_that_stops_half_way_leaves_a_clean_machine() {
    let site = Site::new().await;
    let (copy, machine) = (site.copied(), tempfile::tempdir().unwrap());
    let home = Home::at(machine.path().join("home"));
    let full = Full(MemoryKeychain::new(), false.into());
    assert!(bring_back(copy.path(), &home, &full, &site.shares(&[0, 1])).await.is_err());
    assert!(home.enrolment().unwrap().is_none() && home.unfinished().unwrap().is_none() && !home.store().exists());
    let keychain = full.0;
    bring_back(copy.path(), &home, &keychain, &site.shares(&[0, 1])).await.unwrap();
    let mut seat = open(&home, Arc::new(keychain)).await.unwrap();
    sign_in(&mut seat, "kim").await;
}

#[tokio::test]
async fn a_drill_opens_all_that_a_restore_would_and_changes_only_the_note() {
    let mut site = Site::new().await;
    let shares = [site.shares(&[0]), site.shares(&[0, 2])];
    let before = Stolen::open(&site.home()).documents("grants");
    let seat = site.as_adams().await;
    let [few, enough] = shares;
    let refused = seat.perform(TestRecovery { shares: few }).await.err().unwrap();
    assert_eq!(why(&refused), "1 different shares were given; 2 are needed");
    let tested = seat.perform(TestRecovery { shares: enough }).await.unwrap();
    assert_eq!((tested.shares.as_slice(), tested.compartments.len()), ([1, 3].as_slice(), 6));
    let keepers = vec!["Dr. Osei's safe".to_owned(), "bank".to_owned()];
    seat.perform(NoteKeepers { keepers }).await.unwrap();
    let status = seat.perform(KeysStatus {}).await.unwrap();
    assert_eq!((status.restored_days, status.shares_at.len()), (Some(0), 2));
    assert_eq!(Stolen::open(&site.home()).documents("grants"), before);
    sign_in(&mut site.seat, "osei").await;
    let refused = site.seat.perform(TestRecovery { shares: Vec::new() }).await.err().unwrap();
    assert_eq!(refused.code, Code::NoRight);
}

#[tokio::test]
async fn renewed_shares_take_the_place_of_the_old_and_nobody_else_notices() {
    let mut site = Site::new().await;
    let old = [site.shares(&[0, 1]), site.shares(&[0, 1])];
    let [for_renewal, worthless] = old;
    let id = site.seat.site().site;
    let (next, dealt) = NewRecovery::make(id, 3, 5).unwrap();
    let seat = site.as_adams().await;
    let renewal = RenewRecovery { shares: for_renewal, next, keepers: Vec::new(), compromised: false };
    seat.perform(renewal).await.unwrap();
    let refused = seat.perform(TestRecovery { shares: worthless }).await.err().unwrap();
    // Which is seen first depends on the key's check digits, which are few.
    let told = why(&refused);
    let earlier = told == "share 1 belongs to another site or to an earlier recovery key";
    assert!(earlier || told == "2 different shares were given; 3 are needed", "{told}");
    site.shares = dealt.iter().map(|share| share.words().unwrap().to_string()).collect();
    let (two, three) = (site.shares(&[0, 1]), site.shares(&[4, 0, 2]));
    let seat = site.as_adams().await;
    let refused = seat.perform(TestRecovery { shares: two }).await.err().unwrap();
    assert_eq!(why(&refused), "2 different shares were given; 3 are needed");
    assert_eq!(seat.perform(TestRecovery { shares: three }).await.unwrap().compartments.len(), 6);
    for user in ["osei", "kim", "lopez", "park", "import"] {
        sign_in(&mut site.seat, user).await;
    }
    sign_in(&mut site.seat, "osei").await;
    site.seat.perform(OpenChart { patient: site.anna }).await.unwrap();
    site.seat.sign_out().await.unwrap();
    let (copy, machine) = (site.copied(), tempfile::tempdir().unwrap());
    let (home, keychain) = (Home::at(machine.path().join("home")), MemoryKeychain::new());
    bring_back(copy.path(), &home, &keychain, &site.shares(&[1, 3, 4])).await.unwrap();
    assert!(
        NewRecovery::make(id, 1, 3).is_err()
            && NewRecovery::make(id, 3, 2).is_err()
            && NewRecovery::make(id, 2, 8).is_err()
    );
}

#[tokio::test]
async fn the_only_auditor_s_successor_gets_the_audit_from_the_shares() {
    let mut site = Site::new().await;
    let made = hire(&mut site.seat, "nora", "auditor").await;
    first_sign_in(&mut site.seat, &made).await;
    let code = code(&site.seat);
    site.seat.sign_out().await.unwrap();
    let shares = [site.shares(&[1, 2]), site.shares(&[1, 2])];
    let [wrong, right] = shares;
    let seat = site.as_adams().await;
    let confirm = |shares, code: &str| ConfirmByRecovery { shares, user: made.user, code: code.into() };
    assert_eq!(seat.perform(confirm(wrong, "000000")).await.err().map(|failure| failure.code), Some(Code::WrongCode));
    let done = seat.perform(confirm(right, &code)).await.unwrap();
    assert_eq!((done.compartments.as_slice(), done.left), (["audit".to_owned()].as_slice(), 0));
}

// ---------------------------------------------------------------- codes

/// What a camera reads from dark and light modules.
fn read(width: usize, height: usize, dark: impl Fn(usize, usize) -> bool) -> String {
    const SCALE: usize = 4;
    let grey = |x: usize, y: usize| if dark(x / SCALE, y / SCALE) { 0 } else { 255 };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width * SCALE, height * SCALE, grey);
    let grids = image.detect_grids();
    grids[0].decode().unwrap().1
}

#[tokio::test]
async fn a_share_comes_back_from_the_printed_page_and_from_the_terminal_by_camera() {
    let site = Site::new().await;
    for share in site.shares(&[0, 1, 2]) {
        let page = share.page("Elm & Street", 2, 3).unwrap();
        let number = |line: &str, name: &str| -> usize {
            line.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        let dark: std::collections::BTreeSet<(usize, usize)> = page
            .lines()
            .filter(|line| line.starts_with("<rect x="))
            .map(|line| (number(line, "x") / 6, (number(line, "y") - 40) / 6))
            .collect();
        let side = dark.iter().map(|(x, _)| x + 5).max().unwrap();
        let read_page = read(side, side, |x, y| dark.contains(&(x, y)));
        assert_eq!(RecoveryShare::parse(&read_page).unwrap().words().unwrap(), share.words().unwrap());
        assert!(page.contains("Elm &amp; Street") && page.contains("<text"));

        let shown = share.terminal_code().unwrap();
        let rows: Vec<Vec<char>> = shown.lines().map(|line| line.chars().collect()).collect();
        // A terminal shows light on dark: a full block is light.
        let light = |x: usize, y: usize| match rows.get(y / 2).and_then(|row| row.get(x)) {
            Some('█') => true,
            Some('▀') => y.is_multiple_of(2),
            Some('▄') => y % 2 == 1,
            _ => false,
        };
        let wide = rows[0].len();
        let inverted = read_either(wide, rows.len() * 2, light);
        assert_eq!(RecoveryShare::parse(&inverted).unwrap().words().unwrap(), share.words().unwrap());
    }
}

/// Some terminals are dark and some are light; a camera reads one of the two.
fn read_either(width: usize, height: usize, marked: impl Fn(usize, usize) -> bool) -> String {
    const SCALE: usize = 4;
    for as_dark in [true, false] {
        let grey = |x: usize, y: usize| if marked(x / SCALE, y / SCALE) == as_dark { 0 } else { 255 };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width * SCALE, height * SCALE, grey);
        if let Some(Ok((_, text))) = image.detect_grids().first().map(|grid| grid.decode()) {
            return text;
        }
    }
    panic!("no code is seen")
}
