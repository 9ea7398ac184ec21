//! What is locked away is gone from memory: looked for by another process, with a positive control each time.

pub mod dump;
pub mod scenes;
pub mod watched;

use std::collections::BTreeSet;
use std::path::Path;
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
fn sqlite_and_rust_and_every_library_free_through_this_program() {
    assert!(wardseal::zero::installed());
    let bound = bindings_of_free();
    assert!(!bound.is_empty(), "the dynamic linker reported no binding of `free`");
    let exe = std::env::current_exe().unwrap();
    let elsewhere: Vec<_> = bound.iter().filter(|(_, to)| Path::new(to) != exe).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    if std::fs::read_to_string("/proc/self/maps").unwrap().contains("libmongocrypt") {
        assert!(bound.iter().any(|(from, _)| from.contains("libmongocrypt")), "{bound:?}");
    }
}

#[test]
#[ignore = "the other process of the tests above, which start it"]
fn the_watched_process() {
    watched::play();
}

/// Which library's calls of `free` and `realloc` go where, as the dynamic linker tells.
fn bindings_of_free() -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let desk = Watched::start_with("keys", |command| {
        command.env("LD_BIND_NOW", "1").env("LD_DEBUG", "bindings").env("LD_DEBUG_OUTPUT", folder.path().join("ld"))
    });
    drop(desk);
    let logs = std::fs::read_dir(folder.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    logs.flat_map(|log| String::from_utf8_lossy(&log).lines().filter_map(binding).collect::<Vec<_>>()).collect()
}

/// `…: binding file FROM [0] to TO [0]: normal symbol `free' […]`
fn binding(line: &str) -> Option<(String, String)> {
    let (_, line) = line.split_once("binding file ")?;
    let (from, line) = line.split_once(" [")?;
    let (_, line) = line.split_once("] to ")?;
    let (to, line) = line.split_once(" [")?;
    (line.contains("`free'") || line.contains("`realloc'")).then(|| (from.to_owned(), to.to_owned()))
}
