// `npm run package`: builds the npm package `passkeep` and packs it. The tarball is what `npm publish` would send.

import { buildNpmPackage, tarball } from './lib/npm-package.mjs';
import { main } from './lib/main.mjs';
import { prepare } from './lib/prepare.mjs';
import { heading, say } from './lib/say.mjs';

await main(async () => {
  const tools = await prepare();
  heading('Package');
  await buildNpmPackage(tools);
  say(`\n${tarball}`);
});
