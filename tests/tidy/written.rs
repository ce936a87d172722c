//! What a file defines, imports, names and calls, as it is written there; its unit tests
//! are left out. Where all of it leads is for `house` to find out.

use crate::source::{Source, is_for_tests, line};
use proc_macro2::{Span, TokenStream};
use std::collections::BTreeSet;
use std::mem;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// `a::b::c`, without what is in angle brackets.
pub type Path = Vec<String>;

#[derive(Default)]
pub struct Written {
    /// Types and traits.
    pub types: BTreeSet<String>,
    pub functions: Vec<Function>,
    /// Names and what they stand for in this file. `*` is all that a module has.
    pub imports: Vec<(String, Path)>,
    /// Paths with their lines, those of the imports too.
    pub paths: Vec<(usize, Path)>,
    pub calls: Vec<Call>,
}

pub struct Function {
    pub name: String,
    /// The type or trait that it is a method of. Empty where that has no name.
    pub owner: Option<Path>,
    /// It is of a trait, or of what a type does for a trait.
    pub is_of_trait: bool,
}

pub struct Call {
    pub line: usize,
    /// The function that calls.
    pub caller: String,
    pub callee: Callee,
}

/// What is called. A function that is handed on by its name counts as called.
pub enum Callee {
    /// A function by its path. `self.name()` is here too, as a path from the type.
    At(Path),
    /// A method of something whose type is not looked for.
    OfSomething(String),
}

impl Written {
    pub fn of(source: &Source) -> Self {
        let mut reader = Reader::default();
        reader.visit_file(&source.file);
        reader.written
    }
}

fn names(path: &syn::Path) -> Path {
    let names = path.segments.iter().map(|name| name.ident.to_string());
    names.collect()
}

/// The path of a type, or of what it refers to. Empty where there is none.
fn names_of_type(of: &syn::Type) -> Path {
    match of {
        syn::Type::Path(path) if path.qself.is_none() => names(&path.path),
        syn::Type::Reference(reference) => names_of_type(&reference.elem),
        syn::Type::Group(group) => names_of_type(&group.elem),
        syn::Type::Paren(paren) => names_of_type(&paren.elem),
        _ => Path::new(),
    }
}

/// Whether this is `self`, also where it is borrowed or followed.
fn is_self(receiver: &syn::Expr) -> bool {
    match receiver {
        syn::Expr::Path(path) => path.path.is_ident("self"),
        syn::Expr::Paren(paren) => is_self(&paren.expr),
        syn::Expr::Reference(reference) => is_self(&reference.expr),
        syn::Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)) && is_self(&unary.expr),
        _ => false,
    }
}

/// The expressions that a macro is given, up to the first that is none.
fn expressions(tokens: TokenStream) -> Vec<syn::Expr> {
    let all_there_are = |input: ParseStream| {
        let mut found = Vec::new();
        while let Ok(expression) = input.parse() {
            found.push(expression);
            if input.parse::<syn::Token![,]>().is_err() {
                break;
            }
        }
        input.parse::<TokenStream>()?;
        Ok(found)
    };
    all_there_are.parse2(tokens).unwrap_or_default()
}

#[derive(Default)]
struct Reader {
    written: Written,
    /// The type or trait whose methods are read, and whether they are a trait's.
    owner: Option<(Path, bool)>,
    /// The function that is read; empty outside of all.
    caller: String,
    /// How many modules deep within the file.
    depth: usize,
}

impl Reader {
    /// A path as the file itself would write it. A module within a file is not told from
    /// the file, so its `super` is the file.
    fn as_in_file(&self, mut path: Path) -> Path {
        let up = path.iter().take_while(|name| *name == "super").count();
        let within = up.min(self.depth);
        if within > 0 {
            path.splice(..within, ["self".to_owned()]);
            // What goes up further begins with `super` again.
            if up > within {
                path.remove(0);
            }
        }
        path
    }

    fn import(&mut self, name: &str, span: Span, path: Path) {
        let mut path = self.as_in_file(path);
        self.written.paths.push((line(span), path.clone()));
        let mut name = name.to_owned();
        if name == "self" {
            // `use module::{self}`
            path.pop();
            name = path.last().cloned().unwrap_or_default();
        }
        self.written.imports.push((name, path));
    }

    fn import_tree(&mut self, tree: &syn::UseTree, mut so_far: Path) {
        match tree {
            syn::UseTree::Path(path) => {
                so_far.push(path.ident.to_string());
                self.import_tree(&path.tree, so_far);
            }
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.import_tree(tree, so_far.clone());
                }
            }
            syn::UseTree::Name(name) => {
                so_far.push(name.ident.to_string());
                self.import(&name.ident.to_string(), name.span(), so_far);
            }
            syn::UseTree::Rename(name) => {
                so_far.push(name.ident.to_string());
                self.import(&name.rename.to_string(), name.span(), so_far);
            }
            syn::UseTree::Glob(glob) => self.import("*", glob.span(), so_far),
        }
    }

    fn defines(&mut self, signature: &syn::Signature, owner: Option<(Path, bool)>) {
        let (owner, is_of_trait) = owner.unzip();
        self.written.functions.push(Function {
            name: signature.ident.to_string(),
            owner,
            is_of_trait: is_of_trait == Some(true),
        });
    }

    fn calls(&mut self, span: Span, callee: Callee) {
        let caller = match self.caller.as_str() {
            "" => "(no function)",
            caller => caller,
        };
        self.written.calls.push(Call {
            line: line(span),
            caller: caller.into(),
            callee,
        });
    }

    /// A call of something that is named by a path, `Self` as the type that it is.
    fn calls_path(&mut self, span: Span, path: Path) {
        let mut path = self.as_in_file(path);
        if path.first().is_some_and(|first| first == "Self") {
            let own = self.owner.as_ref().map(|(own, _)| own.clone());
            path.splice(..1, own.unwrap_or_default());
            if path.len() == 1 {
                // The type has no name.
                return self.calls(span, Callee::OfSomething(path.remove(0)));
            }
        }
        self.calls(span, Callee::At(path));
    }

    /// Reads on with another owner, as another function, and returns.
    fn within(
        &mut self,
        owner: Option<(Path, bool)>,
        caller: Option<&syn::Ident>,
        read: impl FnOnce(&mut Self),
    ) {
        let owner = mem::replace(&mut self.owner, owner);
        let inner = caller.map_or_else(|| self.caller.clone(), ToString::to_string);
        let caller = mem::replace(&mut self.caller, inner);
        read(self);
        (self.owner, self.caller) = (owner, caller);
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}

    fn visit_item_use(&mut self, item: &'a syn::ItemUse) {
        if !is_for_tests(&item.attrs) {
            self.import_tree(&item.tree, Path::new());
        }
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if item.content.is_some() && !is_for_tests(&item.attrs) {
            let here = (item.ident.to_string(), vec!["self".into()]);
            self.written.imports.push(here);
            self.depth += 1;
            visit::visit_item_mod(self, item);
            self.depth -= 1;
        }
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.written.types.insert(item.ident.to_string());
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.written.types.insert(item.ident.to_string());
        visit::visit_item_enum(self, item);
    }

    fn visit_item_union(&mut self, item: &'a syn::ItemUnion) {
        self.written.types.insert(item.ident.to_string());
        visit::visit_item_union(self, item);
    }

    fn visit_item_type(&mut self, item: &'a syn::ItemType) {
        // An alias is another name, as an import is.
        let path = self.as_in_file(names_of_type(&item.ty));
        self.written.imports.push((item.ident.to_string(), path));
        visit::visit_item_type(self, item);
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.written.types.insert(item.ident.to_string());
        let owner = (vec![item.ident.to_string()], true);
        self.within(Some(owner), None, |reader| {
            visit::visit_item_trait(reader, item);
        });
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        if is_for_tests(&item.attrs) {
            return;
        }
        let own = self.as_in_file(names_of_type(&item.self_ty));
        let owner = (own, item.trait_.is_some());
        self.within(Some(owner), None, |reader| {
            visit::visit_item_impl(reader, item);
        });
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        if is_for_tests(&item.attrs) {
            return;
        }
        self.defines(&item.sig, None);
        self.within(None, Some(&item.sig.ident), |reader| {
            visit::visit_item_fn(reader, item);
        });
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        if is_for_tests(&item.attrs) {
            return;
        }
        self.defines(&item.sig, self.owner.clone());
        self.within(self.owner.clone(), Some(&item.sig.ident), |reader| {
            visit::visit_impl_item_fn(reader, item);
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        self.defines(&item.sig, self.owner.clone());
        self.within(self.owner.clone(), Some(&item.sig.ident), |reader| {
            visit::visit_trait_item_fn(reader, item);
        });
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let as_in_file = self.as_in_file(names(path));
        self.written.paths.push((line(path.span()), as_in_file));
        visit::visit_path(self, path);
    }

    fn visit_expr_path(&mut self, expression: &'a syn::ExprPath) {
        let mut path = names(&expression.path);
        // `<Type<..>>::name`, but not what a type does for a trait.
        if let Some(of) = expression.qself.as_ref().filter(|of| of.position == 0) {
            path.splice(..0, names_of_type(&of.ty));
        }
        self.calls_path(expression.span(), path);
        visit::visit_expr_path(self, expression);
    }

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        let name = call.method.to_string();
        if is_self(&call.receiver) {
            self.calls_path(call.method.span(), vec!["Self".into(), name]);
        } else {
            self.calls(call.method.span(), Callee::OfSomething(name));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_item_macro(&mut self, item: &'a syn::ItemMacro) {
        // The arms of `macro_rules` are no expressions.
        if item.ident.is_none() {
            visit::visit_item_macro(self, item);
        }
    }

    fn visit_macro(&mut self, call: &'a syn::Macro) {
        for expression in expressions(call.tokens.clone()) {
            self.visit_expr(&expression);
        }
    }
}
