//! Texts that a body gathers in variables and runs later: `DECLARE @sql nvarchar(max) = N'…'; EXEC (@sql)`,
//! `q := 'SELECT …'; EXECUTE q`, `SET @s = CONCAT('…', x); PREPARE p FROM @s`.
//!
//! Each text that a variable was given since it was last run counts once where the variable is run: a branch may have
//! given any of them. What is appended belongs to the text before.

use std::ops::Range;

use super::lexer::{Kind, Token};
use super::reader::Reader;
use crate::vocabulary::Name;

/// More texts than these are not kept of one variable, nor more tokens of one text, nor more variables.
const MOST_TEXTS: usize = 16;
const MOST_TOKENS: usize = 64;
const MOST_VARIABLES: usize = 200;

/// What the variables of a body were given.
#[derive(Default)]
pub(super) struct Variables {
    /// The text that the tokens are of: where it stands, and how deep.
    home: (u32, usize),
    texts: rustc_hash::FxHashMap<Name, Vec<Vec<Token>>>,
}

impl Reader<'_> {
    /// Another body begins: its variables are its own.
    pub fn forget_variables(&mut self) {
        self.shared.variables.texts.clear();
    }

    /// Notes which of these tokens give texts to variables: `@a = N'…', @b = N'…'`, `q := q || '…'`.
    pub fn note_texts(&mut self, range: Range<usize>) {
        let to = range.end.min(self.end);
        let mut at = range.start;
        while at < to {
            let after = self.comma_after(at, to);
            let head = (at + 1..after.min(at + 16)).find(|&at| [":=", "="].iter().any(|sign| self.is_sign(at, sign)));
            let named = matches!(self.kind(at), Kind::Variable | Kind::Word);
            if let (Some(sign), true) = (head, named) {
                self.note_text(at, sign, sign + 1..after);
            }
            at = after + 1;
        }
    }

    /// Where the list's next comma stands, or its end.
    fn comma_after(&self, from: usize, to: usize) -> usize {
        let mut at = from;
        while at < to && !matches!(self.kind(at), Kind::Comma | Kind::Semicolon) {
            at = if self.kind(at) == Kind::Open { self.close_of(at) } else { at + 1 };
        }
        at.min(to)
    }

    fn note_text(&mut self, name: usize, sign: usize, value: Range<usize>) {
        let tokens = &self.tokens[value.clone()];
        if !tokens.iter().any(|&token| self.is_literal(token)) {
            return;
        }
        let variable: Name = self.slice(self.token(name)).to_lowercase().into();
        let itself = self.slice(self.token(value.start)).eq_ignore_ascii_case(&variable);
        let appended = self.is_sign(sign - 1, "+") || itself;
        let kept: Vec<Token> = tokens.iter().skip(usize::from(itself)).take(MOST_TOKENS).copied().collect();
        let home = (self.base, self.shared.level);
        let variables = &mut self.shared.variables;
        if variables.home != home {
            variables.home = home;
            variables.texts.clear();
        }
        if variables.texts.len() >= MOST_VARIABLES && !variables.texts.contains_key(&variable) {
            return;
        }
        let texts = variables.texts.entry(variable).or_default();
        let full = texts.len() >= MOST_TEXTS;
        match texts.last_mut() {
            Some(last) if appended && last.len() + kept.len() <= MOST_TOKENS => last.extend(kept),
            _ if full => self.partial(),
            _ => texts.push(kept),
        }
    }

    /// Reads the texts that the variables among these tokens hold; `false` where nothing is known of them.
    pub fn run_variables(&mut self, range: Range<usize>) -> bool {
        if self.shared.variables.texts.is_empty() || self.shared.variables.home != (self.base, self.shared.level) {
            return false;
        }
        let mut known = false;
        for at in range {
            let token = self.token(at);
            if !matches!(token.kind, Kind::Variable | Kind::Word) {
                continue;
            }
            let variable = self.slice(token).to_lowercase();
            let Some(texts) = self.shared.variables.texts.get_mut(variable.as_str()) else { continue };
            known = true;
            for text in std::mem::take(texts) {
                self.run_text(&text);
            }
        }
        known
    }
}
