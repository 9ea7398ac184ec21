//! libmongocrypt alone, with roots and data keys of its own: the floor that nothing built on it can go below.

use std::sync::Arc;
use wardseal::crypt::section::data_key_name;
use wardseal::crypt::{Crypt, KeyRing, Provider};
use wardseal::record::Compartment;
use wardseal::record::fields::indexes;
use wardseal::secret::Secret;

/// A root and a section key for each compartment, and the index keys under the front root.
pub fn crypt() -> Crypt {
    let roots: Vec<(Compartment, Secret<96>)> =
        Compartment::ALL.into_iter().map(|one| (one, Secret::random().unwrap())).collect();
    let providers: Vec<Provider<'_>> = roots.iter().map(|(one, key)| Provider { name: provider(*one), key }).collect();
    let maker = Crypt::open(&providers, Arc::new(KeyRing::default()), None).unwrap();
    let sections = roots.iter().map(|(one, _)| (provider(*one), data_key_name(*one)));
    let searched = indexes().map(|(_, index)| (provider(Compartment::Front), index.key.to_owned()));
    let documents =
        sections.chain(searched).map(|(provider, name)| maker.create_data_key(&provider, &[&name]).unwrap());
    Crypt::open(&providers, Arc::new(KeyRing::new(documents.collect())), None).unwrap()
}

fn provider(compartment: Compartment) -> String {
    format!("local:{}", compartment.code())
}
