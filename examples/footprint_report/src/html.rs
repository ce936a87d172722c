//! Pieces of the page: headings, tables, numbers as a reader likes them.

use std::fmt::Display;

pub fn heading(name: &str) -> String {
    format!("<h2 id='{}'>{}</h2>", anchor(name), escaped(name))
}

/// What a link to a heading has: letters and digits.
pub fn anchor(name: &str) -> String {
    let words = name.split(|char: char| !char.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// A chart, which is pushed aside where the page is narrow: its words stay large enough.
pub fn wide(svg: String) -> String {
    format!("<div>{svg}</div>")
}

/// A table of HTML, row by row.
pub struct Table(String);

impl Table {
    pub fn new(heads: &[&str]) -> Self {
        let heads: String = heads.iter().map(|head| format!("<th>{head}")).collect();
        Self(format!("<tr>{heads}"))
    }

    pub fn row(&mut self, columns: &[String]) {
        self.0 += "<tr>";
        self.0
            .extend(columns.iter().map(|column| format!("<td>{column}")));
    }

    pub fn text(&self) -> String {
        format!("<div><table>{}</table></div>\n", self.0)
    }

    /// Shown when the reader asks for it.
    pub fn folded(&self, name: &str) -> String {
        format!(
            "<details><summary>{name}</summary>{}</details>",
            self.text()
        )
    }
}

pub fn ratio(ours: usize, his: usize) -> f64 {
    ours as f64 / his as f64
}

/// A ratio of what should be small.
pub fn less(ratio: f64) -> String {
    marked(ratio, ratio < 1.0)
}

/// A ratio of what should be large.
pub fn more(ratio: f64) -> String {
    marked(ratio, ratio > 1.0)
}

fn marked(ratio: f64, better: bool) -> String {
    let class = if better { "ours" } else { "theirs" };
    format!("<b class={class}>{ratio:.2}</b>")
}

pub fn decimals(bytes: f64) -> String {
    if bytes < 1000.0 {
        format!("{bytes:.1}")
    } else {
        grouped(bytes.round())
    }
}

/// With a comma at every thousand.
pub fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub fn escaped(pair: &str) -> String {
    pair.replace('&', "&amp;").replace("->", "→")
}
