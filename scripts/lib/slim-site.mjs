// Makes a page that Trunk has built smaller: its program as the modules of the npm package are made smaller, its scripts without names
// and white space, its styles in one file. Then every file is called by what is in it now, since browsers keep it for good.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nameInOrder, orderArgs } from './order-wasm.mjs';
import { root } from './paths.mjs';
import { Problem } from './say.mjs';
import { dropUnusedExports, shortenNames, shrinkArgs, silencePanics } from './slim-wasm.mjs';

/** Slims everything below `folder` that its index.html loads. `fractions`: whether its program writes numbers that are not whole. */
export async function slimSite(folder, { fractions }) {
  const page = join(folder, 'index.html');
  await slimProgram(folder, fractions);
  let html = joinStyles(folder, readFileSync(page, 'utf8'));
  await minifyScripts(folder);
  html = nameByContent(folder, html);
  writeFileSync(page, html);
}

const filesIn = (folder, suffix) => readdirSync(folder).filter((file) => file.endsWith(suffix));

/** Panics of the program become bare traps, and the names by which it and its bindings know each other short. */
async function slimProgram(folder, fractions) {
  const [module] = filesIn(folder, '_bg.wasm');
  const [wasm, glue] = [join(folder, module), join(folder, module.replace('_bg.wasm', '.js'))];
  const used = dropUnusedExports(readFileSync(wasm), readFileSync(glue, 'utf8'));
  writeFileSync(wasm, silencePanics(used.wasm, { formats: true, fractions }));
  await wasmOpt(wasm, [...shrinkArgs, ...LOW_MEMORY, '--strip-debug']);
  writeFileSync(wasm, nameInOrder(readFileSync(wasm)));
  await wasmOpt(wasm, orderArgs);
  const short = shortenNames(readFileSync(wasm), used.bindings);
  writeFileSync(wasm, short.wasm);
  writeFileSync(glue, short.bindings);
}

/** The lowest kilobyte is the end of the stack, where no data is. */
const LOW_MEMORY = ['--low-memory-unused'];

async function wasmOpt(file, args) {
  const program = join(root, 'node_modules/binaryen/bin/wasm-opt');
  await promisify(execFile)(process.execPath, [program, ...args, file, '-o', file]);
}

/** Takes names and white space out of the JavaScript, which Trunk's own minifier cannot read. */
async function minifyScripts(folder) {
  const { transform } = await import('esbuild');
  for (const file of filesIn(folder, '.js').map((name) => join(folder, name))) {
    const { code } = await transform(readFileSync(file, 'utf8'), { minify: true, charset: 'utf8' });
    writeFileSync(file, code);
  }
}

const STYLESHEET = /<link\b[^>]*\brel="?stylesheet"?[^>]*>/g;

/**
 * Puts the page's styles into one file, in their order: every file of its own waits for one of the six connections that browsers have
 * to a server.
 */
export function joinStyles(folder, html) {
  const links = [...html.matchAll(STYLESHEET)].map(([link]) => link);
  const paths = links.map((link) => /\bhref="?([^\s">]+)/.exec(link)[1]);
  const names = paths.map((path) => path.split('/').pop());
  if (names.length === 0) return html;
  const styles = names.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  for (const name of names) rmSync(join(folder, name));
  const joined = `styles-${hashOf(styles)}.css`;
  writeFileSync(join(folder, joined), styles);
  const [first, ...others] = links;
  const rest = others.reduce((page, link) => page.replace(link, ''), html);
  return rest.replace(first, first.replace(names[0], joined));
}

/** The hash that Trunk puts into a name: hexadecimal digits, without the zeros they begin with. */
const HASH = /-[0-9a-f]{10,16}(?=(_bg)?\.(js|css|wasm)$)/;

const hashOf = (content) => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** Renames each script, style and module after its content, and has the page know. */
export function nameByContent(folder, html) {
  for (const name of readdirSync(folder).filter((file) => HASH.test(file))) {
    const path = join(folder, name);
    const named = name.replace(HASH, `-${hashOf(readFileSync(path))}`);
    if (!html.includes(name)) throw new Problem(`the page does not load ${name}`);
    renameSync(path, join(folder, named));
    html = html.replaceAll(name, named);
  }
  return html;
}
