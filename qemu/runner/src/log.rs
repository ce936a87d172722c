//! The program's log, decoded: QEMU passes on the bytes of the serial line, which
//! are defmt's frames; the text to them lies in the executable.

use std::io::Read;

use defmt_decoder::{DecodeError, Frame};

use crate::image::Image;
use crate::project;

/// Reads to the end and passes on every line.
pub fn decode(image: &Image, mut from: impl Read, print: &(dyn Fn(&str) + Sync)) {
    let mut decoder = image.table.new_stream_decoder();
    let mut chunk = [0; 4096];
    loop {
        match from.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(count) => decoder.received(&chunk[..count]),
        }
        loop {
            match decoder.decode() {
                Ok(frame) => print(&line(image, &frame)),
                Err(DecodeError::UnexpectedEof) => break,
                Err(DecodeError::Malformed) => print("(a line of the log was cut off)"),
            }
        }
    }
}

/// `println!` as it is; what has a level with the instruction count before it and
/// its place behind.
fn line(image: &Image, frame: &Frame) -> String {
    if frame.level().is_none() {
        return with_function(image, frame.display_message().to_string());
    }
    let text = frame.display(false);
    let location = image.locations().get(&frame.index());
    // The place of a log statement in somebody else's crate helps nobody.
    let ours = location.filter(|location| {
        location.file.is_relative() || location.file.starts_with(project::root())
    });
    match ours {
        None => text.to_string(),
        Some(location) => {
            let file = location
                .file
                .strip_prefix(project::root())
                .unwrap_or(&location.file);
            format!("{text} ({}:{})", file.display(), location.line)
        }
    }
}

/// The board reports a fault's instruction by its address ("at rip 0x18a2b4,", "at pc
/// 0x1c32,"); this adds the function that it lies in.
fn with_function(image: &Image, line: String) -> String {
    let behind = ["at rip 0x", "at pc 0x"]
        .iter()
        .find_map(|words| Some(line.split_once(words)?.1));
    let address = behind.and_then(|rest| {
        let digits = rest.split(|c: char| !c.is_ascii_hexdigit()).next()?;
        u64::from_str_radix(digits, 16).ok()
    });
    match address.and_then(|address| image.function_at(address)) {
        Some(function) => format!("{line}, in {function}"),
        None => line,
    }
}
