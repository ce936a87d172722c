//! The images of `qemu/code-size`: which there are, and how long each is.

use std::collections::HashMap;
use std::{fmt, fs};

use anyhow::{Context, Result};

use super::loaded::loaded;
use crate::project;
use crate::target::Target;

/// Images that differ in the number of maps only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Series {
    pub maps: Maps,
    pub surface: Surface,
    pub target: &'static Target,
    pub level: Level,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Image {
    pub series: Series,
    /// How many maps are in it.
    pub number: u64,
}

/// Whose maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Maps {
    /// Those that hold nothing: the rest of an image.
    None,
    Hmap,
    SmallHmap,
    Hashbrown,
    Heapless,
}

/// What is called of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    Basic,
    Full,
    /// Of three maps, one of them in a `static`.
    Firmware,
}

/// The optimiser's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    S,
    Z,
}

impl Maps {
    /// Those that are compared.
    pub const ALL: [Self; 4] = [Self::Hmap, Self::SmallHmap, Self::Hashbrown, Self::Heapless];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "no maps",
            Self::Hmap => "hmap",
            Self::SmallHmap => "hmap small-code",
            Self::Hashbrown => "hashbrown",
            Self::Heapless => "heapless",
        }
    }

    fn feature(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Hmap => Some("hmap"),
            Self::SmallHmap => Some("small-code"),
            Self::Hashbrown => Some("hashbrown"),
            Self::Heapless => Some("heapless"),
        }
    }
}

impl Surface {
    pub fn operations(self) -> &'static str {
        match self {
            Self::Basic => "insert, get, remove",
            Self::Full => "insert, get, remove, entry, iterate, retain, clear, try_reserve, drop",
            Self::Firmware => "insert, get, remove, iterate, retain",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Full => "full",
            Self::Firmware => "firmware",
        }
    }
}

impl Level {
    pub const ALL: [Self; 2] = [Self::S, Self::Z];

    pub fn name(self) -> &'static str {
        match self {
            Self::S => "s",
            Self::Z => "z",
        }
    }

    /// The profile of cargo's that has it.
    fn profile(self) -> &'static str {
        match self {
            Self::S => "release",
            Self::Z => "smallest",
        }
    }
}

impl Series {
    pub const fn with(self, number: u64) -> Image {
        Image {
            series: self,
            number,
        }
    }
}

impl Image {
    /// The same with other maps in it.
    pub fn of(self, maps: Maps) -> Self {
        let series = Series {
            maps,
            ..self.series
        };
        series.with(self.number)
    }

    /// What is chosen in `qemu/code-size/Cargo.toml`.
    fn features(self) -> String {
        let mut features = Vec::from_iter(self.series.maps.feature().map(str::to_owned));
        match self.series.surface {
            Surface::Basic => {}
            Surface::Full => features.push("full".into()),
            Surface::Firmware => features.push("firmware".into()),
        }
        if self.number > 1 && self.series.surface != Surface::Firmware {
            features.push(format!("maps-{}", self.number));
        }
        features.join(",")
    }

    fn build(self) -> Result<u64> {
        let Series { target, level, .. } = self.series;
        let path = project::build_for_size(target, level.profile(), &self.features())?;
        let elf = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        loaded(&elf).with_context(|| format!("{} is no program", path.display()))
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (maps, surface) = (self.maps.name(), self.surface.name());
        let (target, level) = (self.target.triple, self.level.name());
        write!(f, "{target} at {level}, {maps}, {surface}")
    }
}

impl fmt::Display for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.number == 1 { "" } else { "s" };
        write!(f, "{}, {} map{ending}", self.series, self.number)
    }
}

/// How long images are.
pub struct Sizes(HashMap<Image, u64>);

impl Sizes {
    /// Builds all of these, and for each the one without maps. What was built before is not
    /// built again.
    pub fn of(images: &[Image]) -> Result<Self> {
        let mut all = Vec::new();
        for image in images
            .iter()
            .flat_map(|image| [image.of(Maps::None), *image])
        {
            if !all.contains(&image) {
                all.push(image);
            }
        }
        let mut sizes = HashMap::new();
        for (at, image) in (1..).zip(&all) {
            eprintln!("image {at} of {}: {image}", all.len());
            sizes.insert(*image, image.build()?);
        }
        Ok(Self(sizes))
    }

    #[cfg(test)]
    pub fn measured(sizes: impl IntoIterator<Item = (Image, u64)>) -> Self {
        Self(sizes.into_iter().collect())
    }

    /// Bytes that the maps of an image take; `None` if it was not built.
    pub fn of_maps(&self, image: Image) -> Option<u64> {
        let rest = self.0.get(&image.of(Maps::None))?;
        Some(self.0.get(&image)?.saturating_sub(*rest))
    }

    /// The mean of the second map to the tenth.
    pub fn of_each_further(&self, series: Series) -> Option<u64> {
        let [one, ten] = [1, 10].map(|number| self.of_maps(series.with(number)));
        Some(ten?.saturating_sub(one?).div_ceil(9))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::X86_64;

    const FULL: Series = Series {
        maps: Maps::SmallHmap,
        surface: Surface::Full,
        target: &X86_64,
        level: Level::S,
    };

    #[test]
    fn an_image_is_chosen_by_features() {
        assert_eq!(FULL.with(10).features(), "small-code,full,maps-10");
        assert_eq!(FULL.with(1).of(Maps::None).features(), "full");
        let firmware = Series {
            surface: Surface::Firmware,
            ..FULL
        };
        assert_eq!(firmware.with(3).features(), "small-code,firmware");
        let basic = Series {
            surface: Surface::Basic,
            ..FULL
        };
        assert_eq!(basic.with(1).of(Maps::None).features(), "");
    }

    #[test]
    fn maps_are_what_an_image_has_beside_one_without() {
        let rest = [1, 10].map(|number| (FULL.with(number).of(Maps::None), 100 * number));
        let maps = [(FULL.with(1), 1100), (FULL.with(10), 10_900)];
        let sizes = Sizes::measured(rest.into_iter().chain(maps));
        assert_eq!(sizes.of_maps(FULL.with(1)), Some(1000));
        assert_eq!(sizes.of_maps(FULL.with(10)), Some(9900));
        assert_eq!(sizes.of_each_further(FULL), Some(989), "rounded up");
        assert_eq!(sizes.of_maps(FULL.with(5)), None);
    }
}
