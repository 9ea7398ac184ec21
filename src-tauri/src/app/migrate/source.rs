//! The end of a move: this store closed for everybody, the other one opened with the newest site record.

use super::Target;
use super::share::by_the_service;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::people::PeopleWriting;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::Done;
use crate::audit::Purpose;
use crate::keys::{SiteRecord, forms};
use crate::policy::Right;
use crate::store::raw;
use bson::doc;
use uuid::Uuid;

/// Closes this store: from now on nobody works with it but who moves it. Or opens it again.
pub struct CloseStore {
    /// Whether.
    pub closed: bool,
}

/// Lets people work with the other store.
pub struct OpenAtTarget {
    /// Which.
    pub target: Target,
}

impl Action for CloseStore {
    type Output = Done;
    const NAME: &'static str = "close_store";

    fn right(&self) -> Right {
        Right::AdministerUsers
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        if desk.site.moved == self.closed {
            return Ok(Prepared::read(Done {}, Touched::default()));
        }
        let people = desk.people().await?;
        let mut writing = PeopleWriting::new(desk, &people);
        writing.record.moved = self.closed;
        writing.prepared(Done {}, vec![Touched::default()])
    }
}

by_the_service! { OpenAtTarget => Done, "move_open", open; }

/// Only from a store that is closed: what stands there now is all there is.
async fn open(asked: &OpenAtTarget, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    if !desk.site.moved {
        return Err(Code::Conflict.bare());
    }
    let record = SiteRecord {
        moved: false,
        profile: asked.target.profile,
        version: desk.site.version + 1,
        at: desk.now(),
        ..desk.site.clone()
    };
    let document = record.to_document(&desk.site_key()?)?;
    let only = doc! { "q": { "_id": forms::uuid_bson(record.site) }, "u": document, "upsert": true };
    asked.target.store.run(raw(&doc! { "update": "site", "updates": [only] })?).await?;
    Ok(Prepared::read(Done {}, Touched::default()))
}
