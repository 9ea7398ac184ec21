//! Who pays, as it is typed.

use super::{EnteredCoverage, EnteredInsurance, EnteredPerson, line, optional, read, some, text};
use crate::record::validate::{Invalid, Why};
use crate::record::{Coverage, Guarantor, Insurance};

impl EnteredInsurance {
    /// What is wrong with it.
    #[must_use]
    pub fn invalid(&self) -> Vec<Invalid> {
        let coverages = self.coverages.iter().map(EnteredCoverage::invalid);
        coverages.chain([self.guarantor.invalid("insurance.guarantor")]).filter_map(Result::err).collect()
    }

    /// Writes it into an insurance.
    pub fn put(&self, insurance: &mut Insurance) {
        insurance.coverages = self.coverages.iter().filter_map(EnteredCoverage::coverage).collect();
        let person = self.guarantor.emergency();
        insurance.guarantor =
            person.map(|one| Guarantor { name: one.name, relationship: one.relationship, phone: one.phone });
    }

    /// What an insurance looks like to whoever changes it.
    #[must_use]
    pub fn of(insurance: &Insurance) -> Self {
        let person = |one: &Guarantor| EnteredPerson {
            name: one.name.clone(),
            relationship: text(one.relationship.as_ref()),
            phone: text(one.phone.as_ref()),
        };
        Self {
            coverages: insurance.coverages.iter().map(EnteredCoverage::of).collect(),
            guarantor: insurance.guarantor.as_ref().map(person).unwrap_or_default(),
        }
    }
}

impl EnteredCoverage {
    fn invalid(&self) -> Result<(), Invalid> {
        const FIELD: &str = "insurance.coverages";
        let texts = [&self.carrier, &self.policy, &self.group, &self.subscriber, &self.relationship, &self.deductible];
        if texts.iter().all(|text| text.trim().is_empty()) {
            return Ok(());
        }
        texts.iter().try_for_each(|text| line(FIELD, text))?;
        if self.carrier.trim().is_empty() || self.policy.trim().is_empty() {
            return Err(Invalid { field: FIELD, why: Why::Missing });
        }
        let day = |text: &String| optional(text, |text| read(FIELD, text).map(drop));
        day(&self.from).and(day(&self.until))?;
        let days = [&self.from, &self.until].map(|text| read(FIELD, text).ok());
        let ends_before = matches!(days, [Some(from), Some(until)] if until.last() < from.first());
        if ends_before { Err(Invalid { field: FIELD, why: Why::NoSuchDay }) } else { Ok(()) }
    }

    fn coverage(&self) -> Option<Coverage> {
        let iso = |text: &String| read("insurance.coverages", text).ok().map(|date| date.to_string());
        Some(Coverage {
            carrier: some(&self.carrier)?,
            policy: self.policy.trim().to_owned(),
            group: some(&self.group),
            subscriber: some(&self.subscriber),
            relationship: some(&self.relationship),
            from: iso(&self.from),
            until: iso(&self.until),
            deductible: some(&self.deductible),
        })
    }

    fn of(coverage: &Coverage) -> Self {
        Self {
            carrier: coverage.carrier.clone(),
            policy: coverage.policy.clone(),
            group: text(coverage.group.as_ref()),
            subscriber: text(coverage.subscriber.as_ref()),
            relationship: text(coverage.relationship.as_ref()),
            from: text(coverage.from.as_ref()),
            until: text(coverage.until.as_ref()),
            deductible: text(coverage.deductible.as_ref()),
        }
    }
}
