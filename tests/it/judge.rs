//! PostgreSQL itself judges what we say a statement needs.
//!
//! Each case of `postgres/cases.sql` is run once by a role that has exactly the privileges that we name: it must
//! pass. Then once for each of them by a role that lacks just that one: it must be refused. Two things are added to
//! what we name: the SELECT that PostgreSQL wants on the target for a WHERE, a RETURNING or an ON CONFLICT, and
//! CREATE on the schema. Schema changes are judged by ownership.
//!
//! The server is one of our own, on a socket in a temporary folder, if `initdb` and `pg_ctl` are on the PATH or in
//! Debian's place. Without them the statements are still compared with their `=` lines, and the test says on
//! stderr that it did not judge and why.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use bailiwick::vocabulary::{Dialect, Privilege};

use crate::judged::{Case, Need, Verdicts, cases, holds, is_made_here, runs, skipped};
use crate::support::project;

const CASES: &str = "tests/it/postgres/cases.sql";
const SCHEMA: &str = "tests/it/postgres/schema.sql";

/// SQLSTATE of `insufficient_privilege`; `must be owner` has it too.
const REFUSED: &str = "42501";

#[test]
fn each_statement_needs_what_its_line_says() {
    holds(CASES, Dialect::Postgres, 300);
}

#[test]
fn postgres_agrees() {
    let server = match Server::start() {
        Ok(server) => server,
        Err(reason) => return skipped("postgres_agrees", "PostgreSQL", &reason),
    };
    let cases = cases(CASES, Dialect::Postgres);
    let runs = runs(&cases);
    let script: String =
        runs.iter().enumerate().map(|(run, (at, lacking))| script(run, &cases[*at], lacking.as_ref())).collect();
    let verdicts = server.verdicts(&script);
    assert_eq!(verdicts.len(), runs.len(), "some runs have no verdict");

    let mut judged = Verdicts::default();
    for ((at, lacking), verdict) in runs.iter().zip(&verdicts) {
        let error = (verdict.state != "00000").then(|| format!("{} {}", verdict.state, verdict.message));
        judged.add(CASES, &cases[*at], lacking.as_ref(), error, verdict.state == REFUSED);
    }
    judged.close("postgres_agrees", cases.len());
}

/// The psql commands that run one case as a role that has all needed privileges but `lacking`.
fn script(run: usize, case: &Case, lacking: Option<&Need>) -> String {
    let mut text = String::from("BEGIN;\n");
    let needs = case.needs();
    let lacks = |privilege: Privilege, table: &str| lacking.is_some_and(|need| *need == (privilege, table.to_string()));
    if lacking.is_none_or(|need| need.0 != Privilege::Create) {
        text.push_str("GRANT CREATE ON SCHEMA public, sales TO judged;\n");
    }
    let targets = needs.iter().filter(|need| {
        matches!(need.0, Privilege::Insert | Privilege::Update | Privilege::Delete)
            && !lacks(Privilege::Select, &need.1)
    });
    for (_, table) in targets {
        let _ = writeln!(text, "GRANT SELECT ON {table} TO judged;");
    }
    for grant in &case.beside {
        let (privilege, table) = grant.split_once(' ').expect("`privilege table`");
        let _ = writeln!(text, "GRANT {privilege} ON {table} TO judged;");
    }
    for (privilege, table) in needs.iter().filter(|need| lacking != Some(*need) && !is_made_here(&needs, need)) {
        match privilege {
            Privilege::Create => {}
            Privilege::Alter | Privilege::Drop => {
                let _ = writeln!(text, "SELECT hand_over('{table}');");
            }
            _ => {
                let _ = writeln!(text, "GRANT {privilege} ON {table} TO judged;");
            }
        }
    }
    // What is needed on a table that was handed over is the owner's already: an owner lacks nothing but by REVOKE.
    if let Some((privilege, table)) = lacking.filter(|need| is_grantable(need.0)) {
        let _ = writeln!(text, "REVOKE {privilege} ON {table} FROM judged;");
    }
    // What is copied in is nothing: the data end at once.
    let data = if case.sql.contains("FROM STDIN") { "\n\\." } else { "" };
    let _ = writeln!(text, "SET LOCAL ROLE judged;\n{}{data}", case.sql.trim_end());
    let _ = writeln!(text, "\\echo @@ {run} :SQLSTATE :LAST_ERROR_MESSAGE\nROLLBACK;\nDEALLOCATE ALL;");
    text
}

fn is_grantable(privilege: Privilege) -> bool {
    !matches!(privilege, Privilege::Create | Privilege::Alter | Privilege::Drop)
}

struct Verdict {
    state: String,
    message: String,
}

/// A PostgreSQL server of our own in a temporary folder, stopped and removed when dropped.
struct Server {
    folder: PathBuf,
    programs: PathBuf,
}

impl Server {
    fn start() -> Result<Self, String> {
        let programs = programs().ok_or("neither the PATH nor /usr/lib/postgresql has `initdb` and `pg_ctl`")?;
        let server = Self { folder: temporary_folder()?, programs };
        let data = server.folder.join("data");
        let data = data.to_string_lossy();
        server.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"])?;
        let socket = server.folder.to_string_lossy();
        let options = format!("-c listen_addresses='' -c fsync=off -k '{socket}'");
        let log = server.folder.join("log");
        server.run("pg_ctl", &["-D", &data, "-w", "-l", &log.to_string_lossy(), "-o", &options, "start"])?;
        Ok(server)
    }

    /// A program of the server, as the user `postgres` where we are root: the server refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        }
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        // Not into a pipe: the server inherits it and would keep it open.
        let status = self.command(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{program} failed ({status})")),
            Err(error) => Err(format!("{program} does not start: {error}")),
        }
    }

    /// Loads the schema, runs the script, and reads its `@@` lines.
    fn verdicts(&self, script: &str) -> Vec<Verdict> {
        let schema = fs::read_to_string(project().join(SCHEMA)).unwrap();
        let hand_over = "CREATE FUNCTION hand_over(name text) RETURNS void LANGUAGE plpgsql AS $$
            DECLARE kind char := (SELECT relkind FROM pg_class WHERE oid = to_regclass(name));
            BEGIN
                IF kind IS NULL THEN RETURN; END IF;
                EXECUTE format('ALTER %s %s OWNER TO judged',
                    CASE kind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, name);
            END $$;";
        let roles = "CREATE ROLE judged; REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public, sales TO judged;
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO judged; SET client_min_messages = error;";
        let script = format!(
            "\\set ON_ERROR_STOP on\n{schema}\n{hand_over}\n{roles}\n\\set ON_ERROR_STOP off\n\\o /dev/null\n{script}"
        );
        let mut psql = self
            .command("psql")
            .args(["-X", "-q", "-U", "postgres", "-d", "postgres", "-h"])
            .arg(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("psql starts");
        let mut stdin = psql.stdin.take().expect("stdin is piped");
        let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
        let output = psql.wait_with_output().expect("psql ends");
        assert!(writer.join().is_ok_and(|written| written.is_ok()), "psql stopped reading: does {SCHEMA} load?");
        let output = String::from_utf8_lossy(&output.stdout);
        let verdicts = output.lines().filter_map(|line| line.strip_prefix("@@ "));
        let read = |line: &str| {
            let mut parts = line.splitn(3, ' ').skip(1).map(str::to_owned);
            Verdict { state: parts.next().unwrap_or_default(), message: parts.next().unwrap_or_default() }
        };
        verdicts.map(read).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        // A server that does not stop, or a folder that stays, is no reason to fail.
        let _ = self.run("pg_ctl", &["-D", &data.to_string_lossy(), "-m", "immediate", "stop"]);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder of the newest PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| ["initdb", "pg_ctl", "psql"].iter().all(|program| folder.join(program).is_file());
    let on_path = env::split_paths(&env::var_os("PATH")?).find(complete);
    on_path.or_else(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
        let mut folders: Vec<PathBuf> =
            versions.filter_map(Result::ok).map(|version| version.path().join("bin")).collect();
        folders.sort();
        folders.into_iter().rev().find(complete)
    })
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A short path (a socket's may not be long), which `postgres` can write to.
fn temporary_folder() -> Result<PathBuf, String> {
    let folder = Path::new("/tmp").join(format!("bailiwick-judge-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if is_root() {
        let owned = Command::new("chown").arg("postgres").arg(&folder).status();
        if !owned.is_ok_and(|status| status.success()) {
            let _ = fs::remove_dir_all(&folder);
            return Err("we are root, and there is no user `postgres` to run the server as".into());
        }
    }
    Ok(folder)
}
