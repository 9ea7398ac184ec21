//! A ward: twenty workstations on one server search, open and edit at once. Every count that somebody was told is
//! stored is in the sum at the end.

use crate::clinic_day::{patient, problem};
use crate::wire_clinic::{CALM, WireClinic, called};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::views::SavedProblem;
use wardseal::app::{AddProblem, Code, EditProblem, OpenChart, SearchPatients, Workstation};

const WORKSTATIONS: usize = 20;
/// How long a shift it is; a few minutes when it isn't said. Nobody waits: what twenty people do in that time is done.
const MINUTES: &str = "WARDSEAL_WARD_MINUTES";
/// What one person does in a minute: a search, a chart or an edit every twenty seconds, hour after hour.
const PACE: u64 = 3;
const BEDS: usize = 12;
/// Threads that share the workstations.
const THREADS: usize = 4;

#[derive(Default)]
struct Done {
    searches: AtomicU64,
    charts: AtomicU64,
    edits: AtomicU64,
    conflicts: AtomicU64,
    unknown: AtomicU64,
}

fn count(number: &AtomicU64) {
    number.fetch_add(1, Ordering::Relaxed);
}

impl Done {
    fn actions(&self) -> u64 {
        [&self.searches, &self.charts, &self.edits, &self.unknown].map(|one| one.load(Ordering::Relaxed)).iter().sum()
    }

    /// Waits until so many actions are done, or somebody goes home.
    async fn reach(&self, actions: u64, people: &[JoinHandle<()>]) {
        while self.actions() < actions && !people.iter().any(JoinHandle::is_finished) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The count on a bed's sheet: item, revision, number.
async fn sheet(seat: &mut Workstation, patient: Uuid) -> (Uuid, i64, u64) {
    let chart = seat.perform(OpenChart { patient }).await.unwrap();
    assert_eq!(chart.damaged_items, 0);
    let one = chart.problems.unwrap().into_iter().find(|one| one.problem.text.starts_with("Turned ")).unwrap();
    (one.item, one.rev, one.problem.text["Turned ".len()..].parse().unwrap())
}

/// One workstation's shift: mostly finds, often reads, sometimes writes.
async fn shift(mut seat: Workstation, patients: Arc<Vec<Uuid>>, done: Arc<Done>, mut dice: u64, actions: u64) {
    for _ in 0..actions {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (turn, bed) = ((dice >> 33) % 20, usize::try_from((dice >> 40) % BEDS as u64).unwrap());
        match turn {
            0..=9 => {
                let search = SearchPatients::page(format!("\"Bed{bed}\""), 0, 50);
                assert_eq!(seat.perform(search).await.unwrap().total, 1);
                count(&done.searches);
            }
            10..=15 => {
                sheet(&mut seat, patients[bed]).await;
                count(&done.charts);
            }
            _ => turn_patient(&mut seat, patients[bed], &done).await,
        }
        seat.touch().await.unwrap();
    }
}

/// Counts one more, again and again until nobody else was faster.
async fn turn_patient(seat: &mut Workstation, patient: Uuid, done: &Done) {
    loop {
        let (item, rev, number) = sheet(seat, patient).await;
        let edit = EditProblem { patient, item, rev, problem: problem(&format!("Turned {}", number + 1)) };
        match seat.perform(edit).await {
            Ok(SavedProblem::Saved { .. }) => return count(&done.edits),
            Ok(SavedProblem::Conflict { .. }) => count(&done.conflicts),
            Err(failure) if failure.code == Code::OutcomeUnknown => return count(&done.unknown),
            Err(failure) if matches!(failure.code, Code::Conflict | Code::StoreBusy) => count(&done.conflicts),
            Err(failure) => panic!("{failure}"),
        }
    }
}

/// Kilobytes this process has in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn nothing_that_twenty_workstations_write_at_once_is_lost() {
    let minutes: u64 = std::env::var(MINUTES).ok().and_then(|minutes| minutes.parse().ok()).unwrap_or(4);
    let (each, all) = (minutes * PACE, minutes * PACE * WORKSTATIONS as u64);
    let clinic = WireClinic::found(CALM).await;
    let beds = (0..BEDS).map(|bed| (patient(&format!("Bed{bed}"), "Anna", "1968-04-12"), vec![])).collect();
    clinic.register("ward", beds).await;
    let mut seat = clinic.seat_of("osei").await;
    let mut patients = vec![];
    for bed in 0..BEDS {
        let patient = called(&mut seat, &format!("Bed{bed}")).await[0];
        seat.perform(AddProblem { patient, problem: problem("Turned 0") }).await.unwrap();
        patients.push(patient);
    }
    let (patients, done, clinic) = (Arc::new(patients), Arc::new(Done::default()), Arc::new(clinic));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (patients, done, clinic) = (patients.clone(), done.clone(), clinic.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let shifts = async {
                    let mut shifts = vec![];
                    for nth in (0..WORKSTATIONS).filter(|nth| nth % THREADS == thread) {
                        let seat = clinic.seat_of("osei").await;
                        shifts.push(shift(seat, patients.clone(), done.clone(), nth as u64 + 7, each));
                    }
                    together(shifts).await;
                };
                runtime.block_on(shifts);
            })
        })
        .collect();
    // After a third everything has warmed up.
    done.reach(all / 3, &threads).await;
    let warm = resident();
    done.reach(all - all / 20 - 1, &threads).await;
    let late = resident();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let mut sum = 0;
    for patient in patients.iter() {
        sum += sheet(&mut seat, *patient).await.2;
    }
    let [searches, charts, edits, conflicts, unknown] =
        [&done.searches, &done.charts, &done.edits, &done.conflicts, &done.unknown]
            .map(|one| one.load(Ordering::Relaxed));
    println!(
        "{WORKSTATIONS} workstations, {minutes} minutes at {PACE} actions a minute, {all} actions: {searches} searches, {charts} charts, {edits} edits, {conflicts} conflicts \
         shown, {unknown} unknown; {} round trips; memory near the end {:.2} times that after a third; {} sessions",
        clinic.server.state.heard.trips(),
        late as f64 / warm as f64,
        clinic.server.state.sessions.count(),
    );
    assert!((edits..=edits + unknown).contains(&sum), "{sum} are stored, {edits} were acknowledged");
    assert_eq!(done.actions(), all);
    assert!(edits > 0 && searches > 0 && charts > 0);
    if minutes >= 30 {
        assert!(late < warm + warm / 5 + 20_000, "memory grows: {warm} kB, then {late} kB");
    }
}

/// Runs all of them on this thread.
async fn together(shifts: Vec<impl Future<Output = ()>>) {
    let mut shifts: Vec<_> = shifts.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        shifts.retain_mut(|shift| shift.as_mut().poll(context).is_pending());
        if shifts.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
