//! The one loop that drives libmongocrypt's contexts.

use super::error::CryptError;
use super::ffi::{Context, Start, State};
use super::hooks;
use super::vault::KeyVault;
use bson::RawDocumentBuf;

/// Starts the context, runs it to its result and wipes the stack it used.
pub(super) fn run(context: Context<'_>, start: &Start<'_>, vault: &dyn KeyVault) -> Result<RawDocumentBuf, CryptError> {
    let result = to_its_end(context, start, vault);
    hooks::burn_stack();
    result
}

// A frame of its own below the caller's, so that the wiping reaches it.
#[inline(never)]
fn to_its_end(mut context: Context<'_>, start: &Start<'_>, vault: &dyn KeyVault) -> Result<RawDocumentBuf, CryptError> {
    context.start(start)?;
    loop {
        match context.state() {
            State::NeedKeys => open_keys(&mut context, vault)?,
            State::Ready => return context.finish(),
            // A decrypt context with nothing to decrypt is done at once; its result is its input.
            State::Done => return unchanged(start),
            State::NeedCollectionInfo | State::NeedMarkings => {
                return Err(CryptError::Refused("the collection has no encrypted-fields map here"));
            }
            // Keys of services are opened once, at sign-in (`kms`); what works with them never waits for a network.
            State::NeedKms | State::NeedCredentials => return Err(CryptError::ProviderNotConfigured),
            State::Error => return Err(context.failure("running an operation")),
        }
    }
}

fn open_keys(context: &mut Context<'_>, vault: &dyn KeyVault) -> Result<(), CryptError> {
    let wanted = context.wanted()?;
    feed_all(context, &vault.find(&wanted)?)
}

/// Hands over key documents, and that there are no more.
pub(super) fn feed_all(context: &mut Context<'_>, keys: &[RawDocumentBuf]) -> Result<(), CryptError> {
    for key in keys {
        context.feed(key)?;
    }
    context.fed()
}

fn unchanged(start: &Start<'_>) -> Result<RawDocumentBuf, CryptError> {
    match start {
        Start::Command { command: document, .. } | Start::Decrypt(document) => Ok((*document).to_owned()),
        _ => Err(CryptError::Library { step: "waiting for a result", code: 0 }),
    }
}
