//! The house's arrows: who may use whom, as the code has it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module with all it may use. No cycle can be written here: a module uses only those above it.
const ARROWS: [(&str, &[&str]); 15] = [
    ("secret", &[]),
    ("clock", &[]),
    ("zero", &[]),
    ("record", &[]),
    ("policy", &["record"]),
    ("session", &["policy", "clock"]),
    ("keys", &["secret", "clock", "record"]),
    ("net", &["clock"]),
    ("crypt", &["keys", "secret", "record", "net"]),
    ("doctor", &["clock", "crypt", "net"]),
    ("audit", &["clock", "secret", "record", "policy", "keys"]),
    ("store", &[]),
    ("app", &["audit", "clock", "crypt", "keys", "net", "policy", "record", "secret", "session", "store", "zero"]),
    ("shell", &["app", "session"]),
    ("ctl", &[]),
];

fn sources(of: &str) -> Vec<PathBuf> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/src");
    let mut found: Vec<PathBuf> =
        Some(base.join(format!("{of}.rs"))).filter(|file| file.exists()).into_iter().collect();
    let mut folders = vec![base.join(of)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path)
            }
        }
    }
    found
}

/// The modules a file names as `crate::…` outside its tests.
fn used(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let product = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let names = product.split("crate::").skip(1);
    names.map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()).collect()
}

#[test]
fn every_module_uses_only_what_the_picture_allows() {
    let mut beyond = BTreeMap::new();
    for (module, allowed) in ARROWS {
        for file in sources(module).iter().filter(|file| !file.ends_with("tests.rs")) {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with("tests") || name == "conformance" {
                continue;
            }
            let others: Vec<String> = used(file)
                .into_iter()
                .filter(|other| other != module && !other.is_empty() && !allowed.contains(&other.as_str()))
                .collect();
            if !others.is_empty() {
                beyond.insert(file.clone(), others);
            }
        }
    }
    assert!(beyond.is_empty(), "not in the picture of docs/ARCHITECTURE.md: {beyond:#?}");
}

#[test]
fn the_picture_has_no_cycle() {
    for (at, (module, allowed)) in ARROWS.iter().enumerate() {
        let above: Vec<&str> = ARROWS[..at].iter().map(|(name, _)| *name).collect();
        assert!(allowed.iter().all(|other| above.contains(other)), "{module} uses something below it");
    }
}

#[test]
fn only_two_files_hold_unsafe_code() {
    let all: Vec<PathBuf> = ARROWS.iter().flat_map(|(module, _)| sources(module)).collect();
    let holding = all.iter().filter(|file| {
        let text = fs::read_to_string(file).unwrap();
        text.lines()
            .any(|line| !line.trim_start().starts_with("//") && line.contains("unsafe ") && !line.contains("unsafe_"))
    });
    let mut names: Vec<String> = holding.map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["ffi.rs", "zero.rs"]);
}
