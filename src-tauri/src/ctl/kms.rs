//! What the command line says about key management services: which key wraps which compartment, and the credentials
//! that the keychain keeps for them. Credentials come from standard input, never from the command line.

use super::open;
use std::collections::BTreeMap;
use std::io::Read as _;
use wardseal::app::found_site::Services;
use wardseal::app::{Home, ListDue, PolicyFile};
use wardseal::crypt::kms::{accepts, entry_name};
use wardseal::keys::{Environment, Keychain, MasterKey, OsKeychain};
use wardseal::record::Compartment;
use zeroize::Zeroizing;

#[derive(clap::Args)]
pub struct Credentials {
    /// The compartment whose service they are for.
    #[arg(value_parser = super::keys::compartment)]
    compartment: Compartment,
    /// The administrator, once this machine belongs to a site.
    #[arg(long)]
    admin: Option<String>,
    /// Take those that are there out of the keychain instead.
    #[arg(long)]
    remove: bool,
}

/// `clinical=kmip:kms.ward.example`.
pub fn named(text: &str) -> Result<(Compartment, MasterKey), String> {
    let (of, key) = text.split_once('=').ok_or("COMPARTMENT=KEY is expected")?;
    Ok((super::keys::compartment(of)?, master(key)?))
}

/// A key of a service.
pub fn master(text: &str) -> Result<MasterKey, String> {
    text.parse().map_err(|fault: wardseal::keys::NotAMasterKey| fault.to_string())
}

/// The services of the policy file, and over them those of the command line.
pub fn services(home: &Home, named: &[(Compartment, MasterKey)]) -> Result<Services, String> {
    let told = |fault: wardseal::app::PolicyFault| format!("{}.", open::capital(&fault.to_string()));
    let policy = PolicyFile::of(home).map_err(told)?;
    let mut keys: BTreeMap<Compartment, MasterKey> = policy.masters().map_err(told)?;
    keys.extend(named.iter().cloned());
    Ok(Services { reach: policy.reach(), keys })
}

/// Puts credentials into the keychain, or takes them out.
pub async fn keep(arguments: Credentials) -> Result<(), String> {
    let home = Home::from_environment();
    let enrolled = home.enrolment().map_err(|error| format!("The workstation's folder can't be read: {error}."))?;
    if enrolled.is_some() {
        let admin = arguments.admin.ok_or("This machine belongs to a site: name its administrator with --admin.")?;
        let mut workstation = open::workstation().await?;
        open::sign_in(&mut workstation, &admin, None).await?;
        // Who may order rotations may set where their keys are.
        workstation.perform(ListDue {}).await.map_err(|failure| open::sentence(&failure))?;
    }
    let environment = enrolled.map_or(Environment::Production, |enrolment| enrolment.environment);
    let keychain = OsKeychain::open(environment).map_err(|error| error.to_string())?;
    let name = entry_name(arguments.compartment);
    if arguments.remove {
        keychain.delete(&name).map_err(|error| error.to_string())?;
        println!("The keychain holds no credentials for {} any more.", arguments.compartment.code());
        return Ok(());
    }
    // Room for any of them at once: a growing buffer would leave copies behind.
    let mut read = Zeroizing::new(Vec::with_capacity(64 * 1024));
    let got = std::io::stdin().lock().take(64 * 1024).read_to_end(&mut read);
    got.map_err(|error| format!("The credentials can't be read: {error}."))?;
    if !accepts(&read) {
        return Err("These are neither a client certificate with its key (PEM) nor a service's credentials (JSON). \
                    Nothing was changed."
            .to_owned());
    }
    keychain.put_new(&name, &read).map_err(|error| error.to_string())?;
    println!("The keychain holds the credentials for {}.", arguments.compartment.code());
    Ok(())
}
