//! The one loop that drives libmongocrypt's contexts.

use super::error::CryptError;
use super::ffi::{Context, KmsRequest, Start, State};
use super::hooks;
use super::vault::KeyVault;
use bson::RawDocumentBuf;

/// Carries requests to a key management service: TLS, time-outs and retries are its own affair.
pub trait KmsTransport: Send + Sync {
    /// Sends `message` to `endpoint` (`host:port`) and passes the answer on in pieces of at most the wanted length
    /// until `answer` wants no more.
    ///
    /// # Errors
    /// When the service can't be reached.
    fn exchange(&self, endpoint: &str, message: &[u8], answer: &mut dyn KmsAnswer) -> Result<(), CryptError>;
}

/// Where the bytes of a KMS answer go.
pub trait KmsAnswer {
    /// How many more bytes are wanted; zero when the answer is complete.
    fn wanted(&self) -> usize;
    /// Takes at most [`KmsAnswer::wanted`] bytes.
    ///
    /// # Errors
    /// When the answer makes no sense.
    fn take(&mut self, bytes: &[u8]) -> Result<(), CryptError>;
}

impl KmsAnswer for KmsRequest<'_> {
    fn wanted(&self) -> usize {
        self.wanted()
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), CryptError> {
        self.feed(bytes)
    }
}

/// Local root keys need no service, and there is no other here.
pub struct LocalOnly;

impl KmsTransport for LocalOnly {
    fn exchange(&self, endpoint: &str, _: &[u8], _: &mut dyn KmsAnswer) -> Result<(), CryptError> {
        Err(CryptError::NoKms(endpoint.to_owned()))
    }
}

/// Starts the context, runs it to its result and wipes the stack it used.
pub(super) fn run(
    context: Context<'_>,
    start: &Start<'_>,
    vault: &dyn KeyVault,
    kms: &dyn KmsTransport,
) -> Result<RawDocumentBuf, CryptError> {
    let result = to_its_end(context, start, vault, kms);
    hooks::burn_stack();
    result
}

// A frame of its own below the caller's, so that the wiping reaches it.
#[inline(never)]
fn to_its_end(
    mut context: Context<'_>,
    start: &Start<'_>,
    vault: &dyn KeyVault,
    kms: &dyn KmsTransport,
) -> Result<RawDocumentBuf, CryptError> {
    context.start(start)?;
    loop {
        match context.state() {
            State::NeedKeys => open_keys(&mut context, vault)?,
            State::NeedKms => ask_kms(&mut context, kms)?,
            State::Ready => return context.finish(),
            // A decrypt context with nothing to decrypt is done at once; its result is its input.
            State::Done => return unchanged(start),
            State::NeedCollectionInfo | State::NeedMarkings => {
                return Err(CryptError::Refused("the collection has no encrypted-fields map here"));
            }
            State::NeedCredentials => return Err(CryptError::ProviderNotConfigured),
            State::Error => return Err(context.failure("running an operation")),
        }
    }
}

fn open_keys(context: &mut Context<'_>, vault: &dyn KeyVault) -> Result<(), CryptError> {
    let wanted = context.wanted()?;
    for key in vault.find(&wanted)? {
        context.feed(&key)?;
    }
    context.fed()
}

fn ask_kms(context: &mut Context<'_>, kms: &dyn KmsTransport) -> Result<(), CryptError> {
    while let Some(mut request) = context.next_kms() {
        let (endpoint, message) = (request.endpoint()?, request.message()?);
        kms.exchange(&endpoint, &message, &mut request)?;
    }
    context.kms_done()
}

fn unchanged(start: &Start<'_>) -> Result<RawDocumentBuf, CryptError> {
    match start {
        Start::Command { command: document, .. } | Start::Decrypt(document) => Ok((*document).to_owned()),
        _ => Err(CryptError::Library { step: "waiting for a result", code: 0 }),
    }
}
