//! Disks that are full or may not be written: what was saved stays, what wasn't is said, nobody sees a chart without
//! an audit row.

use crate::crash::{self, Child, Shim};
use crate::crash_clinic::{Acknowledged, Clinic, edit_until_refused, find, found_people};
use crate::import::{Folder, anna, condition};
use std::ops::ControlFlow;
use std::process::Command;
use std::sync::Arc;
use wardseal::app::demo_clinic::MAIN_UNIT;
use wardseal::app::import_files::FhirFiles;
use wardseal::app::{Failure, OpenChart, SearchPatients, Workstation};
use wardseal::clock::ManualClock;
use wardseal::store::find_documents;

fn word(result: Result<(), Failure>) -> &'static str {
    result.map_or_else(|failure| failure.code.word(), |()| "ok")
}

// ---------------------------------------------------------------- full

/// Edits until the disk is full, then asks for a chart and searches.
#[tokio::test]
async fn child_that_fills_the_disk() {
    let Some(folder) = crash::folder() else { return };
    let mut seat = Clinic::at(&folder).seat_of("osei").await;
    let anna = find(&mut seat, "smith").await[0];
    let refused = edit_until_refused(&mut seat, anna).await;
    let chart = seat.perform(OpenChart { patient: anna }).await.map(drop);
    let search = SearchPatients::page("smith", 0, 50);
    let search = seat.perform(search).await.map(drop);
    crash::acknowledge(&format!("full {} {} {}", refused.code.word(), word(chart), word(search)));
}

#[tokio::test]
async fn on_a_full_disk_saved_edits_stay_the_refused_one_is_said_and_no_chart_opens_without_an_audit_row() {
    let Some(shim) = Shim::build() else { return };
    let place = tempfile::tempdir().unwrap();
    let clinic = Clinic::founded(&place.path().join("clinic")).await;
    found_people(&clinic).await;
    let mut known = Acknowledged::default();
    for _ in 0..crash::kills(6) {
        let room = 250_000 + crash::below(700_000);
        let child = Child::of("disks::child_that_fills_the_disk").with_room(&shim, &clinic.folder, room);
        let mut lines = child.run(&clinic.folder).unwrap();
        let last = lines.pop().expect("the child had room to start");
        let [full, codes @ ..] = &*last.split(' ').collect::<Vec<_>>() else { panic!("{last}") };
        assert!(*full == "full" && codes.iter().all(|code| ["disk_full", "audit_unwritable"].contains(code)), "{last}");
        clinic.start_again().await;
        known.hear(&lines);
        let mut seat = clinic.seat_of("osei").await;
        assert_eq!(known.compare(&mut seat).await, 0, "what was refused isn't there");
    }
}

#[tokio::test]
async fn child_that_imports_onto_a_small_disk() {
    let Some(folder) = crash::folder() else { return };
    let mut seat = Clinic::at(&folder).seat_of("import").await;
    let files: Vec<_> =
        std::fs::read_dir(folder.with_extension("in")).unwrap().map(|one| one.unwrap().path()).collect();
    let what = FhirFiles { files: &files, system: "hospital", unit: MAIN_UNIT };
    let done = seat.import_files(&what, |_| ControlFlow::Continue(())).await;
    crash::acknowledge(&word(done.map(drop)));
}

#[tokio::test]
async fn an_import_that_fills_the_disk_says_so_and_goes_on_where_there_is_room() {
    let Some(shim) = Shim::build() else { return };
    let place = tempfile::tempdir().unwrap();
    let clinic = Clinic::founded(&place.path().join("clinic")).await;
    let files = Folder(tempfile::Builder::new().tempdir_in(place.path()).unwrap());
    let patients = 60;
    for n in 0..patients {
        let mut someone = anna();
        someone["id"] = format!("p{n}").into();
        files.resource(&format!("{n}-a.json"), &someone);
        files.resource(&format!("{n}-b.json"), &condition(&format!("p{n}"), &format!("c{n}"), "Hypertension"));
    }
    std::fs::rename(files.0.path(), clinic.folder.with_extension("in")).unwrap();
    let child = |room| {
        let child = Child::of("disks::child_that_imports_onto_a_small_disk").with_room(&shim, &clinic.folder, room);
        child.run(&clinic.folder).unwrap()
    };
    for _ in 0..3 {
        assert_eq!(child(300_000 + crash::below(300_000)), ["disk_full"]);
        clinic.start_again().await;
    }
    assert_eq!(child(1 << 40), ["ok"]);
    clinic.start_again().await;
    let seat = clinic.seat().await;
    for collection in ["patients", "items"] {
        let found = find_documents(seat.store(), collection, bson::doc! {}, Some(bson::doc! { "_id": 1 })).await;
        assert_eq!(found.unwrap().len(), patients, "{collection}");
    }
}

// ---------------------------------------------------------------- read-only

/// A folder of its own that may be made read-only: for root a small file system, since root may write anywhere.
#[cfg(unix)]
struct Place {
    folder: tempfile::TempDir,
    mounted: bool,
}

#[cfg(unix)]
impl Place {
    /// `None` (said aloud) where root may not mount.
    fn new() -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
        let place = Self { folder, mounted: root };
        if root && !place.mount(&["-t", "tmpfs", "-o", "size=32m", "none"]) {
            eprintln!("NOT RUN: root may write anywhere, and may not mount a file system here");
            return None;
        }
        Some(place)
    }

    fn mount(&self, arguments: &[&str]) -> bool {
        let mut command = Command::new("mount");
        command.args(arguments).arg(self.folder.path()).status().is_ok_and(|status| status.success())
    }

    fn may_be_written(&self, yes: bool) {
        use std::os::unix::fs::PermissionsExt as _;
        if self.mounted {
            // A program that has just ended may still be closing its files.
            let how = if yes { "remount,rw" } else { "remount,ro" };
            let pause = || std::thread::sleep(std::time::Duration::from_millis(100));
            assert!((0..50).any(|_| self.mount(&["-o", how]) || {
                pause();
                false
            }));
            return;
        }
        let mut all = vec![self.folder.path().join("clinic")];
        all.extend(std::fs::read_dir(&all[0]).unwrap().map(|one| one.unwrap().path()));
        for path in all {
            let mode = match (path.is_dir(), yes) {
                (true, true) => 0o700,
                (true, false) => 0o500,
                (false, true) => 0o600,
                (false, false) => 0o400,
            };
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    }
}

#[cfg(unix)]
impl Drop for Place {
    fn drop(&mut self) {
        if self.mounted {
            drop(Command::new("umount").arg(self.folder.path()).status());
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_clinic_that_may_not_be_written_says_so_and_opens_when_it_may_again() {
    let Some(place) = Place::new() else { return };
    let clinic = Clinic::founded(&place.folder.path().join("clinic")).await;
    let open = async || {
        let clock = Arc::new(ManualClock::at(crate::world::MORNING));
        word(Workstation::open(clinic.home(), clinic.keychain.clone(), clock).await.map(drop))
    };
    assert_eq!(open().await, "ok");
    for (may, expected) in [(false, "read_only"), (true, "ok")] {
        place.may_be_written(may);
        assert_eq!(open().await, expected);
    }
}
