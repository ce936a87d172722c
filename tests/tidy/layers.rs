//! Which way arrows between files may point: down, and never round in a circle.

use crate::house::Arrow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The layers from below, each with its modules. A folder stands for all that is in it.
pub type Layers<'a> = [&'a [&'a str]];

/// The number of the layer of a module, or of the nearest folder that it is in.
pub fn layer(layers: &Layers<'_>, module: &str) -> Option<usize> {
    let of = |name| layers.iter().position(|layer| layer.contains(&name));
    of(module).or_else(|| {
        let (folder, _) = module.rsplit_once('/')?;
        layer(layers, folder)
    })
}

/// The arrows that lead to a higher layer, or to none.
pub fn upward(layers: &Layers<'_>, arrows: &BTreeSet<Arrow>) -> Vec<String> {
    let is_upward = |arrow: &&Arrow| {
        let [from, to] = [&arrow.from, &arrow.to].map(|end| layer(layers, &end.name));
        to.is_none() || to > from
    };
    let upward = arrows.iter().filter(is_upward);
    upward.map(ToString::to_string).collect()
}

/// For each file the files that it needs, and why.
type Graph<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Arrow>>>;

/// The shortest circle through every arrow that is part of one; the shortest first.
pub fn circles(arrows: &BTreeSet<Arrow>, is_inside: impl Fn(&str) -> bool) -> Vec<String> {
    let mut graph = Graph::new();
    for arrow in arrows {
        let (from, to) = (arrow.from.name.as_str(), arrow.to.name.as_str());
        if from != to && is_inside(from) && is_inside(to) {
            let needed = graph.entry(from).or_default();
            needed.entry(to).or_default().push(arrow);
        }
    }
    let mut found = BTreeSet::new();
    for (from, needed) in &graph {
        for to in needed.keys() {
            if let Some(mut circle) = way(&graph, to, from) {
                // The same circle is found from each of its files.
                let least = (0..circle.len()).min_by_key(|at| circle[*at]);
                circle.rotate_left(least.unwrap_or(0));
                found.insert((circle.len(), circle));
            }
        }
    }
    let circles = found.iter().map(|(_, circle)| report(&graph, circle));
    circles.collect()
}

/// The files on the shortest way from one to another, both included.
fn way<'a>(graph: &Graph<'a>, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
    let mut came_from: BTreeMap<&str, Option<&str>> = BTreeMap::from([(from, None)]);
    let mut next = VecDeque::from([from]);
    while let Some(at) = next.pop_front() {
        if at == to {
            let mut way = vec![to];
            while let Some(before) = way.last().and_then(|last| came_from[last]) {
                way.push(before);
            }
            way.reverse();
            return Some(way);
        }
        for &needed in graph.get(at).into_iter().flat_map(BTreeMap::keys) {
            came_from.entry(needed).or_insert_with(|| {
                next.push_back(needed);
                Some(at)
            });
        }
    }
    None
}

/// One reason for each arrow of a circle, a call where there is one, and how many more.
fn report(graph: &Graph<'_>, circle: &[&str]) -> String {
    let next = circle.iter().skip(1).chain(circle.first());
    let arrows = circle.iter().zip(next).map(|(from, to)| {
        let why = &graph[from][to];
        let call = why.iter().find(|arrow| arrow.caller.is_some());
        let shown = call.unwrap_or(&why[0]);
        match why.len() - 1 {
            0 => shown.to_string(),
            more => format!("{shown} (and {more} more)"),
        }
    });
    arrows.collect::<Vec<_>>().join("; ")
}
