//! Access to confirm: what was ordered for colleagues, and the code that two people compare before it opens.

use super::desk::Desk;
use super::error::{Code, Failure};
use super::people::{People, PeopleWriting, about};
use super::perform::{Action, Prepared, Touched};
use super::views::{ConfirmedView, RequestRow, RequestsView};
use crate::audit::Purpose;
use crate::keys::{AccessRequest, Author, CompartmentRoot, Trust};
use crate::policy::Right;
use crate::record::Compartment;
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What waits for a confirmation.
#[derive(Deserialize, ts_rs::TS)]
pub struct ListRequests {}

/// The code that a colleague has read out.
#[derive(Deserialize, ts_rs::TS)]
pub struct ConfirmAccess {
    /// The colleague.
    pub user: Uuid,
    /// Six digits, with any spaces.
    pub code: String,
}

impl Action for ListRequests {
    type Output = RequestsView;
    const NAME: &'static str = "list_requests";

    fn right(&self) -> Right {
        Right::ConfirmGrants
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<RequestsView>, Failure> {
        let people = desk.people().await?;
        let requests = AccessRequest::waiting(&people.grants);
        let rows: Vec<RequestRow> = requests.iter().filter_map(|request| desk.row(&people, request)).collect();
        let count = rows.len() as u64;
        Ok(Prepared::read(RequestsView { requests: rows }, Touched { count, ..Touched::default() }))
    }
}

impl Action for ConfirmAccess {
    type Output = ConfirmedView;
    const NAME: &'static str = "confirm_access";

    fn right(&self) -> Right {
        Right::ConfirmGrants
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<ConfirmedView>, Failure> {
        let people = desk.people().await?;
        desk.confirm(&people, self.user, &self.code, (desk.author(), &desk.keys.roots))
    }
}

impl Desk<'_> {
    /// Confirms what waits for a user and this holder holds. Nobody confirms his own.
    pub(super) fn confirm(
        &self,
        people: &People,
        user: Uuid,
        code: &str,
        holder: (Author<'_>, &[CompartmentRoot]),
    ) -> Result<Prepared<ConfirmedView>, Failure> {
        if user == self.asking.user {
            return Err(Code::SamePerson.bare());
        }
        let requests = AccessRequest::waiting(&people.grants);
        let request = requests.iter().rev().find(|request| request.user() == Some(user));
        let request = request.ok_or_else(|| Code::NotFound.bare())?;
        let trust = Trust { directory: &people.directory, record: self.site, site: &people.key };
        let confirmed = request.confirm(code, holder, trust, self.now())?;
        let mut writing = PeopleWriting::new(self, people);
        for grant in &confirmed {
            writing.grant(grant)?;
        }
        let view = ConfirmedView {
            compartments: codes(confirmed.iter().map(|grant| grant.ordered().compartment)),
            left: request.pending().count() - confirmed.len(),
        };
        writing.prepared(view, vec![Touched { count: confirmed.len() as u64, ..about(user) }])
    }

    /// A request as a colleague sees it; one for nobody who is known and active isn't shown.
    fn row(&self, people: &People, request: &AccessRequest<'_>) -> Option<RequestRow> {
        let (by, at) = request.ordered()?;
        let account = people.directory.account(request.user()?).filter(|account| account.active)?;
        let of = |yours: bool| {
            let these = request.pending().map(|grant| grant.ordered().compartment);
            codes(these.filter(|one| !yours || self.keys.holds(*one)))
        };
        Some(RequestRow {
            user: account.id,
            name: account.name.clone(),
            username: account.username.clone(),
            role: account.role.clone(),
            compartments: of(false),
            yours: of(true),
            ordered_by: people.directory.account(by).map(|by| by.name.clone()).unwrap_or_default(),
            at,
        })
    }
}

/// The codes of compartments, in their own order.
pub(super) fn codes(compartments: impl Iterator<Item = Compartment>) -> Vec<String> {
    let sorted: BTreeSet<Compartment> = compartments.collect();
    sorted.into_iter().map(|one| one.code().to_owned()).collect()
}
