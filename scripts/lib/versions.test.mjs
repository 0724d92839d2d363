import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, lockedVersion, requiredRust, versionIn } from './versions.mjs';

const LOCK = `version = 4

[[package]]
name = "wasm-bindgen-futures"
version = "0.4.60"
dependencies = [
 "wasm-bindgen",
]

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
source = "registry+index"
`;

test('the locked version is that of the package with exactly this name', () => {
  assert.equal(lockedVersion(LOCK, 'wasm-bindgen'), '0.2.130');
  assert.equal(lockedVersion(LOCK, 'wasm-bindgen-futures'), '0.4.60');
});

test('a package that is not locked has no version', () => {
  assert.equal(lockedVersion(LOCK, 'wasm'), undefined);
  assert.equal(lockedVersion('', 'wasm-bindgen'), undefined);
});

test('the required Rust is read from the workspace manifest', () => {
  assert.equal(requiredRust('[workspace.package]\nedition = "2024"\nrust-version = "1.95"\n'), '1.95');
  assert.equal(requiredRust('[workspace]\n'), undefined);
});

test('the version is found in what programs print', () => {
  assert.equal(versionIn('trunk 0.21.14'), '0.21.14');
  assert.equal(versionIn('Chromium 156.0.8078.79 built on Debian'), '156.0.8078');
  assert.equal(versionIn('no version'), undefined);
  assert.equal(versionIn(undefined), undefined);
});

test('versions compare number by number', () => {
  assert.equal(atLeast('1.96.0', '1.95'), true);
  assert.equal(atLeast('1.95.0', '1.95'), true);
  assert.equal(atLeast('1.9.0', '1.10'), false);
  assert.equal(atLeast('0.21.14', '0.21.14'), true);
  assert.equal(atLeast('0.21.3', '0.21.14'), false);
});
