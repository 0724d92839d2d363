// What was measured is kept as JSON in docs/performance, and the tables and plots of docs/performance.md are made from it. So a
// figure stands in one place, with the machine, the versions, the commit and the day it belongs to.
//
// A set of figures has a file here, scripts/lib/figures/<set>.mjs, with `tables`, `plots` and `conditions`: functions from the figures
// to Markdown, to charts of Vega-Lite, and to a sentence that follows the machine and the versions.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { lockedVersion } from './versions.mjs';

export const figuresDir = join(root, 'docs/performance');
const page = join(root, 'docs/performance.md');

/** The pages with blocks to fill in. */
const PAGES = [page, join(root, 'docs/planning.md'), join(root, 'README.md')];

const sets = () => readdirSync(join(root, 'scripts/lib/figures')).filter((file) => file.endsWith('.mjs')).map((file) => file.slice(0, -'.mjs'.length)).sort();
const fileOf = (set) => join(figuresDir, `${set}.json`);

/** The figures of a set, or undefined where nobody has measured them. */
export const readFigures = (set) => (existsSync(fileOf(set)) ? JSON.parse(readFileSync(fileOf(set), 'utf8')) : undefined);

/**
 * Keeps what was measured.
 * @param {string} set the name of the set
 * @param {object} figures plain numbers, their units in their names (`p50_ms`)
 * @param {object} measured when, where and on what: `circumstances()`, asked for before the measurement, and `versions`
 */
export function recordFigures(set, figures, measured) {
  mkdirSync(figuresDir, { recursive: true });
  writeFileSync(fileOf(set), `${JSON.stringify({ measured, ...figures }, undefined, 2)}\n`);
}

/** The day, the commit and the machine. To be asked for before a measurement, because the commit may be another one at its end. */
export function circumstances() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  // What the documents say changes no figure.
  const changed = git('status', '--porcelain', '--', ':!docs', ':!*.md') !== '';
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git('rev-parse', '--short', 'HEAD') + (changed ? '+' : ''),
    processor: cpus()[0].model.trim(),
    processors: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
  };
}

/** The version that Cargo.lock gives a crate. */
export const crateVersion = (name) => lockedVersion(readFileSync(join(root, 'Cargo.lock'), 'utf8'), name);

/** The version of an installed npm package. */
export const packageVersion = (name) => JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;

/** A sentence that says when, where and on what. */
export function circumstancesInWords({ date, commit, processor, processors, memory_gb: memory, system, versions }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const where = `${processors} processors (${processor}), ${memory} GB of memory, ${system}`;
  const changes = commit.endsWith('+') ? ' with changes' : '';
  const place = `On ${date}, at commit ${commit.replace('+', '')}${changes}, on ${where}`;
  return programs.length > 0 ? `${place}; ${programs.join(', ')}.` : `${place}.`;
}

/**
 * A table in Markdown.
 * @param {[string, (row: object) => unknown][]} columns a title, and what of a row stands below it; the first is to the left
 */
export function markdownTable(columns, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = `|${columns.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`;
  const body = rows.map((row) => line(columns.map(([, cell]) => cell(row) ?? '–')));
  return [line(columns.map(([title]) => title)), rule, ...body].join('\n');
}

/** A number with commas and so many places, or undefined for what was not measured. */
export const number = (value, digits = 0) =>
  value?.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** What the pages and pictures are to be, as they follow from the figures: the text of each, by its path. */
export async function rendered() {
  const blocks = {};
  const files = {};
  for (const set of sets()) {
    const figures = readFigures(set);
    if (!figures) continue;
    const { conditions = () => '', plots = () => ({}), tables = () => ({}) } = await import(`./figures/${set}.mjs`);
    blocks[`${set}.circumstances`] = [circumstancesInWords(figures.measured), conditions(figures)].filter(Boolean).join(' ');
    for (const [name, text] of Object.entries(tables(figures))) blocks[`${set}.${name}`] = text;
    for (const [name, plot] of Object.entries(plots(figures))) {
      blocks[`${set}.${name}`] = picture(`${set}-${name}`, plot.description);
      for (const theme of ['light', 'dark']) files[join(figuresDir, `${set}-${name}-${theme}.svg`)] = await drawn(plot, theme);
    }
  }
  for (const path of PAGES) {
    if (existsSync(path)) files[path] = filled(readFileSync(path, 'utf8'), blocks, path);
  }
  return files;
}

/** Writes the pages and pictures anew, and returns the paths of those that changed. */
export async function writeRendered() {
  const files = Object.entries(await rendered());
  const stale = files.filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  for (const [path, text] of stale) writeFileSync(path, text);
  return stale.map(([path]) => path);
}

const BLOCK = /<!-- figures: (\S+) -->\n[^]*?<!-- end -->/g;

/** A page with its blocks filled in. A picture's address is seen from the page. */
export function filled(text, blocks, path) {
  const prefix = path.startsWith(join(root, 'docs')) ? 'performance' : 'docs/performance';
  return text.replace(BLOCK, (_, name) => {
    if (blocks[name] === undefined) throw new Error(`${path} asks for ${name}, of which there are no figures`);
    return `<!-- figures: ${name} -->\n${blocks[name].replaceAll('PICTURES', prefix)}\n<!-- end -->`;
  });
}

const picture = (name, description) => `<picture>
  <source media="(prefers-color-scheme: dark)" srcset="PICTURES/${name}-dark.svg">
  <img alt="${description.replaceAll('"', '&quot;')}" src="PICTURES/${name}-light.svg">
</picture>`;

const THEMES = {
  light: { ink: '#1f2328', faint: '#59636e', line: '#d1d9e0' },
  dark: { ink: '#f0f6fc', faint: '#9198a1', line: '#3d444d' },
};

/** A chart of Vega-Lite as SVG. */
async function drawn(plot, theme) {
  const [vega, lite] = await Promise.all([import('vega'), import('vega-lite')]);
  const { ink, faint, line } = THEMES[theme];
  const config = {
    background: 'transparent',
    font: 'system-ui, sans-serif',
    view: { stroke: null },
    title: { color: ink, subtitleColor: faint, anchor: 'start', fontSize: 14, subtitleFontSize: 12 },
    axis: { labelColor: faint, titleColor: faint, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 0 },
    legend: { labelColor: faint, titleColor: faint, labelFontSize: 12, labelLimit: 0 },
    text: { color: ink, fontSize: 12 },
  };
  const spec = { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', ...plot, config };
  const view = new vega.View(vega.parse(lite.compile(spec).spec), { renderer: 'none' });
  return `${await view.toSVG()}\n`;
}

/** The colours of plots, which both themes can show: ours, and those of others. */
export const OURS = '#3b82f6';
export const OTHERS = '#8b949e';
export const FLOOR = '#d97706';
