// What the page does with passkeys: the client of the npm package, which knows Passkeep's routes below `/passkeys`.

import { isPasskeyError } from '/passkeep/index.js';
import { PasskeepClient, isServerError } from '/passkeep/client.js';

const client = new PasskeepClient({ baseUrl: '/passkeys' });
const status = document.getElementById('status');

function say(error) {
  if (!isPasskeyError(error) && !isServerError(error)) throw error;
  status.textContent = error.userMessage;
}

function press(id, action) {
  const button = document.getElementById(id);
  button.addEventListener('click', async () => {
    status.textContent = '';
    try {
      await action();
    } catch (error) {
      return say(error);
    }
    location.reload();
  });
  button.disabled = false;
}

press('add', () => client.addPasskey());
press('sign-in', () => client.signIn());
press('sign-out', () => client.signOut());

// Whoever comes back finds their passkey among the suggestions of the field.
try {
  if ((await client.session()) === null) {
    client.autofill({
      onSignedIn: () => location.reload(),
      onError: (error, { signed }) => (signed ? say(error) : console.warn(error)),
    });
  }
} catch (error) {
  say(error);
}
