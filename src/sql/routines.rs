//! Routines that the servers bring along: calling one says nothing of a service's tables.

use crate::vocabulary::TableName;

/// Whether a routine is the server's own, so that no body of it is missing.
#[must_use]
pub fn is_system_routine(name: &TableName) -> bool {
    let last = name.name.text.to_ascii_lowercase();
    let system = |part: &str| {
        SCHEMAS.contains(&part) || PREFIXES.iter().any(|prefix| part.starts_with(prefix)) || is_builtin(part)
    };
    if name.qualifiers.iter().any(|part| system(&part.text.to_ascii_lowercase())) {
        return true;
    }
    let method = !name.qualifiers.is_empty() && METHODS.contains(&last.as_str());
    let procedure = last.strip_prefix("sp_").is_some_and(|rest| PROCEDURES.iter().any(|known| rest.starts_with(known)));
    method || procedure || system(&last)
}

/// Schemas, databases and modules of the servers.
const SCHEMAS: &[&str] = &[
    "aead",
    "bq",
    "htf",
    "htp",
    "information_schema",
    "keys",
    "master",
    "ml",
    "msdb",
    "mysql",
    "net",
    "performance_schema",
    "pg_catalog",
    "raise_application_error",
    "safe",
    "set_config",
    "setval",
    "snowflake",
    "standard",
    "sys",
    "system",
    "xdb",
];

/// How the names of the servers' routines and packages begin.
const PREFIXES: &[&str] =
    &["apex_", "ctx_", "dblink", "dbms_", "lo_", "owa_", "pg_", "rds_", "sdo_", "system$", "utl_", "xp_"];

/// Methods of a collection or an XML value.
const METHODS: &[&str] = &[
    "count", "delete", "exist", "exists", "extend", "first", "last", "limit", "modify", "next", "nodes", "prior",
    "query", "trim", "value",
];

/// How SQL Server's own procedures go on after `sp_`.
const PROCEDURES: &[&str] = &[
    "add",
    "approle",
    "attach",
    "autostats",
    "bind",
    "cdc_",
    "changedbowner",
    "changeobjectowner",
    "columns",
    "configure",
    "createstats",
    "cursor",
    "cycle_errorlog",
    "databases",
    "dboption",
    "delete_job",
    "depends",
    "describe_",
    "detach_db",
    "drop",
    "estimate_",
    "execute",
    "fkeys",
    "fulltext",
    "getapplock",
    "grant",
    "help",
    "indexes",
    "invoke_external",
    "lock",
    "monitor",
    "msforeach",
    "oacreate",
    "oadestroy",
    "oageterrorinfo",
    "oagetproperty",
    "oamethod",
    "oasetproperty",
    "pkeys",
    "prepare",
    "procoption",
    "recompile",
    "refresh",
    "releaseapplock",
    "rename",
    "reset_connection",
    "revoke",
    "send_dbmail",
    "serveroption",
    "set_session_context",
    "setapprole",
    "settriggerorder",
    "spaceused",
    "special_columns",
    "sproc_columns",
    "start_job",
    "statistics",
    "stop_job",
    "stored_procedures",
    "tableoption",
    "tables",
    "testlinkedserver",
    "unbind",
    "update_job",
    "updateextendedproperty",
    "updatestats",
    "who",
    "xml_",
];

/// Functions that every server has: they are no routines of a service.
pub(super) fn is_builtin(name: &str) -> bool {
    if name.len() > 18 {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    BUILTIN.binary_search(&lower.as_str()).is_ok()
}

const BUILTIN: &[&str] = &[
    "abs",
    "array_agg",
    "avg",
    "bigint",
    "cast",
    "ceil",
    "char",
    "char_length",
    "coalesce",
    "concat",
    "concat_ws",
    "convert",
    "count",
    "current_timestamp",
    "date",
    "date_add",
    "date_format",
    "date_part",
    "date_sub",
    "date_trunc",
    "dateadd",
    "datediff",
    "datetime",
    "decimal",
    "dense_rank",
    "extract",
    "float",
    "floor",
    "format",
    "getdate",
    "greatest",
    "group_concat",
    "identity",
    "ifnull",
    "int",
    "integer",
    "isnull",
    "json_agg",
    "json_build_object",
    "json_extract",
    "jsonb_agg",
    "jsonb_build_object",
    "lag",
    "last_insert_id",
    "last_value",
    "lead",
    "least",
    "length",
    "lower",
    "ltrim",
    "max",
    "md5",
    "min",
    "mod",
    "nextval",
    "now",
    "ntile",
    "nullif",
    "numeric",
    "nvarchar",
    "nvl",
    "percentile_cont",
    "power",
    "random",
    "rank",
    "regexp_replace",
    "round",
    "row_number",
    "rtrim",
    "sqrt",
    "stddev",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "sysdate",
    "timestamp",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_number",
    "to_timestamp",
    "trim",
    "trunc",
    "unnest",
    "upper",
    "uuid",
    "varchar",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(BUILTIN.is_sorted() && SCHEMAS.is_sorted() && PROCEDURES.is_sorted());
    }

    #[test]
    fn what_a_server_brings_along_is_no_routine_of_a_service() {
        let system = |name| is_system_routine(&TableName::parse(name).unwrap());
        assert!(system("dbms_output.put_line") && system("sp_help") && system("pg_notify") && system("msdb.dbo.sp_x"));
        assert!(system("l_rows.extend") && system("sys.sp_x"));
        assert!(!system("sp_charge_order") && !system("billing.charge") && !system("extend"));
    }
}
