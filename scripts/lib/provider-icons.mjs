// The pictures of passkey providers: a small file for each that Simple Icons has a mark of, and a table that says whose names
// begin how. A page loads the table and the pictures it shows; all other providers get a tile with a letter there.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the pictures are in a built site. Below `icons`, which is no part of a first visit. */
const FOLDER = 'icons/providers';

/** The marks by their names in Simple Icons, and how the names of their owners' providers begin in crates/verify/src/aaguid/names.txt. */
export const PROVIDERS = {
  '1password': ['1Password'],
  apple: ['Apple Passwords'],
  bitwarden: ['Bitwarden'],
  dashlane: ['Dashlane'],
  enpass: ['Enpass'],
  google: ['Google'],
  googlechrome: ['Chrome on Mac'],
  icloud: ['iCloud Keychain'],
  kaspersky: ['Kaspersky'],
  keepassxc: ['KeePassXC'],
  keeper: ['Keeper'],
  lastpass: ['LastPass'],
  proton: ['Proton Pass'],
  samsung: ['Samsung Pass'],
  yubico: ['YubiKey', 'Security Key by Yubico', 'Security Key NFC by Yubico'],
  zoho: ['Zoho Vault'],
};

/** Marks stand on white in light and dark, and are told from it at this contrast at least. */
const CONTRAST = 3;

/** Writes the pictures and their table into a built site, and the table's address into its page. */
export async function writeProviderIcons(site) {
  const marks = new Map(Object.values(await import('simple-icons')).map((mark) => [mark.slug, mark]));
  mkdirSync(join(site, FOLDER), { recursive: true });
  // The hash lets browsers keep a file for good.
  const write = (name, extension, content) => {
    const file = `${FOLDER}/${name}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}.${extension}`;
    writeFileSync(join(site, file), content);
    return `/${file}`;
  };
  const table = Object.entries(PROVIDERS).flatMap(([slug, names]) => {
    const mark = marks.get(slug);
    if (!mark) throw new Error(`Simple Icons has no ${slug} any more: take it out of scripts/lib/provider-icons.mjs`);
    const file = write(slug, 'svg', picture(mark));
    return names.flatMap((name) => [name, file]);
  });
  const address = write('table', 'txt', table.join('\n'));
  const page = join(site, 'index.html');
  const html = readFileSync(page, 'utf8');
  // Trunk may have minified it.
  const filled = html.replace(/ content=("provider-icons"|provider-icons\b)/, ` content="${address}"`);
  if (filled === html) throw new Error('index.html has no place for the address of the pictures of providers');
  writeFileSync(page, filled);
}

/** A mark in its colour, darkened where it could not be seen. */
export function picture({ path, hex }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="${visible(hex)}" d="${path}"/></svg>`;
}

/** The colour, or a darker one with enough contrast to white. */
export function visible(hex) {
  let channels = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  while (1.05 / (luminance(channels) + 0.05) < CONTRAST) channels = channels.map((channel) => Math.floor(channel * 0.95));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** [WCAG 2.2, "relative luminance"]. */
function luminance(channels) {
  const [red, green, blue] = channels.map((channel) => channel / 255).map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
