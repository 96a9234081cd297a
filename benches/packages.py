#!/usr/bin/env python3
"""Runs our fixtures with the packages they are written for, and compares the tables that SQLite says are touched
with those that the fixtures' marks name.

    python3 benches/packages.py [--work DIR] [NAME...]

It installs packages from PyPI and npm into DIR (by default a folder of the system's temporary one), so it needs
both registries, Python 3.10 or later with `venv`, and Node 20 or later with what `node-gyp` needs to build
`better-sqlite3` and `sqlite3`. Prisma's client is generated without its schema engine, which no registry has. It is not part of CI. `cargo test --test it frameworks` compares the same marks with what
`bailiwick map` finds.

The judge is SQLite's authorizer, which is told every table that a statement reads, writes, makes or drops; what
Node's packages send is written to a log and replayed. Keys and indexes are left out: SQLite does not ask for them.
A foreign key that SQLite checks, and the read that an UPDATE or DELETE needs for its WHERE, are no access of ours.
"""
import argparse
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "fixtures", "frameworks")
PYPI = ["sqlalchemy", "sqlmodel", "django", "peewee", "tortoise-orm[accel]", "pony"]
NPM = [
    "knex", "kysely", "drizzle-orm", "better-sqlite3", "typeorm@0.3", "reflect-metadata", "objection", "sequelize@6", "sqlite3",
    "@mikro-orm/core@6", "@mikro-orm/better-sqlite@6", "prisma@7", "@prisma/client@7", "@prisma/adapter-better-sqlite3@7",
]

# Runs inside of the fixture's process: every connection tells a file what it is asked for.
PYTHON_HOOK = """
import sqlite3, threading
_connect = sqlite3.connect
def _connected(*args, **kwargs):
    connection = _connect(*args, **kwargs)
    connection.set_trace_callback(lambda sql: _log.write(sql.replace(chr(0), ' ') + chr(0)))
    return connection
import os
_log = open(os.environ['STATEMENT_LOG'], 'a', buffering=1)
sqlite3.connect = _connected
sqlite3.dbapi2.connect = _connected
"""
NODE_HOOK = """
const fs = require('fs');
function listen(type, methods) {
  for (const method of methods) {
    const own = type.prototype[method];
    type.prototype[method] = function (sql, ...rest) {
      const made = own.call(this, sql, ...rest);
      fs.appendFileSync(process.env.STATEMENT_LOG, sql + '\\0');
      return made;
    };
  }
}
for (const [driver, methods] of [['better-sqlite3', ['prepare', 'exec']], ['sqlite3', ['run', 'all', 'get', 'exec']]]) {
  const made = require(driver);
  listen(made.Database ?? made, methods);
}
"""


def repository(text):
    """The files of a fixture without their marks, and the marks as (privilege, table)."""
    files, marks, path = {}, set(), None
    for line in text.splitlines():
        if line.startswith("//= "):
            continue
        if line.startswith("//- "):
            path = line[4:].strip()
            files[path] = []
        elif re.match(r"\s*(//)?\s*\^", line):
            privilege, _, table = line.lstrip(" /^").strip().partition(" ")
            marks.add((privilege, table.lower()))
        else:
            files[path].append(line)
    return files, marks


def touched(log):
    """What SQLite says each logged statement needs, replayed on a database of its own."""
    found = set()
    statement = {}

    def authorize(action, first, second, _database, _trigger):
        names = {
            sqlite3.SQLITE_READ: "select", sqlite3.SQLITE_INSERT: "insert", sqlite3.SQLITE_UPDATE: "update",
            sqlite3.SQLITE_DELETE: "delete", sqlite3.SQLITE_CREATE_TABLE: "create", sqlite3.SQLITE_DROP_TABLE: "drop",
        }
        if action in names and first and not first.startswith("sqlite_"):
            statement.setdefault(first.lower(), set()).add(names[action])
        return sqlite3.SQLITE_OK

    database = sqlite3.connect(":memory:", isolation_level=None)
    for sql in log.split("\0"):
        if not sql.strip() or re.match(r"\s*(PRAGMA|--|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", sql, re.I):
            continue
        statement.clear()
        database.set_authorizer(authorize)
        try:
            database.execute(sql).fetchall()
        except sqlite3.ProgrammingError:
            pass  # Values were bound to it: what it touches was asked for when it was prepared.
        except sqlite3.Error as error:
            print(f"    not replayed: {error}: {sql[:90]!r}")
        database.set_authorizer(None)
        for table, privileges in statement.items():
            writes = privileges - {"select"}
            if {"drop"} <= writes:
                writes = {"drop"}
            elif re.match(r"\s*INSERT", sql, re.I) and "delete" in writes:
                writes -= {"delete"}
            found.update((privilege, table) for privilege in (writes or privileges))
    return found


def run(command, **kwargs):
    return subprocess.run(command, capture_output=True, text=True, **kwargs)


def install(work):
    python = os.path.join(work, "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", python], check=True)
        subprocess.run([os.path.join(python, "bin", "pip"), "install", "-q", *PYPI], check=True)
    if not os.path.exists(os.path.join(work, "node_modules", "knex")):
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", work, *NPM], check=True)
        drivers = ["better-sqlite3", "sqlite3"]
        subprocess.run(["npm", "rebuild", *drivers, "--build-from-source", "--prefix", work], check=True)


def generate(folder, files, work):
    """Prisma makes its client from the schema; the engine that it would load for that does nothing here."""
    for schema in (path for path in files if path.endswith(".prisma")):
        command = [os.path.join(work, "node_modules", ".bin", "prisma"), "generate", "--schema", os.path.join(folder, schema)]
        environment = {**os.environ, "PRISMA_SCHEMA_ENGINE_BINARY": "/bin/true", "PRISMA_HIDE_UPDATE_MESSAGE": "1"}
        subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=True)


def judge(fixture, work):
    """Runs one fixture; what is marked and not touched, and what is touched and not marked."""
    with open(fixture, encoding="utf-8") as file:
        files, marks = repository(file.read())
    folder = tempfile.mkdtemp(dir=work)
    log = os.path.join(folder, "statements")
    open(log, "w").close()
    for path, lines in files.items():
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    start = os.path.join(folder, next(iter(files)))
    environment = {**os.environ, "STATEMENT_LOG": log}
    if start.endswith(".py"):
        with open(os.path.join(folder, "sitecustomize.py"), "w", encoding="utf-8") as file:
            file.write(PYTHON_HOOK)
        environment["PYTHONPATH"] = folder
        result = run([os.path.join(work, "python", "bin", "python"), start], env=environment)
    else:
        generate(folder, files, work)
        hook = os.path.join(folder, "hook.cjs")
        with open(hook, "w", encoding="utf-8") as file:
            file.write(NODE_HOOK)
        result = run(["node", "--require", hook, start], env=environment)
    if result.returncode != 0:
        return None, result.stderr[-600:]
    with open(log, encoding="utf-8") as file:
        found = touched(file.read())
    marks = {mark for mark in marks if mark[0] not in ("references", "alter")}
    # Where a command makes the schema that the fixture knows nothing of, its tables are no matter of the code.
    if not any(privilege == "create" for privilege, _ in marks):
        found = {row for row in found if row[0] != "create"}
    return marks - found, found - marks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "bailiwick-packages"))
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    install(options.work)
    failed = 0
    for language in ("python", "typescript"):
        folder = os.path.join(FIXTURES, language)
        for name in sorted(os.listdir(folder)):
            package = name.removesuffix("-runs.py").removesuffix("-runs.mjs")
            if package == name or options.names and package not in options.names:
                continue
            missing, extra = judge(os.path.join(folder, name), options.work)
            if missing is None:
                print(f"{package}: did not run\n{extra}")
                failed += 1
                continue
            agrees = not missing and not extra
            failed += not agrees
            print(f"{package}: {'agrees' if agrees else 'differs'}")
            for what, rows in (("marked, not touched", missing), ("touched, not marked", extra)):
                for privilege, table in sorted(rows):
                    print(f"    {what}: {privilege} {table}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
