//! Cutting pieces out of Rust files that `rustfmt` has laid out: an item ends at the
//! line that closes it at the indentation it began with.

/// Without the items of these names: a function, its attributes and its comment.
///
/// # Errors
/// With the names that are not there, so that a list of exceptions cannot go stale.
pub fn without_functions(text: &str, names: &[&str]) -> Result<String, String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut missing = Vec::new();
    for name in names {
        match function(&lines, name) {
            Some((start, end)) => drop(lines.drain(start..=end)),
            None => missing.push(*name),
        }
    }
    if missing.is_empty() {
        Ok(lines.join("\n") + "\n")
    } else {
        Err(format!("there is no {}", missing.join(", no ")))
    }
}

/// The first and the last line of a function.
fn function(lines: &[&str], name: &str) -> Option<(usize, usize)> {
    let begins = |line: &&str| {
        let rest = line.trim_start().strip_prefix("fn ");
        let rest = rest.and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with(['(', '<']))
    };
    let found = lines.iter().position(begins)?;
    let is_above = |line: &&&str| {
        let line = line.trim_start();
        line.starts_with("#[") || line.starts_with("///")
    };
    let above = lines[..found].iter().rev().take_while(is_above).count();
    Some((found - above, end(lines, found)?))
}

/// The module of this name, from the line `mod name {` to the brace that closes it.
pub fn module(text: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let head = format!("mod {name} {{");
    let start = lines.iter().position(|line| line.trim_start() == head)?;
    let end = end(&lines, start)?;
    Some(lines[start..=end].join("\n") + "\n")
}

/// The line that closes the item which begins at `start`.
fn end(lines: &[&str], start: usize) -> Option<usize> {
    let indent = lines[start].len() - lines[start].trim_start().len();
    let closes = |line: &&str| line.len() == indent + 1 && line.ends_with('}');
    let after = lines[start..].iter().position(closes)?;
    Some(start + after)
}

/// A documented item that has an example.
#[derive(Clone)]
pub struct Example<'a> {
    /// What it is called after: the item, and the number of its comment's first line.
    pub name: String,
    /// The comment.
    pub lines: Vec<&'a str>,
}

/// All comments of a file that have an example in them.
pub fn examples<'a>(text: &'a str, prefix: &str) -> Vec<Example<'a>> {
    let mut found = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("///") {
            comment.push(line);
        } else if !comment.is_empty() && !line.starts_with("#[") {
            let lines = std::mem::take(&mut comment);
            if lines.iter().any(|line| line.contains("```")) {
                let name = format!("{prefix}_{}_at_{}", item(line), number + 1);
                found.push(Example { name, lines });
            }
        }
    }
    found
}

/// What the line that follows a comment declares.
fn item(line: &str) -> &str {
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    let mut words = words.filter(|word| !word.is_empty());
    let keyword = words.find(|word| matches!(*word, "fn" | "struct" | "enum" | "type"));
    keyword.and_then(|_| words.next()).unwrap_or("variant")
}
