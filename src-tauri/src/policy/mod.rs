//! Who may do what: roles × rights in one readable table ([`table`]), and the function that reads it.
//!
//! Deny by default, no role inherits from another, an explicit restriction wins. Does no I/O; the gate looks the
//! relationship up and passes it in. To change who may do what: edit one row of [`table::TABLE`], raise [`VERSION`],
//! and let `WARDSEAL_UPDATE=1 cargo test --test it policy` print `docs/PERMISSIONS.md` again.

mod decide;
mod disclose;
mod print;
mod right;
mod role;
mod table;

pub use decide::{Decision, Denial, Relationship, decide, found_by_national_id};
pub use disclose::{Barrier, Disclosure, DisclosurePurpose, may_disclose};
pub use print::{fingerprint, permissions_markdown};
pub use right::Right;
pub use role::{Role, Standing, compartments_of, readers};
pub use table::{Grant, Row, TABLE, VERSION, row_of};
