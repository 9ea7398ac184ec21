//! Another password for oneself. The keys stay; every other session of the user ends.

use super::desk::Desk;
use super::error::{Code, Failure};
use super::people::{PeopleWriting, about};
use super::perform::{Action, Prepared};
use super::views::{Done, SeatView};
use super::workstation::Workstation;
use crate::audit::Purpose;
use crate::keys::{PasswordPolicy, PasswordRefused, Sealing};
use crate::policy::Right;
use crate::secret::Password;
use serde::Deserialize;
use uuid::Uuid;

/// The password in use and the one to come.
#[derive(Deserialize, ts_rs::TS)]
pub struct ChangePassword {
    /// The one in use.
    #[ts(type = "string")]
    pub current: Password,
    /// The one to come.
    #[ts(type = "string")]
    pub new: Password,
}

impl Action for ChangePassword {
    type Output = Done;
    const NAME: &'static str = "change_password";

    fn right(&self) -> Right {
        Right::ChangeOwnPassword
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
        let people = desk.people().await?;
        let (stored, account) = people.account(desk.asking.user)?;
        let keys = stored.sign_in(&people.directory, &self.current, &people.key, None)?;
        let context = [account.username.as_str(), &account.name, &desk.site.name];
        PasswordPolicy::ALONE.check(&self.new, &context).map_err(|refused| refusal(&refused))?;
        if self.new.is(&self.current) {
            return Err(refused_for("same"));
        }
        let sealing = Sealing { password: &self.new, temporary: false, site: &people.key, cost: stored.slot.cost()? };
        let next = stored.change_password(&keys, sealing)?;
        let mut writing = PeopleWriting::new(desk, &people);
        writing.account(&next)?;
        writing.prepared(Done {}, vec![about(account.id)])
    }
}

fn refusal(refused: &PasswordRefused) -> Failure {
    refused_for(match refused {
        PasswordRefused::TooShort { .. } => "password_short",
        PasswordRefused::TooLong => "password_long",
        PasswordRefused::Common => "password_common",
        PasswordRefused::Pattern => "password_pattern",
        PasswordRefused::Context => "password_context",
    })
}

fn refused_for(why: &'static str) -> Failure {
    let mut failure = Code::Invalid.with("field", "new");
    failure.fields.insert("why", why.into());
    failure
}

impl Workstation {
    /// Changes the password of whoever holds the seat; this session goes on, the user's others end. Wrong guesses of
    /// the one in use count as failed sign-ins.
    ///
    /// # Errors
    /// [`Code::WrongSignIn`] for a wrong one in use, [`Code::Wait`], [`Code::Invalid`] with the reason for a new one
    /// that doesn't do; as [`Workstation::perform`].
    pub async fn change_password(&mut self, change: ChangePassword) -> Result<SeatView, Failure> {
        let (user, now) = (self.asking()?.user, self.clock.moment());
        self.may_try(user, now)?;
        if let Err(failure) = self.perform(change).await {
            if failure.code == Code::WrongSignIn {
                self.count_failure(user, now)?;
            }
            return Err(failure);
        }
        if let Some(keys) = &mut self.keys {
            (keys.slot_version, keys.temporary) = (keys.slot_version + 1, false);
        }
        Ok(self.seat_view())
    }
}
