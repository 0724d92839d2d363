// All a page needs: the elements, and what to do when somebody has signed in. A bundler would resolve "passkeep/elements".
import './node_modules/passkeep/elements.js';
import { PasskeepClient } from './node_modules/passkeep/client.js';

const client = new PasskeepClient();
const byId = (id) => document.getElementById(id);

function show(account) {
  byId('signed-out').hidden = account !== null;
  byId('signed-in').hidden = account === null;
  byId('name').textContent = account?.displayName ?? '';
  if (account) document.querySelector('passkey-list').refresh();
}

addEventListener('passkeep-signed-in', ({ detail }) => show(detail.account));
addEventListener('passkeep-registered', ({ detail, target }) => {
  if (target.localName === 'passkey-register') show(detail.account);
});
byId('sign-out').addEventListener('click', async () => {
  await client.signOut();
  show(null);
  location.reload();
});

show(await client.session());
