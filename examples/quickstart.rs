//! The first program: insert, look up, change, remove, walk; and what an error is.
//!
//!     cargo run --example quickstart
//!     cargo qemu run quickstart           the same on a bare machine
#![cfg_attr(target_os = "none", no_std, no_main)]

use board::heap::MapHeap;
use board::println;
use hmap::{Hmap, InsertError};

board::main!(run);

type Refused = InsertError<u16, &'static str>;

fn run() -> Result<(), Refused> {
    let mut services = Hmap::new(); // no memory yet: that comes with the first entry
    services.insert(22, "ssh")?;
    services.insert(80, "http")?;
    services.insert(443, "https")?;

    // A key that is there keeps its place, and the old value comes back.
    assert_eq!(services.insert(80, "www")?, Some("http"));
    assert_eq!(services.get(&80), Some(&"www"));
    assert_eq!(services.get(&8080), None);
    if let Some(name) = services.get_mut(&443) {
        *name = "https, h2";
    }
    // One look-up for "there or else"; only the "else" needs memory.
    let mail = services.entry(25).or_insert("smtp")?;
    println!("port 25 is {mail}");

    assert_eq!(services.remove(&22), Some("ssh"));
    assert_eq!(services.remove(&22), None);
    services.retain(|port, _| *port != 25);

    // In the order of the buckets, which is not that of the inserts.
    for (port, name) in &services {
        println!("port {port} is {name}");
    }
    println!(
        "{} entries in {} bytes",
        services.len(),
        services.allocation_size()
    );
    refused(&MapHeap::empty())
}

/// Where there is no memory an insert is an error, which holds what was to go in.
fn refused(no_memory: &MapHeap) -> Result<(), Refused> {
    let mut map = Hmap::new_in(no_memory);
    match map.insert(53_u16, "dns") {
        Ok(_) => println!("there is memory after all"),
        Err(error) => {
            println!("{error}");
            let (port, name) = error.into_pair();
            println!("port {port} is still ours to tell: {name}");
        }
    }
    Ok(())
}
