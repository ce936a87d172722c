//! Takes away the two pages that nobody may touch: page 0, so that reading
//! through a null pointer faults as it would under an operating system, and the
//! page under the stack, so that an overflow faults instead of running on.
//!
//! Everything else stays as `boot.s` mapped it: onto itself, 4 GiB, writable.

use x86_64::instructions::tlb;

/// Entries of one table.
const ENTRIES: usize = 512;
const PAGE: u64 = 4096;
const PRESENT_WRITABLE: u64 = 3;

/// One level of the page tables.
#[repr(C, align(4096))]
struct Table([u64; ENTRIES]);

/// Maps the first 2 MiB in small pages.
static mut FIRST_2_MIB: Table = Table([0; ENTRIES]);

unsafe extern "C" {
    /// The level above, filled by `boot.s` with pages of 2 MiB.
    static mut boot_page_directories: Table;
    /// The page under the stack (linker script).
    safe static __stack_guard: u8;
}

/// The page that a stack overflow hits.
pub(super) fn stack_guard() -> core::ops::Range<u64> {
    let start = (&raw const __stack_guard) as u64;
    start..start + PAGE
}

/// Unmaps page 0 and the stack's guard page. Called once, at boot.
pub(super) fn protect() {
    let table = &raw mut FIRST_2_MIB;
    let directories = &raw mut boot_page_directories;
    for entry in 0..ENTRIES {
        let page = entry as u64 * PAGE;
        if page != 0 && page != stack_guard().start {
            // SAFETY: nobody else knows the table, and the processor does not
            // use it yet.
            unsafe { (*table).0[entry] = page | PRESENT_WRITABLE };
        }
    }
    // SAFETY: the entry covers the same 2 MiB as before, all but two pages that
    // hold nothing: QEMU's tables in page 0 are not read any more, and the guard
    // page belongs to nobody.
    unsafe { (*directories).0[0] = table as u64 | PRESENT_WRITABLE };
    tlb::flush_all();
}
