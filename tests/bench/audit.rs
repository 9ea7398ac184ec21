//! Appending an audit row, beside one insert of as many bytes into a bare SQLite table; both are on the disk afterwards.

use crate::clinic::folder;
use crate::figures::Figures;
use rusqlite::{Connection, params};
use uuid::Uuid;
use wardseal::audit::{AuditLog, Code, Event, Kind, Sealer};
use wardseal::clock::Timestamp;

const ROUNDS: usize = 101;
/// About what a sealed row takes.
const ROW: usize = 1_100;
/// Two readers; any point of the curve will do.
const READERS: [[u8; 32]; 2] = [point(9), point(16)];

/// Appends and inserts in turn.
pub async fn run(figures: &mut Figures) {
    let folder = folder();
    let workstation = Uuid::new_v4();
    let log = AuditLog::open(&folder.path().join("audit.db"), workstation).await.unwrap();
    let sealer = Sealer::to(&READERS).unwrap();
    let event = Event::new(Code::of("open_chart"), workstation, Uuid::new_v4(), Timestamp(0));
    let bare = bare(&folder.path().join("bare.db"));
    let append = async || _ = log.append(Kind::Decision, None, &event, &sealer).await.unwrap();
    let insert =
        async || _ = bare.execute("INSERT INTO rows (body) VALUES (?1)", params![[7_u8; ROW].as_slice()]).unwrap();
    let (appended, inserted) = figures.medians(ROUNDS, append, insert).await;
    figures.seconds("audit_append_s", appended);
    figures.seconds("sqlite_insert_alone_s", inserted);
    figures.ratio("audit_over_insert", appended, inserted);
}

fn bare(path: &std::path::Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.execute("CREATE TABLE rows (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)", []).unwrap();
    connection
}

const fn point(u: u8) -> [u8; 32] {
    let mut point = [0; 32];
    point[0] = u;
    point
}
