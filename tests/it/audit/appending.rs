//! What is appended is there, in order, readable by the right people, and the caller hears of every failure.

use super::{Desk, WORKSTATION, opened_chart};
use std::sync::Arc;
use uuid::Uuid;
use wardseal::audit::{AuditError, AuditLog, Entry, Kind, PendingWrite, Sealer, Span};

#[tokio::test]
async fn the_auditor_reads_every_row_and_the_nurse_her_own_only() {
    let desk = Desk::new();
    let log = desk.open().await;
    desk.write_rows(&log, 3).await;
    let auditors_only = Sealer::to(&[super::key_pair().1]).unwrap();
    log.append(Kind::System, None, &opened_chart(9), &auditors_only).await.unwrap();
    let rows = log.read(&mut desk.auditor(), Span::ALL).unwrap();
    assert_eq!(rows.iter().map(|(row, _)| row.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(rows[2].1, opened_chart(2));
    assert_eq!(log.read(&mut desk.nurse(), Span { from: 2, to: 2 }).unwrap().len(), 1);
}

#[tokio::test]
async fn a_batch_is_one_piece_of_the_same_chain() {
    let desk = Desk::new();
    let log = desk.open().await;
    desk.write_rows(&log, 1).await;
    let events: Vec<_> = (1..=300).map(opened_chart).collect();
    let entries: Vec<_> = events.iter().map(|event| entry(Kind::Decision, None, event)).collect();
    let appended = log.append_all(&entries, &desk.sealer).await.unwrap();
    assert_eq!((appended[0].seq, appended[299].seq), (2, 301));
    assert_eq!(desk.sign(&log).await, 301);
    let verified = desk.verify(None).unwrap();
    assert_eq!((verified.rows, verified.heads, verified.signed_to), (301, 1, 301));
    assert_eq!(verified.newest, appended[299].hash);
}

#[tokio::test]
async fn nothing_of_a_row_lies_in_clear_in_the_file() {
    let desk = Desk::new();
    let log = desk.open().await;
    let mut event = opened_chart(5);
    event.actor = Some(Uuid::new_v4());
    log.append(Kind::Decision, None, &event, &desk.sealer).await.unwrap();
    let actor = event.actor.unwrap();
    let canaries = [actor.to_string(), actor.simple().to_string(), "open_chart".to_owned()];
    let canaries: Vec<&str> = canaries.iter().map(String::as_str).collect();
    assert_eq!(crate::canary::scan(desk.folder.path(), &canaries), []);
    assert_eq!(crate::canary::scan(desk.folder.path(), &["decision"]).len(), 2, "the kind is a clear column");
}

#[tokio::test]
async fn a_head_is_signed_once_for_each_newest_row() {
    let desk = Desk::new();
    let log = desk.open().await;
    let nothing = log.sign_head(wardseal::clock::Timestamp(1), |_| [0; 64]).await;
    assert!(matches!(nothing, Err(AuditError::Empty)));
    desk.write_rows(&log, 2).await;
    assert_eq!((desk.sign(&log).await, desk.sign(&log).await), (2, 2));
    assert_eq!(desk.verify(None).unwrap().heads, 1);
}

#[tokio::test]
async fn a_write_is_pending_until_its_outcome_is_written() {
    let desk = Desk::new();
    let log = desk.open().await;
    let write = PendingWrite { collection: "items".into(), record: Uuid::new_v4(), head: [3; 32] };
    let decision = log.append_write(&opened_chart(1), write, &desk.sealer).await.unwrap();
    assert_eq!(log.unresolved().await.unwrap(), [], "this program still runs and will say itself how it ended");
    assert_eq!(pending(&desk), 1);
    log.append(Kind::Outcome, Some(decision.seq), &opened_chart(2), &desk.sealer).await.unwrap();
    assert_eq!(pending(&desk), 0);
}

#[tokio::test]
async fn a_full_disk_refuses_the_row_and_harms_nothing() {
    let desk = Desk::new();
    let log = desk.open().await;
    desk.write_rows(&log, 2).await;
    log.refuse_growth().await.unwrap();
    let events: Vec<_> = (0..200).map(opened_chart).collect();
    let entries: Vec<_> = events.iter().map(|event| entry(Kind::Decision, None, event)).collect();
    let refused = log.append_all(&entries, &desk.sealer).await;
    assert!(matches!(refused, Err(AuditError::DiskFull)), "{refused:?}");
    assert_eq!(desk.verify(None).unwrap().rows, 2);
    desk.write_rows(&log, 1).await;
    assert_eq!(desk.verify(None).unwrap().rows, 3);
}

#[tokio::test]
async fn an_audit_that_vanished_or_was_swapped_takes_no_more_rows() {
    let desk = Desk::new();
    let log = desk.open().await;
    desk.write_rows(&log, 2).await;
    std::fs::rename(desk.path(), desk.folder.path().join("hidden.db")).unwrap();
    let refused = log.append(Kind::Decision, None, &opened_chart(3), &desk.sealer).await;
    assert!(matches!(refused, Err(AuditError::Tampered { seq: 2 })), "{refused:?}");
}

#[tokio::test]
async fn a_row_that_was_cut_off_while_the_program_runs_is_noticed_at_the_next() {
    let desk = Desk::new();
    let log = desk.open().await;
    desk.write_rows(&log, 3).await;
    let file = rusqlite::Connection::open(desk.path()).unwrap();
    file.execute_batch("DROP TRIGGER rows_remain; DELETE FROM rows WHERE seq = 3").unwrap();
    let refused = log.append(Kind::Decision, None, &opened_chart(4), &desk.sealer).await;
    assert!(matches!(refused, Err(AuditError::Tampered { seq: 3 })), "{refused:?}");
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_drop_a_row() {
    let desk = Desk::new();
    let log = desk.open().await;
    desk.write_rows(&log, 2).await;
    desk.sign(&log).await;
    let file = rusqlite::Connection::open(desk.path()).unwrap();
    for attempt in [
        "UPDATE rows SET at = 0",
        "DELETE FROM rows WHERE seq = 2",
        "REPLACE INTO rows SELECT * FROM rows WHERE seq = 1",
        "INSERT INTO rows SELECT seq + 5, at, workstation, kind, refers_to, body, prev, hash FROM rows WHERE seq = 1",
        "UPDATE heads SET at = 0",
        "DELETE FROM heads",
        "REPLACE INTO heads SELECT * FROM heads",
    ] {
        assert!(file.execute_batch(attempt).unwrap_err().to_string().contains("append-only"), "{attempt}");
    }
}

#[tokio::test]
async fn another_workstations_audit_is_refused() {
    let desk = Desk::new();
    desk.write_rows(&desk.open().await, 1).await;
    let other = AuditLog::open(&desk.path(), Uuid::from_u128(1)).await.err();
    assert!(matches!(other, Some(AuditError::OtherWorkstation)), "{other:?}");
    assert_ne!(WORKSTATION, Uuid::from_u128(1));
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let log = desk.open().await;
    desk.write_rows(&log, 1).await;
    let files: Vec<_> = std::fs::read_dir(desk.folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 3, "the file, its WAL and the WAL's index");
    assert!(files.iter().all(|file| file.metadata().unwrap().permissions().mode() & 0o777 == 0o600));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_append_at_the_same_time_keep_one_chain() {
    let desk = Arc::new(Desk::new());
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let desk = Arc::clone(&desk);
            tokio::spawn(async move { desk.write_rows(&desk.open().await, 25).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(desk.verify(None).unwrap().rows, 100);
}

#[tokio::test]
async fn a_call_that_is_given_up_half_way_leaves_the_chain_whole() {
    let desk = Desk::new();
    let log = desk.open().await;
    for polls in 1..40 {
        let event = opened_chart(1);
        let mut call = Box::pin(log.append(Kind::Decision, None, &event, &desk.sealer));
        for _ in 0..polls {
            let mut once = std::task::Context::from_waker(std::task::Waker::noop());
            if call.as_mut().poll(&mut once).is_ready() {
                break;
            }
            std::thread::yield_now();
        }
    }
    desk.write_rows(&log, 1).await;
    desk.verify(None).unwrap();
}

fn entry(kind: Kind, refers_to: Option<u64>, event: &wardseal::audit::Event) -> Entry<'_> {
    Entry { kind, refers_to, event, write: None }
}

fn pending(desk: &Desk) -> i64 {
    let file = rusqlite::Connection::open(desk.path()).unwrap();
    file.query_row("SELECT count(*) FROM pending", [], |row| row.get(0)).unwrap()
}
