//! A server that is named on the command line by everything but its connection string, which is asked for: on a command
//! line others could read it.

use super::open::{self, ask};
use std::path::PathBuf;
use std::sync::Arc;
use wardseal::app::Home;
use wardseal::app::place::{Cluster, Place};
use wardseal::crypt::Profile;
use wardseal::keys::Keychain;
use wardseal::store::Store;
use wardseal::store::atlas::{Atlas, Unfit};
use zeroize::Zeroizing;

/// How a server is reached.
#[derive(clap::Args)]
pub struct Way {
    /// A file with the connection string, which only this user may read, instead of the keychain.
    #[arg(long)]
    connection_file: Option<PathBuf>,
    /// A PEM file of the authorities that may have signed the server's certificate.
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// A PEM file with this workstation's certificate and key, for X.509.
    #[arg(long)]
    certificate_file: Option<PathBuf>,
}

/// A server and its connection string, which isn't kept yet.
pub struct Named {
    cluster: Cluster,
    typed: Option<Zeroizing<String>>,
}

impl Way {
    /// Asks for the connection string, unless a file holds it.
    pub fn ask(&self) -> Result<Named, String> {
        let cluster = Cluster {
            keychain_entry: None,
            connection_file: self.connection_file.clone(),
            ca_file: self.ca_file.clone(),
            certificate_file: self.certificate_file.clone(),
        };
        if cluster.connection_file.is_some() {
            return Ok(Named { cluster, typed: None });
        }
        let typed = ask("Connection string of the server: ")?;
        // EXPOSE: the keychain and the driver take the connection string as text.
        Ok(Named { cluster, typed: Some(Zeroizing::new(typed.expose().trim().to_owned())) })
    }
}

impl Named {
    /// Connects, with nothing kept.
    pub async fn open(&self) -> Result<Arc<dyn Store>, String> {
        let address = match &self.typed {
            Some(uri) => self.cluster.address_of(uri.clone()),
            None => self.cluster.address_in_file().map_err(|failure| open::sentence(&failure))?,
        };
        let store = Atlas::open(&address).await.map_err(|error| open::sentence(&error.into()))?;
        Ok(Arc::new(store))
    }

    /// Keeps the connection string in the keychain, and in the folder where the store is.
    pub fn keep(self, home: &Home, keychain: &dyn Keychain) -> Result<Place, String> {
        let cluster = match self.typed {
            Some(uri) => self.cluster.kept_in(keychain, &uri).map_err(|error| error.to_string())?,
            None => self.cluster,
        };
        let place = Place::Atlas(cluster);
        place.keep(home).map_err(|failure| open::sentence(&failure))?;
        Ok(place)
    }
}

/// Takes back what [`Named::keep`] did, or works in files from now on.
pub fn forget(place: &Place, home: &Home, keychain: &dyn Keychain) {
    let Place::Atlas(cluster) = place else { return };
    let withdrawn = cluster.withdraw(keychain);
    if withdrawn.is_err() || in_files(home).is_err() {
        eprintln!("The connection string couldn't be taken out of the keychain again.");
    }
}

/// The folder's note says no more that the store is on a server.
pub fn in_files(home: &Home) -> Result<(), String> {
    match std::fs::remove_file(home.place()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{error}.")),
        _ => Ok(()),
    }
}

/// The profile that was asked for, if the store can do it; else the best it can do.
pub fn profile(wanted: Option<Profile>, store: &dyn Store) -> Result<Profile, String> {
    let able = store.abilities().is_none_or(|abilities| abilities.queryable());
    match (wanted, able) {
        (Some(Profile::Queryable), false) => Err(open::capital(&format!("{}. Nothing was changed.", Unfit::Queries))),
        (Some(profile), _) => Ok(profile),
        (None, true) => Ok(Profile::Queryable),
        (None, false) => {
            println!(
                "The server has no Queryable Encryption ready for every search: searchable values are deterministic."
            );
            Ok(Profile::Deterministic)
        }
    }
}
