//! FHIR R4 as it arrives: bundles, single resources and NDJSON, read as a stream and mapped to records.
//!
//! [`read_bundle`] yields one [`Entry`] at a time, [`Links`] remembers what references within a file point to, and
//! [`map`] turns an entry into a patient, an item or a statement. References may point forward, so a file is read
//! twice: [`survey`] first (it finds every defect before anything is written), then [`resources`].
//! Must never put a value of a file into an error. To show another resource type: a mapper beside its like and a
//! line in [`map`]; until then the type is kept whole.

mod canonical;
mod clinical;
mod directory;
mod entries;
mod error;
mod events;
mod file;
mod labels;
mod links;
mod map;
mod node;
mod observation;
mod patient;
mod scan;

pub use entries::{Entries, Entry, read_bundle};
pub use error::{Defect, MapDefect, MapError, ReadError};
pub use file::{ImportError, Survey, resources, survey};
pub use links::Links;
pub use map::{Imported, Mapped, map};
