//! Charts. Their colours are names until it is known where the chart goes: a page has them
//! as variables, a picture by itself brings them along.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Colours that stand for names.
pub const INK: RGBColor = RGBColor(1, 1, 1);
pub const FAINT: RGBColor = RGBColor(2, 2, 2);
pub const OURS: RGBColor = RGBColor(4, 4, 4);
pub const THEIRS: RGBColor = RGBColor(5, 5, 5);
pub const THIRD: RGBColor = RGBColor(6, 6, 6);
pub const FOURTH: RGBColor = RGBColor(7, 7, 7);
pub const FIFTH: RGBColor = RGBColor(8, 8, 8);
pub const SIXTH: RGBColor = RGBColor(9, 9, 9);
const NAMES: [(&str, &str); 8] = [
    ("#010101", "var(--ink)"),
    ("#020202", "var(--faint)"),
    ("#040404", "var(--ours)"),
    ("#050505", "var(--theirs)"),
    ("#060606", "var(--third)"),
    ("#070707", "var(--fourth)"),
    ("#080808", "var(--fifth)"),
    ("#090909", "var(--sixth)"),
];

/// The variables, light and dark.
pub const STYLE: &str = "\
:root { --ink: #24292f; --faint: #d0d7de; --page: #ffffff; --ours: #0969da; \
--theirs: #bc4c00; --third: #1a7f64; --fourth: #8250df; --fifth: #9a6700; --sixth: #bf3989; }
@media (prefers-color-scheme: dark) { :root { --ink: #d7dde4; --faint: #3d444d; \
--page: #0d1117; --ours: #58a6ff; --theirs: #f0883e; --third: #56d4b0; \
--fourth: #bc8cff; --fifth: #e3b341; --sixth: #f778ba; } }
";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A line through points, and how it is drawn.
pub struct Line {
    pub name: String,
    pub color: RGBColor,
    pub width: u32,
    pub points: Vec<(f64, f64)>,
}

/// The height of what says which line is which, over the chart.
const LEGEND: u32 = 30;
const TEXT: i32 = 16;

/// Bytes an entry against n, on a logarithmic axis.
pub fn saw_teeth(lines: &[Line], from: f64) -> Result<String> {
    let (right, top) = corner(lines, from);
    svg((760, 370), |area| {
        let mut builder = builder(area);
        let mut chart = builder.build_cartesian_2d((from..right).log_scale(), 0.0..top)?;
        mesh(
            &mut chart,
            "entries",
            "bytes an entry; thin: the peak so far",
        )?;
        draw(&mut chart, lines, from)?;
        names(area, lines)
    })
}

/// Bytes against n, on a linear axis.
pub fn staircase(lines: &[Line]) -> Result<String> {
    let (right, top) = corner(lines, 0.0);
    svg((760, 320), |area| {
        let mut builder = builder(area);
        let mut chart = builder.build_cartesian_2d(0.0..right, 0.0..top)?;
        mesh(&mut chart, "entries", "bytes in all")?;
        draw(&mut chart, lines, 0.0)?;
        names(area, lines)
    })
}

/// A kind of ratio, the name of each row and the ratio that it has there.
pub struct Ratios {
    pub name: String,
    pub color: RGBColor,
    pub of: Vec<(String, f64)>,
}

/// Those that an axis of ratios is marked at.
const MARKS: [f64; 14] = [
    0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0,
];
const ROW: u32 = 26;

/// Ratios as points, a row for each name, on a logarithmic axis around 1.
pub fn ratios(kinds: &[Ratios], names: &[&str], caption: &str) -> Result<String> {
    let values = || {
        kinds
            .iter()
            .flat_map(|kind| kind.of.iter().map(|(_, ratio)| *ratio))
    };
    let low = values().fold(0.5, f64::min) / 1.15;
    let high = values().fold(2.0, f64::max) * 1.15;
    let rows = names.len() as f64;
    svg((760, ROW * names.len() as u32 + LEGEND + 60), |area| {
        let mut builder = builder(area);
        builder.y_label_area_size(150);
        let mut chart = builder.build_cartesian_2d((low..high).log_scale(), rows..0.0)?;
        for mark in MARKS.into_iter().filter(|mark| (low..high).contains(mark)) {
            let style = if mark == 1.0 {
                INK.stroke_width(2)
            } else {
                FAINT.stroke_width(1)
            };
            chart.draw_series(LineSeries::new([(mark, 0.0), (mark, rows)], style))?;
            let (x, y) = chart.backend_coord(&(mark, rows));
            text(area, &mark.to_string(), (x, y + 14), HPos::Center)?;
        }
        for (row, name) in names.iter().enumerate() {
            let middle = row as f64 + 0.5;
            chart.draw_series(LineSeries::new([(low, middle), (high, middle)], FAINT))?;
            let (x, y) = chart.backend_coord(&(low, middle));
            text(area, &name.replace("->", "→"), (x - 10, y), HPos::Right)?;
        }
        for kind in kinds {
            let at = |name: &String| names.iter().position(|row| row == name);
            let points = kind
                .of
                .iter()
                .filter_map(|(name, ratio)| Some((at(name)?, *ratio)));
            let points = points.map(|(row, ratio)| (ratio, row as f64 + 0.5));
            let circles = points.map(|point| Circle::new(point, 5, kind.color.filled()));
            chart.draw_series(circles)?;
        }
        let (x, y) = chart.backend_coord(&(low, rows));
        text(area, caption, (x + 8, y + 36), HPos::Left)?;
        legend(
            area,
            kinds.iter().map(|kind| (kind.name.as_str(), kind.color, 8)),
        )
    })
}

/// A chart by itself, as a file.
pub fn alone(svg: &str) -> String {
    let style = format!("<style>{STYLE}svg {{ background: var(--page); }}</style>\n");
    match svg.find('>') {
        Some(end) => format!("{}\n{style}{}", &svg[..=end], &svg[end + 1..].trim_start()),
        None => svg.to_owned(),
    }
}

fn corner(lines: &[Line], from: f64) -> (f64, f64) {
    let points = || {
        lines
            .iter()
            .flat_map(|line| &line.points)
            .filter(|(n, _)| *n >= from)
    };
    let right = points().map(|(n, _)| *n).fold(from + 1.0, f64::max);
    (
        right,
        points().map(|(_, bytes)| *bytes).fold(1.0, f64::max) * 1.12,
    )
}

fn svg(size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Result<()>) -> Result<String> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        draw(&area)?;
        area.present().map_err(|error| anyhow!("{error}"))?;
    }
    for (color, name) in NAMES {
        text = text.replace(color, name);
    }
    Ok(text)
}

fn builder<'a, 'b: 'a>(area: &'a Area<'b>) -> ChartBuilder<'a, 'b, SVGBackend<'b>> {
    let mut builder = ChartBuilder::on(area);
    builder.margin(8).margin_right(16).margin_top(LEGEND);
    builder.x_label_area_size(48).y_label_area_size(80);
    builder
}

type Chart<'a, 'b, X, Y> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<X, Y>>;

fn mesh<'a, 'b: 'a, X, Y>(chart: &mut Chart<'a, 'b, X, Y>, x: &str, y: &str) -> Result<()>
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT)
        .axis_style(INK)
        .label_style(("sans-serif", TEXT).into_font().color(&INK))
        .x_label_formatter(&|n| short(*n))
        .y_label_formatter(&|bytes| short(*bytes))
        .x_desc(x)
        .y_desc(y)
        .draw()?;
    Ok(())
}

fn draw<'a, 'b: 'a, X, Y>(chart: &mut Chart<'a, 'b, X, Y>, lines: &[Line], from: f64) -> Result<()>
where
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
{
    // The first is what matters: on top.
    for line in lines.iter().rev() {
        let points = line.points.iter().copied().filter(|(n, _)| *n >= from);
        chart.draw_series(LineSeries::new(points, line.color.stroke_width(line.width)))?;
    }
    Ok(())
}

/// The names of the wide lines: a thin one goes with one of them.
fn names(area: &Area<'_>, lines: &[Line]) -> Result<()> {
    let wide = lines.iter().filter(|line| line.width > 1);
    legend(
        area,
        wide.map(|line| (line.name.as_str(), line.color, line.width)),
    )
}

/// Names beside a piece of their line, from left to right.
fn legend<'a>(
    area: &Area<'_>,
    names: impl Iterator<Item = (&'a str, RGBColor, u32)>,
) -> Result<()> {
    let (mut x, y) = (8, LEGEND as i32 / 2);
    for (name, color, width) in names {
        area.draw(&PathElement::new(
            [(x, y), (x + 18, y)],
            color.stroke_width(width),
        ))?;
        text(area, name, (x + 24, y), HPos::Left)?;
        // There is no font to ask.
        x += 44 + 7 * name.chars().count() as i32;
    }
    Ok(())
}

fn text(area: &Area<'_>, text: &str, at: (i32, i32), side: HPos) -> Result<()> {
    let style = ("sans-serif", TEXT).into_font().color(&INK);
    area.draw_text(text, &style.pos(Pos::new(side, VPos::Center)), at)?;
    Ok(())
}

/// 1000 as 1k.
fn short(number: f64) -> String {
    match number {
        _ if number >= 1e6 => format!("{}M", number / 1e6),
        _ if number >= 1e3 => format!("{}k", number / 1e3),
        _ => number.to_string(),
    }
}
