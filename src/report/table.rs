//! Columns of text for the terminal.

use unicode_width::UnicodeWidthStr;

use crate::report::style::Style;

/// Rows of cells that are printed in columns, the first row being the heads.
pub struct Table<'a> {
    rows: Vec<Vec<String>>,
    style: &'a Style,
}

impl<'a> Table<'a> {
    /// A table with these heads.
    #[must_use]
    pub fn new(style: &'a Style, heads: &[&str]) -> Self {
        Self { rows: vec![heads.iter().map(|head| (*head).to_owned()).collect()], style }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// How wide the widest row is.
    #[must_use]
    pub fn width(&self) -> usize {
        self.widths().iter().map(|width| width + 2).sum()
    }

    /// The lines, each indented by two, without trailing blanks. Cells are marked by `mark`, which is
    /// given the column and the text.
    #[must_use]
    pub fn lines(&self, mark: impl Fn(usize, &str) -> String) -> Vec<String> {
        let widths = self.widths();
        let line = |(number, row): (usize, &Vec<String>)| {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let padding = " ".repeat(widths[column] - cell.width());
                let text = if number == 0 { self.style.dim(cell) } else { mark(column, cell) };
                line.extend(["  ", &text, &padding]);
            }
            line.trim_end().to_owned()
        };
        self.rows.iter().enumerate().map(line).collect()
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
        (0..columns).map(|column| width(column).unwrap_or(0)).collect()
    }
}
