//! What an administrator does with users: make, change roles, deactivate, order access anew, reset a password, list.
//!
//! None of it gives anybody access: what a role reads is only ordered, and a colleague who holds it confirms.

use super::confirm_access::codes;
use super::desk::Desk;
use super::error::{Code, Failure};
use super::people::{People, PeopleWriting, about, standing_of};
use super::perform::{Action, Prepared, Touched};
use super::views::{Done, NewUserView, UserRow, UsersView};
use crate::audit::Purpose;
use crate::keys::{
    Account, GrantState, LastSignIn, RotationCause, Sealing, Signed, Slot, StoredAccount, UserKeys, one_time_password,
};
use crate::policy::{Right, Role, compartments_of};
use crate::secret::Password;
use crate::store::find_documents;
use bson::{Document, doc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A new user, with a password that is good for one sign-in.
#[derive(Deserialize, ts_rs::TS)]
pub struct CreateUser {
    /// What is typed at sign-in.
    pub username: String,
    /// What is shown.
    pub name: String,
    /// The role's code.
    pub role: String,
    /// The unit, if any.
    pub unit: Option<String>,
}

/// Another role for a user.
#[derive(Deserialize, ts_rs::TS)]
pub struct ChangeRole {
    /// The user.
    pub user: Uuid,
    /// The role's code.
    pub role: String,
}

/// Whether a user may sign in.
#[derive(Deserialize, ts_rs::TS)]
pub struct SetActive {
    /// The user.
    pub user: Uuid,
    /// Whether.
    pub active: bool,
}

/// The extra right for items labelled sensitive, given to one doctor or nurse by name, or taken away.
#[derive(Deserialize, ts_rs::TS)]
pub struct SetExtraRight {
    /// The user.
    pub user: Uuid,
    /// Whether the user may see and label sensitive items.
    pub sensitive: bool,
}

/// Orders again what a user's role and extra right read and the user doesn't hold.
#[derive(Deserialize, ts_rs::TS)]
pub struct OrderAccess {
    /// The user.
    pub user: Uuid,
}

/// A forgotten password: new keys, a password for one sign-in, all access ordered anew.
#[derive(Deserialize, ts_rs::TS)]
pub struct ResetPassword {
    /// The user.
    pub user: Uuid,
    /// Somebody else may know the old one: what the user held is to be rotated too.
    pub compromised: bool,
}

/// Everybody with an account.
#[derive(Deserialize, ts_rs::TS)]
pub struct ListUsers {}

macro_rules! by_administrators {
    ($($of:ty => $answer:ty, $name:literal, $run:ident;)+) => {$(
        impl Action for $of {
            type Output = $answer;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                Right::AdministerUsers
            }

            fn patient(&self) -> Option<Uuid> {
                None
            }

            fn purpose(&self) -> Purpose {
                Purpose::Administration
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<$answer>, Failure> {
                $run(self, desk).await
            }
        }
    )+};
}

by_administrators! {
    CreateUser => NewUserView, "create_user", create_user;
    ChangeRole => Done, "change_role", change_role;
    SetActive => Done, "set_active", set_active;
    SetExtraRight => Done, "set_extra_right", set_extra_right;
    OrderAccess => Done, "order_access", order_access;
    ResetPassword => NewUserView, "reset_password", reset_password;
    ListUsers => UsersView, "list_users", list_users;
}

async fn create_user(asked: &CreateUser, desk: &Desk<'_>) -> Result<Prepared<NewUserView>, Failure> {
    let people = desk.people().await?;
    let (role, keys) = (role_of(&asked.role)?, UserKeys::create()?);
    let account = Account {
        id: Uuid::new_v4(),
        username: username(&asked.username, &people)?,
        name: shown(&asked.name)?,
        initials: initials(&asked.name),
        role: role.code().to_owned(),
        unit: asked.unit.clone(),
        keys: keys.public(),
        former: Vec::new(),
        active: true,
        sensitive: false,
        at: desk.now(),
        version: 1,
    };
    let (word, mut writing) = (one_time_password()?, PeopleWriting::new(desk, &people));
    let password = Password::new(word.to_string());
    let stored = StoredAccount::create(account.clone(), &keys, sealing(desk, &people, &password)?, desk.author())?;
    writing.account(&stored)?;
    writing.order(&account, &BTreeSet::new())?;
    let view = NewUserView { user: account.id, username: account.username.clone(), password: word.to_string() };
    writing.prepared(view, vec![Touched { change: Some(("none", role.code())), ..about(account.id) }])
}

async fn change_role(asked: &ChangeRole, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let people = desk.people().await?;
    let (stored, account) = another(desk, &people, asked.user)?;
    let (old, new) = (role_of(&account.role)?, role_of(&asked.role)?);
    let mut writing = PeopleWriting::new(desk, &people);
    let next = stored.amend(&people.directory, desk.author(), desk.now(), |next| {
        new.code().clone_into(&mut next.role);
        // The extra right was given to this person in the old role.
        next.sensitive = false;
    })?;
    writing.account(&next)?;
    if old == Role::Administrator && new != Role::Administrator {
        writing.take_over_signatures(asked.user).await?;
    }
    let (gone, kept) = writing.end_grants(asked.user, &compartments_of(new))?;
    if account.active {
        writing.order(next.account.claimed(), &kept)?;
    }
    writing.due(&gone, RotationCause::RoleLoss, asked.user)?;
    writing.prepared(Done {}, vec![Touched { change: Some((old.code(), new.code())), ..about(asked.user) }])
}

async fn set_active(asked: &SetActive, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let people = desk.people().await?;
    let (stored, account) = another(desk, &people, asked.user)?;
    let mut writing = PeopleWriting::new(desk, &people);
    let next = stored.amend(&people.directory, desk.author(), desk.now(), |next| next.active = asked.active)?;
    writing.account(&next)?;
    let (gone, _) = writing.end_grants(asked.user, &[])?;
    if asked.active {
        writing.order(next.account.claimed(), &BTreeSet::new())?;
    } else if account.is_administrator() {
        writing.take_over_signatures(asked.user).await?;
    }
    writing.due(&gone, RotationCause::Departure, asked.user)?;
    let words = |active: bool| if active { "active" } else { "inactive" };
    let change = Some((words(account.active), words(asked.active)));
    writing.prepared(Done {}, vec![Touched { change, ..about(asked.user) }])
}

async fn set_extra_right(asked: &SetExtraRight, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let people = desk.people().await?;
    let (stored, account) = another(desk, &people, asked.user)?;
    let role = role_of(&account.role)?;
    if asked.sensitive && !(account.active && role.may_have_extra_right()) {
        return Err(Code::Invalid.with("field", "user"));
    }
    let mut writing = PeopleWriting::new(desk, &people);
    let next = stored.amend(&people.directory, desk.author(), desk.now(), |next| next.sensitive = asked.sensitive)?;
    writing.account(&next)?;
    let (gone, kept) = writing.end_grants(asked.user, &compartments_of(standing_of(next.account.claimed())?))?;
    if account.active {
        writing.order(next.account.claimed(), &kept)?;
    }
    writing.due(&gone, RotationCause::RoleLoss, asked.user)?;
    let words = |sensitive: bool| if sensitive { "sensitive" } else { "none" };
    let change = Some((words(account.sensitive), words(asked.sensitive)));
    writing.prepared(Done {}, vec![Touched { change, ..about(asked.user) }])
}

async fn order_access(asked: &OrderAccess, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let people = desk.people().await?;
    let (_, account) = another(desk, &people, asked.user)?;
    if !account.active {
        return Err(Code::Invalid.with("field", "user"));
    }
    let mut writing = PeopleWriting::new(desk, &people);
    let (_, kept) = writing.end_grants(asked.user, &compartments_of(standing_of(account)?))?;
    writing.order(account, &kept)?;
    writing.prepared(Done {}, vec![about(asked.user)])
}

async fn reset_password(asked: &ResetPassword, desk: &Desk<'_>) -> Result<Prepared<NewUserView>, Failure> {
    let people = desk.people().await?;
    let (stored, account) = another(desk, &people, asked.user)?;
    let (word, mut writing) = (one_time_password()?, PeopleWriting::new(desk, &people));
    let password = Password::new(word.to_string());
    let sealing = sealing(desk, &people, &password)?;
    let (next, _) = stored.reset(&people.directory, sealing, desk.author(), desk.now())?;
    writing.account(&next)?;
    let (gone, _) = writing.end_grants(asked.user, &[])?;
    if account.active {
        writing.order(next.account.claimed(), &BTreeSet::new())?;
    }
    if asked.compromised {
        writing.due(&gone, RotationCause::Compromise, asked.user)?;
    }
    let view = NewUserView { user: asked.user, username: account.username.clone(), password: word.to_string() };
    writing.prepared(view, vec![about(asked.user)])
}

async fn list_users(_: &ListUsers, desk: &Desk<'_>) -> Result<Prepared<UsersView>, Failure> {
    let (people, last) = (desk.people().await?, desk.last_sign_ins().await?);
    let held = |user: Uuid, state: GrantState| {
        let these = people.grants_of(user).filter(move |grant| grant.state() == state);
        codes(these.map(|grant| grant.ordered().compartment))
    };
    let row = |account: &Account| UserRow {
        user: account.id,
        username: account.username.clone(),
        name: account.name.clone(),
        role: account.role.clone(),
        unit: account.unit.clone(),
        active: account.active,
        sensitive: account.sensitive,
        holds: held(account.id, GrantState::Active),
        waits_for: held(account.id, GrantState::Pending),
        last_sign_in: last.get(&account.id).copied(),
    };
    let mut users: Vec<UserRow> = people.directory.accounts().map(row).collect();
    users.sort_by(|one, other| one.username.cmp(&other.username));
    let count = users.len() as u64;
    Ok(Prepared::read(UsersView { users }, Touched { count, ..Touched::default() }))
}

impl Desk<'_> {
    async fn last_sign_ins(&self) -> Result<BTreeMap<Uuid, crate::clock::Timestamp>, Failure> {
        let mut last = BTreeMap::new();
        for stored in find_documents(self.store, "sign_ins", doc! {}, None).await? {
            let signed = Signed::<LastSignIn>::from_document(&Document::try_from(stored)?)?;
            // What the user didn't sign says nothing about the user.
            if let Ok(seen) = self.keys.directory.signed_by_author(&signed)
                && seen.user == signed.by()
            {
                last.insert(seen.user, seen.at);
            }
        }
        Ok(last)
    }
}

/// A user other than oneself: nobody changes what he may do himself.
fn another<'p>(desk: &Desk<'_>, people: &'p People, user: Uuid) -> Result<(&'p StoredAccount, &'p Account), Failure> {
    if user == desk.asking.user {
        return Err(Code::SamePerson.bare());
    }
    people.account(user)
}

/// How a slot is sealed for somebody else: as dear as the administrator's own, to be changed at the first sign-in.
fn sealing<'p>(desk: &Desk<'_>, people: &'p People, password: &'p Password) -> Result<Sealing<'p>, Failure> {
    let own: &Slot = &people.account(desk.asking.user)?.0.slot;
    Ok(Sealing { password, temporary: true, site: &people.key, cost: own.cost()? })
}

fn role_of(code: &str) -> Result<Role, Failure> {
    Role::from_code(code).ok_or_else(|| Code::Invalid.with("field", "role"))
}

fn username(typed: &str, people: &People) -> Result<String, Failure> {
    let username = typed.trim().to_lowercase();
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    if !(2..=32).contains(&username.chars().count()) || !username.chars().all(fits) {
        return Err(Code::Invalid.with("field", "username"));
    }
    let mut taken = people.accounts.iter().filter(|stored| stored.account.claimed().username == username);
    if taken.next().is_some() {
        let mut failure = Code::Invalid.with("field", "username");
        failure.fields.insert("why", "taken".into());
        return Err(failure);
    }
    Ok(username)
}

fn shown(typed: &str) -> Result<String, Failure> {
    let name = typed.trim();
    let fits = (2..=80).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(Code::Invalid.with("field", "name")) }
}

/// The first letter of every word, with its point.
#[must_use]
pub fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).flat_map(|letter| [letter, '.']).collect()
}
