import { isPasskeyError } from 'passkeep';
import { PasskeepClient, isServerError } from 'passkeep/client';

const client = new PasskeepClient();
const form = document.querySelector<HTMLFormElement>('#sign-up')!;
const status = document.querySelector<HTMLElement>('[role=status]')!;

/** Runs what a button is for, and says how it went. */
async function attempt(action: () => Promise<string>): Promise<void> {
  try {
    status.textContent = await action();
  } catch (error) {
    if (isPasskeyError(error) || isServerError(error)) status.textContent = error.userMessage;
    else throw error;
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const userName = String(new FormData(form).get('user-name'));
  void attempt(async () => `Signed in as ${(await client.register({ userName })).account.displayName}`);
});

document.querySelector('#sign-in')!.addEventListener('click', () => {
  void attempt(async () => `Signed in as ${(await client.signIn()).account.displayName}`);
});

document.querySelector('#sign-out')!.addEventListener('click', () => {
  void attempt(async () => {
    await client.signOut();
    return 'Signed out';
  });
});
