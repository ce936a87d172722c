//! A hint to the processor, where there is an instruction for it.
//!
//! `core` has it for x86 with SSE only, which a kernel turns off; the instruction itself
//! uses none of SSE's registers. Elsewhere nothing happens, and nothing is lost but time.

/// Asks for the cache line of an address that will be read soon. Any address will do.
#[inline]
pub(super) fn prefetch(address: *const u8) {
    #[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
    // SAFETY: It changes nothing but caches, and does not fault.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        core::arch::asm!("prefetcht0 [{}]", in(reg) address, options(nostack, readonly, preserves_flags));
        #[cfg(target_arch = "aarch64")]
        core::arch::asm!("prfm pldl1keep, [{}]", in(reg) address, options(nostack, readonly, preserves_flags));
    }
    #[cfg(not(all(any(target_arch = "x86_64", target_arch = "aarch64"), not(miri))))]
    let _ = address;
}
