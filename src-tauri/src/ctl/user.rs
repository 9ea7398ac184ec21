//! `wardsealctl user` and `wardsealctl grants`: who works here, and who may read what.

use super::open::{self, ask, ask_line};
use uuid::Uuid;
use wardseal::app::views::{NewUserView, UserRow};
use wardseal::app::{
    Action, ChangePassword, ChangeRole, ConfirmAccess, CreateUser, ListRequests, ListUsers, OrderAccess, ResetPassword,
    SetActive, SetExtraRight, Workstation,
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a user, with a password for one sign-in. Access is ordered; a colleague confirms it.
    Add(Add),
    /// Everybody: role, what they hold, what waits, last sign-in.
    List(By),
    /// Give a user another role.
    Role {
        #[command(flatten)]
        of: Of,
        /// doctor, nurse, front_desk, administrator, auditor or import.
        #[arg(long)]
        role: String,
    },
    /// Lock a user out at once and end what the user holds.
    Deactivate(Of),
    /// Let a user back in; access is ordered anew.
    Activate(Of),
    /// Give a doctor or nurse the extra right for items labelled sensitive, or take it away.
    Sensitive {
        #[command(flatten)]
        of: Of,
        /// Take it away.
        #[arg(long)]
        revoke: bool,
    },
    /// Order again what a user's role reads and the user doesn't hold.
    Order(Of),
    /// A forgotten password: a new one for one sign-in, all access ordered anew.
    Reset {
        #[command(flatten)]
        of: Of,
        /// Somebody else may know the old one: what the user held is to be rotated.
        #[arg(long)]
        compromised: bool,
    },
    /// Choose another password for oneself.
    Password(By),
}

#[derive(clap::Subcommand)]
pub enum Grants {
    /// Whose access waits for a confirmation.
    List(By),
    /// Confirm the access of a colleague, who reads out a code.
    Confirm {
        #[command(flatten)]
        of: Of,
        /// The code; asked for without it.
        #[arg(long)]
        code: Option<String>,
    },
}

#[derive(clap::Args)]
pub struct By {
    /// The user to sign in as.
    #[arg(long = "as")]
    pub by: String,
}

#[derive(clap::Args)]
pub struct Of {
    /// The user it is about.
    #[arg(long)]
    user: String,
    #[command(flatten)]
    by: By,
}

#[derive(clap::Args)]
pub struct Add {
    /// What is typed at sign-in.
    #[arg(long)]
    user: String,
    /// The name as shown.
    #[arg(long)]
    name: String,
    /// doctor, nurse, front_desk, administrator, auditor or import.
    #[arg(long)]
    role: String,
    /// The unit whose patients the user treats.
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    by: By,
}

/// Signed in as this user.
async fn seat(by: &By) -> Result<Workstation, String> {
    let mut workstation = open::workstation().await?;
    open::sign_in(&mut workstation, &by.by, None).await?;
    Ok(workstation)
}

async fn perform<A: Action>(workstation: &mut Workstation, action: A) -> Result<A::Output, String> {
    workstation.perform(action).await.map_err(|failure| open::sentence(&failure))
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Add(add) => {
            let new = CreateUser { username: add.user, name: add.name, role: add.role, unit: add.unit };
            let made = perform(&mut seat(&add.by).await?, new).await?;
            tell(&made, "Access is ordered");
        }
        Command::List(by) => {
            for row in perform(&mut seat(&by).await?, ListUsers {}).await?.users {
                println!("{}", line(&row));
            }
        }
        Command::Role { of, role } => {
            let (mut seat, user) = found(&of).await?;
            perform(&mut seat, ChangeRole { user, role }).await?;
            println!("Changed. What the new role reads and {} doesn't hold yet waits for a colleague.", of.user);
        }
        Command::Deactivate(of) => set_active(of, false).await?,
        Command::Activate(of) => set_active(of, true).await?,
        Command::Sensitive { of, revoke } => extra_right(of, !revoke).await?,
        Command::Order(of) => {
            let (mut seat, user) = found(&of).await?;
            perform(&mut seat, OrderAccess { user }).await?;
            println!("Ordered. It waits for a colleague.");
        }
        Command::Reset { of, compromised } => {
            let (mut seat, user) = found(&of).await?;
            tell(&perform(&mut seat, ResetPassword { user, compromised }).await?, "Access is ordered anew");
        }
        Command::Password(by) => password(&by).await?,
    }
    Ok(())
}

pub async fn grants(command: Grants) -> Result<(), String> {
    match command {
        Grants::List(by) => {
            let requests = perform(&mut seat(&by).await?, ListRequests {}).await?.requests;
            for row in &requests {
                let (yours, all) = (row.yours.join(", "), row.compartments.join(", "));
                println!("{:<16} {} ({}), ordered by {}: {all}", row.username, row.name, row.role, row.ordered_by);
                println!("{:<16} yours to give: {}", "", if yours.is_empty() { "nothing" } else { &yours });
            }
            if requests.is_empty() {
                println!("Nobody waits for access.");
            }
        }
        Grants::Confirm { of, code } => {
            let mut seat = seat(&of.by).await?;
            let requests = perform(&mut seat, ListRequests {}).await?.requests;
            let request = requests.into_iter().find(|row| row.username == of.user);
            let request = request.ok_or_else(|| format!("{} doesn't wait for access.", of.user))?;
            let code = match code {
                Some(code) => code,
                None => ask_line(&format!("The code that {} reads out: ", request.name))?,
            };
            let done = perform(&mut seat, ConfirmAccess { user: request.user, code }).await?;
            println!("{} has access now: {}.", request.name, done.compartments.join(", "));
            if done.left > 0 {
                println!("{} more waits for somebody who holds it.", done.left);
            }
        }
    }
    Ok(())
}

async fn extra_right(of: Of, sensitive: bool) -> Result<(), String> {
    let (mut seat, user) = found(&of).await?;
    perform(&mut seat, SetExtraRight { user, sensitive }).await?;
    match sensitive {
        true => println!(
            "Ordered. Somebody who has the extra right confirms it (`grants confirm`), or two keepers of recovery shares \
             where nobody has it yet (`recovery confirm`)."
        ),
        false => println!("Taken away. The key is to be replaced: see `keys status`."),
    }
    Ok(())
}

async fn set_active(of: Of, active: bool) -> Result<(), String> {
    let (mut seat, user) = found(&of).await?;
    perform(&mut seat, SetActive { user, active }).await?;
    match active {
        true => println!("{} may sign in again. Access is ordered anew and waits for a colleague.", of.user),
        false => println!("{} is locked out. What the user held is to be rotated: see `keys status`.", of.user),
    }
    Ok(())
}

async fn password(by: &By) -> Result<(), String> {
    let mut workstation = open::workstation().await?;
    let current = ask(&format!("Password of {}: ", by.by))?;
    let new = ask("New password (15 characters or more): ")?;
    workstation.sign_in(&by.by, &current).await.map_err(|failure| open::sentence(&failure))?;
    let change = ChangePassword { current, new };
    let seat = workstation.change_password(change).await.map_err(|failure| open::sentence(&failure))?;
    println!("The password is changed. Other sessions of {} have ended.", by.by);
    if let wardseal::app::views::SeatState::Open { waiting, .. } = seat.state {
        for code in waiting.iter().filter_map(|one| one.code.as_ref()) {
            println!("Your access is waiting: code {} {}; read it out to a colleague.", &code[..3], &code[3..]);
        }
    }
    Ok(())
}

/// The seat of whoever asks, and the id behind a user name.
async fn found(of: &Of) -> Result<(Workstation, Uuid), String> {
    let mut seat = seat(&of.by).await?;
    let user = id_of(&mut seat, &of.user).await?;
    Ok((seat, user))
}

/// The id behind a user name, for an administrator.
pub async fn id_of(seat: &mut Workstation, username: &str) -> Result<Uuid, String> {
    let users = perform(seat, ListUsers {}).await?.users;
    let found = users.into_iter().find(|row| row.username == username);
    found.map(|row| row.user).ok_or_else(|| format!("There is no user {username}."))
}

fn tell(made: &NewUserView, what: &str) {
    println!("{} can sign in once with this password. Tell it to that person and to nobody else:", made.username);
    println!("\n  {}\n", made.password);
    println!("{what}; a colleague confirms it with the code that {}'s screen shows.", made.username);
}

fn line(row: &UserRow) -> String {
    let held = if row.holds.is_empty() { "nothing".to_owned() } else { row.holds.join(", ") };
    let waits =
        if row.waits_for.is_empty() { String::new() } else { format!("; waits for {}", row.waits_for.join(", ")) };
    let last = row.last_sign_in.map_or_else(|| "never".to_owned(), open::day);
    let state = if row.active { "" } else { " (inactive)" };
    let extra = if row.sensitive { " with the extra right for sensitive items" } else { "" };
    format!("{:<16} {}{state}: {}{extra}; holds {held}{waits}; last here {last}", row.username, row.name, row.role)
}
