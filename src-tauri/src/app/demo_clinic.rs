//! Make a demo clinic: users with published passwords, believable patients. Refused on a store that isn't a demo.

use super::error::Failure;
use super::found_site::{FoundingFailed, found};
use super::home::Home;
use super::import_records::{ImportBatch, Imports, Incoming};
use super::sign_in::{DEMO_PASSWORD, DEMO_USERS};
use super::workstation::Workstation;
use crate::clock::Clock;
use crate::keys::{Environment, Founding, Keychain, NewUser, SlotCost};
use crate::policy::{Role, compartments_of};
use crate::secret::Password;
use crate::store::Store;

/// The demo clinic's name.
pub const DEMO_SITE: &str = "Riverside Clinic";
/// The unit that treats every demo and imported patient unless another is named.
pub const MAIN_UNIT: &str = "main";
/// Recovery shares needed, and made.
pub const RECOVERY: (u8, u8) = (2, 3);

/// Founds the demo site: keys in the keychain, users that anybody may sign in as.
///
/// # Errors
/// As [`found`].
pub async fn found_demo(
    home: &Home,
    keychain: &dyn Keychain,
    store: &dyn Store,
    clock: &dyn Clock,
    cost: SlotCost,
) -> Result<(), FoundingFailed> {
    let mut users: Vec<NewUser> = DEMO_USERS.iter().map(|(username, role)| demo_user(username, *role)).collect();
    let at = users.iter().position(|user| user.role == Role::Administrator.code()).unwrap_or_default();
    let founder = users.remove(at);
    let plan = Founding {
        site_name: DEMO_SITE.to_owned(),
        environment: Environment::Demo,
        founder,
        others: users,
        recovery: RECOVERY,
        workstation: "demo".to_owned(),
        cost,
        at: clock.wall(),
    };
    found(home, keychain, store, &plan).await.map(|_| ())
}

fn demo_user(username: &str, role: Role) -> NewUser {
    let (name, initials) = match role {
        Role::Doctor => ("Dr. R. Osei", "R.O."),
        Role::Nurse => ("N. Kim", "N.K."),
        Role::FrontDesk => ("M. Lopez", "M.L."),
        Role::Administrator => ("C. Adams", "C.A."),
        Role::Auditor => ("J. Park", "J.P."),
        Role::Import => ("Import service", "IS"),
    };
    NewUser {
        username: username.to_owned(),
        name: name.to_owned(),
        initials: initials.to_owned(),
        role: role.code().to_owned(),
        unit: Some(MAIN_UNIT.to_owned()),
        holds: compartments_of(role),
        password: Password::new(DEMO_PASSWORD.to_owned()),
        temporary: false,
    }
}

/// Resources of one transaction.
pub const AT_ONCE: usize = 700;

impl Workstation {
    /// Stores resources in batches as the signed-in import service; `told` hears of each batch and may stop.
    ///
    /// # Errors
    /// What a batch failed with; the batches before it are stored.
    pub async fn import(
        &mut self,
        resources: impl IntoIterator<Item = Incoming>,
        unit: &str,
        mut told: impl FnMut(&Imports) -> std::ops::ControlFlow<()>,
    ) -> Result<Imports, Failure> {
        let mut sum = Imports::default();
        let mut resources = resources.into_iter().peekable();
        while resources.peek().is_some() {
            let batch = ImportBatch { resources: resources.by_ref().take(AT_ONCE).collect(), unit: unit.to_owned() };
            sum.add(self.perform(batch).await?);
            if told(&sum).is_break() {
                break;
            }
        }
        Ok(sum)
    }
}
