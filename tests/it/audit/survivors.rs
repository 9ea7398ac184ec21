//! A program that is killed while it appends loses nothing that it was told is written.
//!
//! The test starts its own executable again as the victim. `WARDSEAL_AUDIT_KILLS` says how often.

use super::{Desk, WORKSTATION, opened_chart};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use uuid::Uuid;
use wardseal::audit::{AuditLog, PendingWrite};

const FOLDER: &str = "WARDSEAL_TEST_AUDIT_FOLDER";
const MARK: &str = "acknowledged ";

#[tokio::test]
async fn a_killed_program_leaves_a_whole_chain_and_its_open_writes_are_listed() {
    let desk = Desk::new();
    let kills = std::env::var("WARDSEAL_AUDIT_KILLS").map_or(3, |text| text.parse().expect("a number"));
    for kill in 0..kills {
        let acknowledged = append_and_die(desk.folder.path(), 3 + kill % 17);
        let verified = desk.verify(None).unwrap();
        assert!(verified.rows >= acknowledged, "{acknowledged} were acknowledged, {} are there", verified.rows);
        let open = desk.open().await.unresolved().await.unwrap();
        assert_eq!(open.len() as u64, verified.rows, "every row of the victims began a write");
        assert!(open.iter().any(|write| write.decision == acknowledged));
    }
}

/// Waits for so many acknowledged rows, kills the victim and says which row was the last that it reported.
fn append_and_die(folder: &Path, rows: usize) -> u64 {
    let mut victim = start(folder);
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut reported = lines.by_ref().filter_map(|line| line.strip_prefix(MARK).map(|seq| seq.parse().unwrap()));
    let last = reported.by_ref().take(rows).last().unwrap();
    victim.kill().unwrap();
    let last = reported.last().unwrap_or(last);
    victim.wait().unwrap();
    last
}

fn start(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "audit::survivors::the_victim", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "the other process of the test above, which starts it"]
async fn the_victim() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let log = AuditLog::open(&Path::new(&folder).join("audit.db"), WORKSTATION).await.unwrap();
    let sealer = wardseal::audit::Sealer::to(&[super::key_pair().1]).unwrap();
    println!();
    loop {
        let write = PendingWrite { collection: "items".into(), record: Uuid::new_v4(), head: [1; 32] };
        let row = log.append_write(&opened_chart(1), write, &sealer).await.unwrap();
        println!("{MARK}{}", row.seq);
        std::io::stdout().flush().unwrap();
    }
}
