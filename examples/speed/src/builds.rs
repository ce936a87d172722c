//! The builds of the operations that can be measured: the same functions twice.

use crate::operations::{self, Operation, Work};
use anyhow::{Result, bail};

pub struct Build {
    pub name: &'static str,
    open: extern "C" fn(usize, usize, usize, usize, usize) -> usize,
    perform: unsafe extern "C" fn(usize, usize, usize, *const Work) -> u64,
}

const HOST: Build = Build {
    name: "host",
    open: operations::open,
    perform: operations::perform,
};

#[cfg(kernel)]
const KERNEL: Build = Build {
    name: "kernel",
    open: kernel_open,
    perform: kernel_perform,
};

#[cfg(kernel)]
unsafe extern "C" {
    safe fn kernel_open(pair: usize, map: usize, region: usize, bytes: usize, maps: usize)
    -> usize;
    fn kernel_perform(pair: usize, map: usize, operation: usize, work: *const Work) -> u64;
}

pub fn by_name(name: &str) -> Result<Build> {
    match name {
        "host" => Ok(HOST),
        #[cfg(kernel)]
        "kernel" => Ok(KERNEL),
        #[cfg(not(kernel))]
        "kernel" => bail!("the kernel build is there on x86-64 Linux only: --builds host"),
        _ => bail!("there is no build `{name}`; there are: kernel, host"),
    }
}

impl Build {
    /// Maps in a region of memory, to work on.
    pub fn open(&self, pair: usize, map: usize, region: &mut [u8], maps: usize) -> Result<usize> {
        let bench = (self.open)(
            pair,
            map,
            region.as_mut_ptr().expose_provenance(),
            region.len(),
            maps,
        );
        if bench == 0 {
            bail!("{} bytes are too few for {maps} maps", region.len());
        }
        Ok(bench)
    }

    /// # Safety
    /// The bench was opened by this build for this pair and map, and its region lives;
    /// the keys can be read.
    pub unsafe fn perform(&self, pair: usize, map: usize, what: Operation, work: &Work) -> u64 {
        // SAFETY: The caller's promise.
        unsafe { (self.perform)(pair, map, what as usize, work) }
    }
}
