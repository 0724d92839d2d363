/** The path of a Chromium, or undefined. */
export function findChromium(): string | undefined;

/** Launch options for Playwright: `use: { launchOptions: chromiumLaunchOptions() }`. */
export function chromiumLaunchOptions(): { executablePath: string | undefined; args: string[] };
