//! What a sign-in leaves in this process's memory once its keys are dropped.
#![cfg(target_os = "linux")]

use super::world::*;
use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use uuid::Uuid;
use wardseal::keys::*;
use wardseal::record::Compartment;
use wardseal::secret::Secret;
use zeroize::Zeroizing;

const MASK: u8 = 0xa5;

/// Keys that are looked for, kept masked so that looking for them doesn't put them into memory.
#[derive(Default)]
struct Needles {
    keys: Vec<(String, Vec<u8>)>,
    starts: BTreeMap<u16, Vec<(usize, usize)>>,
}

impl Needles {
    fn add(&mut self, what: &str, key: &[u8]) {
        let masked: Vec<u8> = key.iter().map(|byte| byte ^ MASK).collect();
        for at in 0..=masked.len() - 16 {
            let start = u16::from_be_bytes([masked[at], masked[at + 1]]);
            self.starts.entry(start).or_default().push((self.keys.len(), at));
        }
        self.keys.push((what.to_owned(), masked));
    }

    /// Names of the keys of which any 16 bytes in a row are in memory.
    fn found(&self) -> Vec<String> {
        let mut table = vec![false; 1 << 16];
        self.starts.keys().for_each(|start| table[usize::from(*start)] = true);
        let mut found = Vec::new();
        each_region(|bytes| found.extend(self.in_region(bytes, &table)));
        found.sort_unstable();
        found.dedup();
        found
    }

    fn in_region(&self, bytes: &[u8], table: &[bool]) -> Vec<String> {
        let mut found = Vec::new();
        let end = bytes.len().saturating_sub(15);
        let mut at = 0;
        while at < end {
            let start = u16::from_be_bytes([bytes[at] ^ MASK, bytes[at + 1] ^ MASK]);
            if table[usize::from(start)] {
                let hits = self.starts[&start].iter().filter(|(key, from)| {
                    let wanted = &self.keys[*key].1[*from..*from + 16];
                    wanted.iter().zip(&bytes[at..]).all(|(masked, byte)| masked ^ MASK == *byte)
                });
                found.extend(hits.map(|(key, _)| self.keys[*key].0.clone()));
            }
            at += 1;
        }
        found
    }
}

/// Every writable region of this process; the copy that is looked at is wiped.
fn each_region(mut look: impl FnMut(&[u8])) {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut bytes = Zeroizing::new(vec![0; usize::try_from(to - from).unwrap()]);
        let read = memory.seek(SeekFrom::Start(from)).and_then(|_| memory.read_exact(&mut bytes));
        if read.is_ok() {
            look(&bytes);
        }
    }
}

/// Nora as her account was made, with a master key that only this test knows, masked.
fn with_known_master(clinic: &mut Clinic, needles: &mut Needles) {
    let mut bytes = Zeroizing::new([0; 32]);
    bytes.copy_from_slice(Secret::<32>::random().unwrap().expose());
    needles.add("user master key", bytes.as_slice());
    let keys = UserKeys::from_master(Secret::copy_from(bytes.as_slice()).unwrap()).unwrap();
    let (ada, site, first) = (clinic.sign_in("ada"), clinic.key(), password("nora likes blue kettles"));
    let sealing = Sealing { password: &first, temporary: false, site: &site, cost: SlotCost::CHEAP };
    let author = Author::new(clinic.id("ada"), &ada);
    let account = user("nora", "nurse", &[]).account(Uuid::new_v4(), &keys, NOW);
    let stored = StoredAccount::create(account, &keys, sealing, author).unwrap();
    clinic.store("accounts", stored.to_document().unwrap());
    let pending = clinic.order("nora", Compartment::Clinical);
    let active = clinic.confirm(&pending, &pending.code(&keys, &site).unwrap()).unwrap();
    clinic.store("grants", active.to_document().unwrap());
}

#[test]
fn after_nora_has_left_no_sixteen_bytes_of_her_keys_or_roots_are_in_memory() {
    let (mut clinic, mut needles) = (Clinic::founded(), Needles::default());
    with_known_master(&mut clinic, &mut needles);
    let keys = clinic.sign_in("nora");
    let roots = clinic.roots_of(clinic.id("nora"), &keys);
    needles.add("park key", keys.park().expose());
    roots.iter().for_each(|root| needles.add("clinical root", root.root().expose()));
    let signature = keys.signer().sign("label", b"message");
    assert!(keys.public().verify.verifies("label", b"message", &signature));
    let sealed = roots[0].public().seal_to(b"aad", b"text").unwrap();
    assert!(roots[0].open_sealed(b"aad", &sealed).is_some());
    // The positive control: while she is there, the search finds them all.
    assert_eq!(needles.found(), ["clinical root", "park key", "user master key"]);
    drop((keys, roots));
    assert_eq!(needles.found(), [""; 0]);
}
