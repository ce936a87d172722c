//! What `HashMap` and `HashSet` add to an image that has `Hmap` and `HmapSet` of the same types:
//! no function of the core.

use std::fs;

use anyhow::{Context, Result};

use super::loaded::{functions_of_core, loaded};
use super::thousands;
use crate::project;
use crate::target::X86_64;

/// An image: how many bytes, and which functions of the core.
struct Looked {
    bytes: u64,
    core: Vec<String>,
}

/// Says it for both builds of the crate; false if a function of the core is added.
pub fn print() -> Result<bool> {
    let mut is_shared = true;
    for (name, maps) in [("hmap", "hmap"), ("hmap small-code", "small-code")] {
        let own = Looked::at(maps, "faces")?;
        let both = Looked::at(maps, "drop-in")?;
        let added = added(&own.core, &both.core);
        println!(
            "{name}: HashMap and HashSet add {} bytes to Hmap and HmapSet of the same types, which \
             are {}; of {} functions of the core, {}",
            thousands(both.bytes.saturating_sub(own.bytes)),
            thousands(own.bytes),
            own.core.len(),
            added.len(),
        );
        for function in &added {
            eprintln!("there once more: {function}");
        }
        is_shared &= added.is_empty();
    }
    Ok(is_shared)
}

impl Looked {
    fn at(maps: &str, faces: &str) -> Result<Self> {
        let features = format!("{maps},{faces}");
        let path = project::build_for_size(&X86_64, "release", &features)?;
        let elf = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self {
            bytes: loaded(&elf)?,
            core: functions_of_core(&elf)?,
        })
    }
}

/// What is in the second list more often than in the first.
fn added(before: &[String], after: &[String]) -> Vec<String> {
    let mut left = before.to_vec();
    let is_new = |function: &&String| match left.iter().position(|other| other == *function) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    };
    after.iter().filter(is_new).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_once_more_is_found() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| name.to_string())
                .collect::<Vec<_>>()
        };
        let before = names(&["evacuate", "find", "place"]);
        assert!(added(&before, &names(&["find", "place"])).is_empty());
        let after = names(&["evacuate", "evacuate", "find", "place", "walk"]);
        assert_eq!(added(&before, &after), names(&["evacuate", "walk"]));
    }
}
