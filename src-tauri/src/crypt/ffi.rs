//! The thin, safe skin over libmongocrypt's C functions. The only file of this module with `unsafe`.
//!
//! Must never hold a decision: what to call in which order is `machine.rs`, what for is `mod.rs`.
//! A trap avoided here: libmongocrypt gives the ONE context pointer of `crypto_hooks` to every hook, also to those of
//! `aes_256_ctr`; so all hooks share [`Hooks`].
#![allow(unsafe_code, reason = "libmongocrypt is a C library; every call into it is here")]

use super::error::CryptError;
use super::hooks::{self, RandomSource};
use super::kms::KmsFault;
use bson::{RawDocument, RawDocumentBuf};
use mongocrypt_sys as sys;
use std::ffi::{CStr, c_char, c_void};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};

const EMPTY_DOCUMENT: [u8; 5] = [5, 0, 0, 0, 0];
const OUT_OF_MEMORY: CryptError = CryptError::Library { step: "asking for memory", code: 0 };

/// What every hook gets as its context.
struct Hooks {
    random: Box<dyn RandomSource>,
}

/// One `mongocrypt_t`: the root keys, the encrypted-fields map and the cache of open data keys.
pub(super) struct Library {
    raw: NonNull<sys::mongocrypt_t>,
    // Boxed: C keeps its address. Freed after `raw`, in Drop.
    hooks: NonNull<Hooks>,
}

// SAFETY: libmongocrypt promises that functions on an initialised mongocrypt_t may be called from any thread (its
// cache is behind a mutex); only contexts belong to one thread. The hooks are Send + Sync by RandomSource.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Library {
    /// Starts libmongocrypt with these root keys; `fields` maps namespaces to encrypted fields.
    pub fn open(
        providers: &[u8],
        fields: Option<&RawDocument>,
        random: Box<dyn RandomSource>,
    ) -> Result<Library, CryptError> {
        // SAFETY: no preconditions.
        let raw = NonNull::new(unsafe { sys::mongocrypt_new() }).ok_or(OUT_OF_MEMORY)?;
        let hooks = NonNull::from(Box::leak(Box::new(Hooks { random })));
        let library = Library { raw, hooks };
        library.set_up(providers, fields)?;
        Ok(library)
    }

    fn set_up(&self, providers: &[u8], fields: Option<&RawDocument>) -> Result<(), CryptError> {
        let providers = View::over(providers)?;
        let (raw, context) = (self.raw.as_ptr(), self.hooks.as_ptr().cast::<c_void>());
        // SAFETY: raw is a fresh mongocrypt_t; the hooks outlive it; the binaries are copied by the callee.
        let ready = unsafe {
            sys::mongocrypt_setopt_log_handler(raw, Some(no_log), ptr::null_mut())
                && sys::mongocrypt_setopt_crypto_hooks(
                    raw,
                    Some(cbc_encrypt),
                    Some(cbc_decrypt),
                    Some(random),
                    Some(hmac_sha_512),
                    Some(hmac_sha_256),
                    Some(sha_256),
                    context,
                )
                && sys::mongocrypt_setopt_aes_256_ctr(raw, Some(ctr), Some(ctr), context)
                && sys::mongocrypt_setopt_kms_providers(raw, providers.raw.as_ptr())
                && sys::mongocrypt_setopt_crypto_hook_sign_rsaes_pkcs1_v1_5(raw, Some(sign_rs_256), context)
                && sys::mongocrypt_setopt_retry_kms(raw, true)
                // Zero: never. Dropping the library is the only flush, so what is open is known.
                && sys::mongocrypt_setopt_key_expiration(raw, 0)
        };
        // SAFETY: raw is not initialised yet, as these two demand.
        unsafe { sys::mongocrypt_setopt_bypass_query_analysis(raw) };
        let mapped = match fields {
            None => true,
            Some(map) => {
                let map = View::over(map.as_bytes())?;
                // SAFETY: raw is not initialised yet; the map is copied by the callee.
                unsafe { sys::mongocrypt_setopt_encrypted_field_config_map(raw, map.raw.as_ptr()) }
            }
        };
        // SAFETY: raw is a valid mongocrypt_t, initialised once.
        if ready && mapped && unsafe { sys::mongocrypt_init(raw) } { Ok(()) } else { Err(self.failure()) }
    }

    fn failure(&self) -> CryptError {
        // SAFETY: raw is valid; status is made for this call.
        Status::read("starting", |status| unsafe { sys::mongocrypt_status(self.raw.as_ptr(), status) })
    }

    /// A fresh context for one operation.
    pub fn context(&self) -> Result<Context<'_>, CryptError> {
        // SAFETY: raw is an initialised mongocrypt_t.
        let raw = unsafe { sys::mongocrypt_ctx_new(self.raw.as_ptr()) };
        Ok(Context { raw: NonNull::new(raw).ok_or_else(|| self.failure())?, library: PhantomData })
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        // SAFETY: both were made in open, are dropped once, and no Context outlives self; the hooks go last.
        unsafe {
            sys::mongocrypt_destroy(self.raw.as_ptr());
            drop(Box::from_raw(self.hooks.as_ptr()));
        }
    }
}

/// libmongocrypt's own version.
pub(super) fn version() -> String {
    // SAFETY: returns a static, NUL-terminated string; a null length pointer is allowed.
    unsafe { CStr::from_ptr(sys::mongocrypt_version(ptr::null_mut())) }.to_string_lossy().into_owned()
}

/// What a context waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Error,
    NeedCollectionInfo,
    NeedMarkings,
    NeedKeys,
    NeedKms,
    NeedCredentials,
    Ready,
    Done,
}

/// One operation under way (`mongocrypt_ctx_t`). Belongs to one thread.
pub(super) struct Context<'library> {
    raw: NonNull<sys::mongocrypt_ctx_t>,
    library: PhantomData<&'library Library>,
}

/// How a context begins.
pub(super) enum Start<'a> {
    DataKey,
    Command { database: &'a str, command: &'a RawDocument },
    Encrypt(&'a RawDocument),
    EncryptExpression(&'a RawDocument),
    Decrypt(&'a RawDocument),
    Rewrap,
}

/// An option that is a piece of bytes or BSON.
#[derive(Clone, Copy)]
pub(super) enum Setting {
    KeyId,
    IndexKeyId,
    KeyAltName,
    KeyMaterial,
    MasterKey,
    Range,
    Text,
}

impl Context<'_> {
    /// Sets an option; the bytes are copied.
    pub fn set(&mut self, setting: Setting, value: &[u8]) -> Result<(), CryptError> {
        let (raw, value) = (self.raw.as_ptr(), View::over(value)?);
        let value = value.raw.as_ptr();
        // SAFETY: raw is a valid context before its init; value lives until the call returns and is copied.
        let done = unsafe {
            match setting {
                Setting::KeyId => sys::mongocrypt_ctx_setopt_key_id(raw, value),
                Setting::IndexKeyId => sys::mongocrypt_ctx_setopt_index_key_id(raw, value),
                Setting::KeyAltName => sys::mongocrypt_ctx_setopt_key_alt_name(raw, value),
                Setting::KeyMaterial => sys::mongocrypt_ctx_setopt_key_material(raw, value),
                Setting::MasterKey => sys::mongocrypt_ctx_setopt_key_encryption_key(raw, value),
                Setting::Range => sys::mongocrypt_ctx_setopt_algorithm_range(raw, value),
                Setting::Text => sys::mongocrypt_ctx_setopt_algorithm_text(raw, value),
            }
        };
        self.check(done, "setting an option")
    }

    /// Names the algorithm.
    pub fn algorithm(&mut self, name: &str) -> Result<(), CryptError> {
        let (text, len) = text(name)?;
        // SAFETY: text points to len bytes that outlive the call.
        let done = unsafe { sys::mongocrypt_ctx_setopt_algorithm(self.raw.as_ptr(), text, len) };
        self.check(done, "choosing the algorithm")
    }

    /// Makes it a query payload of this type.
    pub fn query_type(&mut self, name: &str) -> Result<(), CryptError> {
        let (text, len) = text(name)?;
        // SAFETY: text points to len bytes that outlive the call.
        let done = unsafe { sys::mongocrypt_ctx_setopt_query_type(self.raw.as_ptr(), text, len) };
        self.check(done, "choosing the query type")
    }

    /// Sets the contention factor.
    pub fn contention(&mut self, factor: i64) -> Result<(), CryptError> {
        // SAFETY: raw is a valid context before its init.
        let done = unsafe { sys::mongocrypt_ctx_setopt_contention_factor(self.raw.as_ptr(), factor) };
        self.check(done, "setting the contention")
    }

    /// Starts the operation; options can't be set any more.
    pub fn start(&mut self, start: &Start<'_>) -> Result<(), CryptError> {
        let raw = self.raw.as_ptr();
        let input = match start {
            Start::DataKey => View::over(&[])?,
            // Which keys is what it is fed with.
            Start::Rewrap => View::over(&EMPTY_DOCUMENT)?,
            Start::Command { command: document, .. }
            | Start::Encrypt(document)
            | Start::EncryptExpression(document)
            | Start::Decrypt(document) => View::over(document.as_bytes())?,
        };
        let document = input.raw.as_ptr();
        // SAFETY: raw is a valid context; document and the database's name outlive the call and are copied.
        let done = unsafe {
            match start {
                Start::DataKey => sys::mongocrypt_ctx_datakey_init(raw),
                Start::Rewrap => sys::mongocrypt_ctx_rewrap_many_datakey_init(raw, document),
                Start::Command { database, .. } => {
                    let (name, len) = text(database)?;
                    sys::mongocrypt_ctx_encrypt_init(raw, name, len, document)
                }
                Start::Encrypt(_) => sys::mongocrypt_ctx_explicit_encrypt_init(raw, document),
                Start::EncryptExpression(_) => sys::mongocrypt_ctx_explicit_encrypt_expression_init(raw, document),
                Start::Decrypt(_) => sys::mongocrypt_ctx_decrypt_init(raw, document),
            }
        };
        self.check(done, "starting an operation")
    }

    /// What the context waits for now.
    pub fn state(&self) -> State {
        // SAFETY: raw is a valid context.
        match unsafe { sys::mongocrypt_ctx_state(self.raw.as_ptr()) } {
            sys::mongocrypt_ctx_state_t_MONGOCRYPT_CTX_NEED_MONGO_COLLINFO
            | sys::mongocrypt_ctx_state_t_MONGOCRYPT_CTX_NEED_MONGO_COLLINFO_WITH_DB => State::NeedCollectionInfo,
            sys::mongocrypt_ctx_state_t_MONGOCRYPT_CTX_NEED_MONGO_MARKINGS => State::NeedMarkings,
            sys::mongocrypt_ctx_state_t_MONGOCRYPT_CTX_NEED_MONGO_KEYS => State::NeedKeys,
            sys::mongocrypt_ctx_state_t_MONGOCRYPT_CTX_NEED_KMS => State::NeedKms,
            sys::mongocrypt_ctx_state_t_MONGOCRYPT_CTX_NEED_KMS_CREDENTIALS => State::NeedCredentials,
            sys::mongocrypt_ctx_state_t_MONGOCRYPT_CTX_READY => State::Ready,
            sys::mongocrypt_ctx_state_t_MONGOCRYPT_CTX_DONE => State::Done,
            _ => State::Error,
        }
    }

    /// The filter for the key vault.
    pub fn wanted(&mut self) -> Result<RawDocumentBuf, CryptError> {
        let out = View::empty()?;
        // SAFETY: raw waits for keys; out is filled with a view that lives as long as the context.
        let done = unsafe { sys::mongocrypt_ctx_mongo_op(self.raw.as_ptr(), out.raw.as_ptr()) };
        self.check(done, "asking for data keys")?;
        out.document()
    }

    /// Hands over one document that was wanted.
    pub fn feed(&mut self, document: &RawDocument) -> Result<(), CryptError> {
        let document = View::over(document.as_bytes())?;
        // SAFETY: the document outlives the call and is copied.
        let done = unsafe { sys::mongocrypt_ctx_mongo_feed(self.raw.as_ptr(), document.raw.as_ptr()) };
        self.check(done, "taking a data key")
    }

    /// Nothing more comes.
    pub fn fed(&mut self) -> Result<(), CryptError> {
        // SAFETY: raw is a valid context that was being fed.
        let done = unsafe { sys::mongocrypt_ctx_mongo_done(self.raw.as_ptr()) };
        self.check(done, "opening data keys")
    }

    /// The requests for key management services that wait, also those to be sent again.
    pub fn kms_requests(&mut self) -> Vec<KmsRequest<'_>> {
        // SAFETY: raw is a valid context that waits for KMS; each pointer stays valid until kms_done.
        let next = || NonNull::new(unsafe { sys::mongocrypt_ctx_next_kms_ctx(self.raw.as_ptr()) });
        std::iter::from_fn(next).map(|raw| KmsRequest { raw, context: PhantomData }).collect()
    }

    /// Every KMS request was answered.
    pub fn kms_done(&mut self) -> Result<(), KmsFault> {
        // SAFETY: raw is a valid context that waits for KMS.
        let done = unsafe { sys::mongocrypt_ctx_kms_done(self.raw.as_ptr()) };
        if done { Ok(()) } else { Err(self.kms_failure()) }
    }

    /// Does the work and copies the result.
    pub fn finish(&mut self) -> Result<RawDocumentBuf, CryptError> {
        let out = View::empty()?;
        // SAFETY: raw is ready; out is filled with a view that lives as long as the context.
        let done = unsafe { sys::mongocrypt_ctx_finalize(self.raw.as_ptr(), out.raw.as_ptr()) };
        self.check(done, "encrypting or decrypting")?;
        out.document()
    }

    /// The error the context ended with.
    pub fn failure(&self, step: &'static str) -> CryptError {
        // SAFETY: raw is valid; status is made for this call.
        Status::read(step, |status| unsafe { sys::mongocrypt_ctx_status(self.raw.as_ptr(), status) })
    }

    /// As [`Context::failure`], of a step in which a service has a part.
    pub fn kms_failure(&self) -> KmsFault {
        let sort = |_, text: &str| KmsFault::from_library(text);
        // SAFETY: raw is valid; status is made for this call.
        let read = Status::sorted(sort, |status| unsafe { sys::mongocrypt_ctx_status(self.raw.as_ptr(), status) });
        read.unwrap_or(KmsFault::Nonsense)
    }

    fn check(&self, done: bool, step: &'static str) -> Result<(), CryptError> {
        if done { Ok(()) } else { Err(self.failure(step)) }
    }
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        // SAFETY: made in Library::context, destroyed once.
        unsafe { sys::mongocrypt_ctx_destroy(self.raw.as_ptr()) }
    }
}

/// One request for a key management service.
pub(super) struct KmsRequest<'context> {
    raw: NonNull<sys::mongocrypt_kms_ctx_t>,
    context: PhantomData<&'context mut ()>,
}

impl KmsRequest<'_> {
    /// Host and port to connect to over TLS.
    pub fn endpoint(&self) -> Result<String, CryptError> {
        let mut endpoint: *const c_char = ptr::null();
        // SAFETY: raw is valid as long as its context; endpoint gets a NUL-terminated string the context owns.
        let done = unsafe { sys::mongocrypt_kms_ctx_endpoint(self.raw.as_ptr(), &raw mut endpoint) };
        if !done || endpoint.is_null() {
            return Err(CryptError::Library { step: "reading a KMS address", code: 0 });
        }
        // SAFETY: checked for null just above.
        Ok(unsafe { CStr::from_ptr(endpoint) }.to_string_lossy().into_owned())
    }

    /// The bytes to send.
    pub fn message(&self) -> Result<Vec<u8>, CryptError> {
        let out = View::empty()?;
        // SAFETY: raw is valid as long as its context; out is filled with a view the context owns.
        let done = unsafe { sys::mongocrypt_kms_ctx_message(self.raw.as_ptr(), out.raw.as_ptr()) };
        if done { Ok(out.bytes().to_vec()) } else { Err(CryptError::Library { step: "making a KMS request", code: 0 }) }
    }

    /// How long to wait before it is sent.
    pub fn pause(&self) -> std::time::Duration {
        // SAFETY: raw is valid as long as its context.
        let micros = unsafe { sys::mongocrypt_kms_ctx_usleep(self.raw.as_ptr()) };
        std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    /// How many more bytes of the answer are wanted.
    pub fn wanted(&self) -> usize {
        // SAFETY: raw is valid as long as its context.
        unsafe { sys::mongocrypt_kms_ctx_bytes_needed(self.raw.as_ptr()) as usize }
    }

    /// Hands over bytes of the answer.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), KmsFault> {
        let bytes = View::over(bytes).map_err(|_| KmsFault::Nonsense)?;
        // SAFETY: the bytes outlive the call and are copied.
        let done = unsafe { sys::mongocrypt_kms_ctx_feed(self.raw.as_ptr(), bytes.raw.as_ptr()) };
        if done { Ok(()) } else { Err(self.failure()) }
    }

    /// The connection failed; whether the request may be sent again.
    pub fn fail(&mut self) -> bool {
        // SAFETY: raw is valid as long as its context.
        unsafe { sys::mongocrypt_kms_ctx_fail(self.raw.as_ptr()) }
    }

    fn failure(&self) -> KmsFault {
        let sort = |_, text: &str| KmsFault::from_library(text);
        // SAFETY: raw is valid; status is made for this call.
        let read = Status::sorted(sort, |status| unsafe { sys::mongocrypt_kms_ctx_status(self.raw.as_ptr(), status) });
        read.unwrap_or(KmsFault::Nonsense)
    }
}

/// A `mongocrypt_binary_t`: a view, never an owner.
struct View<'a> {
    raw: NonNull<sys::mongocrypt_binary_t>,
    bytes: PhantomData<&'a [u8]>,
}

impl<'a> View<'a> {
    fn over(bytes: &'a [u8]) -> Result<Self, CryptError> {
        let len = u32::try_from(bytes.len()).map_err(|_| CryptError::Refused("too long"))?;
        // SAFETY: the pointer is valid for len bytes for 'a; libmongocrypt only reads inputs.
        let raw = unsafe { sys::mongocrypt_binary_new_from_data(bytes.as_ptr().cast_mut(), len) };
        Ok(View { raw: NonNull::new(raw).ok_or(OUT_OF_MEMORY)?, bytes: PhantomData })
    }

    fn empty() -> Result<Self, CryptError> {
        // SAFETY: no preconditions.
        let raw = unsafe { sys::mongocrypt_binary_new() };
        Ok(View { raw: NonNull::new(raw).ok_or(OUT_OF_MEMORY)?, bytes: PhantomData })
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: raw is valid, and whatever it views outlives it.
        unsafe { input(self.raw.as_ptr()) }
    }

    fn document(&self) -> Result<RawDocumentBuf, CryptError> {
        Ok(RawDocumentBuf::from_bytes(self.bytes().to_vec())?)
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        // SAFETY: made in over or empty, destroyed once; the viewed bytes aren't freed.
        unsafe { sys::mongocrypt_binary_destroy(self.raw.as_ptr()) }
    }
}

/// Reads an error status.
struct Status;

impl Status {
    fn read(step: &'static str, fill: impl FnOnce(*mut sys::mongocrypt_status_t) -> bool) -> CryptError {
        Self::sorted(|code, text| CryptError::from_library(step, code, text), fill).unwrap_or(OUT_OF_MEMORY)
    }

    /// What `sort` makes of code and message; `None` when there is no memory.
    fn sorted<T>(
        sort: impl FnOnce(u32, &str) -> T,
        fill: impl FnOnce(*mut sys::mongocrypt_status_t) -> bool,
    ) -> Option<T> {
        // SAFETY: status is made, read and destroyed here; the message is NUL-terminated and owned by it.
        unsafe {
            let status = sys::mongocrypt_status_new();
            if status.is_null() {
                return None;
            }
            fill(status);
            let message = sys::mongocrypt_status_message(status, ptr::null_mut());
            let text = if message.is_null() { "".into() } else { CStr::from_ptr(message).to_string_lossy() };
            let sorted = sort(sys::mongocrypt_status_code(status), &text);
            sys::mongocrypt_status_destroy(status);
            Some(sorted)
        }
    }
}

fn text(name: &str) -> Result<(*const c_char, i32), CryptError> {
    let len = i32::try_from(name.len()).map_err(|_| CryptError::Refused("too long"))?;
    Ok((name.as_ptr().cast(), len))
}

/// The bytes behind a binary of libmongocrypt.
///
/// # Safety
/// `binary` is null or valid, and what it views stays valid and unwritten for `'a`.
unsafe fn input<'a>(binary: *const sys::mongocrypt_binary_t) -> &'a [u8] {
    if binary.is_null() {
        return &[];
    }
    // SAFETY: binary is valid by contract; data and length belong together.
    unsafe {
        let data = sys::mongocrypt_binary_data(binary);
        let len = sys::mongocrypt_binary_len(binary) as usize;
        if data.is_null() || len == 0 { &[] } else { std::slice::from_raw_parts(data, len) }
    }
}

/// The bytes behind an output binary.
///
/// # Safety
/// As [`input`], and nobody else touches the bytes for `'a`.
unsafe fn output<'a>(binary: *mut sys::mongocrypt_binary_t) -> &'a mut [u8] {
    // SAFETY: as for input.
    unsafe {
        let data = sys::mongocrypt_binary_data(binary);
        let len = sys::mongocrypt_binary_len(binary) as usize;
        if data.is_null() || len == 0 { &mut [] } else { std::slice::from_raw_parts_mut(data, len) }
    }
}

/// Runs a hook's body, keeps panics on this side and reports a failure. The stack is wiped when the context is done.
fn guarded(status: *mut sys::mongocrypt_status_t, body: impl FnOnce() -> Option<()>) -> bool {
    const WHY: &CStr = c"a crypto hook refused its input";
    let done = matches!(catch_unwind(AssertUnwindSafe(body)), Ok(Some(())));
    if !done && !status.is_null() {
        let kind = sys::mongocrypt_status_type_t_MONGOCRYPT_STATUS_ERROR_CLIENT;
        // SAFETY: status is valid (checked), the text is static and NUL-terminated; -1 means "measure it".
        unsafe { sys::mongocrypt_status_set(status, kind, 1, WHY.as_ptr(), -1) };
    }
    done
}

type Binary = *mut sys::mongocrypt_binary_t;
type Cipher = fn(&[u8], &[u8], &mut [u8]) -> Option<()>;

/// Copies `from` into `to` and runs the cipher there.
///
/// # Safety
/// The arguments are those libmongocrypt gave a cipher hook.
unsafe fn cipher(
    run: Cipher,
    key: Binary,
    iv: Binary,
    from: Binary,
    to: Binary,
    written: *mut u32,
    status: *mut sys::mongocrypt_status_t,
) -> bool {
    guarded(status, || {
        // SAFETY: libmongocrypt passes valid binaries for the time of the call; `from` and `to` may overlap, so the
        // copy is a memmove and `from` isn't looked at again.
        let (key, iv, buffer, len) = unsafe {
            let len = sys::mongocrypt_binary_len(from) as usize;
            if len > sys::mongocrypt_binary_len(to) as usize {
                return None;
            }
            if len > 0 {
                ptr::copy(sys::mongocrypt_binary_data(from), sys::mongocrypt_binary_data(to), len);
            }
            (input(key), input(iv), &mut output(to)[..len], u32::try_from(len).ok()?)
        };
        run(key, iv, buffer)?;
        // SAFETY: written points to libmongocrypt's counter.
        unsafe { written.write(len) };
        Some(())
    })
}

macro_rules! cipher_hook {
    ($($name:ident = $run:path;)+) => {$(
        unsafe extern "C" fn $name(
            _: *mut c_void, key: Binary, iv: Binary, from: Binary, to: Binary,
            written: *mut u32, status: *mut sys::mongocrypt_status_t,
        ) -> bool {
            // SAFETY: the arguments are handed on as libmongocrypt gave them.
            unsafe { cipher($run, key, iv, from, to, written, status) }
        }
    )+};
}

cipher_hook! {
    cbc_encrypt = hooks::cbc_encrypt;
    cbc_decrypt = hooks::cbc_decrypt;
    ctr = hooks::ctr;
}

macro_rules! hmac_hook {
    ($($name:ident = $run:path;)+) => {$(
        unsafe extern "C" fn $name(
            _: *mut c_void, key: Binary, from: Binary, to: Binary, status: *mut sys::mongocrypt_status_t,
        ) -> bool {
            // SAFETY: libmongocrypt passes valid binaries for the time of the call; `to` is its own fresh buffer.
            guarded(status, || unsafe { $run(input(key), &[input(from)], output(to)) })
        }
    )+};
}

hmac_hook! {
    hmac_sha_512 = hooks::hmac_sha_512;
    hmac_sha_256 = hooks::hmac_sha_256;
}

unsafe extern "C" fn sha_256(_: *mut c_void, from: Binary, to: Binary, status: *mut sys::mongocrypt_status_t) -> bool {
    // SAFETY: libmongocrypt passes valid binaries for the time of the call; `to` is its own fresh buffer.
    guarded(status, || unsafe { hooks::sha_256(input(from), output(to)) })
}

unsafe extern "C" fn sign_rs_256(
    _: *mut c_void,
    key: Binary,
    from: Binary,
    to: Binary,
    status: *mut sys::mongocrypt_status_t,
) -> bool {
    // SAFETY: libmongocrypt passes valid binaries for the time of the call; `to` is its own fresh buffer.
    guarded(status, || unsafe { hooks::sign_rs_256(input(key), input(from), output(to)) })
}

unsafe extern "C" fn random(hooks: *mut c_void, to: Binary, count: u32, status: *mut sys::mongocrypt_status_t) -> bool {
    guarded(status, || {
        // SAFETY: hooks is the pointer given to crypto_hooks, alive as long as the library; only read. `to` is
        // libmongocrypt's own buffer.
        let (hooks, out) = unsafe { (&*hooks.cast::<Hooks>(), output(to)) };
        hooks.random.fill(out.get_mut(..count as usize)?).ok()
    })
}

/// libmongocrypt's default handler prints; its traces hold documents.
unsafe extern "C" fn no_log(_: sys::mongocrypt_log_level_t, _: *const c_char, _: u32, _: *mut c_void) {}
