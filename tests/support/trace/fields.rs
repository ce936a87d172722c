//! The lines of a trace, and their fields.

use super::Fault;
use alloc::format;
use core::fmt;
use core::str::Split;

/// The lines of a trace, comments left out.
pub struct Reader<'t> {
    rest: &'t [u8],
    line: usize,
}

impl<'t> Reader<'t> {
    pub fn new(trace: &'t [u8]) -> Self {
        Self {
            rest: trace,
            line: 0,
        }
    }

    /// The next line that is no comment; `None` behind the last one.
    pub fn next_line(&mut self) -> Result<Option<Fields<'t>>, Fault> {
        while !self.rest.is_empty() {
            self.line += 1;
            let Some(length) = self.rest.iter().position(|byte| *byte == b'\n') else {
                return Err(Fault::malformed(
                    self.line,
                    "the file ends in the middle of a line",
                ));
            };
            let (line, rest) = self.rest.split_at(length);
            self.rest = rest.get(1..).unwrap_or_default();
            let text = core::str::from_utf8(line)
                .map_err(|_| Fault::malformed(self.line, "bytes that are not UTF-8"))?;
            if !text.starts_with('#') {
                return Ok(Some(Fields::new(self.line, text)));
            }
        }
        Ok(None)
    }

    /// The next line of the header, which has to begin with `keyword`.
    pub fn header_line(&mut self, keyword: &str) -> Result<Fields<'t>, Fault> {
        let fields = self.next_line()?.ok_or_else(|| self.ended(keyword))?;
        if fields.keyword == keyword {
            Ok(fields)
        } else {
            Err(fields.fault(format!("`{}` where `{keyword}` belongs", fields.keyword)))
        }
    }

    /// Nothing may follow.
    pub fn must_end(&self) -> Result<(), Fault> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(Fault::malformed(self.line + 1, "lines behind `end`"))
        }
    }

    pub fn ended(&self, keyword: &str) -> Fault {
        let what = format!("the file ends before the line `{keyword}`");
        Fault::malformed(self.line + 1, what)
    }
}

/// The fields of one line.
pub struct Fields<'t> {
    pub line: usize,
    pub keyword: &'t str,
    rest: Split<'t, char>,
}

impl<'t> Fields<'t> {
    pub fn new(line: usize, text: &'t str) -> Self {
        let mut rest = text.split(' ');
        let keyword = rest.next().unwrap_or_default();
        Self {
            line,
            keyword,
            rest,
        }
    }

    pub fn fault(&self, what: impl fmt::Display) -> Fault {
        Fault::malformed(self.line, what)
    }

    /// What is left must be nothing.
    pub fn done(&mut self) -> Result<(), Fault> {
        match self.rest.next() {
            None => Ok(()),
            Some(field) => Err(self.fault(format!("`{field}` is one field too many"))),
        }
    }

    pub fn text(&mut self, what: &str) -> Result<&'t str, Fault> {
        match self.rest.next() {
            Some(field) if !field.is_empty() => Ok(field),
            Some(_) => Err(self.fault(format!("{what} is empty"))),
            None => Err(self.fault(format!("{what} is missing"))),
        }
    }

    pub fn number<T: TryFrom<u64>>(&mut self, what: &str) -> Result<T, Fault> {
        let field = self.text(what)?;
        self.parse(field, what)
    }

    /// A decimal number that fits.
    pub fn parse<T: TryFrom<u64>>(&self, field: &str, what: &str) -> Result<T, Fault> {
        let digits = field.bytes().all(|byte| byte.is_ascii_digit());
        let number = field.parse::<u64>().ok().filter(|_| digits);
        number
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| self.fault(format!("{what}: `{field}` is no such number")))
    }

    /// A number, or nothing for `-` or `*`.
    pub fn optional(&mut self, what: &str, none: &str) -> Result<Option<u64>, Fault> {
        let field = self.text(what)?;
        if field == none {
            return Ok(None);
        }
        self.parse(field, what).map(Some)
    }

    pub fn one_of<T: Copy>(&mut self, what: &str, choices: &[(&str, T)]) -> Result<T, Fault> {
        let field = self.text(what)?;
        choices
            .iter()
            .find(|(name, _)| *name == field)
            .map(|(_, value)| *value)
            .ok_or_else(|| self.fault(format!("{what} cannot be `{field}`")))
    }

    pub fn flag(&mut self, what: &str) -> Result<bool, Fault> {
        self.one_of(what, &[("0", false), ("1", true)])
    }

    /// Exactly so many hexadecimal digits.
    pub fn hex(&mut self, digits: usize, what: &str) -> Result<u64, Fault> {
        let field = self.text(what)?;
        let lower = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if field.len() != digits || !field.bytes().all(lower) {
            return Err(self.fault(format!(
                "{what}: `{field}` is not of {digits} hexadecimal digits"
            )));
        }
        u64::from_str_radix(field, 16).map_err(|error| self.fault(error))
    }
}
