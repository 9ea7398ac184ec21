//! What can go wrong, as a screen or a terminal tells it: closed codes, and what a sentence about one needs.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use ts_rs::TS;

/// Everything that can go wrong, as the screen may tell it apart. Closed: a new one needs a sentence in `text.ts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Nobody is signed in.
    NotSignedIn,
    /// The seat is locked.
    Locked,
    /// User name or password are wrong, or the account isn't active.
    WrongSignIn,
    /// Too many failures: field `seconds`.
    Wait,
    /// The role doesn't have the right.
    NoRight,
    /// The role has it for patients of the care team, and this isn't one.
    NotOnCareTeam,
    /// There is no such record, for this user.
    NotFound,
    /// An entry was refused: fields `field` and `why`.
    Invalid,
    /// What it is now doesn't allow that: fields `what`, `from` and `step`.
    IllegalStep,
    /// The chart that is open is another patient's than the one the entry is for.
    WrongPatient,
    /// More searches than a person types: field `seconds`.
    TooManySearches,
    /// Somebody else changed the record meanwhile.
    Conflict,
    /// A stored record failed its integrity check and isn't shown.
    Damaged,
    /// No space left on the disk.
    DiskFull,
    /// The disk can't be written.
    ReadOnly,
    /// Another program holds the store.
    StoreBusy,
    /// The store can't be opened.
    StoreCantOpen,
    /// The store was written by a version too new or too old.
    StoreVersion,
    /// The server can't be reached or doesn't answer; nothing was stored.
    StoreUnreachable,
    /// Whether a write was stored isn't known.
    OutcomeUnknown,
    /// The server refuses the workstation's account, or a command of it.
    StoreRefused,
    /// The address, the server or the account isn't acceptable: field `why`.
    StoreUnfit,
    /// The audit can't be written, so nothing is shown or changed.
    AuditUnwritable,
    /// No keychain.
    KeychainAbsent,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain's key isn't this site's.
    KeychainWrongKey,
    /// The keychain's key is for a demo or test and the store for production, or otherwise: fields `key` and `store`.
    OtherEnvironment,
    /// The keychain has an empty password.
    KeychainEmptyPassword,
    /// No key of a site: first run.
    KeychainFirstRun,
    /// A key or a signed document was refused.
    KeysDamaged,
    /// The password was given by somebody else: an own one has to be chosen first.
    ChoosePassword,
    /// The code typed isn't the one of this request.
    WrongCode,
    /// Nothing of what waits is a compartment that this user holds.
    NotHeld,
    /// One person can't do this alone.
    SamePerson,
    /// A legal hold stands.
    Held,
    /// A key management service didn't do its part: fields `provider`, `address` and `why`.
    Kms,
    /// The policy file is there and can't be used: field `told`.
    PolicyFile,
    /// This workstation was revoked or retired, or the site key was renewed without it.
    WorkstationEnded,
    /// Another place works with this workstation's key: one of the two is a copy.
    WorkstationCopied,
    /// The last workstation of a site can't be taken out of use.
    LastWorkstation,
    /// The site was moved to another store.
    StoreMoved,
    /// One of the records already goes on in another's place, or for another.
    MergedAlready,
    /// Two identifiers have to be compared with the patient first.
    IdentityWanted,
    /// What was said doesn't fit the record.
    IdentityDiffers,
    /// Recovery shares were refused: field `why` says it in words.
    Shares,
    /// The person stopped it.
    Cancelled,
    /// No answer in time.
    TimedOut,
    /// The policy names no mail relay.
    NoRelay,
    /// What somebody said of herself isn't what is on file.
    NotThisPerson,
    /// The patient's directives stand in the way: fields `why`, `to`, `may_override`, and `directive` when there is one.
    RestrictedDisclosure,
    /// A fault of the program.
    Internal,
}

/// A refusal or failure, with what the sentence needs; never a value of a record.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Failure {
    /// Which.
    pub code: Code,
    /// Figures and field names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(optional, type = "Record<string, unknown>")]
    pub fields: BTreeMap<&'static str, Value>,
}

impl Code {
    /// With nothing more to say.
    #[must_use]
    pub const fn bare(self) -> Failure {
        Failure { code: self, fields: BTreeMap::new() }
    }

    /// With one field.
    #[must_use]
    pub fn with(self, field: &'static str, value: impl Into<Value>) -> Failure {
        Failure { code: self, fields: BTreeMap::from([(field, value.into())]) }
    }

    /// The code as the audit writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Code::NotSignedIn => "not_signed_in",
            Code::Locked => "locked",
            Code::WrongSignIn => "wrong_sign_in",
            Code::Wait => "wait",
            Code::NoRight => "no_right",
            Code::NotOnCareTeam => "not_on_care_team",
            Code::NotFound => "not_found",
            Code::Invalid => "invalid",
            Code::IllegalStep => "illegal_step",
            Code::WrongPatient => "wrong_patient",
            Code::TooManySearches => "too_many_searches",
            Code::Conflict => "conflict",
            Code::Damaged => "damaged",
            Code::DiskFull => "disk_full",
            Code::ReadOnly => "read_only",
            Code::StoreBusy => "store_busy",
            Code::StoreCantOpen => "store_cant_open",
            Code::StoreVersion => "store_version",
            Code::StoreUnreachable => "store_unreachable",
            Code::OutcomeUnknown => "outcome_unknown",
            Code::StoreRefused => "store_refused",
            Code::StoreUnfit => "store_unfit",
            Code::AuditUnwritable => "audit_unwritable",
            Code::KeychainAbsent => "keychain_absent",
            Code::KeychainLocked => "keychain_locked",
            Code::KeychainWrongKey => "keychain_wrong_key",
            Code::OtherEnvironment => "other_environment",
            Code::KeychainEmptyPassword => "keychain_empty_password",
            Code::KeychainFirstRun => "keychain_first_run",
            Code::KeysDamaged => "keys_damaged",
            Code::ChoosePassword => "choose_password",
            Code::WrongCode => "wrong_code",
            Code::NotHeld => "not_held",
            Code::SamePerson => "same_person",
            Code::Held => "held",
            Code::Kms => "kms",
            Code::PolicyFile => "policy_file",
            Code::WorkstationEnded => "workstation_ended",
            Code::WorkstationCopied => "workstation_copied",
            Code::LastWorkstation => "last_workstation",
            Code::StoreMoved => "store_moved",
            Code::MergedAlready => "merged_already",
            Code::IdentityWanted => "identity_wanted",
            Code::IdentityDiffers => "identity_differs",
            Code::Shares => "shares",
            Code::Cancelled => "cancelled",
            Code::TimedOut => "timed_out",
            Code::NoRelay => "no_relay",
            Code::NotThisPerson => "not_this_person",
            Code::RestrictedDisclosure => "restricted_disclosure",
            Code::Internal => "internal",
        }
    }
}

impl Code {
    /// What happened and what to do next, where no screen is open yet: at a terminal, or when the window can't open.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Code::WrongSignIn => "The user name or the password is wrong, or the account isn't active.",
            Code::Wait => "Too many failed sign-ins. Wait, then try again.",
            Code::NoRight => "This user's role doesn't allow that. Sign in as another user.",
            Code::NotOnCareTeam => "This user isn't on the patient's care team.",
            Code::NotSignedIn | Code::Locked => "The session has ended. Sign in again.",
            Code::NotFound => "There is no such record.",
            Code::Invalid => "An entry was refused. Nothing was stored; correct it and try again.",
            Code::IllegalStep => "What it is now doesn't allow that. Look at it again.",
            Code::WrongPatient => {
                "The chart that is open is another patient's. Nothing was stored; open the right chart and enter it there."
            }
            Code::TooManySearches => "More searches than a person types. Wait a moment, then search again.",
            Code::Conflict => "Someone else changed the same record at the same time. Try again.",
            Code::Damaged => "A stored record failed its integrity check and was refused. Tell your administrator.",
            Code::DiskFull => "The disk is full. Nothing of this step was stored; free some space and try again.",
            Code::ReadOnly => "The disk or folder is read-only. Nothing was stored; make it writable and try again.",
            Code::StoreBusy => "Another program is using the store. Close it or wait, then try again.",
            Code::StoreCantOpen => "The store can't be opened. Check the folder named by WARDSEAL_HOME.",
            Code::StoreVersion => {
                "The store was written by another version of Wardseal. Update Wardseal, then try again."
            }
            Code::StoreUnreachable => {
                "The server can't be reached. Nothing of this step was stored; check the network and try again."
            }
            Code::OutcomeUnknown => {
                "The connection broke while this was being stored, so it isn't known whether it was. Look at the record before you enter it again."
            }
            Code::StoreRefused => {
                "The server refused this workstation's account or what it asked for. Nothing was stored; tell your administrator."
            }
            Code::StoreUnfit => "The server, or the way to it, isn't acceptable. Nothing was stored.",
            Code::AuditUnwritable => {
                "The audit can't be written, so nothing was shown or changed. Check disk and folder."
            }
            Code::KeychainAbsent => "No keychain was found. Start one, for example gnome-keyring, and try again.",
            Code::KeychainLocked => "The keychain is locked. Unlock it and try again.",
            Code::KeychainWrongKey => "The keychain's key isn't this site's. It was refused; nothing was changed.",
            Code::OtherEnvironment => {
                "The key in the keychain is for another kind of store (demo, test or production). It was refused; nothing was changed."
            }
            Code::KeychainEmptyPassword => "The keychain has an empty password. Give it one and try again.",
            Code::KeychainFirstRun => "This workstation holds no key of the site yet. Found a clinic, or enrol it.",
            Code::KeysDamaged => {
                "A stored key or signed document was refused. Nothing was changed; tell your administrator."
            }
            Code::ChoosePassword => "This password was given to you by somebody else. Choose your own first.",
            Code::WrongCode => {
                "The code isn't the one of this request. Compare it again; if it differs, tell your administrator."
            }
            Code::NotHeld => {
                "Nothing of what waits is yours to give. Ask a colleague who works with it, or use the recovery shares."
            }
            Code::SamePerson => "This takes two different people. Ask a colleague.",
            Code::Held => "A legal hold stands for this record. It can't be erased before two people have lifted it.",
            Code::Kms => "The key management service didn't open the keys. Nothing was shown or changed.",
            Code::PolicyFile => "The policy file can't be used. Correct it, then start again.",
            Code::WorkstationEnded => {
                "This workstation doesn't belong to the site any more: it was revoked or retired, or the site key was renewed without it. Nothing was changed; to use it again, enrol it anew: wardsealctl enrol --again."
            }
            Code::WorkstationCopied => {
                "This workstation's key is in use in another place: this machine is a copy of that one, or was brought back from a backup. Nothing was changed and nothing is lost; enrol this machine anew: wardsealctl enrol --again."
            }
            Code::LastWorkstation => {
                "This is the site's last workstation, and its keychain the last that holds the site key. Enrol another one first."
            }
            Code::StoreMoved => {
                "The site was moved to another store, so nothing is written here any more. Point this workstation to the new one: wardsealctl migrate follow."
            }
            Code::MergedAlready => "One of these records is merged already. Take that back first.",
            Code::IdentityWanted => "Compare two identifiers with the patient first.",
            Code::IdentityDiffers => "That isn't what the record says. Ask the patient again.",
            Code::Shares => "The recovery shares were refused. Nothing was changed.",
            Code::Cancelled => "Stopped. What was stored so far stays; start again to go on.",
            Code::TimedOut => "There was no answer in time. Try again.",
            Code::NoRelay => {
                "No mail relay is named, so no reminder was sent. Name one in the policy file: \"mail\": {\"relay\", \"from\"}."
            }
            Code::NotThisPerson => {
                "What was said isn't what is on file: this may be another person. Nothing was changed; look for the patient again."
            }
            Code::RestrictedDisclosure => {
                "The patient has restricted this, or an authorization is missing, so it isn't disclosed. Look at who may be told in the patient's record."
            }
            Code::Internal => "The program met a fault of its own. Nothing of this step was stored.",
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.code.word())?;
        self.fields.iter().try_for_each(|(field, value)| write!(out, " {field}={value}"))
    }
}

impl std::error::Error for Failure {}
