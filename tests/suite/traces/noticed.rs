//! The trace player itself: it notices every kind of difference, and tells a map that
//! diverged from a trace that is garbled. On the host only: it takes many replays.

use super::{CALLER, FLOATS, HUNDRED_THOUSAND, ITERATORS, LOOK_AHEAD, REMOVALS, SMALL, TOPHASHES};
use crate::support::trace::{Fault, Replay, replay};
use alloc::{format, string::String, vec::Vec};

/// The trace with one line replaced.
struct Changed {
    text: String,
    /// Of the replaced line, from 1 on.
    line: usize,
}

/// Replaces the first line that `change` has something for. It is given the line's
/// fields.
fn changed(trace: &[u8], mut change: impl FnMut(&[&str]) -> Option<String>) -> Changed {
    let mut changed = Changed {
        text: String::new(),
        line: 0,
    };
    let text = core::str::from_utf8(trace).expect("traces are text");
    for (line, number) in text.lines().zip(1..) {
        let fields: Vec<_> = line.split(' ').collect();
        let replacement = match changed.line {
            0 => change(&fields),
            _ => None,
        };
        if let Some(replacement) = replacement {
            changed.line = number;
            changed.text.push_str(&replacement);
        } else {
            changed.text.push_str(line);
            changed.text.push('\n');
        }
    }
    assert_ne!(changed.line, 0, "no line to change");
    changed
}

/// The change is noticed as a difference at its own line.
#[track_caller]
fn diverges(trace: &[u8], change: impl FnMut(&[&str]) -> Option<String>) {
    let Changed { text, line } = changed(trace, change);
    match replay(text.as_bytes()).result {
        Err(Fault::Diverged { line: found, .. }) => assert_eq!(found, line),
        other => panic!("line {line} was changed: {other:?}"),
    }
}

/// The fields with one replaced by what it is changed to.
fn with_field(fields: &[&str], index: usize, change: impl FnOnce(&str) -> String) -> String {
    let mut fields: Vec<String> = fields.iter().map(|field| String::from(*field)).collect();
    fields[index] = change(&fields[index]);
    fields.join(" ") + "\n"
}

fn plus_one(number: &str) -> String {
    let number: u64 = number.parse().expect("a number");
    format!("{}", number + 1)
}

/// Another digit in the middle of a hexadecimal number.
fn another_digit(hex: &str) -> String {
    let mut digits: Vec<char> = hex.chars().collect();
    let middle = digits.len() / 2;
    digits[middle] = if digits[middle] == '7' { '8' } else { '7' };
    digits.into_iter().collect()
}

pub fn a_difference_in_any_field_of_a_state_is_noticed() {
    // An assignment has its state from field 4 on: count B flags old noverflow
    // nevacuate pre. `old` is a flag, and nevacuate counts while it is set.
    let growing = |fields: &[&str]| fields[0] == "i" && fields[7] == "1";
    for index in [4, 5, 8, 9, 10] {
        diverges(SMALL, |fields| {
            growing(fields).then(|| with_field(fields, index, plus_one))
        });
    }
    diverges(SMALL, |fields| {
        growing(fields).then(|| with_field(fields, 7, |_| "0".into()))
    });
    diverges(SMALL, |fields| {
        (growing(fields) && fields[6] == "8").then(|| with_field(fields, 6, |_| "0".into()))
    });
}

pub fn a_difference_in_a_result_is_noticed() {
    let change = |keyword, index, from: &'static str, to: &'static str| {
        move |fields: &[&str]| {
            let here = fields[0] == keyword && (from.is_empty() || fields[index] == from);
            here.then(|| with_field(fields, index, |_| to.into()))
        }
    };
    diverges(SMALL, change("i", 3, "n", "o"));
    diverges(ITERATORS, change("i", 3, "o", "n"));
    diverges(SMALL, change("d", 2, "1", "0"));
    diverges(TOPHASHES, change("d", 2, "0", "1"));
    diverges(SMALL, change("g", 2, "", "123456789"));
    diverges(REMOVALS, change("g", 2, "-", "1"));
    diverges(LOOK_AHEAD, change("G", 3, "", "1"));
    diverges(LOOK_AHEAD, change("G", 4, "", "1"));
    diverges(TOPHASHES, change("bucketsize", 1, "", "145"));
}

pub fn a_difference_in_a_layout_is_noticed() {
    let is = |keyword: &'static str| move |fields: &[&str]| fields[0] == keyword;
    for keyword in ["b", "o"] {
        diverges(REMOVALS, |fields| {
            is(keyword)(fields).then(|| with_field(fields, 3, another_digit))
        });
        diverges(REMOVALS, |fields| {
            is(keyword)(fields).then(|| with_field(fields, 1, plus_one))
        });
        // Two entries that lie the other way round.
        diverges(REMOVALS, |fields| {
            let two = is(keyword)(fields) && fields[5] != "-";
            two.then(|| {
                let mut fields = fields.to_vec();
                fields.swap(4, 5);
                fields.join(" ") + "\n"
            })
        });
    }
    diverges(REMOVALS, |fields| {
        let to_y = is("e")(fields) && fields[2].contains('3');
        to_y.then(|| with_field(fields, 2, |marks| marks.replace('3', "2")))
    });
    diverges(REMOVALS, |fields| {
        is("L")(fields).then(|| with_field(fields, 1, plus_one))
    });
}

pub fn a_difference_in_a_digest_is_noticed() {
    for trace in [CALLER, FLOATS, HUNDRED_THOUSAND] {
        for index in [1, 2] {
            diverges(trace, |fields| {
                (fields[0] == "D").then(|| with_field(fields, index, another_digit))
            });
        }
    }
}

pub fn a_difference_in_the_arrays_allocated_is_noticed() {
    diverges(SMALL, |fields| {
        (fields[0] == "A").then(|| with_field(fields, 1, plus_one))
    });
    diverges(SMALL, |fields| {
        (fields[0] == "A").then(|| with_field(fields, 2, plus_one))
    });
    // One that the trace does not have is found at the operation before it.
    let Changed { text, line } = changed(SMALL, |fields| (fields[0] == "A").then(String::new));
    match replay(text.as_bytes()).result {
        Err(Fault::Diverged { line: found, .. }) => assert_eq!(found, line - 1),
        other => panic!("line {line} was left out: {other:?}"),
    }
    // A total that the header does not have makes other spares.
    let more =
        |fields: &[&str]| (fields[..2] == ["nb", "4"]).then(|| with_field(fields, 3, plus_one));
    let Changed { text, .. } = changed(SMALL, more);
    let result = replay(text.as_bytes()).result;
    assert!(matches!(result, Err(Fault::Diverged { .. })), "{result:?}");
}

pub fn another_order_of_iteration_is_noticed() {
    // The first entry that an iterator gives comes before any change.
    diverges(ITERATORS, |fields| {
        let entry = fields[0] == "N" && fields[2] != "-";
        entry.then(|| with_field(fields, 2, plus_one))
    });
    diverges(ITERATORS, |fields| {
        let entry = fields[0] == "N" && fields[2] != "-";
        entry.then(|| with_field(fields, 3, |_| "1".into()))
    });
    // A start at the next slot gives another entry first, in a map so full.
    let mut opened = 0;
    let Changed { text, line } = changed(ITERATORS, |fields| {
        let full = fields[0] == "I" && fields[4] != "-" && fields[4].len() > 2;
        opened += usize::from(full);
        (opened == 1 && full).then(|| {
            with_field(fields, 3, |slot| {
                format!("{}", (slot.as_bytes()[0] - b'0' + 1) % 8)
            })
        })
    });
    match replay(text.as_bytes()).result {
        Err(Fault::Diverged { line: found, .. }) => assert!(found > line),
        other => panic!("line {line} was changed: {other:?}"),
    }
}

pub fn another_hash_or_an_operation_left_out_is_noticed() {
    // A map that is not emptied makes the next seed's line nonsense.
    let fails = |Changed { text, line }: Changed| match replay(text.as_bytes()).result {
        Err(Fault::Diverged { line: found, .. } | Fault::Malformed { line: found, .. }) => {
            assert!(found >= line);
        }
        other => panic!("line {line} was changed: {other:?}"),
    };
    for trace in [CALLER, SMALL, FLOATS] {
        // The lowest bit, which names the bucket, and the tophash. The bits between
        // them mean nothing in maps so small.
        for bit in [0, 60] {
            fails(changed(trace, |fields| {
                let other = |hash: &str| {
                    let hash = u64::from_str_radix(hash, 16).expect("a hash");
                    format!("{:016x}", hash ^ 1 << bit)
                };
                let here = fields[0] == "H" && fields[1] == "9";
                here.then(|| with_field(fields, 2, other))
            }));
        }
        for keyword in ["i", "d", "c"] {
            fails(changed(trace, |fields| {
                // A removal of what is not there need not leave a trace.
                let there = fields[0] == keyword && fields[2] != "0";
                there.then(String::new)
            }));
        }
    }
    fails(changed(FLOATS, |fields| {
        (fields[0] == "X").then(String::new)
    }));
}

pub fn a_trace_that_ends_too_early_is_no_trace() {
    for (trace, step) in [
        (CALLER, 151),
        (LOOK_AHEAD, 499),
        (FLOATS, 12_007),
        (SMALL, 15_013),
    ] {
        let lines = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
        for length in (0..trace.len()).step_by(step).chain([trace.len() - 1]) {
            let part = &trace[..length];
            match replay(part).result {
                Err(Fault::Malformed { line, what }) => {
                    assert_eq!(line, lines(part) + 1, "after {length} bytes: {what}");
                }
                other => panic!("{length} bytes: {other:?}"),
            }
        }
        let mut more = Vec::from(trace);
        more.extend(b"end 0\n");
        let result = replay(&more).result;
        assert!(matches!(result, Err(Fault::Malformed { .. })), "{result:?}");
    }
}

pub fn a_garbled_trace_is_no_map_that_went_astray_for_ever() {
    // Whatever is done to a trace, the player comes to an end and does not panic. It
    // may be ok only if what was changed means nothing.
    let mut random = fastrand::Rng::with_seed(12);
    for (trace, times) in [(CALLER, 120), (LOOK_AHEAD, 10), (SMALL, 40)] {
        for _ in 0..if cfg!(miri) { 3 } else { times } {
            let mut garbled = Vec::from(trace);
            let at = random.usize(..garbled.len());
            // As often a byte that belongs into traces as any.
            garbled[at] = match random.bool() {
                true => trace[random.usize(..trace.len())],
                false => random.u8(..),
            };
            let Replay { name, result } = replay(&garbled);
            let start = garbled[..at].iter().rposition(|byte| *byte == b'\n');
            let start = start.map_or(0, |start| start + 1);
            let line = String::from_utf8_lossy(&garbled[start..]);
            let line = line.lines().next().unwrap_or_default();
            let field = garbled[start..at]
                .iter()
                .filter(|byte| **byte == b' ')
                .count();
            assert!(
                result.is_err() || garbled == trace || means_nothing(line, field),
                "{name}, byte {at}, field {field}: {line}"
            );
        }
    }
}

/// Whether a field can be changed without another outcome: names, bits of hashes that
/// no map so small looks at, and in a state the iterator flags and, unless the map is
/// growing, the mark.
fn means_nothing(line: &str, field: usize) -> bool {
    let fields: Vec<_> = line.split(' ').collect();
    let from_the_end = fields.len().saturating_sub(field);
    match fields[0] {
        "name" | "origin" | "path" | "hasher" | "make" | "val" | "S" | "H" => true,
        "begin" | "i" | "d" | "c" | "I" | "R" | "Q" => {
            let growing = fields.iter().rev().nth(3) == Some(&"1");
            from_the_end == 5 || from_the_end == 2 && !growing
        }
        comment => comment.starts_with('#'),
    }
}

pub fn nonsense_is_told_with_its_line() {
    let malformed = |trace: &[u8], change: fn(&[&str]) -> Option<String>| {
        let Changed { text, line } = changed(trace, change);
        match replay(text.as_bytes()).result {
            Err(Fault::Malformed { line: found, .. }) => assert_eq!(found, line),
            other => panic!("line {line} was changed: {other:?}"),
        }
    };
    fn replace(from: &[&str], keyword: &str, to: &str) -> Option<String> {
        (from[0] == keyword).then(|| format!("{to}\n"))
    }
    malformed(SMALL, |line| replace(line, "gomap-trace", "gomap-trace 2"));
    malformed(SMALL, |line| replace(line, "key", "key complex128 16"));
    malformed(SMALL, |line| replace(line, "val", "val uint64 9"));
    malformed(SMALL, |line| replace(line, "make", "make room 0"));
    malformed(SMALL, |line| replace(line, "path", ""));
    malformed(SMALL, |line| {
        replace(line, "nb", "nb 0 1 1000000000000000000")
    });
    malformed(SMALL, |line| replace(line, "K", "K 0 x00"));
    malformed(SMALL, |line| replace(line, "K", "K 1 x0000000000000000"));
    malformed(SMALL, |line| replace(line, "H", "H 99999 0000000000000000"));
    malformed(SMALL, |line| {
        replace(line, "i", "i 99999 0 n 1 0 0 0 0 0 0")
    });
    malformed(SMALL, |line| replace(line, "i", "i 0 0 n 1 21 0 0 0 0 0"));
    malformed(SMALL, |line| replace(line, "i", "i 0 0 n 1 0 4 0 0 0 0"));
    malformed(SMALL, |line| replace(line, "i", "i 0 0 n 1 0 0 0 * 0 0"));
    malformed(SMALL, |line| replace(line, "i", "i 0 0 n 1 0 0 0 0 0"));
    malformed(SMALL, |line| replace(line, "i", "i 0 0 n 1 0 0 0 0 0 0 0"));
    malformed(SMALL, |line| replace(line, "i", "R 0 1 1 0 0 0 0 0 0"));
    malformed(SMALL, |line| replace(line, "i", "begin 0 0 0 0 0 0 0"));
    malformed(SMALL, |line| replace(line, "N", "N 77 -"));
    malformed(SMALL, |line| replace(line, "E", "g 0 -"));
    malformed(SMALL, |line| replace(line, "L", ""));
    malformed(SMALL, |line| replace(line, "end", "end 7"));
    malformed(LOOK_AHEAD, |line| {
        replace(line, "R", "R 0 4000000000 26624 12 0 0 0 0 0")
    });
    malformed(LOOK_AHEAD, |line| {
        replace(line, "Q", "Q 5 4 26624 12 0 0 0 0 0")
    });
    malformed(LOOK_AHEAD, |line| {
        replace(line, "R", "i 0 0 n 1 0 0 0 0 0 0")
    });

    for (trace, faulty) in [(&b""[..], 1), (b"\xff\n", 1), (b"gomap-trace 1\n\xff\n", 2)] {
        match replay(trace).result {
            Err(Fault::Malformed { line, .. }) => assert_eq!(line, faulty),
            other => panic!("{other:?}"),
        }
    }
}

/// An implicit trace of a map that was made with a hint. Its states are those that the
/// hashes, `mix` under the seed 7, give by the rules: 100 keys in 16 chains take two
/// overflow buckets; the key 144, the 105th, starts a doubling, which 16 writes end; and
/// no chain of the 32 has more than eight of the 130 entries.
fn implicit_with_a_hint() -> String {
    let sizes = core::str::from_utf8(HUNDRED_THOUSAND).expect("traces are text");
    let sizes = sizes.lines().filter(|line| line.starts_with("nb "));
    let lines = "gomap-trace 1|name implicit-hint|origin by hand|key uint64 8|val uint64 8|\
        bucketsize 144|path fast64|hasher mix|make makemap 100"
        .split('|')
        .chain(sizes)
        .chain(
            "A 4 18|S 0 00000007|begin 0 4 0 0 0 0 2|R 0 100 100 4 0 0 2 0 0|\
            Q 0 40 60 4 0 0 2 0 0|R 100 170 130 5 0 0 0 16 5|G 0 170 130 13585|end 0"
                .split('|'),
        );
    lines.flat_map(|line| [line.trim_start(), "\n"]).collect()
}

pub fn an_implicit_trace_names_the_array_that_a_hint_makes() {
    let trace = implicit_with_a_hint();
    assert_eq!(replay(trace.as_bytes()).result, Ok(210));
    let trace = trace.as_bytes();
    for index in [1, 2] {
        diverges(trace, |fields| {
            (fields[0] == "A").then(|| with_field(fields, index, plus_one))
        });
    }
    // One array too many, and one where none is made.
    let before_begin = |array: &str| {
        let add =
            |fields: &[&str]| (fields[0] == "S").then(|| format!("{}\n{array}", fields.join(" ")));
        changed(trace, |fields| add(fields).map(|text| text + "\n"))
    };
    let Changed { text, line } = before_begin("A 4 18");
    match replay(text.as_bytes()).result {
        Err(Fault::Diverged { line: found, .. }) => assert_eq!(found, line + 1),
        other => panic!("line {line}: {other:?}"),
    }
    let Changed { text, .. } = changed(trace, |fields| {
        (fields[0] == "make").then(|| "make small 0\n".into())
    });
    let result = replay(text.as_bytes()).result;
    assert!(matches!(result, Err(Fault::Diverged { .. })), "{result:?}");
}

pub fn an_implicit_trace_need_not_name_its_arrays_and_names_none_later() {
    let trace = implicit_with_a_hint();
    let Changed { text, .. } = changed(trace.as_bytes(), |fields| {
        (fields[0] == "A").then(String::new)
    });
    assert_eq!(replay(text.as_bytes()).result, Ok(210));
    let Changed { text, line } = changed(trace.as_bytes(), |fields| {
        (fields[0] == "G").then(|| format!("A 5 37\n{}\n", fields.join(" ")))
    });
    match replay(text.as_bytes()).result {
        Err(Fault::Malformed { line: found, .. }) => assert_eq!(found, line),
        other => panic!("line {line}: {other:?}"),
    }
}
