//! What maps may take at most. Whoever makes them smaller lowers these numbers.

use std::fmt;

use anyhow::{Context, Result};

use super::images::{Image, Level, Maps, Series, Sizes, Surface};
use super::thousands;
use crate::target::{THUMBV7M, Target, X86_64};

/// What a figure may be at most.
pub struct Limit {
    pub figure: Figure,
    most: f64,
}

/// A number that is looked at.
pub enum Figure {
    /// Bytes that the maps of an image take.
    Bytes(Image),
    /// Bytes that each map after the first takes.
    EachFurther(Series),
    /// Bytes that the maps of an image take, by those that hashbrown's take there.
    OfHashbrowns(Image),
}

pub static LIMITS: [Limit; 8] = [
    // One map that is used for little: with one copy of everything there is nothing to share.
    // Without the feature some 900 bytes of it are for maps that are nearly empty.
    bytes(hmap(&X86_64, Level::S, Surface::Basic).with(1), 6_035.0),
    bytes(small(&X86_64, Level::S, Surface::Basic).with(1), 5_060.0),
    // What one more map adds where the slow paths are shared.
    each_further(small(&X86_64, Level::S, Surface::Basic), 800.0),
    each_further(small(&X86_64, Level::S, Surface::Full), 1_390.0),
    // Programs with many maps, used for much: from five on they are smaller than hashbrown's.
    of_hashbrowns(small(&X86_64, Level::S, Surface::Full).with(5), 0.98),
    of_hashbrowns(small(&X86_64, Level::S, Surface::Full).with(10), 0.68),
    of_hashbrowns(small(&X86_64, Level::Z, Surface::Full).with(10), 1.05),
    // A small firmware.
    of_hashbrowns(small(&THUMBV7M, Level::S, Surface::Firmware).with(3), 1.24),
];

const fn hmap(target: &'static Target, level: Level, surface: Surface) -> Series {
    Series {
        maps: Maps::Hmap,
        surface,
        target,
        level,
    }
}

const fn small(target: &'static Target, level: Level, surface: Surface) -> Series {
    Series {
        maps: Maps::SmallHmap,
        ..hmap(target, level, surface)
    }
}

const fn bytes(image: Image, most: f64) -> Limit {
    let figure = Figure::Bytes(image);
    Limit { figure, most }
}

const fn each_further(series: Series, most: f64) -> Limit {
    let figure = Figure::EachFurther(series);
    Limit { figure, most }
}

const fn of_hashbrowns(image: Image, most: f64) -> Limit {
    let figure = Figure::OfHashbrowns(image);
    Limit { figure, most }
}

/// What has become of a limit.
pub struct Judged {
    pub holds: bool,
    /// The figure, and what it may be.
    pub what: String,
}

impl Limit {
    pub fn judge(&self, sizes: &Sizes) -> Result<Judged> {
        let Self { figure, most } = self;
        let value = figure
            .value(sizes)
            .with_context(|| format!("not built: {figure}"))?;
        let [is, may_be] = [value, *most].map(|value| figure.written(value));
        Ok(Judged {
            holds: value <= *most,
            what: format!("{figure}: {is}, and the limit is {may_be}"),
        })
    }
}

impl Figure {
    /// What has to be built for it.
    pub fn images(&self) -> Vec<Image> {
        match *self {
            Self::Bytes(image) => vec![image],
            Self::EachFurther(series) => vec![series.with(1), series.with(10)],
            Self::OfHashbrowns(image) => vec![image, image.of(Maps::Hashbrown)],
        }
    }

    fn value(&self, sizes: &Sizes) -> Option<f64> {
        Some(match *self {
            Self::Bytes(image) => sizes.of_maps(image)? as f64,
            Self::EachFurther(series) => sizes.of_each_further(series)? as f64,
            Self::OfHashbrowns(image) => {
                let theirs = sizes.of_maps(image.of(Maps::Hashbrown))?;
                sizes.of_maps(image)? as f64 / theirs as f64
            }
        })
    }

    fn written(&self, value: f64) -> String {
        match self {
            Self::OfHashbrowns(_) => format!("{value:.3}"),
            _ => thousands(value as u64),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(image) => write!(f, "bytes of {image}"),
            Self::EachFurther(series) => write!(f, "bytes of each further map of {series}"),
            Self::OfHashbrowns(image) => write!(f, "bytes by hashbrown's of {image}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_says_whether_it_is_broken_and_by_what() {
        let image = small(&X86_64, Level::S, Surface::Basic).with(1);
        let sizes = |small: u64| {
            let maps = [(Maps::None, 500), (Maps::Hashbrown, 2500)];
            let maps = maps.into_iter().chain([(Maps::SmallHmap, small)]);
            Sizes::measured(maps.map(|(maps, size)| (image.of(maps), size)))
        };
        let limit = bytes(image, 4_700.0);
        assert!(limit.judge(&sizes(5200)).unwrap().holds);
        let broken = limit.judge(&sizes(5201)).unwrap();
        assert!(!broken.holds);
        assert_eq!(
            broken.what,
            "bytes of x86_64-unknown-none at s, hmap small-code, basic, 1 map: \
             4,701, and the limit is 4,700"
        );
        let limit = of_hashbrowns(image, 1.0);
        assert!(limit.judge(&sizes(2500)).unwrap().holds);
        let broken = limit.judge(&sizes(3000)).unwrap();
        assert!(!broken.holds);
        assert!(broken.what.ends_with(": 1.250, and the limit is 1.000"));
        // Of images that were not built nothing is said to hold.
        let limit = each_further(image.series, 1.0);
        assert!(limit.judge(&sizes(3000)).is_err());
    }
}
