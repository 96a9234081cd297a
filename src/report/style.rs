//! How output is to look: colour, links, width.

/// How output is to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Whether colours may be used.
    pub colour: bool,
    /// Whether paths are to be links.
    pub links: bool,
    /// How many columns there are.
    pub width: usize,
    /// Whether everything is to be shown: each note in full, each skipped file.
    pub verbose: bool,
}

impl Style {
    /// For a pipe: no colours, no links.
    #[must_use]
    pub fn plain() -> Self {
        Self { colour: false, links: false, width: 100, verbose: false }
    }

    /// `text` in that style, if colours may be used.
    #[must_use]
    pub fn paint(&self, style: anstyle::Style, text: &str) -> String {
        if self.colour { format!("{}{text}{}", style.render(), style.render_reset()) } else { text.to_owned() }
    }

    /// `text` in bold.
    #[must_use]
    pub fn bold(&self, text: &str) -> String {
        self.paint(anstyle::Style::new().bold(), text)
    }

    /// `text` in the background.
    #[must_use]
    pub fn dim(&self, text: &str) -> String {
        self.paint(anstyle::Style::new().dimmed(), text)
    }

    /// `text` in red.
    #[must_use]
    pub fn alarming(&self, text: &str) -> String {
        self.paint(anstyle::AnsiColor::Red.on_default().bold(), text)
    }

    /// `text` as a link to `target`, if links may be used.
    #[must_use]
    pub fn link(&self, target: &str, text: &str) -> String {
        if self.links { format!("\u{1b}]8;;{target}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\") } else { text.to_owned() }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self::plain()
    }
}
