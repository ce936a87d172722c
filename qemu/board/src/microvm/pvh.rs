//! What QEMU says about the machine at boot: the command line, and how much
//! memory there is behind the image.
//!
//! Both lie in low memory that the board is about to unmap or give away, so the
//! command line is copied and of the memory map only the answer is kept.

use core::mem::MaybeUninit;
use core::{ptr, slice, str};

/// `hvm_start_info` of the PVH boot protocol, version 1, up to the memory map.
#[repr(C)]
pub(super) struct StartInfo {
    magic: u32,
    version: u32,
    flags: u32,
    module_count: u32,
    modules: u64,
    command_line: *const u8,
    rsdp: u64,
    memory_map: *const MemoryMapEntry,
    memory_map_count: u32,
    reserved: u32,
}

/// `hvm_memmap_table_entry`.
#[repr(C)]
struct MemoryMapEntry {
    start: u64,
    size: u64,
    kind: u32,
    reserved: u32,
}

const MAGIC: u32 = 0x336e_c578;
/// `XEN_HVM_MEMMAP_TYPE_RAM`.
const RAM: u32 = 1;
/// `boot.s` maps this much.
const MAPPED: u64 = 1 << 32;
const COMMAND_LINE_BYTES: usize = 1024;

/// What is worth keeping of it.
pub(super) struct Found {
    pub(super) command_line: &'static str,
    pub(super) free_memory: &'static mut [MaybeUninit<u8>],
}

unsafe extern "C" {
    /// First address behind the image (linker script).
    static mut __heap: MaybeUninit<u8>;
}

/// Reads QEMU's start information.
///
/// # Safety
///
/// `start_info` is what the PVH entry got, its memory is still mapped, and this
/// is called once: it hands out the memory behind the image.
pub(super) unsafe fn read(start_info: *const StartInfo) -> Found {
    // SAFETY: the caller's promise.
    let info = unsafe { &*start_info };
    assert_eq!(info.magic, MAGIC, "not booted by the PVH protocol");
    assert!(info.version >= 1, "this QEMU passes no memory map");
    // SAFETY: QEMU's table has that many entries; it is not changed by anyone.
    let map = unsafe { slice::from_raw_parts(info.memory_map, info.memory_map_count as usize) };
    Found {
        // SAFETY: a C string made by QEMU; this function is called once.
        command_line: unsafe { copy_command_line(info.command_line) },
        // SAFETY: a map made by QEMU; this function is called once.
        free_memory: unsafe { memory_behind_image(map) },
    }
}

/// # Safety
///
/// `from` is null or a readable C string; called once.
unsafe fn copy_command_line(from: *const u8) -> &'static str {
    static mut COPY: [u8; COMMAND_LINE_BYTES] = [0; COMMAND_LINE_BYTES];
    if from.is_null() {
        return "";
    }
    let mut len = 0;
    // SAFETY: `from + len` is at most the terminating zero of the string.
    while unsafe { *from.add(len) } != 0 {
        assert!(len < COMMAND_LINE_BYTES, "the command line is too long");
        len += 1;
    }
    // SAFETY: `len` bytes are readable, and fit; the buffer is used by this one
    // call only, then never written again.
    let copy = unsafe {
        let to = (&raw mut COPY).cast::<u8>();
        ptr::copy_nonoverlapping(from, to, len);
        slice::from_raw_parts(to, len)
    };
    str::from_utf8(copy).expect("the command line is not UTF-8")
}

/// # Safety
///
/// `map` is the machine's memory map; called once.
unsafe fn memory_behind_image(map: &[MemoryMapEntry]) -> &'static mut [MaybeUninit<u8>] {
    let bottom = &raw mut __heap;
    let start = bottom as u64;
    let end = map
        .iter()
        .filter(|entry| entry.kind == RAM && entry.start <= start)
        .map(|entry| (entry.start + entry.size).min(MAPPED))
        .find(|end| *end > start)
        .expect("the image lies outside the machine's memory");
    // SAFETY: from the end of the image to the end of this block of RAM nothing
    // has been placed; it is mapped, and handed out once (the caller's promise).
    unsafe { slice::from_raw_parts_mut(bottom, (end - start) as usize) }
}
