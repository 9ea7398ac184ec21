//! Everything that can break between a workstation and its server breaks, in the middle of every kind of write: no
//! write that was acknowledged is lost or doubled, and what isn't known is found out.

use crate::clinic_day::{patient, problem};
use crate::wire::faults::{Fault, What};
use crate::wire::refusal::Refusal;
use crate::wire_clinic::{HURRIED, WireClinic, called, chart};
use crate::world::sign_in;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::demo_clinic::resources;
use wardseal::app::views::SavedProblem;
use wardseal::app::{
    AddProblem, AdvanceRotation, ApproveErasure, CheckStore, Code, EditProblem, EnterNationalId, Failure,
    ListRotations, OrderRotation, RequestErasure, RevealNationalId, Workstation,
};
use wardseal::keys::{ErasureReason, RotationKind};
use wardseal::record::{Compartment, Content, Item};

/// How many faults.
const FAULTS: &str = "WARDSEAL_FAULTS";
const SEED: &str = "WARDSEAL_SEED";

/// Numbers that are the same again for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    /// What breaks, at which command.
    fn fault(&mut self) -> Fault {
        let ms = |ms| Duration::from_millis(ms);
        match self.roll(40) {
            // Nobody ever learns what became of the commit.
            0 => return Fault::once(&["commitTransaction"], What::CutAfter).times(60),
            1 => return Fault::once(&["commitTransaction"], What::CutBefore).times(60),
            // The server is gone, in the middle of it or from the start.
            2 => return Fault::once(&[], What::CutBefore).after(self.roll(6)).times(400),
            _ => {}
        }
        let what = match self.roll(13) {
            0 | 1 => What::CutAfter,
            2 => What::CutBefore,
            3 => What::CutWithin,
            4 => What::Silence,
            5 => What::Deaf,
            6 => What::Late(ms(30)),
            7 => What::Refuse(Refusal::new(112, "somebody else writes")),
            8 => What::WriteConcern(64),
            9 => What::StepDown(ms(40)),
            10 => What::StepDownAfter(ms(40)),
            11 => What::KillCursors,
            _ => What::Partial(Refusal::new(11_000, "taken")),
        };
        let commands: &[&str] = match (&what, self.roll(4)) {
            (What::Partial(_), _) => &["insert"],
            (What::KillCursors, _) => &["getMore", "find"],
            (What::WriteConcern(_), _) => &["commitTransaction"],
            (_, 0) => &["commitTransaction"],
            (_, 1) => &["insert", "bulkWrite"],
            (_, 2) => &["update", "bulkWrite"],
            _ => &[],
        };
        let skip = self.roll(3);
        Fault::once(commands, what).after(skip)
    }
}

/// What is known to be stored, and what may be.
struct Model {
    anna: Uuid,
    /// Problems by their words: item and revision.
    problems: BTreeMap<String, (Uuid, i64)>,
    /// Words whose outcome nobody told.
    doubtful: Vec<String>,
    ssn: Option<String>,
}

/// How often each kind of work came to which end.
#[derive(Default)]
struct Told(BTreeMap<String, u64>);

impl Told {
    fn hear(&mut self, what: &str, answer: Result<(), &Failure>) {
        let end = answer.map_or_else(|failure| failure.code.word(), |()| "done");
        *self.0.entry(format!("{what} {end}")).or_default() += 1;
    }
}

struct Storm {
    clinic: WireClinic,
    seat: Workstation,
    model: Model,
    dice: Dice,
    told: Told,
    nth: u64,
}

impl Storm {
    async fn begin(seed: u64) -> Self {
        let clinic = WireClinic::found(HURRIED).await;
        let everyone = (0..12).map(|n| patient(&format!("Family{n}"), "Maria", "1980-02-03"));
        let everyone = everyone.chain([patient("Smith", "Anna", "1968-04-12")]);
        clinic.register("test", everyone.map(|one| (one, vec![])).collect()).await;
        let mut seat = clinic.seat_of("osei").await;
        let anna = called(&mut seat, "Smith").await[0];
        let model = Model { anna, problems: BTreeMap::new(), doubtful: vec![], ssn: None };
        Self { clinic, seat, model, dice: Dice(seed), told: Told::default(), nth: 0 }
    }

    fn happened(&self) -> u64 {
        self.clinic.server.state.faults.happened()
    }

    fn arm(&mut self) {
        let fault = self.dice.fault();
        self.clinic.server.state.faults.add(fault);
    }

    fn calm(&self) {
        self.clinic.server.state.faults.clear();
    }

    async fn round(&mut self) {
        self.nth += 1;
        match self.dice.roll(20) {
            0..=6 => self.add().await,
            7..=12 => self.edit().await,
            13..=16 => self.import().await,
            17 => self.enter_number().await,
            18 => self.rotate().await,
            _ => self.erase().await,
        }
        self.calm();
        if self.nth.is_multiple_of(10) {
            self.compare().await;
        }
    }

    async fn add(&mut self) {
        let words = format!("added {}", self.nth);
        self.arm();
        let added = self.seat.perform(AddProblem { patient: self.model.anna, problem: problem(&words) }).await;
        self.calm();
        self.told.hear("add", added.as_ref().map(drop));
        match added {
            Ok(SavedProblem::Saved { saved }) => drop(self.model.problems.insert(words, (saved.item, saved.rev))),
            Ok(SavedProblem::Conflict { .. }) => panic!("it is new"),
            Err(failure) => self.doubt(&failure, words),
        }
    }

    async fn edit(&mut self) {
        let Some((old, (item, rev))) = self.model.problems.pop_last() else { return self.add().await };
        let words = format!("changed {}", self.nth);
        self.arm();
        let edit = EditProblem { patient: self.model.anna, item, rev, problem: problem(&words) };
        let edited = self.seat.perform(edit).await;
        self.calm();
        self.told.hear("edit", edited.as_ref().map(drop));
        match edited {
            Ok(SavedProblem::Saved { saved }) => drop(self.model.problems.insert(words, (saved.item, saved.rev))),
            Ok(SavedProblem::Conflict { .. }) => panic!("nobody else edits: our own write was done twice"),
            Err(failure) => {
                let unknown = failure.code == Code::OutcomeUnknown;
                self.doubt(&failure, words.clone());
                let stands = self.stored().await.into_iter().find(|(_, (stored, _))| *stored == item);
                let (stands, place) = stands.expect("an edited problem is still there");
                assert!(stands == old || unknown && stands == words, "nothing was stored, it said");
                self.model.problems.insert(stands, place);
            }
        }
    }

    fn doubt(&mut self, failure: &Failure, words: String) {
        match failure.code {
            Code::OutcomeUnknown => self.model.doubtful.push(words),
            // Nothing was stored, it says: the comparison sees whether that is true.
            Code::StoreUnreachable | Code::StoreBusy | Code::Conflict => {}
            other => panic!("{}: {failure}", other.word()),
        }
    }

    /// A newcomer with two problems; who isn't told that they were stored sends the same again.
    async fn import(&mut self) {
        let surname = format!("Newcomer{}", self.nth);
        let incoming = || {
            let items = ["Asthma", "Gout"].map(|text| Item::new(Content::Problem(problem(text)))).into();
            resources("later", &surname, patient(&surname, "Lena", "1999-09-09"), items, &["main"])
        };
        let mut seat = self.clinic.seat_of("import").await;
        self.arm();
        let done = seat.import(incoming(), |_| ControlFlow::Continue(())).await;
        self.calm();
        self.told.hear("import", done.as_ref().map(drop));
        let told = done.is_ok();
        if told {
            assert_eq!(called(&mut self.seat, &surname).await.len(), 1, "acknowledged");
        }
        let again = seat.import(incoming(), |_| ControlFlow::Continue(())).await.unwrap();
        assert!(!told || (again.new, again.changed) == (0, 0), "it is there already");
        let found = called(&mut self.seat, &surname).await;
        assert_eq!(found.len(), 1, "once");
        assert_eq!(chart(&mut self.seat, found[0]).await.problems.unwrap().len(), 2);
    }

    async fn enter_number(&mut self) {
        let ssn = format!("123-45-{:04}", self.nth);
        self.arm();
        let entered = self.seat.perform(EnterNationalId { patient: self.model.anna, ssn: ssn.clone() }).await;
        self.calm();
        self.told.hear("enter number", entered.as_ref().map(drop));
        let reason = "Insurer asks".to_owned();
        let stands = self.seat.perform(RevealNationalId { patient: self.model.anna, reason }).await.unwrap().revealed;
        match entered {
            Ok(_) => assert_eq!(stands.as_deref(), Some(ssn.as_str())),
            Err(failure) if failure.code == Code::OutcomeUnknown => {
                assert!(stands.as_ref() == Some(&ssn) || stands == self.model.ssn);
            }
            Err(_) => assert_eq!(stands, self.model.ssn, "nothing was stored, it said"),
        }
        self.model.ssn = stands;
    }

    /// Replaces keys, a fault at each step.
    async fn rotate(&mut self) {
        let kinds = [
            (RotationKind::Master, Some(Compartment::NationalId)),
            (RotationKind::Data, Some(Compartment::Clinical)),
            (RotationKind::Index, None),
        ];
        let (kind, compartment) = kinds[usize::try_from(self.dice.roll(3)).unwrap()];
        sign_in(&mut self.seat, "adams").await;
        self.arm();
        let ordered = self.seat.perform(OrderRotation { kind, compartment }).await;
        self.calm();
        self.told.hear("order rotation", ordered.as_ref().map(drop));
        sign_in(&mut self.seat, "osei").await;
        for _ in 0..120 {
            let jobs = self.seat.perform(ListRotations {}).await.unwrap();
            let Some(job) = jobs.into_iter().find(|job| !job.ended) else { return };
            self.arm();
            let step = self.seat.perform(AdvanceRotation { job: job.job }).await;
            self.calm();
            self.told.hear("rotate", step.as_ref().map(drop));
        }
        let jobs = self.seat.perform(ListRotations {}).await.unwrap();
        let jobs = serde_json::to_string(&jobs.into_iter().filter(|job| !job.ended).collect::<Vec<_>>()).unwrap();
        panic!("the rotation comes to no end: {jobs} {:?}", self.told.0);
    }

    async fn erase(&mut self) {
        let surname = format!("Gone{}", self.nth);
        let person = patient(&surname, "Eva", "1950-05-05");
        let mut import = self.clinic.seat_of("import").await;
        let incoming = resources("gone", &surname, person, vec![], &["main"]);
        import.import(incoming, |_| ControlFlow::Continue(())).await.unwrap();
        let patient = called(&mut self.seat, &surname).await[0];
        let ask = || RequestErasure { patient, reason: ErasureReason::PatientRequest };
        self.arm();
        let asked = self.seat.perform(ask()).await;
        self.calm();
        self.told.hear("ask for erasure", asked.as_ref().map(drop));
        if asked.is_err() {
            // Perhaps it is there already.
            drop(self.seat.perform(ask()).await);
        }
        sign_in(&mut self.seat, "adams").await;
        self.arm();
        let approved = self.seat.erase(ApproveErasure { patient }).await;
        self.calm();
        self.told.hear("erase", approved.as_ref().copied());
        if approved.is_err() {
            drop(self.seat.erase(ApproveErasure { patient }).await);
            self.seat.finish_erasures().await.unwrap();
        }
        sign_in(&mut self.seat, "osei").await;
        assert!(called(&mut self.seat, &surname).await.is_empty(), "erased");
    }

    /// Anna's problems as they stand: words, item, revision.
    async fn stored(&mut self) -> Vec<(String, (Uuid, i64))> {
        let chart = chart(&mut self.seat, self.model.anna).await;
        chart.problems.unwrap().into_iter().map(|one| (one.problem.text, (one.item, one.rev))).collect()
    }

    /// Everything acknowledged stands there once; beyond it only what was in doubt, once at most.
    async fn compare(&mut self) {
        let stored = self.stored().await;
        let by_words: BTreeMap<String, (Uuid, i64)> = stored.iter().cloned().collect();
        assert_eq!(by_words.len(), stored.len(), "nothing is there twice");
        for (words, place) in &self.model.problems {
            assert_eq!(by_words.get(words), Some(place), "{words} is lost");
        }
        for (words, place) in by_words {
            if !self.model.problems.contains_key(&words) {
                assert!(self.model.doubtful.contains(&words), "{words} was never stored, it said");
                self.model.problems.insert(words, place);
            }
        }
        self.model.doubtful.clear();
        for n in 0..3 {
            assert_eq!(called(&mut self.seat, &format!("Family{n}")).await.len(), 1);
        }
    }

    async fn end(mut self) {
        self.compare().await;
        let check = self.seat.perform(CheckStore {}).await.unwrap();
        assert_eq!(check.findings, vec![]);
        // A program that starts again settles what nobody could tell before.
        let mut again = self.clinic.seat_of("osei").await;
        assert_eq!(called(&mut again, "Smith").await, [self.model.anna]);
        let state = &self.clinic.server.state;
        println!(
            "{} faults in {} rounds; writes sent again and not done twice: {}",
            state.faults.happened(),
            self.nth,
            state.retried()
        );
        println!("{:?}", self.told.0);
    }
}

#[tokio::test]
async fn no_acknowledged_write_is_lost_or_doubled_whatever_breaks() {
    let number = |name: &str, default| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let (faults, seed) = (number(FAULTS, 24), number(SEED, 0x5eed_1234_5678_9abc));
    let mut storm = Storm::begin(seed).await;
    while storm.happened() < faults {
        storm.round().await;
    }
    storm.end().await;
}
