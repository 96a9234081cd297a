//! MariaDB judges what we say a statement needs, as PostgreSQL does in [`crate::judge`].
//!
//! Each run has a database and a user of its own on a private server: the user has exactly the privileges that we name,
//! and the statement must pass; or lacks one of them, and it must be refused. Beside what we name the server wants
//! SELECT on what an UPDATE or DELETE changes. Our `alter` is its ALTER and INDEX, our `truncate` its DROP.
//!
//! The server is one of our own, on a socket in a temporary folder, if `mariadbd` and `mariadb-install-db` are found.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use bailiwick::vocabulary::{Dialect, Privilege};

use crate::judged::{Case, Need, Verdicts, cases, holds, is_made_here, runs, skipped};
use crate::support::project;

const CASES: &str = "tests/it/mariadb/cases.sql";

/// Its numbers for what a user may not do: a database, a table, a column, a view, a routine.
const REFUSED: &[&str] =
    &["ERROR 1044", "ERROR 1142", "ERROR 1143", "ERROR 1227", "ERROR 1345", "ERROR 1356", "ERROR 1370"];

#[test]
fn each_statement_needs_what_its_line_says() {
    holds(CASES, Dialect::Mysql, 80);
}

#[test]
fn mariadb_agrees() {
    let server = match Server::start() {
        Ok(server) => server,
        Err(reason) => return skipped("mariadb_agrees", "MariaDB", &reason),
    };
    let cases = cases(CASES, Dialect::Mysql);
    let runs = runs(&cases);
    let schema = fs::read_to_string(project().join("tests/it/mariadb/schema.sql")).unwrap();
    let setup: String = runs
        .iter()
        .enumerate()
        .map(|(run, (at, lacking))| grants(run, &schema, &cases[*at], lacking.as_ref()))
        .collect();
    server.root(&setup);
    let mut verdicts = Verdicts::default();
    for (run, (at, lacking)) in runs.iter().enumerate() {
        let error = server.run_as(run, &cases[*at].sql);
        let denied = error.as_ref().is_some_and(|error| REFUSED.iter().any(|number| error.starts_with(number)));
        verdicts.add(CASES, &cases[*at], lacking.as_ref(), error, denied);
    }
    verdicts.close("mariadb_agrees", cases.len());
}

/// The privileges of the server that one of ours stands for.
fn own_names(privilege: Privilege) -> &'static str {
    match privilege {
        Privilege::Truncate => "DROP",
        Privilege::Alter => "ALTER, INDEX",
        Privilege::Create => "CREATE, CREATE VIEW",
        other => other.name(),
    }
}

/// A database with the schema, and a user who has all needed privileges in it but `lacking`.
fn grants(run: usize, schema: &str, case: &Case, lacking: Option<&Need>) -> String {
    let needs = case.needs();
    let mut text = format!("CREATE DATABASE run{run}; USE run{run};\n{schema}\nCREATE USER judged{run}@localhost;\n");
    let mut grant = |privilege: &str, table: &str| {
        let table = table.replace('"', "`");
        // What is not there yet can be granted on only together with CREATE.
        let _ = writeln!(text, "GRANT {privilege} ON run{run}.{table} TO judged{run}@localhost;");
    };
    let changed =
        needs.iter().filter(|need| matches!(need.0, Privilege::Insert | Privilege::Update | Privilege::Delete));
    for (_, table) in changed {
        if lacking.is_none_or(|need| *need != (Privilege::Select, table.clone())) {
            grant("SELECT", table);
        }
    }
    let made: Vec<&String> = needs.iter().filter(|need| need.0 == Privilege::Create).map(|need| &need.1).collect();
    for need in needs.iter().filter(|need| lacking != Some(*need) && !is_made_here(&needs, need)) {
        grant(own_names(need.0), &need.1);
    }
    for beside in &case.beside {
        let (privilege, table) = beside.split_once(' ').expect("`privilege table`");
        // A table that is made here: without the right to make it nothing can be granted on it.
        let there = schema.contains(&format!(" {table} ")) || privilege == "create";
        if there {
            grant(privilege, table);
        } else if lacking.is_none_or(|need| need.0 != Privilege::Create) || !made.iter().any(|made| *made == table) {
            grant(&format!("CREATE, {privilege}"), table);
        }
    }
    text
}

/// A MariaDB server of our own in a temporary folder, stopped and removed when dropped.
struct Server {
    folder: PathBuf,
    process: Child,
    client: PathBuf,
}

impl Server {
    fn start() -> Result<Self, String> {
        let find = |names: &[&str]| {
            program(names).ok_or(format!("`{}` is neither on the PATH nor in /usr/sbin", names.join("` or `")))
        };
        let server = find(&["mariadbd", "mysqld"])?;
        let install = find(&["mariadb-install-db", "mysql_install_db"])?;
        let client = find(&["mariadb", "mysql"])?;
        let folder = env::temp_dir().join(format!("bailiwick-maria-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let data = format!("--datadir={}", folder.join("data").display());
        let user = format!("--user={}", env::var("USER").unwrap_or_else(|_| "root".to_owned()));
        let made = Command::new(install)
            .args(["--no-defaults", &data, &user, "--auth-root-authentication-method=normal", "--skip-test-db"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            let _ = fs::remove_dir_all(&folder);
            return Err("its first tables cannot be made".to_owned());
        }
        let process = Command::new(server)
            .args(["--no-defaults", &data, &user, "--skip-networking", "--default-storage-engine=MyISAM"])
            .arg(format!("--socket={}", folder.join("socket").display()))
            .arg(format!("--pid-file={}", folder.join("pid").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let server = Self { folder, process, client };
        for _ in 0..300 {
            if server.client("root", None).args(["-e", "SELECT 1"]).status().is_ok_and(|status| status.success()) {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("it does not answer".to_owned())
    }

    fn client(&self, user: &str, database: Option<&str>) -> Command {
        let mut command = Command::new(&self.client);
        command.arg("--no-defaults").arg(format!("--socket={}", self.folder.join("socket").display()));
        command.args(["-u", user]).args(database).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs a script as the superuser.
    fn root(&self, script: &str) {
        let path = self.folder.join("setup.sql");
        fs::write(&path, script).unwrap();
        let input = fs::File::open(&path).unwrap();
        let output = self.client("root", None).stdin(input).stderr(Stdio::piped()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Runs a statement as the user of that run; the error, if there is one.
    fn run_as(&self, run: usize, statement: &str) -> Option<String> {
        let database = format!("run{run}");
        let mut command = self.client(&format!("judged{run}"), Some(&database));
        let output = command.args(["-e", statement]).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        // The client repeats the statement before it tells the error.
        let error = said.lines().find(|line| line.starts_with("ERROR")).unwrap_or("it failed");
        (!output.status.success()).then(|| error.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that does not stop, or a folder that stays, is no reason to fail.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where one of these programs is.
fn program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders =
        env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(|folder| Path::new(folder).to_owned()));
    let folders: Vec<PathBuf> = folders.collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()))
}
