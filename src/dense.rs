//! A table whose memory follows its entries: linear hashing over a directory of pointers, and one
//! block of about the right size for each bucket.
//!
//! * The **directory** has N entries, any number, 2^L ≤ N < 2^(L+1). A hash belongs to the entry
//!   that its low L + 1 bits name, or its low L bits if that one is not there yet. N follows the
//!   entries one by one: the directory is kept in pages of 512 pointers, and growing copies one.
//! * A **block** has up to sixteen entries whose hashes agree in their low `depth` bits; these
//!   are its `owner`, the first entry of the directory that leads to it. It may lag behind the
//!   directory: then two or four entries lead to it, and it is split only when it is full. So
//!   nearly all blocks have 9 to 16 entries whatever N is, and one that is full can nearly always
//!   be split: there are chains only where hashes agree, or memory was refused.
//! * A **removal** gives back what it sets free, and the directory follows the entries down: every
//!   fourth takes two of its entries at most. So a map has no memory when its last entry is
//!   removed. Only after a walk that has taken entries out and was forgotten there is more to give
//!   back: this goes little by little with removals to come, sixteen entries of the directory each
//!   time that the map becomes empty, or at once in what may take time, such as another such walk.
//! * Blocks of one size lie in **slabs** and are kept dense: the last one of its class moves to
//!   the place of one that is given back.
//! * A **walk** goes down the directory, and begins with any of its entries: where removals have
//!   emptied what walks would begin with, behind that. Which one it is says a hint, of which no
//!   invariant needs anything.
//! * A **small map**, of up to 64 entries (32 with the policy [`Paged`](crate::Paged)), is one chain
//!   of blocks straight from the heap, with nothing beside them.
//!
//! # Invariants of the map
//!
//! * **D1** Entry i of the directory is there for all i up to `mask`, of which N ≤ `mask` + 1.
//!   One from N on is the same as that of its low L bits. There are `height` levels of pages, and
//!   2^`root_bits` pointers in the root, if it is a page.
//! * **D2** A block is of the kind [`First`](crate::memory::block::Kind::First) where entries of
//!   the directory lead to it: all of those whose low `depth` bits are its owner, and no other.
//!   It is [`Behind`](crate::memory::block::Kind::Behind) where a block of the chain of its owner
//!   is linked to it. It is [`Leaving`](crate::memory::block::Kind::Leaving) where nothing is,
//!   but within one operation.
//! * **D3** What an entry of the directory leads to is a block of this map, or nothing. What a
//!   block is linked to is one.
//! * **D4** A block is no deeper than its entries of the directory, and lags behind by two bits
//!   at most.
//! * **D5** Entries are in the slots below `len`, packed. Their tags are the top seven
//!   bits of their hashes, and not 0; all other tags are 0.
//! * **D6** A chain has entries in no block behind one that is not full. All of its blocks are
//!   whole, and so have a link, but the last one, which may be.
//! * **D7** Entries are in the chain that their hash belongs to, and in no other.
//! * **D8** `count` = entries of all chains.
//! * **D9** In a class of blocks all slabs are full but the newest, none is empty, and all blocks
//!   of slabs are in chains. Spare slabs have room for a whole block. Without an `Extra` there is
//!   one chain, of four blocks at most, and no directory.
//! * **D10** Where keys are promised to go in, there is memory for the next one whatever its hash,
//!   and cells for all of them; [`reserve`] has the argument that there is for all.
//!
//! [`header`] is the map without the types of its entries, [`directory`] makes the directory
//! larger and smaller, [`alone`] is small maps, [`blocks`] gets blocks and gives them back. [`find`] looks a key up,
//! [`walk`] goes over all slots. [`split`] and [`join`] are growth and contraction. [`place`] gets
//! what one entry more needs, [`reserve`] what many to come can need, [`shrink`] gives back what is
//! not needed, [`unlink`] takes entries out, [`copy`] makes clones, and [`table`] is all of it as the
//! map knows it.

pub(crate) mod alone;
pub(crate) mod blocks;
mod copy;
mod directory;
mod find;
pub(crate) mod header;
mod join;
mod place;
mod reserve;
mod shrink;
mod split;
mod table;
mod unlink;
pub(crate) mod walk;
