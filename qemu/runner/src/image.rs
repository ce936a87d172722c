//! A program for the target as it lies in its file: what the runner can learn
//! from it without booting it.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context, Result};
use defmt_decoder::{Locations, Table};
use embedded_test_runner_core::TestMeta;
use embedded_test_runner_core::elf::{self, ElfError};
use object::{Object, ObjectSection, ObjectSymbol, SectionKind};

use crate::target::{self, Target};

/// An executable for the target.
pub struct Image {
    pub path: PathBuf,
    /// What it was built for.
    pub target: &'static Target,
    /// The format strings of its log.
    pub table: Table,
    bytes: Vec<u8>,
    locations: OnceLock<Locations>,
}

impl Image {
    pub fn load(path: PathBuf) -> Result<Self> {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let cannot_run = || format!("{} cannot be run here", path.display());
        let architecture = object::File::parse(&*bytes)
            .with_context(cannot_run)?
            .architecture();
        let target = target::of_program(architecture).with_context(cannot_run)?;
        let table = Table::parse(&bytes)
            .and_then(|table| {
                table.context(
                    "there is no defmt log in it: does it use the board (`use board as _;`)?",
                )
            })
            .with_context(cannot_run)?;
        Ok(Self {
            path,
            target,
            table,
            bytes,
            locations: OnceLock::new(),
        })
    }

    /// Its tests by name; `None` if it is no test binary.
    pub fn tests(&self) -> Result<Option<Vec<TestMeta>>> {
        match elf::parse(&self.bytes) {
            Ok(mut tests) => {
                tests.sort_by(|a, b| a.name.cmp(&b.name));
                Ok(Some(tests))
            }
            Err(ElfError::MissingSection | ElfError::MissingVersion) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{}", self.path.display())),
        }
    }

    /// Where its log statements stand, from the debug information; read when the
    /// first one is to be shown. Without debug information it is empty.
    pub fn locations(&self) -> &Locations {
        self.locations
            .get_or_init(|| self.table.get_locations(&self.bytes).unwrap_or_default())
    }

    /// The memory that it asks for by `board::machine_memory!`, in MiB.
    pub fn memory_wish(&self) -> Option<u32> {
        let object = object::File::parse(&*self.bytes).ok()?;
        let wish = object.section_by_name(".qemu_memory")?.data().ok()?;
        Some(u32::from_le_bytes(wish.get(..4)?.try_into().ok()?))
    }

    /// The name of the function that the address lies in; `None` if nothing that is
    /// code lies before it.
    pub fn function_at(&self, address: u64) -> Option<String> {
        let object = object::File::parse(&*self.bytes).ok()?;
        let address = self.target.symbol(address);
        // The strings of the log are symbols too, in a section that begins at 0.
        let code = object.symbols().filter(|symbol| {
            let section = symbol.section_index();
            let section = section.and_then(|index| object.section_by_index(index).ok());
            section.is_some_and(|section| section.kind() == SectionKind::Text)
        });
        let function = code
            .filter(|symbol| symbol.address() <= address)
            .max_by_key(|symbol| symbol.address())?;
        let name = function.name().ok()?;
        // Without the hash that the compiler appends.
        Some(format!("{:#}", rustc_demangle::demangle(name)))
    }

    /// The address of a symbol, as the table of symbols has it.
    pub fn address_of(&self, symbol: &str) -> Option<u64> {
        let object = object::File::parse(&*self.bytes).ok()?;
        object.symbol_by_name(symbol).map(|symbol| symbol.address())
    }
}
