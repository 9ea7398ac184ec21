//! The requests of one step, carried to their service and back: eight at a time, each over a connection of its own.

use super::Met;
use super::error::KmsFault;
use crate::crypt::error::CryptError;
use crate::crypt::ffi::KmsRequest;
use crate::net::{Limits, NetError, Stream, Tls};
use std::future::Future;
use std::pin::Pin;
use std::sync::PoisonError;
use std::task::Poll;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

/// Requests under way at once.
const AT_ONCE: usize = 8;

/// Sends every request and hands over the answers. One that failed on the way and may be sent again is left for the
/// caller's next round.
pub(super) async fn exchange(
    requests: Vec<KmsRequest<'_>>,
    tls: &Tls,
    limits: &Limits,
    met: &Met,
) -> Result<(), CryptOrFault> {
    let mut waiting = requests.into_iter().peekable();
    while waiting.peek().is_some() {
        let now: Vec<_> =
            waiting.by_ref().take(AT_ONCE).map(|request| Box::pin(one(request, tls, limits, met))).collect();
        for done in all(now).await {
            done?;
        }
    }
    Ok(())
}

/// A failure of the service, or of libmongocrypt on its account.
pub(super) enum CryptOrFault {
    Crypt(CryptError),
    Fault(KmsFault),
}

impl From<KmsFault> for CryptOrFault {
    fn from(fault: KmsFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<NetError> for CryptOrFault {
    fn from(error: NetError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<CryptError> for CryptOrFault {
    fn from(error: CryptError) -> Self {
        Self::Crypt(error)
    }
}

async fn one(mut request: KmsRequest<'_>, tls: &Tls, limits: &Limits, met: &Met) -> Result<(), CryptOrFault> {
    let (address, message) = (request.endpoint()?, request.message()?);
    // The library's own pauses are for busy services; ours grow the same way and no longer.
    sleep(request.pause().min(limits.pause * 8)).await;
    let sent = async {
        let (mut stream, seen) = tls.connect(&address, limits).await?;
        if let Some(shown) = seen.certificate {
            met.lock().unwrap_or_else(PoisonError::into_inner).insert(address.clone(), shown);
        }
        stream.write_all(&message).await.map_err(|error| lost(&error, &address))?;
        stream.flush().await.map_err(|error| lost(&error, &address))?;
        answer(&mut request, &mut stream, &address, limits).await
    };
    match sent.await {
        // Nobody answered a whole request: the library knows which may be sent again, and how often.
        Err(CryptOrFault::Fault(KmsFault::Net(NetError::Broken(_)))) if request.fail() => Ok(()),
        done => done,
    }
}

async fn answer(
    request: &mut KmsRequest<'_>,
    stream: &mut Stream,
    address: &str,
    limits: &Limits,
) -> Result<(), CryptOrFault> {
    let mut part = zeroize::Zeroizing::new([0; 16 * 1024]);
    while request.wanted() > 0 {
        let room = request.wanted().min(part.len());
        let got = timeout(limits.answer, stream.read(&mut part[..room])).await;
        let got = got.map_err(|_| KmsFault::Net(NetError::Slow(address.to_owned())))?;
        let got = got.map_err(|error| lost(&error, address))?;
        if got == 0 {
            return Err(KmsFault::Net(NetError::Broken(address.to_owned())).into());
        }
        request.feed(&part[..got])?;
    }
    Ok(())
}

fn lost(error: &std::io::Error, address: &str) -> CryptOrFault {
    CryptOrFault::Fault(NetError::after_handshake(error, address).into())
}

/// Runs all of them to their end, on this thread.
async fn all<T>(futures: Vec<Pin<Box<impl Future<Output = T>>>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (Some(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut futures {
            if let Some(Poll::Ready(result)) = future.as_mut().map(|future| future.as_mut().poll(context)) {
                (*future, *done) = (None, Some(result));
            }
        }
        if futures.iter().any(|(future, _)| future.is_some()) { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    futures.into_iter().filter_map(|(_, done)| done).collect()
}
