//! The words of directives, and of who is told. Each is stored as it is written here.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $one:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$of])* $one,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$one),+];

            /// Its word, as it is stored.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$one => $word,)+ }
            }
        }
    };
}

words! {
    /// What a directive does.
    DirectiveKind {
        /// Nothing may be disclosed: 164.522(a).
        Restriction = "restriction",
        /// It may be disclosed: 164.508, 164.510(b).
        Authorization = "authorization",
    }
}

words! {
    /// To whom something is disclosed.
    Recipient {
        /// The patient, or who stands in the patient's place by law.
        Patient = "patient",
        /// Who pays.
        HealthPlan = "health_plan",
        /// Somebody else who treats the patient.
        AnotherClinician = "another_clinician",
        /// Family, friends, whoever helps with care or payment.
        Family = "family",
        /// Who employs the patient.
        Employer = "employer",
        /// A lawyer, a court, an agency.
        Legal = "legal",
        /// A study.
        Research = "research",
        /// The clinic itself: it stays in the house.
        Clinic = "clinic",
    }
}

words! {
    /// Whom a directive names.
    DirectiveTo {
        /// Who pays.
        HealthPlan = "health_plan",
        /// Somebody else who treats the patient.
        AnotherClinician = "another_clinician",
        /// Family, friends, whoever helps with care or payment.
        Family = "family",
        /// Who employs the patient.
        Employer = "employer",
        /// A lawyer, a court, an agency.
        Legal = "legal",
        /// A study.
        Research = "research",
        /// Anyone but the patient and the clinic itself.
        Anyone = "anyone",
    }
}

words! {
    /// For what it is disclosed.
    DirectivePurpose {
        /// Whatever for.
        Any = "any",
        /// To treat the patient.
        Treatment = "treatment",
        /// To be paid.
        Payment = "payment",
        /// For the work around care: quality, audits, training.
        Operations = "operations",
    }
}

words! {
    /// The part of a record that a directive is about. Closed, and it says nothing of what stands there.
    RecordPart {
        /// Everything.
        WholeRecord = "whole_record",
        /// Visits and their summaries.
        Visits = "visits",
        /// The list of what is taken.
        DrugList = "drug_list",
        /// Letters to those somebody is referred to.
        ReferralLetters = "referral_letters",
        /// What is attached.
        Attachments = "attachments",
    }
}

words! {
    /// Why the clinic follows a directive.
    DirectiveReason {
        /// Paid for in full by the patient; the health plan isn't told: 164.522(a)(1)(vi).
        PaidInFull = "paid_in_full",
        /// The clinic agreed to it, or the patient signed it.
        Agreed = "agreed",
        /// The law, or an order of a court.
        RequiredByLaw = "required_by_law",
    }
}

words! {
    /// How a directive came.
    DirectiveWay {
        /// On paper, signed.
        PaperSigned = "paper_signed",
        /// Said at the clinic.
        InPerson = "in_person",
        /// Through the portal, signed there.
        Portal = "portal",
    }
}

words! {
    /// Why a directive ended. The clinic alone can't end one: what was noted under it stays under it (164.522(a)(2)).
    DirectiveEndReason {
        /// The patient ended it in writing.
        PatientWrote = "patient_wrote",
        /// The patient ended it in person.
        PatientSaid = "patient_said",
        /// It was noted by mistake.
        NotedByMistake = "noted_by_mistake",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_the_one_that_is_stored() {
        fn same<T: serde::Serialize + Copy>(all: &[T], word: impl Fn(T) -> &'static str) {
            for one in all {
                assert_eq!(serde_json::to_value(one).unwrap(), word(*one));
            }
        }
        same(DirectiveKind::ALL, DirectiveKind::word);
        same(Recipient::ALL, Recipient::word);
        same(DirectiveTo::ALL, DirectiveTo::word);
        same(DirectivePurpose::ALL, DirectivePurpose::word);
        same(RecordPart::ALL, RecordPart::word);
        same(DirectiveReason::ALL, DirectiveReason::word);
        same(DirectiveWay::ALL, DirectiveWay::word);
        same(DirectiveEndReason::ALL, DirectiveEndReason::word);
    }
}
