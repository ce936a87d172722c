//! [`Hmap`], the map for kernels and firmware: whatever may allocate returns a
//! `Result`, and there is no method that aborts.
//!
//! This face hashes and compares; all else is [`RawHmap`]'s. It has no `unsafe`.

// In the order in which the documentation is to have the methods: what is asked for most comes
// first. Blank lines keep it.
mod new;

mod change;

mod lookup;

mod entry;
mod entry_ref;

mod iter;

pub(crate) mod around;
mod extract;

mod state;

mod bulk;
mod reserve;

mod first_bucket;
pub(crate) mod reservation;
pub(crate) mod with;

mod cursor;
mod inspect;
pub(crate) mod places;

pub use cursor::{Batch, BatchMut, Cursor};
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use entry_ref::{EntryRef, VacantEntryRef};
pub use extract::{Drain, ExtractIf};
#[cfg(feature = "default-hasher")]
pub use first_bucket::{LentHmap, StaticHmap};
pub use iter::{IntoIter, IntoKeys, IntoValues, Iter, IterFrom, IterMut, Keys, Values, ValuesMut};
pub use reservation::Reservation;
pub use with::DrainWith;

use crate::inspect::policy::Policy;
use crate::numbers::alloc::{Allocator, Global};
use crate::numbers::hash::HashValue;
use crate::numbers::policy::Go;
use crate::numbers::seed::DefaultHashBuilder;
use crate::table::entry::{Face, HashingFace};
use crate::table::keyed::Keyed;
use crate::table::map::RawHmap;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use core::panic::{RefUnwindSafe, UnwindSafe};

/// A hash map whose every allocation may fail, and that never rehashes all its
/// entries in one call.
///
/// It is Go's runtime map: buckets of eight entries, chained, in an array of 2^B
/// that doubles when there are 6½ entries a bucket. A doubling is spread over the
/// inserts and removals that follow, two chains at a time.
///
/// ```
/// # #[cfg(all(feature = "alloc", feature = "default-hasher"))] {
/// use hmap::Hmap;
///
/// let mut ports = Hmap::new();
/// ports.insert(80, "http")?;
/// assert_eq!(ports.insert(80, "www")?, Some("http"));
/// assert_eq!(ports.get(&80), Some(&"www"));
/// assert_eq!(ports.remove(&443), None);
/// # }
/// # Ok::<(), hmap::InsertError<i32, &str>>(())
/// ```
///
/// | type parameter | what it is |
/// |---|---|
/// | `K`, `V` | key and value; over 128 bytes each is kept in an allocation of its own |
/// | `S` | the hash builder; the default draws a seed of its own for every map |
/// | `A` | the allocator; [`WithBucket`](crate::WithBucket) if the first bucket is borrowed |
/// | `P` | the [`Policy`]: trade-offs inside the bucket layout |
///
/// The order of iteration is that of the buckets, not of insertion. As with any map, a key must not
/// change its hash or equality while it is in it; look-ups may miss it then, and nothing worse.
///
/// # Nearly empty maps
///
/// A map that has lost most of its entries keeps its array, as Go's does. What goes over it goes by
/// bits then that say which buckets hold something: one look for 64 empty ones (32 on 32 bits).
/// Removals make them from where there is one entry for eight buckets, or [`clear`](Self::clear);
/// they are kept up to one for two. There are none below 256 buckets, while a growth runs, nor with
/// the feature `small-code`. With the policy [`Dense`](crate::Dense) memory itself becomes less.
pub struct Hmap<K, V, S = DefaultHashBuilder, A: Allocator = Global, P: Policy = Go> {
    keyed: Keyed<K, V, S, A, P>,
}

// The map owns its entries as a `Vec` does: an unwind leaves it whole.
impl<K, V, S, A, P> UnwindSafe for Hmap<K, V, S, A, P>
where
    K: UnwindSafe,
    V: UnwindSafe,
    S: UnwindSafe,
    A: Allocator + UnwindSafe,
    P: Policy,
{
}
impl<K, V, S, A, P> RefUnwindSafe for Hmap<K, V, S, A, P>
where
    K: RefUnwindSafe,
    V: RefUnwindSafe,
    S: RefUnwindSafe,
    A: Allocator + RefUnwindSafe,
    P: Policy,
{
}

impl<K, V, S, A, P> Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    #[inline]
    fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> HashValue {
        HashValue::new(self.keyed.hash_builder().hash_one(key))
    }

    /// The same for what goes on to change the map.
    #[inline]
    pub(crate) fn hash_to_change<Q: Hash + ?Sized>(&self, key: &Q) -> HashValue {
        hash_of(self.keyed.hash_builder(), key)
    }

    /// The hash of a key that may go into the map, which draws a seed if it is empty.
    #[inline]
    fn hash_to_insert<Q: Hash + ?Sized>(&mut self, key: &Q) -> HashValue {
        if self.is_empty() {
            self.keyed.renew_seed();
        }
        self.hash_to_change(key)
    }
}

impl<K, V, S, A: Allocator, P: Policy> Face for Hmap<K, V, S, A, P> {
    type Key = K;
    type Elem = V;
    type Alloc = A;
    type Policy = P;

    fn core(&self) -> &RawHmap<K, V, A, P> {
        self.keyed.raw()
    }

    fn core_mut(&mut self) -> &mut RawHmap<K, V, A, P> {
        self.keyed.raw_mut()
    }
}

impl<K: Hash, V, S: BuildHasher, A: Allocator, P: Policy> HashingFace for Hmap<K, V, S, A, P> {
    fn split(&mut self) -> (&mut RawHmap<K, V, A, P>, impl Fn(&K) -> HashValue + Copy) {
        let (raw, hash_builder) = self.keyed.split();
        (raw, |key| hash_of(hash_builder, key))
    }

    fn renew_seed(&mut self) {
        self.keyed.renew_seed();
    }
}

/// The hash of a key. With the feature `small-code` it is compiled once for all that changes a
/// map.
#[cfg_attr(feature = "small-code", inline(never))]
#[cfg_attr(not(feature = "small-code"), inline)]
fn hash_of<Q: Hash + ?Sized>(hash_builder: &impl BuildHasher, key: &Q) -> HashValue {
    HashValue::new(hash_builder.hash_one(key))
}

/// With a hash builder that is used as it is, and no memory yet.
impl<K, V, S: Default, A: Allocator + Default, P: Policy> Default for Hmap<K, V, S, A, P> {
    fn default() -> Self {
        Self::with_policy_in(S::default(), A::default())
    }
}

impl<K, V, S, A, P> PartialEq for Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    V: PartialEq,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
    /// Whether both have the same keys with equal values; each key is looked up.
    fn eq(&self, other: &Self) -> bool {
        let same = |(key, value): (&K, &V)| other.get(key).is_some_and(|stored| *value == *stored);
        self.len() == other.len() && self.iter().all(same)
    }
}

impl<K, V, S, A, P> Eq for Hmap<K, V, S, A, P>
where
    K: Eq + Hash,
    V: Eq,
    S: BuildHasher,
    A: Allocator,
    P: Policy,
{
}

impl<K: fmt::Debug, V: fmt::Debug, S, A: Allocator, P: Policy> fmt::Debug for Hmap<K, V, S, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
