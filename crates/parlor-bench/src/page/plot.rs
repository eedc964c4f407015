//! Plots as SVG: bars of what was measured, with marks of what must be and what would be best. They follow the reader's
//! choice of light or dark.

use std::fmt::Write as _;

use crate::compare::{Comparison, Row};
use crate::goals::report::short;
use crate::goals::{Figure, Report};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 16.0;
/// How much of the width a bar may take.
const SPAN: f64 = 600.0;
const BAR: f64 = 18.0;
const STEP: f64 = 62.0;

const STYLE: &str = "<style>\
text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:15px}.small{font-size:12px;fill:#59636e}\
.bar{fill:#2f6fde}.peer{fill:#8b949e}.track{fill:#8b949e;opacity:.15}.worst{stroke:#1f2328;stroke-width:1.5}\
.must{stroke:#c4401c;stroke-width:2}.aim{stroke:#1a7f37;stroke-width:2;stroke-dasharray:4 3}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.bar{fill:#5b93f5}.worst{stroke:#e6edf3}\
.must{stroke:#ff7b5a}.aim{stroke:#4cc366}}</style>";

/// What a group of bars is called, and the value of each.
type Side = (&'static str, fn(&Row) -> f64);

/// The figures of a goal that something is wanted of.
pub fn goal(report: &Report) -> String {
    let wanted = report.figures.iter().filter(|figure| figure.must.is_some() || figure.aim.is_some());
    let mut body = String::new();
    let mut top = 52.0;
    for figure in wanted {
        body.push_str(&bar_of(figure, top));
        top += STEP;
    }
    let title = format!("{}: {}", report.goal.to_uppercase(), report.title);
    let legend = "Bar: median. Thin line: worst run. Solid mark: must. Dashed mark: aim.";
    frame(&title, &body, legend, top)
}

/// Deliveries a second of each server, in one room and in small ones.
pub fn comparison(comparison: &Comparison) -> String {
    let mut body = String::new();
    let mut top = 52.0;
    let sides: [Side; 2] = [
        ("one room", |row| row.one_room.deliveries.median()),
        ("small rooms", |row| row.small_rooms.deliveries.median()),
    ];
    for (name, value) in sides {
        body.push_str(&label("", LEFT, top, name));
        top += 10.0;
        let most = comparison.rows.iter().map(value).fold(1.0, f64::max);
        for (index, row) in comparison.rows.iter().enumerate().filter(|(_, row)| value(row) > 0.0) {
            let width = value(row) / most * (SPAN - 300.0);
            let class = if index == 0 { "bar" } else { "peer" };
            body.push_str(&rectangle(class, LEFT + 300.0, top, width, BAR));
            body.push_str(&label("small", LEFT, top + 14.0, &row.name.replace('`', "")));
            body.push_str(&label("small", LEFT + 308.0 + width, top + 14.0, &short(value(row))));
            top += BAR + 8.0;
        }
        top += 26.0;
    }
    frame("Deliveries a second", &body, "Median of the runs; the same load and generator for all.", top)
}

fn bar_of(figure: &Figure, top: f64) -> String {
    let marks = [figure.must, figure.aim];
    let most = marks.iter().flatten().copied().chain([figure.median(), figure.worst()]).fold(0.0, f64::max);
    let scale = if most > 0.0 { SPAN / most } else { 0.0 };
    let at = |value: f64| LEFT + value.max(0.0) * scale;
    let of = |value: f64| format!("{} {}", short(value), figure.unit).trim_end().to_owned();
    let mut words = format!("{}: {}", figure.name, of(figure.median()));
    for (name, mark) in [("must", figure.must), ("aim", figure.aim)] {
        if let Some(mark) = mark {
            let _written = write!(words, ", {name} {}", of(mark));
        }
    }
    let mut text = label("", LEFT, top, &words);
    text.push_str(&rectangle("track", LEFT, top + 8.0, SPAN, BAR));
    text.push_str(&rectangle("bar", LEFT, top + 8.0, at(figure.median()) - LEFT, BAR));
    text.push_str(&line("worst", at(figure.worst()), top + 12.0, top + 22.0));
    for (class, mark) in [("must", figure.must), ("aim", figure.aim)] {
        if let Some(mark) = mark {
            text.push_str(&line(class, at(mark), top + 4.0, top + 30.0));
        }
    }
    text
}

fn frame(title: &str, body: &str, legend: &str, bottom: f64) -> String {
    let height = bottom + 14.0;
    let title_line = label("title", LEFT, 24.0, title);
    let legend = label("small", LEFT, bottom, legend);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\" aria-label=\"{}\">\n\
         {STYLE}\n{title_line}{body}{legend}</svg>\n",
        escaped(title)
    )
}

fn label(class: &str, x: f64, y: f64, text: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n", escaped(text))
}

fn rectangle(class: &str, x: f64, y: f64, width: f64, height: f64) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\"/>\n"
    )
}

fn line(class: &str, x: f64, from: f64, to: f64) -> String {
    format!("<line class=\"{class}\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{from:.1}\" y2=\"{to:.1}\"/>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_marks_stand_where_their_values_are() {
        let figure = Figure::less("CPU", "µs").goal(2.0, 0.5).values([1.0, 1.5, 1.0]);
        let report = Report { goal: "p1".to_owned(), title: "A & B".to_owned(), ..Report::default() };
        let svg = goal(&Report { figures: vec![figure], ..report });
        assert!(svg.contains("P1: A &amp; B"), "{svg}");
        assert!(
            svg.contains(r#"<rect class="bar" x="16.0" y="60.0" width="300.0""#),
            "half of the must: {svg}"
        );
        assert!(svg.contains(r#"<line class="worst" x1="466.0""#), "{svg}");
        assert!(svg.contains(r#"<line class="must" x1="616.0""#), "{svg}");
        assert!(svg.contains(r#"<line class="aim" x1="166.0""#), "{svg}");
    }

    #[test]
    fn a_figure_that_was_not_measured_has_no_bar() {
        let svg = bar_of(&Figure::less("x", "s").goal(1.0, 0.5), 0.0);
        assert!(svg.contains(r#"class="bar" x="16.0" y="8.0" width="0.0""#), "{svg}");
    }
}
