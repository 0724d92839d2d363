import { CREATION, expect, REQUEST, test } from '../fixtures/package.ts';

for (const host of ['127.0.0.1', '[::1]']) {
  test(`a page at ${host} cannot have passkeys, and says why`, async ({ page, installed, baseURL, authenticator }) => {
    await installed.serve(page, { pages: { '/': '<!doctype html><title>Blank</title><button>Go</button>' } });
    const { port } = new URL(baseURL!);
    await page.goto(`http://${host}:${port}/`);
    await page.getByRole('button').click();
    const failed = await page.evaluate(
      async ([path, creation, request]) => {
        const { create, get } = await import(/* a path of the page, not of this file */ path as string);
        const seen = ({ code, retry, exceptionName, detail, userMessage }: any) => ({ code, retry, exceptionName, detail, userMessage });
        return [await create(creation).catch(seen), await get(request).catch(seen)];
      },
      ['/node_modules/passkeep/index.js', { ...CREATION, rp: { id: host, name: 'Here' } }, { ...REQUEST, rpId: host }] as const,
    );
    for (const error of failed) {
      expect(error).toEqual({
        code: 'invalid_domain',
        retry: false,
        exceptionName: 'SecurityError',
        detail: expect.stringContaining(`the page is at \`${host}\` (`),
        userMessage: 'Passkeys do not work at this address.',
      });
    }
    expect(await authenticator.credentials()).toEqual([]);
  });
}
