//! A square canvas for white shapes with smooth edges.

/// A point, or the two radii of an ellipse, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

/// The coverage of each pixel, from 0 to 255, row by row.
#[derive(Debug)]
pub(super) struct Canvas(Vec<u8>);

impl Canvas {
    /// The width and height, in pixels.
    pub(super) const SIZE: usize = 300;

    pub(super) fn new() -> Self {
        Self(vec![0; Self::SIZE * Self::SIZE])
    }

    pub(super) fn coverage(&self) -> &[u8] {
        &self.0
    }

    /// Draws a line with round ends.
    pub(super) fn line(&mut self, from: Point, to: Point, radius: f32) {
        let (low, high) = (
            Point { x: from.x.min(to.x) - radius, y: from.y.min(to.y) - radius },
            Point { x: from.x.max(to.x) + radius, y: from.y.max(to.y) + radius },
        );
        self.fill(low, high, |at| distance(at, from, to) - radius);
    }

    /// Draws a filled ellipse.
    pub(super) fn ellipse(&mut self, centre: Point, radii: Point) {
        let (low, high) = (
            Point { x: centre.x - radii.x, y: centre.y - radii.y },
            Point { x: centre.x + radii.x, y: centre.y + radii.y },
        );
        self.fill(low, high, |at| {
            let (x, y) = ((at.x - centre.x) / radii.x, (at.y - centre.y) / radii.y);
            (x.hypot(y) - 1.0) * radii.x.min(radii.y)
        });
    }

    /// Covers the pixels between two corners by their distance from a shape. `outside` is negative
    /// inside the shape.
    fn fill(&mut self, low: Point, high: Point, outside: impl Fn(Point) -> f32) {
        let range = |low: f32, high: f32| {
            (low.floor().max(0.0) as usize)..(high.ceil().max(0.0) as usize + 1).min(Self::SIZE)
        };
        for y in range(low.y, high.y) {
            for x in range(low.x, high.x) {
                let at = Point { x: x as f32 + 0.5, y: y as f32 + 0.5 };
                let level = ((0.5 - outside(at)).clamp(0.0, 1.0) * 255.0) as u8;
                let pixel = &mut self.0[y * Self::SIZE + x];
                *pixel = level.max(*pixel);
            }
        }
    }
}

/// Returns the distance of a point from a line segment.
fn distance(at: Point, from: Point, to: Point) -> f32 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx * dx + dy * dy;
    let along = ((at.x - from.x) * dx + (at.y - from.y) * dy) / length.max(f32::EPSILON);
    let along = along.clamp(0.0, 1.0);
    (at.x - from.x - along * dx).hypot(at.y - from.y - along * dy)
}
