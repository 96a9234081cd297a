// Makes the npm packages: one for each platform with its binary in it, and the one that people install.
//
//   node npm/pack.mjs OUT linux-x64=path/to/bailiwick darwin-arm64=path/to/bailiwick …
//
// The version is Cargo.toml's.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const manifest = readFileSync(join(here, "../Cargo.toml"), "utf8");
const field = (name) => new RegExp(`^${name} = "(.*)"$`, "m").exec(manifest)[1];
const shared = { version: field("version"), description: field("description"), license: field("license") };

const [out, ...binaries] = process.argv.slice(2);
if (!out || binaries.length === 0) {
  console.error("usage: node npm/pack.mjs OUT PLATFORM=BINARY …");
  process.exit(2);
}

function write(folder, json, files) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(json, null, 2)}\n`);
  for (const [from, name] of files) {
    copyFileSync(from, join(folder, name));
    chmodSync(join(folder, name), 0o755);
  }
}

const optionalDependencies = {};
for (const entry of binaries) {
  const [platform, binary] = entry.split("=");
  const [os, cpu] = platform.split("-");
  const file = os === "win32" ? "bailiwick.exe" : "bailiwick";
  const name = `@bailiwick/${platform}`;
  write(join(out, platform), { name, ...shared, os: [os], cpu: [cpu], files: [file] }, [[binary, file]]);
  optionalDependencies[name] = shared.version;
}
write(
  join(out, "bailiwick"),
  { name: "bailiwick", ...shared, bin: { bailiwick: "bailiwick.js" }, files: ["bailiwick.js"], engines: { node: ">=18" }, optionalDependencies },
  [[join(here, "bailiwick.js"), "bailiwick.js"]],
);
