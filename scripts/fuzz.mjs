// `npm run fuzz -- [seconds] [target…]`: libFuzzer on the targets of crates/fuzz, each for that long (60 s if nothing is
// said), all of them if none is named. `npm run fuzz -- --list` names them.
//
// The corpus stays in fuzz/corpus, so that a second run begins where the first ended. What a crash needs to happen again
// is kept in fuzz/artifacts.

import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readFuzzing, summary } from './lib/fuzzing.mjs';
import { main } from './lib/main.mjs';
import { program, root } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runStep, stepDone } from './lib/run.mjs';
import { Problem, bold, duration, heading, red, say, shortPath } from './lib/say.mjs';
import { fuzzer } from './lib/tools.mjs';

const folder = join(root, 'fuzz');
const corpus = (target) => join(folder, 'corpus', target);
const artifacts = (target) => join(folder, 'artifacts', target);

// Every length that an attacker chooses has a cap, and the largest of those that travel in a request is below this.
const LONGEST_INPUT = 65_536;

const words = process.argv.slice(2);
const seconds = /^\d+$/.test(words[0] ?? '') ? Number(words.shift()) : 60;

/** Writes the seeds of every target, and resolves with the targets' names. */
async function writeSeeds(env) {
  const args = ['run', '--quiet', '-p', 'passkeep-fuzz', '--', 'seeds', join(folder, 'corpus')];
  const { output } = await runStep({ title: 'Seeds (fuzz/corpus)', command: 'cargo', args, env, log: 'fuzz-seeds' });
  return output.split('\n').filter((line) => existsSync(corpus(line)) && line);
}

function chosen(targets) {
  const unknown = words.filter((word) => !targets.includes(word));
  if (unknown.length > 0) {
    throw new Problem(`No target is called ${unknown.join(' or ')}`, { help: `They are: ${targets.join(' ')}` });
  }
  return targets.filter((target) => words.length === 0 || words.includes(target));
}

async function build(cargoFuzz, env) {
  // The same versions as everywhere else; cargo adds the fuzzer's own.
  copyFileSync(join(root, 'Cargo.lock'), join(folder, 'Cargo.lock'));
  await runStep({
    title: 'Programs (cargo fuzz build)',
    why: 'the fuzzer has to see which branches an input takes, so everything is compiled for that once.',
    command: cargoFuzz,
    args: ['build', ...MODE],
    env,
    log: 'fuzz-build',
  });
}

// There is no unsafe code of ours that a sanitizer could watch; integer overflow is a panic by debug assertions.
const MODE = ['--release', '--debug-assertions', '--sanitizer', 'none'];

async function run(target, cargoFuzz, env) {
  for (const path of [corpus(target), artifacts(target)]) mkdirSync(path, { recursive: true });
  const before = readdirSync(artifacts(target));
  const limits = [`-max_total_time=${seconds}`, `-max_len=${LONGEST_INPUT}`, '-timeout=20', '-rss_limit_mb=4096', '-print_final_stats=1'];
  const { output, code, ms, logPath } = await runStep({
    title: target,
    command: cargoFuzz,
    args: ['run', ...MODE, target, '--', ...limits],
    env,
    log: `fuzz-${target}`,
    mayFail: true,
    quiet: true,
  });
  const found = readdirSync(artifacts(target)).filter((file) => !before.includes(file));
  const result = { target, ...readFuzzing(output), crashes: Math.max(found.length, code === 0 ? 0 : 1) };
  if (result.crashes === 0) stepDone(summary(result), ms);
  else {
    say(red(`✗ ${summary(result)}`));
    say(`  Full output: ${shortPath(logPath)}`);
    for (const file of found) say(`  Again: npm run with-tools -- cargo run -p passkeep-fuzz -- run ${target} ${shortPath(join(artifacts(target), file))}`);
  }
  return result;
}

await main(async () => {
  const { env: tools } = await prepare({ forTests: true });
  const cargoFuzz = join((await fuzzer(tools)).folder, program('cargo-fuzz'));
  // Instrumentation has flags that only nightly compilers take; a stable one takes them too when it is told to.
  const env = { ...tools, RUSTC_BOOTSTRAP: '1' };
  heading('Build');
  const targets = await writeSeeds(tools);
  if (words.includes('--list')) {
    say(targets.join('\n'));
    return 0;
  }
  const names = chosen(targets);
  await build(cargoFuzz, env);

  heading(`Fuzz: ${names.length} targets, ${duration(seconds * 1000)} each`);
  const results = [];
  for (const target of names) results.push(await run(target, cargoFuzz, env));

  heading('Result');
  const crashed = results.filter((result) => result.crashes > 0);
  const runs = results.reduce((sum, result) => sum + result.runs, 0);
  for (const result of results) say(summary(result));
  say(bold(`npm run fuzz: ${results.length} targets, ${runs} runs, ${crashed.length} crashed`));
  return crashed.length === 0 ? 0 : 1;
});
