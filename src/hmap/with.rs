//! What changes a map with memory that the caller brings, and leaves him what it sets free: no
//! call of the allocator in either direction.

use super::around::{counted, left};
use super::reservation::Reservation;
use super::{Hmap, Iter};
use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global, SameHeap};
use crate::numbers::error::InsertError;
use crate::numbers::policy::Go;
use crate::table::entry::{Face, HashingFace};
use crate::table::lookup::equal_to;
use crate::table::stocked::{RawDrainWith, Stocked};
use core::hash::{BuildHasher, Hash};
use equivalent::Equivalent;

impl<K, V, S, A, P> Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    S: BuildHasher,
    A: SameHeap,
    P: Policy,
{
    /// Inserts an entry, or replaces a value and returns the old one, as
    /// [`insert`](Self::insert) does, with memory of a [`Reservation`]. What was reserved in the
    /// map itself by [`try_reserve`](Self::try_reserve) stays so, for others.
    ///
    /// It cannot fail for want of memory where the reservation was
    /// [made for](Self::reservation) so many new keys, is complete, and the map has not given
    /// memory back since. To get a reference to the new value: [`entry`](Self::entry), and
    /// [`VacantEntry::insert_with`](crate::VacantEntry::insert_with).
    ///
    /// **Work:** as [`insert`](Self::insert); a growth that is due is started if the
    /// reservation has an array for it, and otherwise waits. **Memory:** what the entry needs
    /// goes from the reservation into the map; an array that a growth has emptied, or a chunk,
    /// goes the other way.
    ///
    /// # Errors
    /// If the reservation has not what the entry needs. The error is the pair, the map holds
    /// what it held, and what is needed now is noted in the reservation.
    #[inline]
    pub fn insert_with(
        &mut self,
        reservation: &mut Reservation<K, V, A, P>,
        key: K,
        value: V,
    ) -> Result<Option<V>, InsertError<K, V>> {
        let hash = self.hash_to_insert(&key);
        let (raw, hasher) = self.split();
        raw.insert_with(&mut reservation.memory, hash, key, value, hasher)
    }

    /// Removes a key and returns its value, as [`remove`](Self::remove) does; what that sets
    /// free is the reservation's. An insert with the same reservation uses its cells again: large
    /// values that come and go allocate nothing then.
    ///
    /// A reservation that holds memory of another heap is not used, here and in all other
    /// removals: then what is set free goes to the allocator.
    ///
    /// **Work:** as [`remove`](Self::remove). **Memory:** neither taken nor given back.
    // So that a large value is moved to where the caller wants it, and not beside that first.
    #[inline(never)]
    pub fn remove_with<Q>(
        &mut self,
        reservation: &mut Reservation<K, V, A, P>,
        key: &Q,
    ) -> Option<V>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() || !self.accepts(reservation) {
            return self.remove(key);
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        let removal = raw.removal_with(reservation.memory.stock());
        removal.remove_elem(hash, equal_to(key), hasher)
    }

    /// Removes a key and returns it as it was stored, with its value; see
    /// [`remove_with`](Self::remove_with).
    #[inline]
    pub fn remove_entry_with<Q>(
        &mut self,
        reservation: &mut Reservation<K, V, A, P>,
        key: &Q,
    ) -> Option<(K, V)>
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() || !self.accepts(reservation) {
            return self.remove_entry(key);
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        let removal = raw.removal_with(reservation.memory.stock());
        removal.remove(hash, equal_to(key), hasher)
    }

    /// Removes a key and drops it and its value where they are; whether it was there. See
    /// [`delete`](Self::delete) and [`remove_with`](Self::remove_with).
    #[inline]
    pub fn delete_with<Q>(&mut self, reservation: &mut Reservation<K, V, A, P>, key: &Q) -> bool
    where
        Q: Hash + Equivalent<K> + ?Sized,
    {
        if self.is_empty() || !self.accepts(reservation) {
            return self.delete(key);
        }
        let hash = self.hash_to_change(key);
        let (raw, hasher) = self.split();
        let removal = raw.removal_with(reservation.memory.stock());
        removal.delete(hash, equal_to(key), hasher)
    }

    /// Moves up to `chains` chains of a growth under way; true if some are left. As
    /// [`grow_step`](Self::grow_step), but that the array which is emptied is the reservation's.
    ///
    /// **Work:** those chains. **Memory:** neither taken nor given back.
    pub fn grow_step_with(
        &mut self,
        reservation: &mut Reservation<K, V, A, P>,
        chains: usize,
    ) -> bool {
        if !self.accepts(reservation) {
            return self.grow_step(chains);
        }
        let (raw, hasher) = self.split();
        Stocked::new(raw, reservation.memory.stock()).grow_step(chains, hasher)
    }
}

impl<K, V, S, A: SameHeap, P: Policy> Hmap<K, V, S, A, P> {
    /// Starts a growth that is due, in memory of a reservation: of
    /// [`growth_reservation`](Self::growth_reservation), or of
    /// [`reservation`](Self::reservation) where one is due. False if none is due (any more), or
    /// the reservation has not what it needs (any more); the map is as it was then.
    ///
    /// Its chains are moved by inserts and removals, or by
    /// [`grow_step_with`](Self::grow_step_with).
    ///
    /// **Work:** none that depends on the map's size. **Memory:** an array goes from the
    /// reservation into the map. Go: `hashGrow`.
    pub fn grow_with(&mut self, reservation: &mut Reservation<K, V, A, P>) -> bool {
        self.accepts(reservation) && self.core_mut().grow_with(reservation.memory.stock())
    }

    /// Removes the entries that `keep` is false for; see [`retain`](Self::retain) and
    /// [`remove_with`](Self::remove_with).
    pub fn retain_with(
        &mut self,
        reservation: &mut Reservation<K, V, A, P>,
        mut keep: impl FnMut(&K, &mut V) -> bool,
    ) {
        if !self.accepts(reservation) {
            return self.retain(keep);
        }
        Stocked::new(self.core_mut(), reservation.memory.stock())
            .retain(|key, value| keep(key, value));
    }

    /// Removes all entries and keeps the array; see [`clear`](Self::clear) and
    /// [`remove_with`](Self::remove_with).
    pub fn clear_with(&mut self, reservation: &mut Reservation<K, V, A, P>) {
        if !self.accepts(reservation) {
            return self.clear();
        }
        Stocked::new(self.core_mut(), reservation.memory.stock()).clear();
    }

    /// Removes all entries and gives them by value; see [`drain`](Self::drain) and
    /// [`remove_with`](Self::remove_with). `None` for a reservation that holds memory of another
    /// heap.
    ///
    /// ```
    /// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
    /// let mut map = hmap::Hmap::new();
    /// map.insert("a", 1)?;
    /// let mut set_free = map.reservation(0);
    /// let drained = map.drain_with(&mut set_free).expect("it is empty");
    /// assert_eq!(drained.collect::<Vec<_>>(), [("a", 1)]);
    /// # }
    /// # Ok::<(), hmap::InsertError<&str, i32>>(())
    /// ```
    pub fn drain_with<'a>(
        &'a mut self,
        reservation: &'a mut Reservation<K, V, A, P>,
    ) -> Option<DrainWith<'a, K, V, A, P>> {
        if !self.accepts(reservation) {
            return None;
        }
        let entries = self.core_mut().drain_with(reservation.memory.stock());
        Some(DrainWith(entries))
    }
}

/// All entries of a map, which is empty in the end; see [`Hmap::drain_with`].
pub struct DrainWith<'a, K, V, A: Allocator = Global, P: Policy = Go>(RawDrainWith<'a, K, V, A, P>);

counted!(['a, K, V, A: Allocator, P: Policy] DrainWith<'a, K, V, A, P>, (K, V), iter: K, V);

left!([K, V, A: Allocator, P: Policy] DrainWith<'_, K, V, A, P>, pub(crate) Iter<K, V, P>);
