//! The one file where inner errors become a [`Code`]. The sentence a person reads is chosen by the screen.

pub use super::code::{Code, Failure};
use super::policy_file::PolicyFault;
use crate::audit::AuditError;
use crate::crypt::CryptError;
use crate::crypt::kms::KmsError;
use crate::keys::{KeyError, KeychainError};
use crate::policy::Denial;
use crate::record::validate::Invalid;
use crate::session::SeatError;
use crate::store::StoreError;
use serde_json::Value;
use std::collections::BTreeMap;

impl From<crate::record::IllegalStep> for Failure {
    fn from(refused: crate::record::IllegalStep) -> Self {
        let mut failure = Code::IllegalStep.with("what", refused.what);
        failure.fields.extend([("from", refused.from.into()), ("step", refused.step.into())]);
        failure
    }
}

impl From<Denial> for Failure {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::NoRight => Code::NoRight.bare(),
            Denial::NotOnCareTeam => Code::NotOnCareTeam.bare(),
            Denial::Directive => Code::RestrictedDisclosure.bare(),
        }
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        let why = serde_json::to_value(invalid.why).unwrap_or(Value::Null);
        // The screen knows an entry by its last name: `text`, not `problems.text`.
        let field = invalid.field.rsplit('.').next().unwrap_or(invalid.field);
        Failure { code: Code::Invalid, fields: BTreeMap::from([("field", field.into()), ("why", why)]) }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "store");
        match error {
            StoreError::CantOpen(_) => Code::StoreCantOpen,
            StoreError::Version { .. } => Code::StoreVersion,
            StoreError::Conflict => Code::Conflict,
            StoreError::DiskFull => Code::DiskFull,
            StoreError::ReadOnly => Code::ReadOnly,
            StoreError::Busy => Code::StoreBusy,
            StoreError::Stopped => Code::Cancelled,
            StoreError::Damaged(_) => Code::Damaged,
            StoreError::Unreachable => Code::StoreUnreachable,
            StoreError::Unknown => Code::OutcomeUnknown,
            StoreError::SignIn | StoreError::NotPermitted => Code::StoreRefused,
            StoreError::Unfit(why) => return Code::StoreUnfit.with("why", why.to_string()),
            StoreError::Refused { .. } | StoreError::Database(_) => Code::Internal,
        }
        .bare()
    }
}

impl From<CryptError> for Failure {
    fn from(error: CryptError) -> Self {
        tracing::warn!(%error, "encryption");
        if let CryptError::ForeignKey(key) = error {
            return Code::KeysDamaged.with("key", key.to_string());
        }
        if let CryptError::Kms(error) = error {
            return (*error).into();
        }
        match error {
            CryptError::Damaged => Code::Damaged,
            CryptError::MissingKey | CryptError::ProviderNotConfigured | CryptError::ForeignKey(_) => Code::KeysDamaged,
            _ => Code::Internal,
        }
        .bare()
    }
}

impl From<KmsError> for Failure {
    fn from(error: KmsError) -> Self {
        let why = error.fault.word();
        let sentence = error.to_string();
        let fields =
            [("provider", error.provider), ("address", error.address), ("why", why.to_owned()), ("told", sentence)];
        Failure { code: Code::Kms, fields: fields.into_iter().map(|(name, value)| (name, value.into())).collect() }
    }
}

impl From<PolicyFault> for Failure {
    fn from(fault: PolicyFault) -> Self {
        tracing::error!(%fault, "policy");
        Code::PolicyFile.with("told", fault.to_string())
    }
}

impl From<KeychainError> for Failure {
    fn from(error: KeychainError) -> Self {
        tracing::warn!(%error, "keychain");
        match error {
            KeychainError::Absent => Code::KeychainAbsent,
            KeychainError::Locked => Code::KeychainLocked,
            KeychainError::WrongKey(_) | KeychainError::Occupied | KeychainError::NotKept => Code::KeychainWrongKey,
            KeychainError::EmptyPassword => Code::KeychainEmptyPassword,
            KeychainError::FirstRun => Code::KeychainFirstRun,
        }
        .bare()
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        tracing::warn!(%error, "keys");
        match error {
            KeyError::WrongPassword => Code::WrongSignIn,
            KeyError::WrongSiteKey => Code::KeychainWrongKey,
            KeyError::OtherEnvironment { key, store } => {
                let fields = BTreeMap::from([("key", key.into()), ("store", store.into())]);
                return Failure { code: Code::OtherEnvironment, fields };
            }
            KeyError::NoRandomness => Code::Internal,
            KeyError::WrongCode => Code::WrongCode,
            KeyError::NotHeld => Code::NotHeld,
            KeyError::NewerForm(_) => Code::StoreVersion,
            KeyError::SamePerson => Code::SamePerson,
            _ => Code::KeysDamaged,
        }
        .bare()
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        tracing::error!(%error, "audit");
        match error {
            AuditError::DiskFull => Code::DiskFull.bare(),
            _ => Code::AuditUnwritable.bare(),
        }
    }
}

impl From<SeatError> for Failure {
    fn from(error: SeatError) -> Self {
        match error {
            SeatError::Vacant => Code::NotSignedIn,
            SeatError::Taken | SeatError::NotLocked | SeatError::AnotherHolder => Code::Locked,
        }
        .bare()
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Code::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem => Code::ReadOnly,
            _ => Code::StoreCantOpen,
        }
        .bare()
    }
}

impl From<bson::error::Error> for Failure {
    fn from(_: bson::error::Error) -> Self {
        Code::Damaged.bare()
    }
}

impl From<crate::record::StoredFormError> for Failure {
    fn from(_: crate::record::StoredFormError) -> Self {
        Code::Damaged.bare()
    }
}

impl From<getrandom::Error> for Failure {
    fn from(_: getrandom::Error) -> Self {
        Code::Internal.bare()
    }
}
