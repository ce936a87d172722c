//! A map's layout as text.

use alloc::format;
use alloc::string::String;
use board::println;
use core::hash::{BuildHasherDefault, Hasher};
use hmap::Hmap;
use hmap::introspection::{OldChain, SlotView};

pub type Map = Hmap<u32, (), BuildHasherDefault<Itself>>;
type Bucket<'m> = [SlotView<'m, u32, ()>; 8];

/// Each chain with all its slots; of a map in growth the old ones first.
pub fn draw(what: &str, map: &Map) {
    println!("       {what}");
    for (number, old) in (0..).map_while(|n| Some((n, map.old_chain_view(n)?))) {
        match old {
            OldChain::Here(chain) => draw_chain(format!("old {number}"), chain),
            OldChain::Moved(_) => println!("         old {number} |  moved"),
        }
    }
    for number in 0..1 << map.state().bits {
        match map.chain_view(number) {
            None => println!("             {number} |  not yet written to"),
            Some(chain) => draw_chain(format!("{number}"), chain),
        }
    }
    println!();
}

fn draw_chain<'m>(mut name: String, chain: impl Iterator<Item = Bucket<'m>>) {
    for bucket in chain {
        let slots = bucket.map(|slot| match slot {
            SlotView::Live(key, ()) => format!(" {key:>2}"),
            SlotView::EmptyOne => "  x".into(),
            SlotView::EmptyRest => "  .".into(),
        });
        println!("         {name:>5} |{} |", slots.concat());
        name = "+".into();
    }
}

/// Takes a `u32` for its own hash.
#[derive(Default)]
pub struct Itself(u64);

impl Hasher for Itself {
    fn write_u32(&mut self, key: u32) {
        self.0 = key.into();
    }
    fn write(&mut self, _: &[u8]) {}
    fn finish(&self) -> u64 {
        self.0
    }
}
