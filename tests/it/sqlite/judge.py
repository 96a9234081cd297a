# Runs statements in SQLite and says what its authorizer was asked. Lines of JSON in, lines of JSON out:
# {"sql", "deny": [actions, table] or null} gives {"asked": ["update t", …], "error": text or null}.
import json
import sqlite3
import sys

ACTIONS = {18: "insert", 23: "update", 9: "delete", 20: "select", 2: "create", 8: "create", 29: "create", 11: "drop", 17: "drop", 28: "alter"}
ON_SECOND = {26: "alter", 1: "alter", 10: "alter", 7: "trigger", 16: "alter"}
schema = sys.stdin.buffer.read(int(sys.stdin.buffer.readline())).decode()


def run(statement, deny):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(schema)
    inner = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger')")}
    asked = []

    def authorize(action, one, two, _database, source):
        if source in inner:
            return sqlite3.SQLITE_OK
        privilege, table = (ACTIONS.get(action), one) if action in ACTIONS else (ON_SECOND.get(action), two)
        if privilege is None or table is None or table.startswith("sqlite_"):
            return sqlite3.SQLITE_OK
        asked.append([privilege, table])
        return sqlite3.SQLITE_DENY if deny and [privilege, table] == deny else sqlite3.SQLITE_OK

    connection.set_authorizer(authorize)
    error = None
    try:
        connection.execute(statement).fetchall()
    except sqlite3.Error as problem:
        error = str(problem)
    dropped = {table for privilege, table in asked if privilege == "drop"}
    # What is dropped is emptied first: nobody asks for that.
    return sorted({f"{privilege} {table}" for privilege, table in asked if privilege != "delete" or table not in dropped}), error


for line in sys.stdin.buffer:
    task = json.loads(line)
    asked, error = run(task["sql"], task["deny"])
    print(json.dumps({"asked": asked, "error": error}))
