import { CREATION, expect, REQUEST, test } from '../fixtures/package.ts';

test('the functions of the most popular library make a passkey and sign in with it', async ({ package: it, authenticator }) => {
  await it.open();
  const made = await it.run<any>('return passkeep.startRegistration({ optionsJSON: argument })', CREATION);
  expect(made).toMatchObject({ type: 'public-key', authenticatorAttachment: 'platform', clientExtensionResults: {} });
  expect(made.response.transports).toContain('internal');
  expect(JSON.parse(Buffer.from(made.response.clientDataJSON, 'base64url').toString())).toMatchObject({ type: 'webauthn.create', challenge: CREATION.challenge });
  const signed = await it.run<any>('return passkeep.startAuthentication({ optionsJSON: argument })', REQUEST);
  expect(signed.id).toBe(made.id);
  expect(signed.response.userHandle).toBe('AQIDBA');
  expect((await authenticator.credentials()).length).toBe(1);
});

test('their errors have the codes that its users know, and say more in `reason`', async ({ package: it, authenticator, requests }) => {
  await it.open();
  const fails = (code: string, argument: unknown) =>
    it.run<any>(`try { await ${code}; } catch (e) { return { code: e.code, name: e.name, isError: e instanceof passkeep.WebAuthnError, cause: e.cause?.name, reason: e.reason?.code } }`, argument);
  const made = await it.run<any>('return passkeep.startRegistration({ optionsJSON: argument })', CREATION);
  const again = { ...CREATION, excludeCredentials: [{ type: 'public-key', id: made.id }] };
  expect(await fails('passkeep.startRegistration({ optionsJSON: argument })', again)).toEqual({
    code: 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED', name: 'InvalidStateError', isError: true, cause: 'InvalidStateError', reason: 'already_registered',
  });
  expect(await fails('passkeep.startAuthentication({ optionsJSON: argument })', { ...REQUEST, rpId: 'example.org' })).toEqual({
    code: 'ERROR_INVALID_RP_ID', name: 'SecurityError', isError: true, cause: 'SecurityError', reason: 'invalid_rp_id',
  });
  expect(await fails('passkeep.startRegistration({ optionsJSON: argument })', { ...CREATION, pubKeyCredParams: [{ type: 'other', alg: -7 }] })).toMatchObject({
    code: 'ERROR_MALFORMED_PUBKEYCREDPARAMS', reason: 'invalid_options',
  });
  expect(await fails('passkeep.startRegistration({ optionsJSON: argument })', { ...CREATION, user: { ...CREATION.user, id: 'A'.repeat(87) } })).toMatchObject({
    code: 'ERROR_INVALID_USER_ID_LENGTH', reason: 'invalid_options',
  });
  await requests.dismissNextDialog();
  expect(await fails('passkeep.startAuthentication({ optionsJSON: argument })', REQUEST)).toEqual({
    code: 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY', name: 'NotAllowedError', isError: true, cause: 'NotAllowedError', reason: 'cancelled',
  });
  expect(await fails('passkeep.sendSignal(argument)', { signalName: 'unknownCredential', rpID: 'localhost' })).toMatchObject({ code: 'ERROR_SIGNAL_INVALID_ARGUMENT', name: 'TypeError' });
  await authenticator.answers(false);
  expect(await fails('(async () => { const first = passkeep.startAuthentication({ optionsJSON: argument }); setTimeout(() => passkeep.WebAuthnAbortService.cancelCeremony(), 100); return first })()', REQUEST)).toMatchObject({
    code: 'ERROR_CEREMONY_ABORTED', name: 'AbortError', reason: 'aborted',
  });
});

test('a second dialog ends the first, as the library it replaces does', async ({ package: it, authenticator }) => {
  await it.open();
  await it.run('await passkeep.startRegistration({ optionsJSON: argument })', CREATION);
  await authenticator.answers(false);
  await it.run('window.first = passkeep.startAuthentication({ optionsJSON: argument }).catch((e) => e.code)', REQUEST);
  await authenticator.answers(true);
  await it.run('window.second = passkeep.startAuthentication({ optionsJSON: argument }).then((r) => r.type, (e) => e.code)', REQUEST);
  expect(await it.run('return window.first')).toBe('ERROR_CEREMONY_ABORTED');
  expect(await it.run('return window.second')).toBe('public-key');
});

test.describe('with an authenticator that knows extensions', () => {
  test('PRF outputs are the page\'s, and not in what goes to a server', async ({ package: it, page, authenticator }) => {
    await authenticator.remove();
    const { VirtualAuthenticator } = await import('../fixtures/authenticator.ts');
    await VirtualAuthenticator.add(page, { extensions: ['prf', 'largeBlob'] });
    await it.open();
    const prf = { eval: { first: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8' } };
    const made = await it.run<any>('return passkeep.createWithPrf(argument)', { ...CREATION, extensions: { prf, largeBlob: { support: 'required' } } });
    expect(made.response.clientExtensionResults).toMatchObject({ prf: { enabled: true }, largeBlob: { supported: true } });
    const withInputs = { ...REQUEST, allowCredentials: [{ type: 'public-key', id: made.response.id }], extensions: { prf: { evalByCredential: { [made.response.id]: prf.eval } } } };
    const first = await it.run<any>('return passkeep.getWithPrf(argument)', withInputs);
    const second = await it.run<any>(
      'const r = await passkeep.startAuthentication({ optionsJSON: argument }); return { json: JSON.stringify(r), first: passkeep.bufferToBase64URLString(r.clientExtensionResults.prf.results.first) }',
      withInputs,
    );
    expect(Buffer.from(first.prf.first, 'base64url')).toHaveLength(32);
    expect(second.first).toBe(first.prf.first);
    expect(JSON.stringify(first.response)).not.toContain(first.prf.first);
    expect(second.json).not.toContain(first.prf.first);

    const blob = (extension: unknown) => it.run<any>('return (await passkeep.get(argument)).clientExtensionResults.largeBlob', { ...withInputs, extensions: { largeBlob: extension } });
    expect(await blob({ write: 'SGVsbG8' })).toEqual({ written: true });
    expect(await blob({ read: true })).toEqual({ blob: 'SGVsbG8' });

    // As the users of the library that is replaced have it: bytes in, bytes out.
    const asBytes = await it.run<any>(
      `const ask = async (extensions) => (await passkeep.startAuthentication({ optionsJSON: { ...argument, extensions } })).clientExtensionResults;
       const first = Uint8Array.from({ length: 32 }, (_, i) => i);
       const { prf } = await ask({ prf: { eval: { first } } });
       await ask({ largeBlob: { write: new TextEncoder().encode('Bytes') } });
       const { largeBlob } = await ask({ largeBlob: { read: true } });
       return { first: passkeep.bufferToBase64URLString(prf.results.first), blob: new TextDecoder().decode(largeBlob.blob), json: JSON.stringify(largeBlob) };`,
      withInputs,
    );
    expect(asBytes).toEqual({ first: first.prf.first, blob: 'Bytes', json: '{"blob":"Qnl0ZXM"}' });
  });

  test('the extensions of CTAP go to the authenticator and come back: credBlob, credProtect, minPinLength, credProps', async ({ package: it, page, authenticator }) => {
    await authenticator.remove();
    const { VirtualAuthenticator } = await import('../fixtures/authenticator.ts');
    await VirtualAuthenticator.add(page, { transport: 'usb', extensions: ['credBlob', 'minPinLength'] });
    await it.open();
    const extensions = { credProps: true, credBlob: 'SGVsbG8', minPinLength: true, credentialProtectionPolicy: 'userVerificationRequired', enforceCredentialProtectionPolicy: true };
    const made = await it.run<any>('return passkeep.create(argument)', { ...CREATION, extensions });
    expect(made.clientExtensionResults).toEqual({ credProps: { rk: true }, credBlob: true });
    // What the authenticator says in the data it signs: CBOR, behind the key.
    const data = Buffer.from(made.response.authenticatorData, 'base64url').toString('latin1');
    for (const name of ['credBlob', 'credProtect']) expect(data).toContain(name);
    const allowCredentials = [{ type: 'public-key', id: made.id }];
    const got = await it.run<any>('return passkeep.get(argument)', { ...REQUEST, allowCredentials, extensions: { getCredBlob: true } });
    expect(got.clientExtensionResults).toEqual({ getCredBlob: 'SGVsbG8' });
  });
});

test('capabilities are answered, and the signals do what they say', async ({ package: it, authenticator }) => {
  await it.open();
  const capabilities = await it.run<Record<string, string>>('return passkeep.getCapabilities()');
  expect(capabilities).toMatchObject({ conditionalGet: 'yes', signalUnknownCredential: 'yes', userVerifyingPlatformAuthenticator: 'yes' });
  for (const answer of Object.values(capabilities)) expect(['yes', 'no', 'unknown']).toContain(answer);
  expect(await it.run('return passkeep.browserSupportsPasskeys()')).toBe(true);

  const made = await it.run<any>('return passkeep.create(argument)', CREATION);
  const renamed = authenticator.renamedBySignal();
  await it.run('await passkeep.signal(argument)', { currentUserDetails: { rpId: 'localhost', userId: 'AQIDBA', name: 'ada2', displayName: 'Ada II' } });
  expect(await renamed).toEqual({ credentialId: made.id, userName: 'ada2', userDisplayName: 'Ada II' });
  const deleted = authenticator.deletedBySignal();
  await it.run('await passkeep.sendSignal(argument)', { signalName: 'unknownCredential', rpID: 'localhost', credentialID: made.id });
  expect(await deleted).toBe(made.id);
  expect(await authenticator.credentials()).toEqual([]);
});

test('the attestation that a server asks for is what the browser is asked for, and what it gives', async ({ package: it, page, authenticator }) => {
  await page.addInitScript(() => {
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = (options) => {
      const { attestation, attestationFormats } = options!.publicKey as PublicKeyCredentialCreationOptions & { attestationFormats?: string[] };
      Object.assign(window, { asked: { attestation, attestationFormats } });
      return create(options);
    };
  });
  await it.open();
  const format = async (more: object) => {
    const made = await it.run<any>('return passkeep.create(argument)', { ...CREATION, ...more });
    const asked = await page.evaluate(() => (window as any).asked);
    // In CBOR a short text begins with a byte that says how long it is: `g` for seven.
    const [, fmt] = /^\xa3cfmt.([a-z-]+)gattStmt/s.exec(Buffer.from(made.response.attestationObject, 'base64url').toString('latin1')) ?? [];
    return { ...asked, fmt };
  };
  expect(await format({ attestation: 'direct', attestationFormats: ['tpm', 'packed'] })).toEqual({ attestation: 'direct', attestationFormats: ['tpm', 'packed'], fmt: 'packed' });
  expect(await format({ attestation: 'none' })).toEqual({ attestation: 'none', fmt: 'none' });
  expect((await authenticator.credentials()).length).toBe(1);
});

test('what the authenticator signs wrongly, the server refuses, and the client says which code', async ({ package: it, authenticator, userName }) => {
  await it.open();
  await it.run('const c = new client.PasskeepClient(); await c.register({ userName: argument }); await c.signOut()', userName);
  const signIn = () => it.run<any>('try { const r = await new client.PasskeepClient().signIn(); return r.account.userName } catch (e) { return { code: e.code, name: e.name, status: e.status } }');
  await authenticator.lies({ signature: true });
  expect(await signIn()).toEqual({ code: 'authentication_rejected', name: 'ServerError', status: 401 });
  await authenticator.lies({ userPresent: true });
  expect(await signIn()).toEqual({ code: 'authentication_rejected', name: 'ServerError', status: 401 });
  await authenticator.lies({});
  expect(await signIn()).toBe(userName);
  const [credential] = await authenticator.credentials();
  // A passkey that was made to be synced cannot become one that is not.
  await authenticator.setBackup(credential!.credentialId, { eligible: false, backedUp: false });
  expect(await signIn()).toEqual({ code: 'authentication_rejected', name: 'ServerError', status: 401 });
});

test('a passkey that the server does not know yet is not offered in the field', async ({ package: it, page, authenticator, requests, userName }) => {
  await it.open();
  // A server that takes its time leaves the field enough to take the new passkey to it too early.
  await page.route('**/api/v1/registration/finish', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await authenticator.answers(false);
  await it.run('window.settled = []; new client.PasskeepClient().autofill({ onSignedIn: ({ account }) => settled.push(account.userName), onError: ({ code }) => settled.push(code) })');
  await requests.expectArmed();
  await authenticator.answers(true);
  expect(await it.run('return (await new client.PasskeepClient().register({ userName: argument })).account.userName', userName)).toBe(userName);
  await expect.poll(() => page.evaluate('settled')).toEqual([userName]);
  expect(await authenticator.credentials()).toHaveLength(1);
});

test('the inlined entry needs no second file, and a page that forbids WebAssembly gets a code', async ({ page, installed }) => {
  const blank = '<!doctype html><title>Blank</title><button>Go</button>';
  await installed.serve(page, { pages: { '/': blank } });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('/');
  const load = (path: string) =>
    page.evaluate(async (path) => {
      const passkeep = await import(path);
      try {
        await passkeep.get({ challenge: 'AA', rpId: 'example.org' });
        return 'signed';
      } catch (error) {
        return (error as { code: string }).code;
      }
    }, path);
  expect(await load('/node_modules/passkeep/inline.js')).toBe('invalid_rp_id');
  expect(asked.filter((path) => path.endsWith('.wasm'))).toEqual([]);
});

test.describe('where WebAssembly is forbidden', () => {
  test.use({ expectedFault: /^policy: script-src .*wasm-eval|WebAssembly/ });

  test('calls fail with `wasm_unavailable`, which names the directive', async ({ page, installed }) => {
    await installed.serve(page, { pages: { '/': '<!doctype html><title>Blank</title>' }, policy: "script-src 'self'" });
    await page.goto('/');
    const error = await page.evaluate(async (path) => {
      const passkeep = await import(path);
      return passkeep.get({ challenge: 'AA' }).catch(({ code, message, retry }: { code: string; message: string; retry: boolean }) => ({ code, message, retry }));
    }, '/node_modules/passkeep/index.js');
    expect(error).toMatchObject({ code: 'wasm_unavailable', retry: true });
    expect(error.message).toContain("'wasm-unsafe-eval'");
  });
});

test('in a worker the package can be imported, and says that nothing is supported', async ({ page, installed }) => {
  const worker = `
    const passkeep = await import('/node_modules/passkeep/index.js');
    const { PasskeepClient } = await import('/node_modules/passkeep/client.js');
    const code = await new PasskeepClient().session().then(() => 'nobody is signed in', (error) => error.code);
    const refused = await passkeep.create({}).catch((error) => error.code);
    postMessage({ supported: passkeep.isSupported(), refused, code });`;
  // A worker is made from a URL, for which Trusted Types want a policy of the page's own.
  const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";
  await installed.serve(page, { policy, pages: { '/': '<!doctype html><html lang="en"><title>Blank</title></html>' }, files: { '/worker.js': worker } });
  await page.goto('/');
  const said = await page.evaluate(() => new Promise((resolve, reject) => {
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  }));
  expect(said).toEqual({ supported: false, refused: 'not_supported', code: 'nobody is signed in' });
});
