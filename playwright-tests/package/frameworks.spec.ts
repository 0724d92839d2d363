import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, POLICY, test } from '../fixtures/package.ts';

// The elements in frameworks, as their users write them: properties, attributes and events of the frameworks' own syntax, and a state
// whose every change sets all of them anew.

/** A client that knows three passkeys and signs `ada` in. */
const FAKE = `
  let passkeys = ['Phone', 'Laptop', 'Key'].map((label) => ({ id: label, label, createdAt: 0, lastUsedAt: null, aaguid: '', backup: 'synced', current: false }));
  export const client = {
    passkeys: async () => passkeys,
    deletePasskey: async (id) => { passkeys = passkeys.filter((passkey) => passkey.id !== id) },
    signIn: async () => ({ account: { userName: 'ada', displayName: 'Ada' } }),
    autofill: () => ({ stop() {} }),
  };`;

const FRAMEWORKS: Record<string, { code: string; loader: 'js' | 'jsx'; policy: string }> = {
  React: {
    loader: 'jsx',
    policy: POLICY,
    code: `
      import { useState } from 'react';
      import { createRoot } from 'react-dom/client';
      import { client } from '/fake.js';
      function App() {
        const [said, say] = useState('nothing yet');
        const [turns, turn] = useState(0);
        return <main>
          <passkey-sign-in client={client} words={{ userName: 'Name ' + turns }} onpasskeep-signed-in={({ detail }) => say(detail.account.displayName)} />
          <passkey-list client={client} noAdd={turns === 0} words={{ add: 'Add ' + turns }} onpasskeep-changed={({ detail }) => say(detail.length + ' left')} />
          <output>{said}</output>
          <button onClick={() => turn(turns + 1)}>Turn</button>
        </main>;
      }
      createRoot(document.getElementById('app')).render(<App />);`,
  },
  Vue: {
    loader: 'js',
    // Vue makes a policy for Trusted Types of its own.
    policy: POLICY.replace("trusted-types 'none'", 'trusted-types vue'),
    // What a template with `:no-add` and `@passkeep-changed` is compiled to.
    code: `
      import { createApp, h, ref } from '@vue/runtime-dom';
      import { client } from '/fake.js';
      const said = ref('nothing yet');
      const turns = ref(0);
      createApp(() => h('main', [
        h('passkey-sign-in', { client, words: { userName: 'Name ' + turns.value }, onPasskeepSignedIn: ({ detail }) => said.value = detail.account.displayName }),
        h('passkey-list', { client, noAdd: turns.value === 0, words: { add: 'Add ' + turns.value }, onPasskeepChanged: ({ detail }) => said.value = detail.length + ' left' }),
        h('output', said.value),
        h('button', { onClick: () => turns.value++ }, 'Turn'),
      ])).mount('#app');`,
  },
};

for (const [name, { code, loader, policy }] of Object.entries(FRAMEWORKS)) {
  test(`the elements are at home in ${name}`, async ({ page, installed }) => {
    const { outputFiles } = await build({
      stdin: { contents: `import '/node_modules/passkeep/elements.js'; ${code}`, loader, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
      bundle: true,
      format: 'esm',
      jsx: 'automatic',
      write: false,
      external: ['/node_modules/*', '/fake.js'],
      define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
    });
    const html = '<!doctype html><html lang="en"><title>App</title><div id="app"></div><script type="module" src="/app.js"></script></html>';
    await installed.serve(page, { policy, pages: { '/': html }, files: { '/app.js': outputFiles[0]!.text, '/fake.js': FAKE } });
    await page.goto('/');
    const said = page.locator('output');
    await expect(page.getByRole('listitem')).toHaveCount(3);
    const field = page.getByRole('textbox');
    await field.fill('ada');
    await expect(page.getByLabel('Name 0')).toHaveValue('ada');
    await expect(page.getByRole('button', { name: /^Add/ })).toHaveCount(0);

    await page.getByRole('button', { name: 'Turn' }).click();
    await expect(page.getByRole('button', { name: 'Add 1' })).toBeVisible();
    await expect(page.getByLabel('Name 1')).toHaveValue('ada');

    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(said).toHaveText('Ada');
    await page.getByRole('button', { name: 'Delete Laptop' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(said).toHaveText('2 left');
    await expect(page.getByRole('button', { name: 'Rename Key' })).toBeFocused();
  });
}
