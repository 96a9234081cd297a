//! `bailiwick allow --at`: a comment above a statement that permits what is found there.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use crate::cli::paths::relative;
use crate::cli::{Exit, Global, Trouble, tell};
use crate::inline;
use crate::lint::names::{counted, listed, nearest};
use crate::lint::{Reported, rule, rule_names};
use crate::replace::replace;
use crate::session::Session;
use crate::source::{FileId, IndexedText, Sources, Texts};
use crate::workspace::Overlay;

/// `PATH:LINE`, as reports write it; a column behind it says nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    path: PathBuf,
    line: u32,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Vec<Option<u32>> = text.rsplit(':').take(2).map(|number| number.parse().ok()).collect();
        let (parts, line) = match numbers.as_slice() {
            [Some(_), Some(line)] => (3, *line),
            [Some(line), _] => (2, *line),
            _ => return Err("write `PATH:LINE`, as in `services/billing/src/report.rs:41`".into()),
        };
        let path = text.rsplitn(parts, ':').last().unwrap_or_default();
        if path.is_empty() { Err("the path is missing".into()) } else { Ok(Self { path: path.into(), line }) }
    }
}

/// A rule's name, for clap.
pub fn rule_name(name: &str) -> Result<String, String> {
    match rule(name) {
        Some(_) => Ok(name.to_owned()),
        None => Err(nearest(name, rule_names()).map_or_else(
            || "`bailiwick explain` lists the rules".into(),
            |near| format!("there is no such rule; did you mean `{near}`?"),
        )),
    }
}

/// Writes the comment, once it is sure that it permits what it should.
pub fn run(global: &Global, at: &At, only: Option<&str>, reason: &str) -> Result<Exit, Trouble> {
    let disk: Arc<dyn Sources + Send> = Arc::new(global.disk(std::slice::from_ref(&at.path))?);
    let overlay = Arc::new(Overlay::new(disk));
    let sources: Arc<dyn Sources + Send> = overlay.clone();
    let mut session = global.session_of(&sources)?;
    let path = relative(&session.workspace.root, &at.path)?;
    let shown = format!("{path}:{}", at.line);
    let unread = || Trouble::new(format!("`{path}` is no file that is read"));
    let file = session.workspace.file_id(&path).ok_or_else(unread)?;
    let text = session.text(file).ok_or_else(unread)?;
    if !session.config.inline_allows() {
        let help = "ask the owner for a grant: `bailiwick allow SERVICE TABLE --reason TEXT`";
        return Err(Trouble::new("the config lets only owners permit: `inline-allows = false`").help(help));
    }

    let found = found_at(global, &session, file, &text, at.line, only);
    let Some(first) = found.first() else {
        let help = format!("`bailiwick check {path} --format concise` lists what there is");
        return Err(Trouble::new(format!("nothing is found at {shown} that a comment could permit")).help(help));
    };
    let line = inline::line_of(&session.map, &first.finding, file, &text);
    let here = |reported: &&Reported| inline::line_of(&session.map, &reported.finding, file, &text) == line;
    let permitted: Vec<&Reported> = found.iter().filter(here).collect();
    let mut rules: Vec<&str> = permitted.iter().map(|reported| reported.finding.rule).collect();
    rules.dedup();
    let language = session.workspace.file(file).map(|file| file.language).ok_or_else(unread)?;
    let no_comment = || Trouble::new(format!("no comment can stand at {shown}")).help("let the owner grant it");
    let new = inline::new_line(&text, language, line, &rules, reason).ok_or_else(no_comment)?;
    let mut written = text.source.text.clone();
    written.insert_str(new.at as usize, &new.text);

    // What is written must count: a comment in the middle of a text would only change that text.
    let prints: Vec<String> = permitted.iter().map(|reported| reported.fingerprint.clone()).collect();
    overlay.set(&path, &written);
    session.reread(&[file]);
    let outcome = session.check(global.today(), &global.contexts(&session), &[]);
    if outcome.open().any(|reported| prints.contains(&reported.fingerprint)) {
        return Err(no_comment());
    }
    write(&*sources, &overlay, &path, &text, &written)?;
    let rest = found.len() - prints.len();
    tell(|out| {
        writeln!(out, "{path}:{line}: {} permitted by a comment: {}", counted(prints.len(), "finding"), listed(rules))?;
        if rest > 0 {
            writeln!(out, "{} of other statements there remain", counted(rest, "finding"))?;
        }
        Ok(())
    });
    Ok(Exit::Clean)
}

/// The open findings on that line that a comment may permit.
fn found_at(
    global: &Global,
    session: &Session,
    file: FileId,
    text: &IndexedText,
    line: u32,
    only: Option<&str>,
) -> Vec<Reported> {
    let outcome = session.check(global.today(), &global.contexts(session), &[]);
    let stands = |reported: &&Reported| {
        let place = reported.finding.place;
        place.file == file
            && (text.position(place.span.start).line..=text.position(place.span.end).line).contains(&line)
            && only.is_none_or(|only| reported.finding.rule == only)
            && inline::may_permit(&session.config, &reported.finding)
    };
    outcome.open().filter(stands).cloned().collect()
}

/// Puts the new text in the place of the old, which must be on the disk as it was read.
fn write(
    sources: &dyn Sources,
    overlay: &Overlay,
    path: &str,
    old: &IndexedText,
    written: &str,
) -> Result<(), Trouble> {
    let mark = if old.source.bom == 0 { "" } else { "\u{feff}" };
    overlay.clear(path);
    let on_disk =
        sources.read(path).map_err(|error| Trouble::new(format!("cannot read `{path}`")).caused_by(&error))?;
    if old.source.lossy || on_disk != format!("{mark}{}", old.source.text).into_bytes() {
        return Err(
            Trouble::new(format!("`{path}` is not UTF-8: it is not written")).help("put the comment in by hand")
        );
    }
    replace(&sources.root().join(path), &format!("{mark}{written}"))
        .map_err(|error| Trouble::new(format!("cannot write `{path}`")).caused_by(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_as_reports_write_it() {
        let at = |path: &str, line| Ok(At { path: path.into(), line });
        assert_eq!("a/b.rs:41".parse(), at("a/b.rs", 41));
        assert_eq!("a/b.rs:41:7".parse(), at("a/b.rs", 41));
        assert_eq!("c:/a.rs:3".parse(), at("c:/a.rs", 3));
        assert!("a/b.rs".parse::<At>().is_err());
        assert!(":3".parse::<At>().is_err());
    }
}
