//! Freed memory is zeroed, whoever frees it: Rust, SQLite or libmongocrypt.
//!
//! Locking drops every secret, and types that wipe themselves do so; but parsers, drivers and C libraries free copies
//! that nobody wiped. So the executable defines libc's `free` and `realloc` itself and fills what is given back. The
//! dynamic linker looks in the executable first, so every library of the process calls these too.
//!
//! What this can't reach: memory still in use, registers, stacks ([`scrubbed`] is for those), and the pages that a
//! library takes straight from the kernel. glibc keeps the uppermost 16 kB of an ended thread's stack, so a thread that
//! has seen secrets runs [`burn_stack`] before it ends. Don't start the program with another `malloc` preloaded: its
//! blocks would be given to glibc's `free`.
//!
//! Only Linux with glibc has this. On other systems [`installed`] says `false` and freed memory stays as it was.

#![cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    allow(unsafe_code, reason = "taking over libc's `free` can't be said in safe Rust")
)]

use std::hint::black_box;

const FRAME: usize = 16 * 1024;
const FRAMES: usize = 32;

/// Whether `free` is this module's, for the whole process: the status panel shows it.
#[must_use]
pub fn installed() -> bool {
    interposed::installed()
}

/// Overwrites half a megabyte of this thread's stack below the caller. Needs a thread with 1 MB or more left.
#[inline(never)]
pub fn burn_stack() {
    burn(FRAMES);
}

/// Does work that touches secrets and overwrites the stack it has used.
#[inline(never)]
pub fn scrubbed<T>(work: impl FnOnce() -> T) -> T {
    let result = apart(work);
    burn_stack();
    result
}

// A frame of its own, so that nothing of the work lies in the frame that outlives the burning.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn burn(frames: usize) {
    let mut frame = [0_u8; FRAME];
    black_box(&mut frame);
    if frames > 1 {
        burn(frames - 1);
    }
    // Used after the call too: else the call could take over this frame instead of going below it.
    black_box(&mut frame);
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod interposed {
    use libc::{c_void, size_t};
    use std::ptr;

    unsafe extern "C" {
        fn __libc_free(block: *mut c_void);
        fn __libc_malloc(size: size_t) -> *mut c_void;
    }

    /// libc's `free`, which zeroes the block first.
    ///
    /// # Safety
    /// As in C: `block` is null or came from `malloc` and its kin, and isn't used again.
    // SAFETY: the name is libc's on purpose, the signature and the contract are the same.
    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn free(block: *mut c_void) {
        if block.is_null() {
            return;
        }
        // SAFETY: the caller gives up a live block; all of its usable size belongs to it until `__libc_free`.
        unsafe {
            ptr::write_bytes(block.cast::<u8>(), 0, libc::malloc_usable_size(block));
            __libc_free(block);
        }
    }

    /// libc's `realloc`, which leaves nothing behind where the block was, nor in the part cut off.
    ///
    /// # Safety
    /// As in C: `block` is null or came from `malloc` and its kin; after success only the result is used.
    // SAFETY: the name is libc's on purpose, the signature and the contract are the same.
    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn realloc(block: *mut c_void, size: size_t) -> *mut c_void {
        if block.is_null() {
            // SAFETY: any size is fine for `malloc`.
            return unsafe { __libc_malloc(size) };
        }
        // SAFETY: the block is live, by this function's contract, and is passed on under the same contract.
        unsafe {
            let usable = libc::malloc_usable_size(block);
            if size == 0 {
                free(block);
                ptr::null_mut()
            } else if size <= usable && usable / 2 <= size {
                ptr::write_bytes(block.cast::<u8>().add(size), 0, usable - size);
                block
            } else {
                moved(block, size, usable)
            }
        }
    }

    // SAFETY (caller): `block` is live and has `usable` bytes, `size` isn't 0.
    unsafe fn moved(block: *mut c_void, size: size_t, usable: size_t) -> *mut c_void {
        // SAFETY: two distinct live blocks, both at least `size.min(usable)` long; on failure the old one stays.
        unsafe {
            let new = __libc_malloc(size);
            if !new.is_null() {
                ptr::copy_nonoverlapping(block.cast::<u8>(), new.cast::<u8>(), size.min(usable));
                free(block);
            }
            new
        }
    }

    pub(super) fn installed() -> bool {
        // SAFETY: the name ends with a zero byte; the address is only compared.
        let seen_by_libraries = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"free".as_ptr()) };
        ptr::eq(seen_by_libraries, free as *const c_void)
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod interposed {
    pub(super) fn installed() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn every_library_of_this_process_frees_through_us() {
        assert!(super::installed());
    }

    #[test]
    fn growing_and_shrinking_keeps_what_was_written() {
        let mut letters: Vec<u8> = Vec::new();
        for round in 0..20_000_u32 {
            letters.push(u8::try_from(round % 251).unwrap_or(0));
        }
        letters.truncate(777);
        letters.shrink_to_fit();
        assert!(letters.iter().enumerate().all(|(at, letter)| usize::from(*letter) == at % 251));
    }

    #[test]
    fn scrubbed_work_gives_its_result() {
        assert_eq!(super::scrubbed(|| 6 * 7), 42);
    }
}
