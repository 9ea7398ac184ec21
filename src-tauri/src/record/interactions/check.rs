//! The check: every pair, every allergy, every condition; what couldn't be read is named.

use super::allergy::Known;
use super::finding::{Asked, Checked, Finding, Kind, NotChecked, Severity, Subject, Taking, Unread};
use super::set::{Id, Set};
use super::table::{Pair, Table};
use super::text::Rule;
use std::collections::BTreeSet;

/// A drug, read.
struct Taken {
    of: Set,
    taking: Taking,
    proposed: bool,
    subject: Subject,
}

/// The rule that names no side.
const RESTRICTED: &str = "restricted";

impl Table {
    /// Checks everything against everything.
    #[must_use]
    pub fn check(&self, asked: &Asked) -> Checked {
        let mut checked = Checked::default();
        let drugs = self.taken(asked, &mut checked);
        let allergies = self.allergies(asked, &mut checked);
        let mut conditions = self.conditions(&asked.conditions, asked.egfr);
        let open = conditions.clone();
        conditions.extend(asked.hidden.iter().flat_map(|(hidden, _)| hidden.conditions.iter().cloned()));
        let only = drugs.iter().any(|drug| drug.proposed);
        for (at, drug) in drugs.iter().enumerate().filter(|(_, drug)| !only || drug.proposed) {
            // Of two that are both proposed the pair is told once.
            let others = drugs.iter().enumerate().filter(|(other, one)| *other > at || (only && !one.proposed));
            others.for_each(|(_, other)| self.two(drug, other, (&conditions, &open), &mut checked.findings));
            if drug.taking == Taking::Now {
                self.against_allergies(drug, &allergies, &mut checked.findings);
                self.against_conditions(drug, &conditions, &open, &mut checked.findings);
            }
        }
        checked.findings = redacted(std::mem::take(&mut checked.findings));
        checked
    }

    fn taken(&self, asked: &Asked, checked: &mut Checked) -> Vec<Taken> {
        let mut taken = Vec::new();
        for (at, drug) in asked.drugs.iter().enumerate() {
            let reading = self.drug(&drug.name);
            let current = drug.taking == Taking::Now;
            if current && (!reading.is_known() || !reading.rest.is_empty()) {
                let (whole, words, suggestions) =
                    (!reading.is_known(), reading.rest.clone(), reading.suggestions.clone());
                checked.not_checked.push(NotChecked { what: Unread::Drug(at), whole, words, suggestions });
            }
            checked.drugs += usize::from(current && reading.is_known());
            let subject = Subject::Drug(at, Vec::new());
            taken.push(Taken { of: reading.of, taking: drug.taking, proposed: drug.proposed, subject });
        }
        for (hidden, taking) in &asked.hidden {
            if hidden.unread {
                let nothing = (true, Vec::new(), Vec::new());
                let (whole, words, suggestions) = nothing;
                checked.not_checked.push(NotChecked { what: Unread::Restricted, whole, words, suggestions });
            }
            let of = self.ids(&hidden.substances);
            taken.push(Taken { of, taking: *taking, proposed: false, subject: Subject::Restricted });
        }
        taken
    }

    fn allergies(&self, asked: &Asked, checked: &mut Checked) -> Vec<(Subject, Known)> {
        let mut known = Vec::new();
        for (at, fact) in asked.allergies.iter().enumerate() {
            let allergen = self.allergen(&fact.substance);
            let whole = allergen.named.is_empty() && !allergen.unrelated;
            if whole || !allergen.rest.is_empty() {
                let (what, words) = (Unread::Allergy(at), allergen.rest.clone());
                checked.not_checked.push(NotChecked { what, whole, words, suggestions: Vec::new() });
            }
            known.push((Subject::Allergy(at), self.known(fact, &allergen)));
        }
        for fact in asked.hidden.iter().filter_map(|(hidden, _)| hidden.allergy.as_ref()) {
            known.push((Subject::Restricted, self.known(fact, &self.allergen(&fact.substance))));
        }
        known
    }

    /// Whether what was stopped still counts.
    fn counts(&self, drug: &Taken, substance: Id) -> bool {
        let Taking::Stopped(days) = drug.taking else { return true };
        let lasting = self.washouts.iter().filter(|(of, _)| of.has(substance)).map(|(_, days)| *days).max();
        lasting.is_some_and(|lasting| days.is_none_or(|days| days <= lasting))
    }

    fn two(&self, one: &Taken, other: &Taken, (held, open): Conditions<'_>, findings: &mut Vec<Finding>) {
        if one.taking != Taking::Now && other.taking != Taking::Now {
            return;
        }
        let mut told: Vec<&Pair> = Vec::new();
        for (x, y) in one.of.ids().flat_map(|x| other.of.ids().map(move |y| (x, y))).filter(|(x, y)| x != y) {
            if !self.counts(one, x) || !self.counts(other, y) {
                continue;
            }
            let mut groups: Vec<&str> = Vec::new();
            for pair in self.pairs.iter().filter(|pair| pair.joins(x, y)) {
                if pair.given.as_ref().is_some_and(|given| !held.contains(given)) {
                    continue;
                }
                let group = pair.group.as_deref();
                if group.is_some_and(|group| groups.contains(&group)) {
                    continue;
                }
                // Where the condition is a restricted item's, the milder rule speaks as well: it can be named.
                if pair.given.as_ref().is_none_or(|given| open.contains(given)) {
                    groups.extend(group);
                }
                if told.iter().any(|known| std::ptr::eq(*known, pair)) {
                    continue;
                }
                told.push(pair);
                let mut subjects = vec![one.with(self, x), other.with(self, y)];
                subjects.extend(pair.given.as_ref().map(|given| self.condition(given, open)));
                findings
                    .push(Finding { onc: pair.onc, ..finding(&pair.rule, Kind::Drugs, pair.rule.severity, subjects) });
            }
        }
        self.twice(one, other, findings);
    }

    fn twice(&self, one: &Taken, other: &Taken, findings: &mut Vec<Finding>) {
        if one.taking != Taking::Now || other.taking != Taking::Now {
            return;
        }
        if let Some(same) = one.of.ids().find(|id| other.of.has(*id)) {
            let subjects = vec![one.with(self, same), other.with(self, same)];
            findings.push(self.duplicate("dup-ingredient", "The same ingredient twice.".to_owned(), subjects));
            return;
        }
        for rule in &self.duplicates {
            let of = |drug: &Taken| drug.of.ids().find(|id| rule.of.has(*id));
            if let Some((x, y)) = of(one).zip(of(other)) {
                let subjects = vec![one.with(self, x), other.with(self, y)];
                findings.push(self.duplicate(&rule.id, format!("Two of one class: {}.", rule.words), subjects));
            }
        }
    }

    fn duplicate(&self, rule: &str, reason: String, subjects: Vec<Subject>) -> Finding {
        Finding {
            rule: rule.to_owned(),
            kind: Kind::Duplicate,
            severity: Severity::Moderate,
            subjects,
            reason,
            caution: None,
            sources: Vec::new(),
            read: self.date().to_owned(),
            onc: None,
        }
    }

    fn against_allergies(&self, drug: &Taken, allergies: &[(Subject, Known)], findings: &mut Vec<Finding>) {
        for (subject, allergy) in allergies {
            let warned = drug.of.ids().filter_map(|id| Some((self.warns(allergy, id)?, id)));
            let Some((worst, id)) = warned.min_by_key(|(warning, _)| warning.severity) else { continue };
            let subjects = vec![drug.with(self, id), subject.clone()];
            findings.push(match worst.rule {
                Some(rule) => finding(rule, Kind::Allergy, worst.severity, subjects),
                None => Finding {
                    kind: Kind::Allergy,
                    severity: worst.severity,
                    ..self.duplicate(
                        "allergy",
                        "The allergy is to this very ingredient or its group.".to_owned(),
                        subjects,
                    )
                },
            });
        }
    }

    fn against_conditions(
        &self,
        drug: &Taken,
        held: &BTreeSet<String>,
        open: &BTreeSet<String>,
        findings: &mut Vec<Finding>,
    ) {
        for one in self.forbidden.iter().filter(|one| held.contains(&one.condition)) {
            if let Some(id) = drug.of.ids().find(|id| one.drugs.has(*id)) {
                let subjects = vec![drug.with(self, id), self.condition(&one.condition, open)];
                findings.push(finding(&one.rule, Kind::Condition, one.rule.severity, subjects));
            }
        }
    }

    fn condition(&self, id: &str, open: &BTreeSet<String>) -> Subject {
        if open.contains(id) { Subject::Condition(self.condition_words(id).to_owned()) } else { Subject::Restricted }
    }
}

/// The conditions that hold, and those of them that may be named.
type Conditions<'a> = (&'a BTreeSet<String>, &'a BTreeSet<String>);

impl Taken {
    fn with(&self, table: &Table, id: Id) -> Subject {
        match &self.subject {
            Subject::Drug(at, _) => Subject::Drug(*at, vec![table.name(id).to_owned()]),
            other => other.clone(),
        }
    }
}

impl Pair {
    fn joins(&self, x: Id, y: Id) -> bool {
        (self.a.has(x) && self.b.has(y)) || (self.a.has(y) && self.b.has(x))
    }
}

fn finding(rule: &Rule, kind: Kind, severity: Severity, subjects: Vec<Subject>) -> Finding {
    Finding {
        rule: rule.id.clone(),
        kind,
        severity,
        subjects,
        reason: rule.reason.clone(),
        caution: rule.caution.clone(),
        sources: rule.source.clone(),
        read: rule.read.clone(),
        onc: None,
    }
}

/// Worst first; what touches a restricted item says that and how bad, once for each thing it touches.
fn redacted(findings: Vec<Finding>) -> Vec<Finding> {
    let (hidden, mut open): (Vec<_>, Vec<_>) =
        findings.into_iter().partition(|one| one.subjects.contains(&Subject::Restricted));
    let mut hidden: Vec<Finding> = hidden.into_iter().map(silent).collect();
    hidden.sort_by(|a, b| (a.severity, &a.subjects).cmp(&(b.severity, &b.subjects)));
    let mut seen: Vec<Vec<Subject>> = Vec::new();
    for one in hidden {
        if !seen.contains(&one.subjects) {
            seen.push(one.subjects.clone());
            open.push(one);
        }
    }
    open.sort_by(|a, b| (a.severity, a.kind, &a.subjects, &a.rule).cmp(&(b.severity, b.kind, &b.subjects, &b.rule)));
    open
}

fn silent(one: Finding) -> Finding {
    let mut subjects: Vec<Subject> = one
        .subjects
        .into_iter()
        .map(|subject| match subject {
            // Which ingredient it was would say something about the other side.
            Subject::Drug(at, _) => Subject::Drug(at, Vec::new()),
            other => other,
        })
        .filter(|subject| matches!(subject, Subject::Drug(..)))
        .collect();
    subjects.sort();
    subjects.push(Subject::Restricted);
    Finding {
        rule: RESTRICTED.to_owned(),
        kind: Kind::Drugs,
        severity: one.severity,
        subjects,
        reason: String::new(),
        caution: None,
        sources: Vec::new(),
        read: one.read,
        onc: None,
    }
}
