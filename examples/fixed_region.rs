//! A map in a region of fixed size in a `static`, without any heap: for firmware that
//! knows at link time how much there is.
//!
//!     cargo qemu run fixed_region
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::println;
use core::alloc::Layout;
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use hmap::{AllocError, Allocator, Hmap};

board::main!(run);

/// Memory that is handed out from its beginning to its end. A block given back is lost,
/// unless it is the last one: right for a map that gets its size once.
struct Region<const BYTES: usize> {
    memory: UnsafeCell<[MaybeUninit<u8>; BYTES]>,
    used: AtomicUsize,
}

// SAFETY: The memory is only reached through blocks, and no two of them overlap: `used`
// is moved past a block by an atomic exchange before it is handed out.
unsafe impl<const BYTES: usize> Sync for Region<BYTES> {}

impl<const BYTES: usize> Region<BYTES> {
    const fn new() -> Self {
        let memory = UnsafeCell::new([const { MaybeUninit::uninit() }; BYTES]);
        Self {
            memory,
            used: AtomicUsize::new(0),
        }
    }
}

// SAFETY: See `Sync`; a `Region` in a `static` does not move.
unsafe impl<const BYTES: usize> Allocator for &'static Region<BYTES> {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        let start = NonNull::new(self.memory.get().cast::<u8>()).ok_or(AllocError)?;
        let place = |used: usize| {
            let gap = (start.addr().get() + used).next_multiple_of(layout.align());
            let offset = gap - start.addr().get();
            let end = offset.checked_add(layout.size())?;
            (end <= BYTES).then_some((offset, end))
        };
        let used = self
            .used
            .fetch_update(Relaxed, Relaxed, |used| Some(place(used)?.1));
        let (offset, _) = used.ok().and_then(place).ok_or(AllocError)?;
        // SAFETY: The offset is within the region.
        let block = unsafe { start.add(offset) };
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
        let offset = block.addr().get() - self.memory.get().addr();
        // Only the last block can be handed out again.
        _ = self
            .used
            .compare_exchange(offset + layout.size(), offset, Relaxed, Relaxed);
    }
}

static REGION: Region<8192> = Region::new();

fn run() -> Result<(), hmap::TryReserveError> {
    // All that it will ever need, once, at start-up: after it inserts cannot fail.
    let mut sensors: Hmap<u16, u32, _, _> = Hmap::try_with_capacity_in(200, &REGION)?;
    sensors.try_reserve(200)?;
    let used = REGION.used.load(Relaxed);
    println!("{used} of 8192 bytes for 200 sensors");
    for sensor in 0..200 {
        assert_eq!(sensors.insert_within_capacity(sensor, 0), Ok(None));
    }
    let (entries, bytes) = (sensors.len(), sensors.allocation_size());
    println!("{entries} entries, {bytes} allocated bytes");
    Ok(())
}
