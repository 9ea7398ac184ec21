//! What was ordered for one user at one moment: one code stands for all of it, so that two people compare once.
//!
//! The code covers every order of the request, confirmed or not, in one order: whoever adds, drops or exchanges one has
//! another code. It is derived under the site key and stretched, so that a server can't look for other orders with the
//! same code, and an insider needs days for one.

use super::account::Author;
use super::grant::{Grant, GrantState, Holder, Order, Trust};
use super::slot::{SlotCost, stretch_with};
use super::{CompartmentRoot, KeyError, Signed, SiteKey, SiteUse, UserKeys, derive};
use crate::clock::Timestamp;
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Part of what a code is: both sides must use the same, so it isn't a setting.
const CODE_COST: SlotCost = SlotCost { memory_kib: 19 * 1024, passes: 2, lanes: 1 };

/// The orders that belong together.
pub struct AccessRequest<'a> {
    grants: Vec<&'a Grant>,
}

impl<'a> AccessRequest<'a> {
    /// The requests among these grants in which something still waits, oldest first.
    #[must_use]
    pub fn waiting(grants: &'a [Grant]) -> Vec<Self> {
        let mut together: BTreeMap<(Timestamp, Uuid, Uuid, [u8; 32]), Vec<&Grant>> = BTreeMap::new();
        for grant in grants {
            let order = grant.ordered();
            let whose = (order.at, order.user, grant.ordered_by(), *order.keys.hpke.as_bytes());
            together.entry(whose).or_default().push(grant);
        }
        let sorted = together.into_values().map(|mut grants| {
            grants.sort_by_key(|grant| grant.ordered().id);
            Self { grants }
        });
        sorted.filter(|request| request.pending().next().is_some()).collect()
    }

    /// For whom, as the orders claim.
    #[must_use]
    pub fn user(&self) -> Option<Uuid> {
        self.grants.first().map(|grant| grant.ordered().user)
    }

    /// By whom and when, as the orders claim.
    #[must_use]
    pub fn ordered(&self) -> Option<(Uuid, Timestamp)> {
        self.grants.first().map(|grant| (grant.ordered_by(), grant.ordered().at))
    }

    /// What is neither confirmed nor removed.
    pub fn pending(&self) -> impl Iterator<Item = &'a Grant> {
        self.grants.iter().copied().filter(|grant| grant.state() == GrantState::Pending)
    }

    /// The code that the user reads out, from the orders and the user's own keys.
    ///
    /// # Errors
    /// [`KeyError::NotOwnKeys`] if one of the orders names other keys: then the user says so instead of a code.
    pub fn code(&self, keys: &UserKeys, site: &SiteKey) -> Result<String, KeyError> {
        if self.grants.iter().any(|grant| grant.ordered().keys != keys.public()) {
            return Err(KeyError::NotOwnKeys);
        }
        self.expected(site)
    }

    /// A colleague types the code that the user reads out; the right one seals to the user what the colleague holds.
    ///
    /// # Errors
    /// [`KeyError::WrongCode`], [`KeyError::NotHeld`] when the colleague holds nothing of what waits; as
    /// [`Grant::confirm`].
    pub fn confirm(
        &self,
        typed: &str,
        (author, roots): (Author<'_>, &[CompartmentRoot]),
        trust: Trust<'_>,
        at: Timestamp,
    ) -> Result<Vec<Grant>, KeyError> {
        if !matches(&self.expected(trust.site)?, typed) {
            return Err(KeyError::WrongCode);
        }
        let held = |order: &Order| {
            roots.iter().find(|root| root.compartment() == order.compartment && root.epoch() == order.epoch)
        };
        let held = self.pending().filter_map(|grant| Some((grant, held(grant.ordered())?)));
        let confirm = |(grant, root): (&Grant, _)| grant.confirm_compared(Holder { author, root }, trust, at);
        let confirmed: Vec<Grant> = held.map(confirm).collect::<Result<_, _>>()?;
        if confirmed.is_empty() { Err(KeyError::NotHeld) } else { Ok(confirmed) }
    }

    fn expected(&self, site: &SiteKey) -> Result<String, KeyError> {
        code_of(&self.grants.iter().map(|grant| grant.signed_order()).collect::<Vec<_>>(), site)
    }
}

/// Whether somebody typed this code, with any spaces.
pub(super) fn matches(code: &str, typed: &str) -> bool {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    code.as_bytes().ct_eq(digits.as_bytes()).into()
}

/// Six digits from signed orders, keyed by the site and stretched.
pub(super) fn code_of(orders: &[&Signed<Order>], site: &SiteKey) -> Result<String, KeyError> {
    let bytes: Vec<Vec<u8>> = orders.iter().map(|order| order.bytes()).collect();
    let parts: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
    let salt = orders.first().map_or(Uuid::nil(), |order| order.claimed().id);
    let keyed = derive::mac(&site.subkey(SiteUse::GrantCode)?, "wardseal/grant-code/1", &parts);
    let stretched = stretch_with(&keyed, salt.as_bytes(), CODE_COST)?;
    // EXPOSE: a code is six digits of it, meant to be read out.
    let start = stretched.expose().first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    Ok(format!("{:06}", start % 1_000_000))
}
