//! The project's source files, parsed: what a file uses, how long its functions are.

use proc_macro2::Span;
use std::fs;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use walkdir::WalkDir;

/// What the project is written in; not what was built from it or fetched.
const FOLDERS: [&str; 4] = ["src", "tests", "examples", "qemu"];
const NOT_THE_PROJECTS: [&str; 2] = ["target", "artifacts"];

pub struct Source {
    /// From the project's folder on.
    pub path: String,
    pub text: String,
    pub file: syn::File,
}

pub struct Function {
    pub name: String,
    pub at: usize,
    pub lines: usize,
    pub is_public: bool,
}

/// All of the project's Rust files.
pub fn sources() -> impl Iterator<Item = Source> {
    let files = FOLDERS.into_iter().flat_map(|folder| {
        WalkDir::new(folder)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| {
                let name = entry.file_name().to_string_lossy();
                !NOT_THE_PROJECTS.contains(&name.as_ref())
            })
    });
    files
        .map(|entry| entry.expect("a file").path().display().to_string())
        .filter(|path| path.ends_with(".rs"))
        .map(|path| Source::new(&path, fs::read_to_string(&path).expect("a text")))
}

impl Source {
    pub fn new(path: &str, text: String) -> Self {
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let path = path.into();
        Self { path, text, file }
    }

    /// `go/grow` for `src/go/grow.rs`, and `go` for `src/go.rs` and `src/go/mod.rs`.
    pub fn module(&self) -> &str {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let path = path.strip_suffix(".rs").unwrap_or(path);
        path.strip_suffix("/mod").unwrap_or(path)
    }

    /// Where the file adds to a pointer, subtracts from one, or makes one of something.
    pub fn pointer_arithmetic(&self) -> Vec<String> {
        let mut found = Arithmetic::default();
        found.visit_file(&self.file);
        let at = |(line, what): (usize, String)| format!("{}:{line}: {what}", self.path);
        found.0.into_iter().map(at).collect()
    }

    pub fn functions(&self) -> impl Iterator<Item = Function> {
        let mut functions = Functions::default();
        functions.visit_file(&self.file);
        functions.0.into_iter()
    }

    pub fn lines_with<'a>(&'a self, word: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        let lines = (1..).zip(self.text.lines());
        lines.filter(move |(_, line)| line.contains(word))
    }

    /// Comments that are statements when their slashes are taken away.
    pub fn commented_out_code(&self) -> Vec<String> {
        let comments = self.lines_with("//").filter_map(|(line, text)| {
            let text = text.trim_start().strip_prefix("// ")?;
            let is_code = text.ends_with([';', '}']) && syn::parse_str::<syn::Stmt>(text).is_ok();
            is_code.then(|| format!("{}:{line}: {text}", self.path))
        });
        comments.collect()
    }
}

pub fn line(span: Span) -> usize {
    span.start().line
}

pub fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|what| what == "test")
    })
}

/// Methods of pointers, and casts to them.
#[derive(Default)]
struct Arithmetic(Vec<(usize, String)>);

impl<'a> Visit<'a> for Arithmetic {
    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        const OF_POINTERS: [&str; 7] = [
            "add",
            "sub",
            "offset",
            "byte_add",
            "byte_sub",
            "byte_offset",
            "offset_from",
        ];
        let name = call.method.to_string();
        // `add` of other things takes more.
        if OF_POINTERS.contains(&name.as_str()) && call.args.len() == 1 {
            self.0.push((line(call.method.span()), name));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_cast(&mut self, cast: &'a syn::ExprCast) {
        if let syn::Type::Ptr(_) = *cast.ty {
            self.0.push((line(cast.span()), "as a pointer".into()));
        }
        visit::visit_expr_cast(self, cast);
    }
}

#[derive(Default)]
struct Functions(Vec<Function>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block, is_public: bool) {
        let at = line(signature.span());
        self.0.push(Function {
            name: signature.ident.to_string(),
            at,
            lines: block.span().end().line - at + 1,
            is_public,
        });
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.add(
            &item.sig,
            &item.block,
            matches!(item.vis, syn::Visibility::Public(_)),
        );
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.add(&item.sig, &item.block, false);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block, false);
        }
        visit::visit_trait_item_fn(self, item);
    }
}
