//! What is locked away is gone from memory: looked for by another process, with a positive control each time.

pub mod dump;
pub mod scenes;
pub mod watched;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use watched::Watched;

#[test]
fn keys_are_in_memory_while_unlocked_and_gone_after() {
    let mut desk = Watched::start("keys");
    desk.step("unlock");
    assert_eq!(desk.remembers(), ["large key", "small key"]);
    desk.step("lock");
    assert_eq!(desk.search(), []);
}

#[test]
fn a_patients_document_is_gone_when_it_is_dropped_whoever_copied_it() {
    let mut desk = Watched::start("documents");
    desk.step("open");
    assert!(desk.remembers().contains(&"name".to_owned()));
    desk.step("close");
    assert_eq!(desk.search(), []);
}

#[test]
fn a_database_leaves_nothing_when_it_is_closed() {
    let mut desk = Watched::start("database");
    desk.step("open");
    assert_eq!(desk.remembers(), ["bound value", "value in a statement's text"]);
    desk.step("close");
    assert_eq!(desk.search(), []);
}

#[test]
fn libmongocrypt_leaves_neither_key_nor_note_when_it_is_closed() {
    let mut desk = Watched::start("library");
    desk.step("unlock");
    let there = desk.remembers();
    assert!(["data key", "note"].iter().all(|label| there.contains(&(*label).to_owned())), "{there:?}");
    desk.step("lock");
    assert_eq!(desk.search(), []);
}

#[test]
fn half_a_key_that_stayed_behind_is_noticed() {
    let mut desk = Watched::start("leak");
    desk.step("unlock");
    let windows: BTreeSet<_> = desk.search().into_iter().map(|found| found.window).collect();
    assert_eq!(windows, BTreeSet::from([9, 10, 11]), "the 18 bytes hold three windows");
}

#[test]
fn an_ended_thread_leaves_no_key_on_its_stack_when_its_work_was_scrubbed() {
    let mut desk = Watched::start("threads");
    desk.step("scrubbed");
    assert_eq!(desk.search(), []);
    desk.step("careless");
    assert_eq!(desk.remembers(), ["careless"], "the control: without scrubbing it stays");
}

#[test]
fn every_library_of_this_program_frees_through_it() {
    assert!(wardseal::zero::installed());
    let bound = bindings_of_free(&std::env::current_exe().unwrap());
    assert!(bound.iter().any(|from| from.contains("libmongocrypt")), "{bound:?}");
}

#[test]
fn every_library_of_wardsealctl_frees_through_it() {
    let bound = bindings_of_free(Path::new(env!("CARGO_BIN_EXE_wardsealctl")));
    assert!(bound.iter().any(|from| from.contains("libmongocrypt")), "{bound:?}");
}

#[test]
#[ignore = "the other process of the tests above, which start it"]
fn the_watched_process() {
    watched::play();
}

/// The libraries whose calls of `free` and `realloc` the dynamic linker binds, after checking that it binds all of them
/// to the program itself.
fn bindings_of_free(program: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.env("LD_BIND_NOW", "1").env("LD_DEBUG", "bindings").env("LD_DEBUG_OUTPUT", folder.path().join("ld"));
    assert!(command.arg("--help").output().unwrap().status.success());
    let logs = std::fs::read_dir(folder.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let lines = logs.flat_map(|log| String::from_utf8_lossy(&log).lines().filter_map(binding).collect::<Vec<_>>());
    let (here, elsewhere): (Vec<_>, Vec<_>) = lines.partition(|(_, to)| Path::new(to) == program);
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    here.into_iter().map(|(from, _)| from).collect()
}

/// The two files in `…: binding file FROM [0] to TO [0]: normal symbol `free' […]`.
fn binding(line: &str) -> Option<(String, String)> {
    let (_, line) = line.split_once("binding file ")?;
    let (from, line) = line.split_once(" [")?;
    let (_, line) = line.split_once("] to ")?;
    let (to, line) = line.split_once(" [")?;
    (line.contains("`free'") || line.contains("`realloc'")).then(|| (from.to_owned(), to.to_owned()))
}
