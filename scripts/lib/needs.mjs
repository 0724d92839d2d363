/**
 * The `skip` of a test, by what it needs and has not, in words, if anything. A person's machine need not have all of it; CI
 * promises to, so there a test is not left out.
 */
export function skippedFor(missing) {
  if (missing && process.env.CI) throw new Error(`${missing}; in CI no test is left out`);
  return missing ?? false;
}
