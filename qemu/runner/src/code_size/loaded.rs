//! How many bytes of a program are loaded.

use anyhow::Result;
use object::{Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};

/// Bytes of a program that are in the memory it is loaded from: code, constants, and what
/// variables begin with.
pub fn loaded(elf: &[u8]) -> Result<u64> {
    let file = object::File::parse(elf)?;
    let mut bytes = 0;
    for section in file.sections() {
        if is_loaded(section.name()?, section.kind()) {
            bytes += section.size();
        }
    }
    Ok(bytes)
}

/// The functions of hmap's core in a program, by name and without their types, in order: one that
/// was compiled twice is there twice.
pub fn functions_of_core(elf: &[u8]) -> Result<Vec<String>> {
    let file = object::File::parse(elf)?;
    let mut functions = Vec::new();
    for symbol in file.symbols() {
        let name = format!("{:#}", rustc_demangle::demangle(symbol.name()?));
        let is_of_core = OF_CORE.iter().any(|module| name.contains(module));
        if symbol.kind() == SymbolKind::Text && is_of_core {
            functions.push(name);
        }
    }
    functions.sort();
    Ok(functions)
}

const OF_CORE: [&str; 3] = ["hmap::go::", "hmap::memory::", "hmap::table::"];

/// Tables for unwinding are no part of it: nothing unwinds, and the linker scripts of kernels
/// and firmware throw them away, as those of `qemu/board` do.
fn is_loaded(name: &str, kind: SectionKind) -> bool {
    let unwinding = [".eh_frame", ".ARM.exidx", ".ARM.extab"];
    let is_content = matches!(
        kind,
        SectionKind::Text
            | SectionKind::Data
            | SectionKind::ReadOnlyData
            | SectionKind::ReadOnlyDataWithRel
            | SectionKind::ReadOnlyString
    );
    is_content && !unwinding.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::elf::*;

    /// A file of the headers of sections alone: names, types, flags, sizes.
    fn elf(sections: &[(&str, SectionType, SectionFlags, u64)]) -> Vec<u8> {
        let mut names = b"\0".to_vec();
        let mut headers = vec![0; 64];
        let mut header =
            |name: &str, kind: SectionType, flags: SectionFlags, offset: u64, size: u64| {
                headers.extend((names.len() as u32).to_le_bytes());
                headers.extend(kind.0.to_le_bytes());
                for word in [flags.0, 0, offset, size, 0, 1, 0] {
                    headers.extend(word.to_le_bytes());
                }
                names.extend(name.bytes().chain([0]));
            };
        for &(name, kind, flags, size) in sections {
            header(name, kind, flags, 0, size);
        }
        let number = sections.len() as u16 + 2;
        let end = 64 + 64 * u64::from(number);
        header(".shstrtab", SHT_STRTAB, SectionFlags(0), end, 1000);
        names.resize(1000, 0);

        let mut file = b"\x7fELF\x02\x01\x01".to_vec();
        file.resize(16, 0);
        file.extend([ET_EXEC.0, EM_X86_64.0].map(u16::to_le_bytes).concat());
        file.extend(1_u32.to_le_bytes());
        file.extend([0_u64, 0, 64].map(u64::to_le_bytes).concat());
        file.extend(0_u32.to_le_bytes());
        let sizes = [64_u16, 0, 0, 64, number, number - 1];
        file.extend(sizes.map(u16::to_le_bytes).concat());
        [file, headers, names].concat()
    }

    #[test]
    fn what_is_loaded_is_counted_and_nothing_else() {
        let content = SHT_PROGBITS;
        let program = elf(&[
            (".text", content, SHF_ALLOC | SHF_EXECINSTR, 1000),
            (".text.hot", content, SHF_ALLOC | SHF_EXECINSTR, 200),
            (".rodata", content, SHF_ALLOC, 30),
            (
                ".rodata.str",
                content,
                SHF_ALLOC | SHF_MERGE | SHF_STRINGS,
                4,
            ),
            (".got", content, SHF_ALLOC | SHF_WRITE, 50_000),
            (".data", content, SHF_ALLOC | SHF_WRITE, 600_000),
            (".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 1 << 40),
            (".eh_frame", content, SHF_ALLOC, 1 << 41),
            (".ARM.exidx", SHT_ARM_EXIDX, SHF_ALLOC, 1 << 42),
            (".debug_info", content, SectionFlags(0), 1 << 43),
        ]);
        assert_eq!(loaded(&program).unwrap(), 651_234);
        assert!(loaded(b"a text").is_err());
    }
}
