//! What command line clients read by lines between the statements of a script: `DELIMITER`, `GO`,
//! SQL*Plus and sqlcmd commands.

use crate::vocabulary::Dialect;

/// What a line of a script is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'t> {
    /// Text of statements.
    Sql,
    /// A command of the client that touches no table.
    Skip,
    /// The delimiter of statements changes.
    Delimiter(&'t str),
    /// The end of a statement or batch.
    Terminator,
    /// A statement that ends with its line.
    Statement,
}

/// Tells what the trimmed `line` is; `fresh` says that no statement is under way.
pub(super) fn line(line: &str, dialect: Dialect, script: bool, fresh: bool) -> Line<'_> {
    if line == "/" && matches!(dialect, Dialect::Oracle | Dialect::Generic) {
        return Line::Terminator;
    }
    // What follows is asked for each line: look at the first letter before anything else.
    let first = line.as_bytes().first().copied().unwrap_or(0).to_ascii_lowercase();
    match first {
        b'g' if matches!(dialect, Dialect::Mssql | Dialect::Generic) && is_go(line) => Line::Terminator,
        b'd' if starts_with_word(line, "delimiter") && line.len() < 40 => {
            Line::Delimiter(line["delimiter".len()..].trim())
        }
        _ if !script || !fresh => Line::Sql,
        b':' | b'!' if dialect == Dialect::Mssql && is_sqlcmd(line) => Line::Skip,
        b'@' if matches!(dialect, Dialect::Oracle | Dialect::Generic) => Line::Skip,
        b'.' if dialect == Dialect::Sqlite || dialect == Dialect::Generic => Line::Skip,
        b'a'..=b'z' if matches!(dialect, Dialect::Oracle | Dialect::Generic) => sqlplus(line, dialect),
        _ => Line::Sql,
    }
}

fn starts_with_word(line: &str, word: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.len() > word.len()
        && bytes[..word.len()].eq_ignore_ascii_case(word.as_bytes())
        && bytes[word.len()].is_ascii_whitespace()
}

/// `GO`, which may have a count and, against the manual, a semicolon or comment after it.
fn is_go(line: &str) -> bool {
    let bytes = line.as_bytes();
    if bytes.len() < 2 || !bytes[..2].eq_ignore_ascii_case(b"go") {
        return false;
    }
    let rest = line[2..].trim_start();
    let glued = bytes.len() > 2 && !(bytes[2].is_ascii_whitespace() || matches!(bytes[2], b';' | b'-'));
    !glued && (rest.starts_with("--") || rest.trim_end_matches(';').bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_sqlcmd(line: &str) -> bool {
    let word = line[1..].split_ascii_whitespace().next().unwrap_or("").to_ascii_lowercase();
    line.starts_with("!!")
        || matches!(
            word.as_str(),
            "r" | "setvar" | "on" | "connect" | "out" | "error" | "quit" | "exit" | "list" | "reset"
        )
}

fn sqlplus(line: &str, dialect: Dialect) -> Line<'_> {
    let mut words = line.split_ascii_whitespace();
    let first = words.next().unwrap_or("").trim_end_matches(';').to_ascii_lowercase();
    let second = words.next().unwrap_or("").trim_end_matches(';').to_ascii_lowercase();
    match first.as_str() {
        "prompt" | "rem" | "remark" | "spool" | "whenever" => Line::Skip,
        _ if dialect != Dialect::Oracle => Line::Sql,
        "define" | "undefine" | "accept" | "pause" | "ttitle" | "btitle" | "exit" | "quit" | "host" | "column"
        | "conn" | "connect" | "disconnect" | "show" | "sho" | "start" | "variable" | "var" | "clear" | "break"
        | "timing" | "archive" | "startup" | "shutdown" => Line::Skip,
        "exec" | "execute" => {
            if second == "immediate" {
                Line::Sql
            } else {
                Line::Statement
            }
        }
        "set" if !matches!(second.as_str(), "transaction" | "role" | "constraint" | "constraints") => Line::Skip,
        _ => Line::Sql,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_clients_are_told_from_sql() {
        let ask = |text, dialect| line(text, dialect, true, true);
        assert_eq!(ask("GO", Dialect::Mssql), Line::Terminator);
        assert_eq!(ask("go 5", Dialect::Mssql), Line::Terminator);
        assert_eq!(ask("gone", Dialect::Mssql), Line::Sql);
        assert_eq!(ask("/", Dialect::Oracle), Line::Terminator);
        assert_eq!(ask("DELIMITER //", Dialect::Mysql), Line::Delimiter("//"));
        assert_eq!(ask("SET DEFINE OFF", Dialect::Oracle), Line::Skip);
        assert_eq!(ask("SET TRANSACTION READ ONLY", Dialect::Oracle), Line::Sql);
        assert_eq!(ask(":setvar db shop", Dialect::Mssql), Line::Skip);
        assert_eq!(ask("prompt loading", Dialect::Generic), Line::Skip);
        assert_eq!(ask("exec load_all(1)", Dialect::Oracle), Line::Statement);
    }
}
