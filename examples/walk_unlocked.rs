//! A table walked in batches, with the lock dropped in between while others change it;
//! and a listing for user space that goes on where a number says.
//!
//!     cargo qemu run walk_unlocked
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::println;
use hmap::{Cursor, Hmap, InsertError};
use spin::Mutex;

board::main!(run);

type Done<T = ()> = Result<T, InsertError<u32, &'static str>>;

static TASKS: Mutex<Hmap<u32, &'static str>> = Mutex::new(Hmap::new());

const DAEMONS: usize = 100; // tasks that outlive the walk, with pids below this

fn run() -> Done {
    for pid in 0..DAEMONS as u32 {
        TASKS.lock().insert(pid, "daemon")?;
    }
    let mut times = [0; DAEMONS];
    let batches = walk(&mut times)?;
    assert_eq!(times, [1; DAEMONS]);
    println!("{batches} batches, each of the {DAEMONS} daemons seen once");
    println!("{} tasks are listed in the end", list_all());
    Ok(())
}

fn walk(times: &mut [u32; DAEMONS]) -> Done<u32> {
    let (mut cursor, mut batches) = (Cursor::new(), 0);
    loop {
        let tasks = TASKS.lock();
        // The entries of one chain: a few, however large the table is.
        let Some(batch) = cursor.next(&tasks) else {
            return Ok(batches);
        };
        let daemons = batch.filter(|(_, name)| **name == "daemon");
        daemons.for_each(|(pid, _)| times[*pid as usize] += 1);
        drop(tasks); // the cursor is a number, and borrows nothing
        batches += 1;
        others(batches)?;
    }
}

/// What happens meanwhile: tasks come, so that the table grows under the cursor, and go.
fn others(round: u32) -> Done {
    for number in 0..8 {
        TASKS.lock().insert(1_000 * round + number, "job")?;
    }
    TASKS.lock().remove(&(1_000 * round));
    Ok(())
}

/// A system call as `getdents` is: as many as the buffer takes, and what to pass next time. A
/// cookie may be made up: no number does harm.
fn list(cookie: u64, pids: &mut [u32]) -> (usize, u64) {
    let (mut cursor, mut filled) = (Cursor::from_bits(cookie), 0);
    let tasks = TASKS.lock();
    for room in pids {
        // It stops behind this entry, in the middle of a chain or not.
        let Some((pid, _)) = cursor.next_entry(&tasks) else {
            break;
        };
        (*room, filled) = (*pid, filled + 1);
    }
    (filled, cursor.to_bits())
}

fn list_all() -> usize {
    let (mut listed, mut cookie, mut buffer) = (0, 0, [0; 10]);
    while !Cursor::from_bits(cookie).has_ended() {
        let (count, next) = list(cookie, &mut buffer);
        (listed, cookie) = (listed + count, next);
    }
    listed
}
