//! What there is while aHash is the default: a hash builder that is `const`, under a path of
//! its own.

use hashbrown::HashMap;
use hashbrown::hash_map::DefaultHashBuilder;
use std::sync::RwLock;

static QUEUES: RwLock<HashMap<usize, u64>> =
    RwLock::new(HashMap::with_hasher(DefaultHashBuilder::new()));

type Waiting = HashMap<u64, Vec<u32>, DefaultHashBuilder>;

static WAITING: RwLock<Waiting> = RwLock::new(Waiting::with_hasher(DefaultHashBuilder::new()));

#[test]
fn maps_in_a_static_need_no_lazy_cell() {
    let mut queues = QUEUES.write().expect("nobody has panicked");
    assert_eq!(queues.insert(1, 10), None);
    assert_eq!(queues.get(&1), Some(&10));
    let mut waiting = WAITING.write().expect("nobody has panicked");
    waiting.entry(0x1000).or_default().push(1);
    assert_eq!(waiting.len(), 1);
}
