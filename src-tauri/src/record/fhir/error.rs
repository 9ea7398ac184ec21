//! What can be wrong with a file: always by file, entry and field, never with a value from it.

use thiserror::Error;

/// A file can't be read on from here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}, entry {entry}: {defect}")]
pub struct ReadError {
    /// The file's name as the caller gave it.
    pub file: String,
    /// Index of the entry, from 0.
    pub entry: usize,
    /// What is wrong.
    pub defect: Defect,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Defect {
    /// The file can't be read.
    #[error("the file can't be read ({0})")]
    Io(std::io::ErrorKind),
    /// The text ends early or isn't JSON.
    #[error("the text breaks off or isn't JSON")]
    NotJson,
    /// One entry, or one value outside the entries, is beyond the limit.
    #[error("larger than {} MB", super::scan::LIMIT >> 20)]
    TooLarge,
    /// Nested beyond the limit.
    #[error("nested deeper than {} levels", super::scan::DEPTH)]
    TooDeep,
    /// Not an object, or a member of the wrong JSON type.
    #[error("`{0}` has the wrong JSON type")]
    WrongType(&'static str),
    /// Neither a resource nor a bundle.
    #[error("there is no resourceType")]
    NoType,
    /// A bundle of another kind than transaction, batch, collection or searchset.
    #[error("this kind of bundle can't be imported")]
    BundleType,
    /// An entry that carries no resource.
    #[error("there is no resource")]
    NoResource,
    /// An entry that asks for something else than storing its resource.
    #[error("only POST and PUT can be imported")]
    Method,
    /// The resource has no id and no address that gives one.
    #[error("there is no usable id")]
    NoId,
    /// The same resource stands in the file twice.
    #[error("the same resource as entry {0}")]
    Repeated(usize),
}

/// An entry can't become a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("`{field}` {defect}")]
pub struct MapError {
    /// FHIR name of the element.
    pub field: &'static str,
    /// What is wrong.
    pub defect: MapDefect,
}

/// What is wrong with an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MapDefect {
    /// Another JSON type than FHIR says.
    #[error("has the wrong JSON type")]
    WrongType,
    /// Not a date that exists.
    #[error("isn't a date that exists")]
    NotADate,
    /// Beyond any sensible length.
    #[error("is too long")]
    TooLong,
    /// FHIR requires it.
    #[error("is missing")]
    Missing,
    /// Points to nothing in this file and isn't a plain `Type/id`.
    #[error("points to nothing")]
    Unresolved,
}
