// Runs one WebAssembly test program in Chromium. Cargo calls it for `cargo test --target wasm32-unknown-unknown`
// (CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER) with the program's path and the arguments for the tests.
//
// wasm-bindgen's own runner wants a chromedriver to open its page; Playwright is here anyway and needs none. So the
// runner only serves the page (NO_HEADLESS), and this script opens it and reads the outcome.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chromium } from '@playwright/test';
import { VirtualAuthenticator } from '../crates/browser/npm/testing.js';
import { chromiumLaunchOptions } from './lib/browser.mjs';

const PATIENCE_MS = 120_000;
const args = process.argv.slice(2);

const env = { ...process.env, NO_HEADLESS: '1', WASM_BINDGEN_TEST_ADDRESS: '127.0.0.1:0' };
// Tests that name no place to run in get the browser too.
env.WASM_BINDGEN_USE_BROWSER ??= '1';
const runner = spawn('wasm-bindgen-test-runner', args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
runner.on('error', (error) => {
  process.stderr.write(`wasm-bindgen-test-runner: ${error.code === 'ENOENT' ? 'not found; npm run setup installs it' : error.message}\n`);
  process.exitCode = 1;
});

const served = new Promise((resolve) => {
  createInterface({ input: runner.stdout }).on('line', (line) => {
    const port = line.match(/available at http:\/\/127\.0\.0\.1:(\d+)/)?.[1];
    if (port) resolve(port);
    // What it says about how to stop it is for people who open the page by hand.
    else if (/no tests to run|: (test|benchmark)$|^error|skipping/.test(line)) process.stdout.write(`${line}\n`);
  });
});
const ended = new Promise((resolve) => runner.once('close', (code) => resolve({ code })));

const first = await Promise.race([served, ended]);
if (typeof first === 'object') {
  // No page: a list of tests was asked for, there are no tests, or the program could not be read.
  process.exitCode = first.code ?? 1;
} else {
  try {
    process.exitCode = (await runInBrowser(first)) ? 0 : 1;
  } finally {
    runner.kill();
  }
}

/** Opens the page, prints what the tests print, and resolves with whether all of them passed. */
async function runInBrowser(port) {
  const browser = await chromium.launch(chromiumLaunchOptions());
  try {
    const page = await browser.newPage();
    const messages = [];
    page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => messages.push(`uncaught: ${error.message}`));
    // It verifies its user and agrees to everything, so that tests can run whole ceremonies.
    await VirtualAuthenticator.add(page, { synced: false });
    // By name: an address is no valid RP ID, and tests may make passkeys.
    await page.goto(`http://localhost:${port}/`);
    const output = page.locator('#output');
    const finished = await page
      .waitForFunction(() => document.getElementById('output')?.textContent.includes('test result: '), null, { timeout: PATIENCE_MS })
      .catch(() => false);
    const text = await output.innerText();
    const passed = Boolean(finished) && text.includes('test result: ok');
    process.stdout.write(`${text.trim()}\n`);
    if (!finished) process.stdout.write(`\nno result within ${PATIENCE_MS / 1000} s\n`);
    if (!passed || args.includes('--nocapture')) process.stdout.write(`\nconsole:\n${messages.join('\n')}\n`);
    return passed;
  } finally {
    await browser.close();
  }
}
