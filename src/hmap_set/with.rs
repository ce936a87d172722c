//! What changes a set with memory that the caller brings, and leaves him what it sets free: no
//! call of the allocator in either direction.

use super::HmapSet;
use crate::hmap;
use crate::hmap::around::counted;
use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global, SameHeap};
use crate::numbers::error::SetInsertError;
use crate::numbers::policy::Go;
use core::hash::{BuildHasher, Hash};
use equivalent::Equivalent;

/// Memory for what is to be done with a set, in the hands of who will do it: that of a map
/// without values, whose [page](crate::Reservation) says when it is had and when it is freed.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::{HmapSet, hmap_set::Reservation};
/// use std::sync::Mutex;
///
/// let pending = Mutex::new(HmapSet::new());
///
/// let mut reservation: Reservation<u32> = pending.lock().unwrap().reservation(1);
/// let mut irq = 14;
/// let is_new = loop {
///     reservation.allocate()?;                         // without the lock
///     match pending.lock().unwrap().insert_with(&mut reservation, irq) {
///         Ok(is_new) => break is_new,
///         Err(error) => irq = error.into_value(),      // once more
///     }
/// };
/// assert!(is_new);
///
/// assert!(pending.lock().unwrap().remove_with(&mut reservation, &14));
/// drop(reservation);                                   // without the lock
/// # }
/// # Ok::<(), hmap::TryReserveError>(())
/// ```
pub type Reservation<T, A = Global, P = Go> = hmap::Reservation<T, (), A, P>;

impl<T, S, A: SameHeap, P: Policy> HmapSet<T, S, A, P> {
    /// What the next `n` new values can need, whatever their hashes: noted in a
    /// [`Reservation`], which has nothing of it yet. The set promises nothing and does not
    /// change.
    ///
    /// **Work:** none that depends on the set's size. **Memory:** none. `n` is at most 2³² − 1.
    pub fn reservation(&self, n: usize) -> Reservation<T, A, P> {
        self.map.reservation(n)
    }

    /// Notes in a reservation what the next `n` new values can need, in place of what was noted
    /// there. What it holds stays.
    ///
    /// **Work** and **memory:** as [`reservation`](Self::reservation).
    pub fn note_needs(&self, n: usize, reservation: &mut Reservation<T, A, P>) {
        self.map.note_needs(n, reservation);
    }

    /// What a growth needs that one value more would start, or the removal of values calls for;
    /// `None` if no growth is due. For an idle task: see
    /// [`Hmap::growth_reservation`](crate::Hmap::growth_reservation).
    ///
    /// **Work** and **memory:** as [`reservation`](Self::reservation).
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter(0..104)?;
    /// set.finish_growth();
    /// let mut larger = set.growth_reservation().expect("it is full");
    /// if larger.allocate().is_ok() {                  // without the lock
    ///     assert!(set.grow_with(&mut larger));
    ///     while set.grow_step_with(&mut larger, 8) {} // a lock for each call
    /// }
    /// drop(larger);                                   // with the old array, without the lock
    /// assert_eq!(set.capacity(), 208);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn growth_reservation(&self) -> Option<Reservation<T, A, P>> {
        self.map.growth_reservation()
    }

    /// Starts a growth that is due, in memory of a reservation. False if none is due, or the
    /// reservation has not what it needs; the set is as it was then. See
    /// [`Hmap::grow_with`](crate::Hmap::grow_with).
    ///
    /// **Work:** none that depends on the set's size. **Memory:** an array goes from the
    /// reservation into the set. Go: `hashGrow`.
    pub fn grow_with(&mut self, reservation: &mut Reservation<T, A, P>) -> bool {
        self.map.grow_with(reservation)
    }

    /// Removes the values that `keep` is false for; see [`retain`](Self::retain) and
    /// [`remove_with`](Self::remove_with).
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left. **Memory:** neither taken nor given back.
    pub fn retain_with(
        &mut self,
        reservation: &mut Reservation<T, A, P>,
        mut keep: impl FnMut(&T) -> bool,
    ) {
        self.map.retain_with(reservation, |value, ()| keep(value));
    }

    /// Removes all values and keeps the array; see [`clear`](Self::clear) and
    /// [`remove_with`](Self::remove_with).
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left. **Memory:** neither taken nor given back.
    pub fn clear_with(&mut self, reservation: &mut Reservation<T, A, P>) {
        self.map.clear_with(reservation);
    }

    /// Removes all values and gives them; see [`drain`](Self::drain) and
    /// [`remove_with`](Self::remove_with). `None` for a reservation that holds memory of another
    /// heap.
    ///
    /// **Work:** all buckets and values; [less](crate::Hmap#nearly-empty-maps) where
    /// few are left, over the whole iteration. **Memory:** neither taken nor
    /// given back.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut set: hmap::HmapSet<_> = hmap::HmapSet::try_from_iter([7])?;
    /// let mut set_free = set.reservation(0);
    /// let drained = set.drain_with(&mut set_free).expect("it is empty");
    /// assert_eq!(drained.collect::<Vec<_>>(), [7]);
    /// # }
    /// # Ok::<(), hmap::SetInsertError<i32>>(())
    /// ```
    pub fn drain_with<'a>(
        &'a mut self,
        reservation: &'a mut Reservation<T, A, P>,
    ) -> Option<DrainWith<'a, T, A, P>> {
        self.map.drain_with(reservation).map(DrainWith)
    }
}

impl<T: Eq + Hash, S: BuildHasher, A: SameHeap, P: Policy> HmapSet<T, S, A, P> {
    /// Inserts a value, and says whether it was not there before, as [`insert`](Self::insert)
    /// does, with memory of a [`Reservation`]. What was reserved in the set itself by
    /// [`try_reserve`](Self::try_reserve) stays so, for others.
    ///
    /// **Work:** as [`insert`](Self::insert); a growth that is due is started if the reservation
    /// has an array for it, and otherwise waits. **Memory:** what the value needs goes from the
    /// reservation into the set; an array that a growth has emptied, or a chunk, goes the other
    /// way.
    ///
    /// # Errors
    /// If the reservation has not what the value needs. The error has the value, the set holds
    /// what it held, and what is needed now is noted in the reservation.
    #[inline]
    pub fn insert_with(
        &mut self,
        reservation: &mut Reservation<T, A, P>,
        value: T,
    ) -> Result<bool, SetInsertError<T>> {
        Ok(self.map.insert_with(reservation, value, ())?.is_none())
    }

    /// Removes a value and drops it where it is, as [`remove`](Self::remove) does; whether it was
    /// there. What that sets free is the reservation's. The map's name for this is
    /// [`delete_with`](crate::Hmap::delete_with).
    ///
    /// A reservation that holds memory of another heap is not used, here and in all other
    /// removals: then what is set free goes to the allocator.
    ///
    /// **Work:** as [`remove`](Self::remove). **Memory:** neither taken nor given back.
    #[inline]
    pub fn remove_with<Q>(&mut self, reservation: &mut Reservation<T, A, P>, value: &Q) -> bool
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        self.map.delete_with(reservation, value)
    }

    /// Removes a value, and returns it as it was stored; see [`take`](Self::take).
    ///
    /// **Work** and **memory:** as [`remove_with`](Self::remove_with).
    #[inline]
    pub fn take_with<Q>(&mut self, reservation: &mut Reservation<T, A, P>, value: &Q) -> Option<T>
    where
        Q: Hash + Equivalent<T> + ?Sized,
    {
        let entry = self.map.remove_entry_with(reservation, value);
        entry.map(|(value, ())| value)
    }

    /// Moves up to `chains` chains of a growth under way; true if some are left. As
    /// [`grow_step`](Self::grow_step), but that the array which is emptied is the reservation's.
    ///
    /// **Work:** those chains. **Memory:** neither taken nor given back.
    pub fn grow_step_with(
        &mut self,
        reservation: &mut Reservation<T, A, P>,
        chains: usize,
    ) -> bool {
        self.map.grow_step_with(reservation, chains)
    }
}

/// All values of a set, which is empty in the end; see [`HmapSet::drain_with`].
pub struct DrainWith<'a, K, A: Allocator = Global, P: Policy = Go>(
    hmap::DrainWith<'a, K, (), A, P>,
);

counted!(['a, K, A: Allocator, P: Policy] DrainWith<'a, K, A, P>, K, iter: K; |(value, ())| value);
