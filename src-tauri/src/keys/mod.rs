//! Who can read what, by keys: keychain, site and workstation keys, users' keys and slots, compartments and grants.
//!
//! Must never hand out a key where a key's id will do, never print a key byte, and never make a key anew where one is
//! wrong or missing. To add a persisted form: a serde struct in its own file with a snapshot test that fixes its bytes;
//! to add a subkey: a variant of [`SiteUse`] or a label beside the others in its file, never a used one.

mod access_request;
mod account;
mod admission;
mod care_team;
mod compartment;
mod content_key;
mod correction_note;
mod derive;
mod directory;
mod enrolment;
mod entry;
mod erasure;
mod error;
pub mod forms;
mod founding;
mod grant;
mod handover;
mod keychain;
mod last_sign_in;
pub mod layer;
mod lease;
mod legal_hold;
mod manifest;
mod master_key;
mod os_keychain;
mod password;
mod profile;
mod recovery;
mod recovery_copy;
mod recovery_note;
mod rotation;
mod rotation_due;
mod sealing;
mod share_sheet;
mod signed;
mod signing;
mod site;
mod site_record;
mod site_schedule;
mod slot;
mod ticket;
mod user;

pub use access_request::AccessRequest;
pub use account::{ADMINISTRATOR, Account, Author, Sealing, StoredAccount};
pub use admission::{Admission, admitted};
pub use care_team::{CareTeamRow, Member};
pub use compartment::{CompartmentRoot, sealed_epoch};
pub use content_key::{ContentId, ContentKey, ContentOf};
pub use correction_note::CorrectionNote;
pub use derive::{mac, mac_matches, subkey};
pub use directory::Directory;
pub use enrolment::{Answer, Hello, Pairing, Reveal, is_code};
pub use erasure::{Erasure, ErasureApproval, ErasureDone, ErasureReason, ErasureRequest, ErasureState};
pub use error::KeyError;
pub use founding::{Founded, Founding, FoundingError, NewUser, found_site};
pub use grant::{Confirmation, Grant, GrantState, Holder, Order, Removal, Subject, Trust};
pub use handover::Handover;
pub use keychain::{EntryFault, Keychain, KeychainError, MemoryKeychain};
pub use last_sign_in::LastSignIn;
pub use lease::{Lease, LeaseLeft, Standing, machine_mark};
pub use legal_hold::{HoldStep, LegalHold};
pub use manifest::{DataKey, Manifest, TrustedManifest};
pub use master_key::{CompartmentMaster, MasterKey, NotAMasterKey, provider_name, session_name};
pub use os_keychain::OsKeychain;
pub use password::{PasswordPolicy, PasswordRefused, one_time_password};
pub use profile::Profile;
pub use recovery::{RecoveryError, RecoveryShare, recombine, split};
pub use recovery_copy::{open_recovery_copy, recovery_copy_id, seal_recovery_copy};
pub use recovery_note::RecoveryNote;
pub use rotation::{RotationKind, RotationOrder, ordered, regrant};
pub use rotation_due::{RotationCause, RotationDue};
pub use sealing::{OpeningKey, SealingKey};
pub use signed::{Form, Signed};
pub use signing::{Signer, VerifyKey};
pub use site::{Environment, SiteKey, SiteUse, WorkstationKey};
pub use site_record::{
    Carried, CompartmentPublic, Ending, Founder, RecoveryPublic, SiteRecord, WorkstationEnd, WorkstationPublic,
    patients_of,
};
pub use site_schedule::ScheduleSettings;
pub use slot::{Slot, SlotCost, SlotOf};
pub use ticket::{Ticket, TicketFile};
pub use user::{UserKeys, UserPublic};
