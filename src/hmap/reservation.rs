//! Memory that is had before a map is locked, and what a map does not need any more, given back
//! when it is not locked.

use super::Hmap;
use crate::inspect::policy::Policy;
use crate::memory::stock::StockOf;
use crate::numbers::alloc::{Allocator, Global, SameHeap};
use crate::numbers::error::TryReserveError;
use crate::numbers::policy::Go;
use crate::table::entry::Face;
use core::fmt;
use core::marker::PhantomData;

/// Memory for what is to be done with a map, in the hands of who will do it: nobody else can
/// use it up.
///
/// What is done with it ([`insert_with`](Hmap::insert_with) and all that ends in `_with`) calls
/// no allocator, in either direction. So it may be done under a spinlock, with interrupts off,
/// in an interrupt; and the allocator is called where it may be:
///
/// | | where | what |
/// |---|---|---|
/// | 1 | under the lock | [`Hmap::reservation`] notes what is needed: a few dozen instructions, whatever the map's size |
/// | 2 | without | [`allocate`](Self::allocate) gets it, and may fail, or sleep |
/// | 3 | under the lock | [`Hmap::insert_with`] takes what it needs of it, and leaves what the map does not need any more: cells of removed entries, an array that a growth has emptied |
/// | 4 | without | it is dropped, and all of it is freed; or it is used for the next insert |
///
/// If between 1 and 3 others have changed the map so much that it is too little, the pair comes
/// back, and what is needed now is noted: go on with 2. That is so only if the map has given
/// memory back meanwhile (by [`shrink_to_fit`](Hmap::shrink_to_fit), say): for each new key a
/// reservation has all that an insert can ever ask for.
///
/// It has a clone of the map's allocator. Forgotten, it leaks what it holds and nothing else.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::Hmap;
/// use std::sync::Mutex;
///
/// let waiting = Mutex::new(Hmap::new());
///
/// let mut reservation = waiting.lock().unwrap().reservation(1);
/// let (mut key, mut value) = (7, "timer");
/// let old = loop {
///     reservation.allocate()?;                            // without the lock
///     match waiting.lock().unwrap().insert_with(&mut reservation, key, value) {
///         Ok(old) => break old,
///         Err(error) => (key, value) = error.into_pair(), // once more
///     }
/// };
/// assert_eq!(old, None);
///
/// let gone = waiting.lock().unwrap().remove_with(&mut reservation, &7);
/// assert_eq!(gone, Some("timer"));
/// drop(reservation);                                      // without the lock
/// # }
/// # Ok::<(), hmap::TryReserveError>(())
/// ```
pub struct Reservation<K, V, A: Allocator = Global, P: Policy = Go> {
    pub(super) memory: StockOf<A>,
    types: PhantomData<Makes<(K, V, P)>>,
}

/// A type that is only named, and so is `Send` and `Sync` whatever it names.
type Makes<T> = fn() -> T;

impl<K, V, A: Allocator, P: Policy> Reservation<K, V, A, P> {
    /// Without memory, and nothing noted.
    const fn new(alloc: A) -> Self {
        Self {
            memory: StockOf::new(alloc),
            types: PhantomData,
        }
    }

    /// Gets what is needed and not there yet, after what the map did not need any more was
    /// freed.
    ///
    /// **Work** and **memory:** one call of the allocator a block: for each new key one for an
    /// overflow bucket (16 bytes, 8 on 32 bits, and the bucket), one for each cell; beside that
    /// one or two for a map that has one bucket, and one for a growth that is due.
    ///
    /// # Errors
    /// If memory is refused. What was had is kept; call it again later.
    pub fn allocate(&mut self) -> Result<(), TryReserveError> {
        self.memory.fill()
    }

    /// Whether all is there that was noted to be needed.
    pub fn is_complete(&self) -> bool {
        self.memory.is_complete()
    }

    /// Bytes that [`allocate`](Self::allocate) would ask for.
    pub fn missing(&self) -> usize {
        self.memory.missing()
    }

    /// Bytes that are there for the map, without what it did not need any more.
    pub fn held(&self) -> usize {
        self.memory.held()
    }

    /// Frees all memory. What is needed stays noted.
    pub fn release(&mut self) {
        self.memory.free();
    }
}

impl<K, V, A: Allocator, P: Policy> fmt::Debug for Reservation<K, V, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation")
            .field("held", &self.held())
            .field("missing", &self.missing())
            .finish_non_exhaustive()
    }
}

impl<K, V, S, A: SameHeap, P: Policy> Hmap<K, V, S, A, P> {
    /// What the next `n` new keys can need, whatever their hashes: noted in a reservation, which
    /// has nothing of it yet. See [`Reservation`].
    ///
    /// The map promises nothing and does not change. To reserve in the map itself, where the
    /// allocator may be called while it is locked, there is
    /// [`try_reserve`](Self::try_reserve).
    ///
    /// With the policies [`Dense`](crate::Dense) and [`Paged`](crate::Paged) it is for the blocks
    /// and pages that `n` keys can make necessary.
    ///
    /// **Work:** none that depends on the map's size. **Memory:** none. `n` is at most 2³² − 1.
    pub fn reservation(&self, n: usize) -> Reservation<K, V, A, P> {
        let mut reservation = Reservation::new(self.allocator().clone());
        self.note_needs(n, &mut reservation);
        reservation
    }

    /// Notes in a reservation what the next `n` new keys can need, in place of what was noted
    /// there. What it holds stays, so that for one that is used again and again
    /// [`allocate`](Reservation::allocate) seldom has anything to do.
    ///
    /// **Work:** as [`reservation`](Self::reservation).
    pub fn note_needs(&self, n: usize, reservation: &mut Reservation<K, V, A, P>) {
        self.accepts(reservation);
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        self.core().want(n, reservation.memory.stock());
    }

    /// What a growth needs that one entry more would start, or the removal of entries calls
    /// for; `None` if no growth is due. For an idle task, which gets it without the lock and
    /// hands it in by [`grow_with`](Self::grow_with), so that no insert has to. With the policies
    /// [`Dense`](crate::Dense) and [`Paged`](crate::Paged) it is what one entry more of the
    /// directory takes: mostly nothing, at times a page.
    ///
    /// **Work:** as [`reservation`](Self::reservation).
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// for n in 0..104 {
    ///     map.insert(n, ())?;
    /// }
    /// map.finish_growth();
    /// let mut larger = map.growth_reservation().expect("it is full");
    /// if larger.allocate().is_ok() {                  // without the lock
    ///     assert!(map.grow_with(&mut larger));
    ///     while map.grow_step_with(&mut larger, 8) {} // a lock for each call
    /// }
    /// drop(larger);                                   // with the old array, without the lock
    /// assert_eq!(map.capacity(), 208);
    /// # }
    /// # Ok::<(), hmap::InsertError<i32, ()>>(())
    /// ```
    pub fn growth_reservation(&self) -> Option<Reservation<K, V, A, P>> {
        let mut reservation = Reservation::new(self.allocator().clone());
        let is_due = self.core().want_growth(reservation.memory.stock());
        is_due.then_some(reservation)
    }

    /// Whether a reservation is of this map's heap. One that is empty becomes so; one that is
    /// not will, by [`Reservation::allocate`].
    pub(super) fn accepts(&self, reservation: &mut Reservation<K, V, A, P>) -> bool {
        reservation.memory.fits(self.allocator())
    }
}
