//! A window is bound to one patient: whatever is opened, switched, saved and undone in whatever order, nothing is ever
//! written into another patient's chart or record than the one whose banner and form are shown.

use crate::clinic_day::{patient, problem};
use crate::world::World;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use wardseal::app::patients::PatientDetails;
use wardseal::app::schedule::ShowAccount;
use wardseal::app::{Code, Workstation};

/// A form that was opened in a window, and what it knows.
#[derive(Clone)]
struct Form {
    patient: Uuid,
    window: Value,
}

/// Three patients and the doctor who treats them.
struct Ward {
    world: World,
    patients: Vec<Uuid>,
    /// The window as the screen has it: what the last opened chart, record or account has yielded.
    window: Value,
    /// Forms that were opened at some time, also in charts that aren't open any more.
    forms: Vec<Form>,
    /// Problems written per patient.
    written: Vec<Vec<String>>,
    /// The street and the revision of each patient's contact.
    lives: Vec<(String, i64)>,
    /// What each patient owes, in hundredths.
    owe: Vec<i64>,
    last: Option<(Form, Value)>,
    turn: usize,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Open a chart.
    Open(usize),
    /// Open what is kept of a patient as a person.
    Record(usize),
    /// Open the account that a visit shows, whatever lies open beside it.
    Account(usize),
    /// Open a form in the chart that lies open.
    Form,
    /// Save in a form that was opened at some time.
    Save(usize),
    /// Save a new address in a form that was opened at some time.
    Move(usize),
    /// Set what is owed in a form that was opened at some time.
    Owe(usize),
    /// What is owed by another patient than the window's, with the window's own handle.
    OweAnother(usize),
    /// The same with the form's patient, but from the window that is open now.
    MoveFromOpenWindow(usize),
    /// A new address for another patient than the window's, with the window's own handle.
    MoveAnother(usize),
    /// Save with the form's patient, but from the window that is open now.
    SaveFromOpenWindow(usize),
    /// Save for another patient than the window's, with the window's own handle.
    SaveForAnother(usize),
    /// Mark what was saved last as entered in error, in its form.
    Undo,
    /// The seat locks and is opened again.
    Lock,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3_usize).prop_map(Step::Open),
        2 => (0..3_usize).prop_map(Step::Record),
        2 => (0..3_usize).prop_map(Step::Account),
        4 => any::<usize>().prop_map(Step::Owe),
        1 => (0..3_usize).prop_map(Step::OweAnother),
        3 => any::<usize>().prop_map(Step::Move),
        2 => any::<usize>().prop_map(Step::MoveFromOpenWindow),
        1 => (0..3_usize).prop_map(Step::MoveAnother),
        4 => Just(Step::Form),
        6 => any::<usize>().prop_map(Step::Save),
        3 => any::<usize>().prop_map(Step::SaveFromOpenWindow),
        2 => (0..3_usize).prop_map(Step::SaveForAnother),
        3 => Just(Step::Undo),
        1 => Just(Step::Lock),
    ]
}

impl Ward {
    async fn new() -> Self {
        let mut world = World::new().await;
        let given = ["Anna", "Anne", "Bea"];
        world.register(given.map(|given| (patient("Smith", given, "1968-04-12"), vec![])).into()).await;
        world.sign_in("osei").await;
        let mut patients = Vec::new();
        for given in given {
            patients.push(world.find(&format!("smith, {given}")).await);
        }
        let mut lives = Vec::new();
        for patient in &patients {
            lives.push(lives_in(&mut world.seat, *patient).await);
        }
        let written = vec![Vec::new(); 3];
        Self {
            world,
            patients,
            window: Value::Null,
            forms: Vec::new(),
            written,
            lives,
            owe: vec![0; 3],
            last: None,
            turn: 0,
        }
    }

    fn seat(&mut self) -> &mut Workstation {
        &mut self.world.seat
    }

    fn open_patient(&self) -> Option<Uuid> {
        serde_json::from_value(self.window["patient"].clone()).ok()
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Open(nth) => self.open("open_chart", nth).await,
            Step::Record(nth) => self.open("patient_details", nth).await,
            Step::Account(nth) => self.open("show_account", nth).await,
            Step::Form => {
                if let Some(patient) = self.open_patient() {
                    self.forms.push(Form { patient, window: self.window.clone() });
                }
            }
            Step::Save(at) if !self.forms.is_empty() => {
                let form = self.forms[at % self.forms.len()].clone();
                self.save(form).await;
            }
            Step::SaveFromOpenWindow(at) if !self.forms.is_empty() => {
                let form = Form { window: self.window.clone(), ..self.forms[at % self.forms.len()].clone() };
                self.save(form).await;
            }
            Step::SaveForAnother(nth) if self.window != Value::Null => {
                let form = Form { patient: self.patients[nth], window: self.window.clone() };
                self.save(form).await;
            }
            Step::Move(at) if !self.forms.is_empty() => {
                let form = self.forms[at % self.forms.len()].clone();
                self.move_house(form).await;
            }
            Step::MoveFromOpenWindow(at) if !self.forms.is_empty() => {
                let form = Form { window: self.window.clone(), ..self.forms[at % self.forms.len()].clone() };
                self.move_house(form).await;
            }
            Step::MoveAnother(nth) if self.window != Value::Null => {
                let form = Form { patient: self.patients[nth], window: self.window.clone() };
                self.move_house(form).await;
            }
            Step::Owe(at) if !self.forms.is_empty() => {
                let form = self.forms[at % self.forms.len()].clone();
                self.set_balance(form).await;
            }
            Step::OweAnother(nth) if self.window != Value::Null => {
                let form = Form { patient: self.patients[nth], window: self.window.clone() };
                self.set_balance(form).await;
            }
            Step::Undo => self.undo().await,
            Step::Lock => {
                self.seat().dispatch("lock", json!({})).await.unwrap();
                self.world.sign_in("osei").await;
            }
            Step::Save(_) | Step::SaveFromOpenWindow(_) | Step::SaveForAnother(_) => {}
            Step::Move(_) | Step::MoveFromOpenWindow(_) | Step::MoveAnother(_) => {}
            Step::Owe(_) | Step::OweAnother(_) => {}
        }
    }

    async fn open(&mut self, opens: &str, nth: usize) {
        let patient = self.patients[nth];
        let opened = self.seat().dispatch(opens, json!({ "patient": patient })).await.unwrap();
        self.window = json!({ "handle": opened["handle"], "patient": patient });
    }

    async fn move_house(&mut self, form: Form) {
        self.turn += 1;
        let nth = self.patients.iter().position(|one| *one == form.patient).unwrap();
        let (street, rev) = (format!("{} Alder Lane", self.turn), self.lives[nth].1);
        let args =
            json!({ "patient": form.patient, "window": form.window, "rev": rev, "contact": { "street": street } });
        match self.seat().dispatch("edit_contact", args).await {
            Ok(answer) => {
                assert_eq!(form.window["patient"], json!(form.patient), "banner and form are one patient's");
                assert_eq!(answer["is"], "saved");
                self.lives[nth] = (street, rev + 1);
            }
            Err(failure) => assert_eq!(failure.code, Code::WrongPatient),
        }
    }

    async fn set_balance(&mut self, form: Form) {
        self.turn += 1;
        let owed = self.turn as i64;
        let args = json!({ "patient": form.patient, "window": form.window, "cents": owed, "state": "open" });
        match self.seat().dispatch("set_balance", args).await {
            Ok(answer) => {
                assert_eq!(form.window["patient"], json!(form.patient), "banner and form are one patient's");
                assert_eq!(answer["balance"]["cents"], owed);
                let nth = self.patients.iter().position(|one| *one == form.patient).unwrap();
                self.owe[nth] = owed;
            }
            Err(failure) => assert_eq!(failure.code, Code::WrongPatient),
        }
    }

    async fn save(&mut self, form: Form) {
        self.turn += 1;
        let text = format!("Problem {}", self.turn);
        let args = json!({ "patient": form.patient, "window": form.window, "problem": problem(&text) });
        match self.seat().dispatch("add_problem", args).await {
            Ok(answer) => {
                assert_eq!(form.window["patient"], json!(form.patient), "banner and form are one patient's");
                let nth = self.patients.iter().position(|one| *one == form.patient).unwrap();
                self.written[nth].push(text);
                self.last = Some((form, answer["saved"].clone()));
            }
            Err(failure) => assert_eq!(failure.code, Code::WrongPatient),
        }
    }

    async fn undo(&mut self) {
        let Some((form, saved)) = self.last.clone() else { return };
        let args = json!({
            "patient": form.patient, "window": form.window, "item": saved["item"], "rev": saved["rev"],
            "section": "problems", "reason": "Undone at once",
        });
        match self.seat().dispatch("mark_in_error", args).await {
            Ok(_) => {
                let nth = self.patients.iter().position(|one| *one == form.patient).unwrap();
                let text = saved["problem"]["text"].as_str().unwrap();
                self.written[nth].retain(|one| one != text);
                self.last = None;
            }
            Err(failure) => assert_eq!(failure.code, Code::WrongPatient),
        }
    }

    /// Every chart holds exactly what was written into its own window.
    async fn compare(&mut self) {
        for nth in 0..3 {
            let chart = self.world.open(self.patients[nth]).await.unwrap();
            let mut there: Vec<String> = chart.problems.unwrap().into_iter().map(|one| one.problem.text).collect();
            let mut expected = self.written[nth].clone();
            there.sort();
            expected.sort();
            assert_eq!(there, expected);
            assert_eq!(lives_in(&mut self.world.seat, self.patients[nth]).await, self.lives[nth]);
            let account = self.world.seat.perform(ShowAccount { patient: self.patients[nth] }).await.unwrap();
            assert_eq!(account.balance.map_or(0, |balance| balance.cents), self.owe[nth]);
        }
    }
}

/// A patient's street, and the revision it is of.
async fn lives_in(seat: &mut Workstation, patient: Uuid) -> (String, i64) {
    let record = seat.perform(PatientDetails { patient }).await.unwrap();
    (record.contact.unwrap().street, record.contact_rev)
}

#[test]
fn no_interleaving_of_open_switch_undo_and_save_writes_to_another_patient() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ward = std::cell::RefCell::new(runtime.block_on(Ward::new()));
    let cases = std::env::var("WARDSEAL_STEPS").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..40))| {
        let mut ward = ward.borrow_mut();
        runtime.block_on(async {
            for step in steps {
                ward.take(step).await;
            }
            ward.compare().await;
        });
    });
}

#[tokio::test]
async fn the_same_chart_read_again_keeps_its_window_and_another_ends_it() {
    let mut ward = Ward::new().await;
    ward.take(Step::Open(0)).await;
    ward.take(Step::Form).await;
    let first = ward.window.clone();
    ward.take(Step::Open(0)).await;
    assert_eq!(ward.window, first, "a form stays open while the chart behind it is read again");
    ward.take(Step::Save(0)).await;
    assert_eq!(ward.written[0].len(), 1);
    ward.take(Step::Open(1)).await;
    ward.take(Step::Save(0)).await;
    assert_eq!(ward.written[0].len(), 1, "the form of a chart that isn't open writes nothing");
    ward.take(Step::Open(0)).await;
    ward.take(Step::Save(0)).await;
    assert_eq!(ward.written[0].len(), 1, "nor when the chart is opened anew: it has another window now");
    ward.compare().await;
}

#[tokio::test]
async fn a_refused_write_is_in_the_audit_and_who_may_not_write_at_all_is_told_that() {
    let mut ward = Ward::new().await;
    ward.take(Step::Open(0)).await;
    let [anna, anne] = [ward.patients[0], ward.patients[1]];
    let args = json!({ "patient": anne, "window": ward.window, "problem": problem("Asthma") });
    assert_eq!(ward.seat().dispatch("add_problem", args.clone()).await.err().unwrap().code, Code::WrongPatient);
    let without = json!({ "patient": anna, "problem": problem("Asthma") });
    assert_eq!(ward.seat().dispatch("add_problem", without).await.err().unwrap().code, Code::Internal);
    ward.seat().dispatch("sign_out", json!({})).await.unwrap();
    ward.world.sign_in("kim").await;
    assert_eq!(ward.seat().dispatch("add_problem", args).await.err().unwrap().code, Code::NoRight);
}

#[tokio::test]
async fn a_form_of_a_patients_record_writes_nothing_once_another_patients_record_is_open() {
    let mut ward = Ward::new().await;
    ward.take(Step::Record(0)).await;
    ward.take(Step::Form).await;
    ward.take(Step::Move(0)).await;
    assert_eq!(ward.lives[0].0, "1 Alder Lane");
    ward.take(Step::Open(0)).await;
    ward.take(Step::Move(0)).await;
    assert_eq!(ward.lives[0].0, "2 Alder Lane", "her chart and her record are one window's");
    ward.take(Step::Record(1)).await;
    ward.take(Step::Move(0)).await;
    ward.take(Step::MoveFromOpenWindow(0)).await;
    assert_eq!(ward.lives[0].0, "2 Alder Lane");
    ward.compare().await;
}

#[tokio::test]
async fn the_account_of_a_visit_has_a_window_of_its_own_and_the_chart_that_lies_open_keeps_hers() {
    let mut ward = Ward::new().await;
    ward.take(Step::Open(0)).await;
    ward.take(Step::Form).await;
    ward.take(Step::Account(1)).await;
    ward.take(Step::Form).await;
    ward.take(Step::Owe(1)).await;
    assert_eq!(ward.owe, [0, 1, 0]);
    ward.take(Step::Save(0)).await;
    assert_eq!(ward.written[0].len(), 1, "the visit of another patient hasn't disturbed the chart");
    ward.take(Step::Save(1)).await;
    ward.take(Step::Move(1)).await;
    assert!(ward.written[1].is_empty() && ward.lives[1].0.is_empty(), "the counter's window is for the account alone");
    ward.take(Step::OweAnother(2)).await;
    assert_eq!(ward.owe, [0, 1, 0], "nor is it another patient's");
    ward.compare().await;
}

#[tokio::test]
async fn an_account_beside_its_patients_record_has_the_window_of_the_record_and_ends_with_it() {
    let mut ward = Ward::new().await;
    ward.take(Step::Record(0)).await;
    let record = ward.window.clone();
    ward.take(Step::Account(0)).await;
    assert_eq!(ward.window, record);
    ward.take(Step::Form).await;
    ward.take(Step::Owe(0)).await;
    assert_eq!(ward.owe, [1, 0, 0]);
    ward.take(Step::Open(1)).await;
    ward.take(Step::Owe(0)).await;
    assert_eq!(ward.owe, [1, 0, 0], "what is closed writes nothing");
    ward.compare().await;
}

#[tokio::test]
async fn an_account_at_the_counter_writes_nothing_once_another_or_anothers_record_is_open() {
    let mut ward = Ward::new().await;
    for ends in [Step::Account(1), Step::Open(1), Step::Record(1), Step::Lock] {
        let (before, forms) = (ward.owe[0], ward.forms.len());
        ward.take(Step::Account(0)).await;
        ward.take(Step::Form).await;
        ward.take(Step::Owe(forms)).await;
        assert!(ward.owe[0] > before);
        let owed = ward.owe[0];
        ward.take(ends).await;
        ward.take(Step::Owe(forms)).await;
        assert_eq!(ward.owe[0], owed, "{ends:?} has ended it");
    }
    ward.compare().await;
}
