// Builds web/static/build/: one script, one style sheet, names with a hash of the content, a manifest, licences.
// `node build.mjs --check` builds and says whether the committed files are what the sources give.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static", "build");

const result = await build({
  absWorkingDir: here,
  entryPoints: { editor: "src/main.js" },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome123", "firefox120", "safari17.5"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  outdir: "out",
  write: false,
});

const files = new Map();
const manifest = {};
for (const file of result.outputFiles) {
  const ending = file.path.endsWith(".css") ? "css" : "js";
  const hash = createHash("sha256").update(file.contents).digest("hex").slice(0, 12);
  manifest[`editor.${ending}`] = `editor.${hash}.${ending}`;
  files.set(manifest[`editor.${ending}`], Buffer.from(file.contents));
}
files.set("manifest.json", Buffer.from(`${JSON.stringify(manifest, Object.keys(manifest).sort(), 2)}\n`));
files.set("LICENSES.txt", Buffer.from(licences(result.metafile)));

if (process.argv.includes("--check")) check();
else write();

// Every package that is in the bundle, with its licence as it ships.
function licences(metafile) {
  const names = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) names.add(found[1]);
  }
  return [...names].sort().map(licence).join(`\n${"-".repeat(80)}\n\n`);
}

function licence(name) {
  const folder = join(here, "node_modules", name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8") : `Licence: ${about.license}\n`;
  return `${name} ${about.version} (${about.license})\n\n${text.trim()}\n`;
}

function write() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(target, name), content);
  console.log([...files.keys()].join("\n"));
}

function check() {
  const stale = [...files].filter(([name, content]) => !existsSync(join(target, name)) || !readFileSync(join(target, name)).equals(content));
  if (!stale.length) return;
  console.error(`not built from these sources: ${stale.map(([name]) => name).join(", ")}`);
  process.exitCode = 1;
}
