//! Where reports go: stdout in one format, files in others.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValuesParser;

use crate::cli::errors::Trouble;
use crate::lint::names::nearest;
use crate::report::{FORMATS, Format, Report, format};

/// `FORMAT=FILE` of `--output`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    format: String,
    file: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
            return Err("write `FORMAT=FILE`, as in `sarif=findings.sarif`".into());
        };
        if format(name).is_none() {
            let names = FORMATS.iter().map(|format| format.name);
            let near = nearest(name, names.clone()).map(|near| format!("; did you mean `{near}`?"));
            let known = names.collect::<Vec<_>>().join(", ");
            return Err(format!("unknown format `{name}`{} (known: {known})", near.unwrap_or_default()));
        }
        Ok(Self { format: name.into(), file: file.into() })
    }
}

impl Output {
    /// Writes the report to the file, replacing it.
    pub fn write(&self, report: &Report<'_>) -> Result<(), Trouble> {
        let Some(format) = format(&self.format) else { return Ok(()) };
        let result = File::create(&self.file).and_then(|file| {
            let mut out = BufWriter::new(file);
            (format.write)(report, &mut out)?;
            out.flush()
        });
        result.map_err(|error| Trouble::new(format!("cannot write `{}`", self.file.display())).caused_by(&error))
    }
}

/// The names of the formats, for clap.
#[must_use]
pub fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(
        FORMATS.iter().map(|format: &Format| clap::builder::PossibleValue::new(format.name).help(format.summary)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_and_a_file() {
        assert_eq!("sarif=a.sarif".parse(), Ok(Output { format: "sarif".into(), file: "a.sarif".into() }));
        assert!("sarif".parse::<Output>().unwrap_err().contains("FORMAT=FILE"));
        assert!("sarf=x".parse::<Output>().unwrap_err().contains("did you mean `sarif`?"));
    }
}
