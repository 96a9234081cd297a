#!/usr/bin/env node
// Starts the binary of this platform, which npm has installed as an optional dependency.
"use strict";

const { spawnSync } = require("node:child_process");

const platform = `${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "bailiwick.exe" : "bailiwick";

let binary;
try {
  binary = require.resolve(`@bailiwick/${platform}/${file}`);
} catch {
  console.error(`error: there is no bailiwick for ${platform}, or optional dependencies were left out`);
  console.error("  help: install it with `cargo install bailiwick` or `pip install bailiwick`");
  process.exit(2);
}

const run = spawnSync(binary, process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  console.error(`error: cannot start ${binary}: ${run.error.message}`);
  process.exit(2);
}
if (run.signal) {
  process.kill(process.pid, run.signal);
}
process.exit(run.status ?? 2);
