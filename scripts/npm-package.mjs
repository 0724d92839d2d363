// `npm run package`: builds the npm package `passkeep` and packs it. The tarball is what `npm publish` would send.
// `npm run package -- --costs` also says what each entry weighs, and what the module is made of.

import { main } from './lib/main.mjs';
import { buildNpmPackage, packageDir, tarball } from './lib/npm-package.mjs';
import { checkBudgets, listParts } from './lib/package-sizes.mjs';
import { weighPasskeys } from './lib/passkeys-weight.mjs';
import { prepare } from './lib/prepare.mjs';
import { heading, say } from './lib/say.mjs';
import { MODULES, withNames } from './lib/wasm-modules.mjs';

await main(async () => {
  const tools = await prepare();
  heading('Package');
  await buildNpmPackage(tools);
  if (process.argv.includes('--costs')) {
    heading('Entries');
    await checkBudgets(packageDir);
    for (const module of MODULES.filter(({ name }) => name !== 'inspect-algorithms')) {
      heading(`${module.name}.wasm`);
      listParts(module, await withNames(module, tools.env));
    }
    heading('In an app that exists');
    await weighPasskeys(tools);
  }
  say(`\n${tarball}`);
});
