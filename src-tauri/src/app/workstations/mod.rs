//! The workstations of a site: letting one in, shutting one out, taking one out of use, noticing a copy.
//!
//! Who is in stands in the site record; on whose word, in a signed admission. Both sides of an enrolment are here: the
//! newcomer's ([`enrol`], outside the gate, as it holds no key yet) and the administrator's, which are actions.

mod approve;
mod end;
pub mod enrol;
mod lease;
mod list;
mod site_keys;
mod ticket;

pub use approve::{AnswerEnrolment, ApproveEnrolment, Pairings, RefuseEnrolment};
pub use end::{RetireWorkstation, Retired, RevokeWorkstation};
pub use list::ListWorkstations;
pub use ticket::{ListTickets, MakeTicket, WithdrawTicket};

pub(super) use site_keys::SiteAt;

/// Requests of newcomers, in steps: hello, answer, reveal, done.
const ENROLMENTS: &str = "enrolments";
/// Signed admissions.
const WORKSTATIONS: &str = "workstations";
/// Site keys on their way.
const HANDOVERS: &str = "handovers";
/// Tickets, open and used.
const TICKETS: &str = "tickets";
/// One lease a workstation.
const LEASES: &str = "leases";
/// How long a request waits.
const PATIENCE_MS: i64 = 60 * 60 * 1000;

macro_rules! by_administrators {
    ($($of:ty => $answer:ty, $name:literal, $run:path;)+) => {$(
        impl $crate::app::perform::Action for $of {
            type Output = $answer;
            const NAME: &'static str = $name;

            fn right(&self) -> $crate::policy::Right {
                $crate::policy::Right::AdministerUsers
            }

            fn patient(&self) -> Option<uuid::Uuid> {
                None
            }

            fn purpose(&self) -> $crate::audit::Purpose {
                $crate::audit::Purpose::Administration
            }

            async fn run(
                &self,
                desk: &$crate::app::desk::Desk<'_>,
            ) -> Result<$crate::app::perform::Prepared<$answer>, $crate::app::error::Failure> {
                $run(self, desk).await
            }
        }
    )+};
}
use by_administrators;
