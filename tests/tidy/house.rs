//! All files of the library together: which of them a path leads to, and a call.
//!
//! It knows what a path, an import and a type's methods lead to, as the compiler does, but
//! not the types of expressions. The method of something other than `self` is found by its
//! name, where only one file has a method of that name and the standard library has none.
//! Calls that lead nowhere are left out, so that what is reported is true. What the arms
//! of `macro_rules` hold is not seen.

use crate::source::Source;
use crate::written::{Call, Callee, Function, Path, Written};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Through how many imports a name is followed.
const FAR: usize = 8;

/// Methods that anything may have.
#[rustfmt::skip]
const OF_STD: &[&str] = &[
    "add", "all", "allocate", "and", "and_then", "any", "as_bytes", "as_deref", "as_mut",
    "as_ptr", "as_ref", "as_slice", "as_str", "borrow", "borrow_mut", "by_ref", "cast",
    "chain", "checked_add", "checked_mul", "checked_sub", "chunks", "clear", "clone", "cloned",
    "cmp", "collect", "contains", "contains_key", "copied", "count", "cycle", "deallocate",
    "deref", "deref_mut", "difference", "drain", "drop", "drop_in_place", "end",
    "entry", "enumerate", "eq", "err", "expect", "extend", "extract_if", "filter",
    "filter_map", "find", "find_map", "finish", "first", "flat_map", "flatten", "flush",
    "fmt", "fold", "for_each", "from", "fuse", "get", "get_mut", "get_or_insert_with",
    "hash", "hash_one", "insert", "inspect", "into", "into_inner", "into_iter", "into_keys",
    "into_values", "is_empty", "is_err", "is_none", "is_none_or", "is_null", "is_ok",
    "is_power_of_two", "is_some", "is_some_and", "iter", "iter_mut", "join", "keys", "last",
    "leading_zeros", "len", "load", "lock", "map", "map_err", "map_or", "map_or_else",
    "max", "merge", "min", "mul", "ne", "next", "next_back", "nth", "offset", "ok",
    "ok_or", "ok_or_else", "or", "or_else", "or_insert", "or_insert_with", "parse", "partial_cmp",
    "peek", "pop", "position", "pow", "product", "push", "read", "remove", "repeat",
    "replace", "reserve", "resize", "retain", "rev", "rotate_left", "rotate_right",
    "saturating_add", "saturating_sub", "set", "shrink_to", "shrink_to_fit", "size",
    "size_hint", "skip", "sort", "split", "split_at", "start", "starts_with", "step_by",
    "store", "sub", "sum", "swap", "take", "take_if", "then", "then_some", "to_owned",
    "to_string", "trailing_zeros", "truncate", "try_from", "try_insert", "try_into",
    "try_reserve", "union", "unwrap", "unwrap_or", "unwrap_or_default", "unwrap_or_else",
    "values", "values_mut", "windows", "with", "wrapping_add", "wrapping_mul",
    "wrapping_sub", "write", "write_bytes", "write_str", "zip",
];

pub struct House(BTreeMap<String, File>);

struct File {
    path: String,
    written: Written,
}

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Module(String),
    Type(String, String),
}

/// A file uses another, or calls it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    pub from: Module,
    pub line: usize,
    /// The function that calls; none where a name is used.
    pub caller: Option<String>,
    pub to: Module,
    pub name: String,
}

/// A module that has a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Module {
    pub name: String,
    path: String,
}

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let caller = self.caller.as_deref().unwrap_or("use");
        let (from, to) = (&self.from.path, &self.to.path);
        write!(f, "{from}:{} {caller} -> {to} {}", self.line, self.name)
    }
}

/// The module that this one is in.
fn parent(module: &str) -> &str {
    module.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn child(module: &str, name: &str) -> String {
    let parts = [module, name];
    parts[usize::from(module.is_empty())..].join("/")
}

impl House {
    pub fn of(sources: impl Iterator<Item = Source>) -> Self {
        let files = sources.map(|source| {
            let written = Written::of(&source);
            (
                source.module().to_owned(),
                File {
                    written,
                    path: source.path,
                },
            )
        });
        Self(files.collect())
    }

    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// What files use of other files. What has no file leads to a module `crate::Name`.
    pub fn uses(&self) -> BTreeSet<Arrow> {
        let mut arrows = BTreeSet::new();
        for (from, file) in &self.0 {
            for (line, path) in &file.written.paths {
                if let Some((to, name)) = self.module_of(from, path)
                    && to != *from
                {
                    arrows.insert(self.arrow(from, *line, None, &to, name));
                }
            }
        }
        arrows
    }

    /// The calls from one file to another.
    pub fn calls(&self) -> BTreeSet<Arrow> {
        let methods = Methods::of(self);
        let mut arrows = BTreeSet::new();
        for (from, file) in &self.0 {
            for call in &file.written.calls {
                for (to, function) in methods.called(from, call) {
                    if to != from {
                        let caller = Some(call.caller.clone());
                        let name = function.name.clone();
                        arrows.insert(self.arrow(from, call.line, caller, to, name));
                    }
                }
            }
        }
        arrows
    }

    fn arrow(
        &self,
        from: &str,
        line: usize,
        caller: Option<String>,
        to: &str,
        name: String,
    ) -> Arrow {
        let module = |name: &str| {
            let path = self.0.get(name).map_or(name, |file| &file.path);
            Module {
                name: name.into(),
                path: path.into(),
            }
        };
        Arrow {
            from: module(from),
            line,
            caller,
            to: module(to),
            name,
        }
    }

    /// The file that a path within the crate leads into, and the rest of the path.
    fn module_of(&self, module: &str, path: &[String]) -> Option<(String, String)> {
        let (first, _) = path.split_first()?;
        let is_own = || path.len() > 1 && self.0.contains_key(&child(module, first));
        if !["crate", "super", "self"].contains(&first.as_str()) && !is_own() {
            return None;
        }
        let mut at = module.to_owned();
        let mut rest = Vec::new();
        for name in path {
            match name.as_str() {
                "crate" => at.clear(),
                "super" => at = parent(&at).into(),
                "self" => {}
                name => rest.push(name),
            }
        }
        let name = rest.first().copied().unwrap_or("*").to_owned();
        let mut found = self.0.contains_key(&at).then(|| (at.clone(), name.clone()));
        for (depth, name) in rest.iter().enumerate() {
            at = child(&at, name);
            if self.0.contains_key(&at) {
                let name = rest.get(depth + 1).copied().unwrap_or("*").to_owned();
                found = Some((at.clone(), name));
            }
        }
        found.or(Some((format!("crate::{name}"), name)))
    }

    /// Whether there is a module of this name, be it only one that holds others.
    fn is_module(&self, name: &str) -> bool {
        let within = format!("{name}/");
        let others = self.0.range(within.clone()..).next();
        self.0.contains_key(name) || others.is_some_and(|(other, _)| other.starts_with(&within))
    }

    /// What a path in this module leads to.
    fn place(&self, module: &str, path: &[String], far: usize) -> Option<Place> {
        let (first, rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Place::Module(String::new()),
            "super" => Place::Module(parent(module).into()),
            "self" => Place::Module(module.into()),
            name => self.named(module, name, far)?,
        };
        for name in rest {
            at = match at {
                Place::Module(module) if name == "super" => Place::Module(parent(&module).into()),
                Place::Module(module) => self.named(&module, name, far)?,
                Place::Type(..) => return None,
            };
        }
        Some(at)
    }

    /// What this name is in this module.
    fn named(&self, module: &str, name: &str, far: usize) -> Option<Place> {
        let far = far.checked_sub(1)?;
        let inner = child(module, name);
        if self.is_module(&inner) {
            return Some(Place::Module(inner));
        }
        let written = &self.0.get(module)?.written;
        if written.types.contains(name) {
            return Some(Place::Type(module.into(), name.into()));
        }
        let mut imports = written.imports.iter();
        imports.find_map(|(import, path)| match import.as_str() {
            "*" => match self.place(module, path, far)? {
                Place::Module(all_of) => self.named(&all_of, name, far),
                Place::Type(..) => None,
            },
            import if import == name => self.place(module, path, far),
            _ => None,
        })
    }

    /// The function that is no method and has this name in this module.
    fn free(&self, module: &str, name: &str, far: usize) -> Option<Found<'_>> {
        let far = far.checked_sub(1)?;
        let (module, file) = self.0.get_key_value(module)?;
        let mut own = file.written.functions.iter();
        let own = own.find(|function| function.owner.is_none() && function.name == name);
        if let Some(own) = own {
            return Some((module, own));
        }
        let mut imports = file.written.imports.iter();
        imports.find_map(|(import, path)| {
            let (path, name) = match path.split_last()? {
                _ if import == "*" => (path.as_slice(), name),
                (last, path) if import == name => (path, last.as_str()),
                _ => return None,
            };
            match self.place(module, path, far)? {
                Place::Module(of) => self.free(&of, name, far),
                Place::Type(..) => None,
            }
        })
    }
}

/// A function and the module that it is in.
type Found<'a> = (&'a String, &'a Function);

/// The methods of the library.
struct Methods<'a> {
    house: &'a House,
    by_type: BTreeMap<Place, Vec<Found<'a>>>,
    by_name: BTreeMap<&'a str, Vec<Found<'a>>>,
}

impl<'a> Methods<'a> {
    fn of(house: &'a House) -> Self {
        let (mut by_type, mut by_name) = (BTreeMap::new(), BTreeMap::new());
        for (module, file) in &house.0 {
            for function in &file.written.functions {
                let Some(owner) = &function.owner else {
                    continue;
                };
                let found = (module, function);
                if let Some(owner) = house.place(module, owner, FAR) {
                    let methods: &mut Vec<_> = by_type.entry(owner).or_default();
                    methods.push(found);
                }
                let namesakes: &mut Vec<_> = by_name.entry(function.name.as_str()).or_default();
                namesakes.push(found);
            }
        }
        Self {
            house,
            by_type,
            by_name,
        }
    }

    /// What a call leads to: the same function twice where features choose.
    fn called(&self, module: &str, call: &Call) -> Vec<Found<'a>> {
        match &call.callee {
            Callee::At(path) => self.at(module, path),
            Callee::OfSomething(name) => self.of_something(name),
        }
    }

    fn at(&self, module: &str, path: &Path) -> Vec<Found<'a>> {
        match path.split_last() {
            None => Vec::new(),
            Some((name, [])) => self.house.free(module, name, FAR).into_iter().collect(),
            Some((name, owner)) => match self.house.place(module, owner, FAR) {
                Some(Place::Module(of)) => self.house.free(&of, name, FAR).into_iter().collect(),
                Some(of) => self.of_type(&of, name),
                None => Vec::new(),
            },
        }
    }

    /// A type's own methods of this name, or else what it does for a trait, or else what a
    /// trait does for it. Of a trait it is left out where more files than one have it, like
    /// the `From` of several types.
    fn of_type(&self, of: &Place, name: &str) -> Vec<Found<'a>> {
        let methods = self.by_type.get(of).into_iter().flatten().copied();
        let (for_traits, own): (Vec<_>, Vec<_>) = methods
            .filter(|(_, function)| function.name == name)
            .partition(|(_, function)| function.is_of_trait);
        if !own.is_empty() {
            own
        } else if !for_traits.is_empty() {
            in_one_file(for_traits.into_iter())
        } else {
            let namesakes = self.namesakes(name);
            in_one_file(namesakes.filter(|(_, function)| function.is_of_trait))
        }
    }

    fn of_something(&self, name: &str) -> Vec<Found<'a>> {
        if OF_STD.contains(&name) {
            return Vec::new();
        }
        in_one_file(self.namesakes(name))
    }

    /// All methods of this name.
    fn namesakes(&self, name: &str) -> impl Iterator<Item = Found<'a>> {
        self.by_name.get(name).into_iter().flatten().copied()
    }
}

/// The first of these, if they are all in one file.
fn in_one_file<'a>(mut found: impl Iterator<Item = Found<'a>>) -> Vec<Found<'a>> {
    let Some(first) = found.next() else {
        return Vec::new();
    };
    let are_together = found.all(|(module, _)| module == first.0);
    are_together.then_some(first).into_iter().collect()
}
