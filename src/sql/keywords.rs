//! The words that the readers know. A word is looked up once, when it is read from the text.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

macro_rules! keys {
    ($($variant:ident $text:literal),* $(,)?) => {
        /// A word with a meaning in some dialect; [`Key::None`] for every other token.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[allow(missing_docs, clippy::enum_variant_names, reason = "each variant is the word of its name")]
        pub enum Key { #[default] None, $($variant),* }

        const WORDS: &[(&str, Key)] = &[$(($text, Key::$variant)),*];
    };
}

keys! {
    Abort "abort", After "after", Algorithm "algorithm", Alias "alias", All "all", Alter "alter", Analyse "analyse",
    Analyze "analyze", And "and", Anti "anti", Any "any", Apply "apply", Array "array", As "as", Asof "asof", At "at",
    Atomic "atomic", Attach "attach", Authorization "authorization", Autocommit "autocommit",
    Before "before", Begin "begin", Between "between", Body "body", Break "break", Bulk "bulk", By "by",
    Cache "cache", Call "call", Cascade "cascade", Case "case", Catch "catch", Changes "changes",
    Check "check", Checksum "checksum", Clone "clone", Close "close", Cluster "cluster", Collate "collate",
    Column "column", Comment "comment", Commit "commit", Concurrently "concurrently",
    Conflict "conflict", Connect "connect", Constraint "constraint", Copy "copy", Create "create", Cross "cross",
    Cursor "cursor", Data "data", Database "database", Dbcc "dbcc", Deallocate "deallocate", Declare "declare",
    Deny "deny",
    Default "default", Definer "definer", Delete "delete", Desc "desc", Describe "describe", Detach "detach",
    Directory "directory", Discard "discard", Distinct "distinct", Distribute "distribute", Do "do",
    Drop "drop", Duplicate "duplicate", Each "each", Else "else", Elseif "elseif", Elsif "elsif", End "end",
    Escape "escape", Event "event", Except "except", Exception "exception", Exchange "exchange", Exec "exec",
    Execute "execute", Exists "exists", Exit "exit", Explain "explain", Export "export", Extension "extension",
    External "external", Fetch "fetch", Filter "filter", Final "final", First "first", Flashback "flashback", For "for",
    Force "force", Forall "forall", Foreach "foreach", Foreign "foreign", Format "format", From "from", Full "full",
    Function "function", Global "global", Go "go", Goto "goto", Grant "grant", Group "group", Handler "handler", Having "having",
    HistoryTable "history_table",     Hybrid "hybrid", If "if", Ignore "ignore", Immediate "immediate", Import "import", In "in", Index "index",
    Inherit "inherit", Inherits "inherits", Inner "inner", Insert "insert", Instead "instead", Intersect "intersect",
    Into "into", Is "is", Iterate "iterate", Join "join", Json "json", Key "key", Language "language", Lateral "lateral",
    Leave "leave", Left "left", Like "like", Limit "limit", Link "link", Load "load", Local "local", Lock "lock",
    Loop "loop", Macro "macro", Match "match", Matched "matched", MatchRecognize "match_recognize",
    Materialized "materialized", Merge "merge", Minus "minus", Move "move", Msck "msck", Natural "natural", Next "next",
    No "no", Not "not", Nothing "nothing", Null "null", Of "of", Off "off", Offset "offset", Old "old", On "on", Only "only",
    Open "open", Operator "operator", Optimize "optimize", Option "option", Options "options", Or "or", Order "order",
    Outer "outer", Outfile "outfile", Output "output", Over "over", Overwrite "overwrite", Owner "owner",
    Package "package", Partition "partition", Paste "paste", Perform "perform", Pipe "pipe", Pivot "pivot",
    Policy "policy", Positional "positional", Pragma "pragma", Prepare "prepare", Prewhere "prewhere",
    Print "print", Prior "prior", Proc "proc", Procedure "procedure", Publication "publication", Purge "purge",
    Qualify "qualify", Raise "raise", Raiserror "raiserror", Read "read", Recursive "recursive", References "references",
    Refresh "refresh", Reindex "reindex", Release "release", Rename "rename", Repair "repair", Repeat "repeat",
    Replace "replace", Reset "reset", Return "return", Returning "returning", Returns "returns", Revoke "revoke",
    Right "right", Rollback "rollback", Row "row", Rows "rows", Rule "rule", Sample "sample", Savepoint "savepoint",
    Schema "schema", Search "search", Security "security", Select "select", Semi "semi", Sequence "sequence",
    Server "server", Session "session", Set "set", Settings "settings", Setof "setof", Share "share", Show "show",
    Signal "signal", Sort "sort", Start "start", Statistics "statistics", Stored "stored", StraightJoin "straight_join",
    Stream "stream", Swap "swap", Switch "switch", Synonym "synonym", Table "table", Tables "tables",
    Tablesample "tablesample", Task "task", Temp "temp", Temporary "temporary", Then "then", Throw "throw",
    Timestamp "timestamp", To "to", Top "top", Tran "tran", Transaction "transaction", Transfer "transfer",
    Trigger "trigger", Truncate "truncate", Try "try", Type "type", Undrop "undrop", Union "union", Unique "unique",
    Unload "unload", Unlock "unlock", Unlogged "unlogged", Unnest "unnest", Unpivot "unpivot", Until "until", Update "update",
    Upsert "upsert", Use "use", User "user", Using "using", Vacuum "vacuum", Values "values", Version "version",
    View "view", Virtual "virtual", Volatile "volatile", When "when", Where "where", While "while", Window "window",
    With "with", Work "work", Write "write", Xml "xml",
}

/// Whether a word follows BEGIN only where that begins a transaction.
pub(super) fn is_transaction_mode(word: &str) -> bool {
    ["isolation", "deferred", "exclusive", "deferrable", "batch", "unlogged", "counter"]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// The longest word in the table.
const LONGEST: usize = 16;

static TABLE: LazyLock<FxHashMap<&'static [u8], Key>> =
    LazyLock::new(|| WORDS.iter().map(|&(text, key)| (text.as_bytes(), key)).collect());

impl Key {
    /// The key of a word, whatever its case.
    pub fn of(word: &str) -> Self {
        let bytes = word.as_bytes();
        if bytes.len() > LONGEST || bytes.len() < 2 {
            return Self::None;
        }
        let mut lower = [0; LONGEST];
        for (to, from) in lower.iter_mut().zip(bytes) {
            *to = from.to_ascii_lowercase();
        }
        TABLE.get(&lower[..bytes.len()]).copied().unwrap_or_default()
    }

    /// Whether a query can begin with it.
    pub fn starts_query(self) -> bool {
        matches!(self, Self::Select | Self::With | Self::Values)
    }

    /// Whether a statement begins with it, in a body as anywhere.
    pub fn begins_statement(self) -> bool {
        self.starts_query()
            || matches!(
                self,
                Self::Insert
                    | Self::Update
                    | Self::Delete
                    | Self::Merge
                    | Self::Upsert
                    | Self::Truncate
                    | Self::Create
                    | Self::Alter
                    | Self::Drop
                    | Self::Rename
                    | Self::Copy
                    | Self::Load
                    | Self::Bulk
                    | Self::Lock
                    | Self::Grant
                    | Self::Revoke
                    | Self::Refresh
                    | Self::Analyze
                    | Self::Vacuum
                    | Self::Reindex
                    | Self::Cluster
                    | Self::Call
                    | Self::Exec
                    | Self::Execute
                    | Self::Prepare
                    | Self::Explain
            )
    }

    /// Whether it joins two queries to one.
    pub fn is_set_operator(self) -> bool {
        matches!(self, Self::Union | Self::Intersect | Self::Except | Self::Minus)
    }

    /// Whether it introduces the next table of a join.
    pub fn is_join(self) -> bool {
        matches!(self, Self::Join | Self::Apply | Self::StraightJoin)
    }

    /// Whether it may stand before `JOIN` or `APPLY`, and so is no alias.
    pub fn is_join_modifier(self) -> bool {
        matches!(
            self,
            Self::Left
                | Self::Right
                | Self::Full
                | Self::Inner
                | Self::Cross
                | Self::Outer
                | Self::Natural
                | Self::Semi
                | Self::Anti
                | Self::Asof
                | Self::Any
                | Self::All
                | Self::Global
                | Self::Positional
                | Self::Paste
                | Self::Array
        )
    }

    /// Whether it ends an alias-less table in a FROM clause, so that it cannot be an alias.
    pub fn is_reserved_after_table(self) -> bool {
        self.is_set_operator()
            || self.is_join()
            || self.starts_query()
            || matches!(
                self,
                Self::As
                    | Self::On
                    | Self::Using
                    | Self::Where
                    | Self::Group
                    | Self::Having
                    | Self::Order
                    | Self::Limit
                    | Self::Offset
                    | Self::Fetch
                    | Self::For
                    | Self::Window
                    | Self::Qualify
                    | Self::Set
                    | Self::Returning
                    | Self::Into
                    | Self::From
                    | Self::When
                    | Self::Then
                    | Self::Else
                    | Self::End
                    | Self::Tablesample
                    | Self::Lateral
                    | Self::Pivot
                    | Self::Unpivot
                    | Self::MatchRecognize
                    | Self::Left
                    | Self::Right
                    | Self::Full
                    | Self::Inner
                    | Self::Cross
                    | Self::Natural
                    | Self::Outer
                    | Self::Connect
                    | Self::Start
                    | Self::Prewhere
                    | Self::Partition
                    | Self::Output
                    | Self::Insert
                    | Self::Update
                    | Self::Delete
                    | Self::Merge
                    | Self::Create
                    | Self::Alter
                    | Self::Drop
                    | Self::Exec
                    | Self::Execute
                    | Self::Declare
                    | Self::Begin
                    | Self::If
                    | Self::While
                    | Self::Return
                    | Self::Loop
                    | Self::Go
                    | Self::Use
                    | Self::Print
                    | Self::Settings
                    | Self::Option
                    | Self::Default
                    | Self::And
                    | Self::Or
                    | Self::Do
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_whatever_its_case() {
        assert_eq!(Key::of("SeLeCt"), Key::Select);
        assert_eq!(Key::of("selects"), Key::None);
        assert_eq!(Key::of("straight_join"), Key::StraightJoin);
        assert_eq!(Key::of("é"), Key::None);
    }

    #[test]
    fn no_word_is_longer_than_the_table_allows() {
        for (text, _) in WORDS {
            assert!(text.len() <= LONGEST && text.len() >= 2, "{text}");
            assert_eq!(*text, text.to_ascii_lowercase());
        }
    }
}
