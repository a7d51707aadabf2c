const row = (table: string) => `row-level security policy for table "${table}"`;

/** A shop that nobody knows has no keys yet, and cannot be given any from inside another. */
export const NO_KEYS = row('shop_keys');

/**
 * Probes of the matrix that are refused, and what they are refused with. Every other one is answered as if what it asks for
 * were not there. So a probe that breaks off for a reason of its own, and shows nothing any more, is noticed.
 */
export const REFUSALS: Readonly<Record<string, string>> = {
  meetStaff: row('staff_members'),
  saveStrictness: row('access_settings'),
  startReveal: row('reveals'),
  writeAccessRecord: 'not the shop of this transaction',
  raiseReview: row('access_reviews'),
  keepCheckpoint: row('access_checkpoints'),
  onboardingState: 'No record was found for a query',
  nameDelegate: row('agreement_delegates'),
  storePackage: row('subject_keys'),
  suppress: row('suppressions'),
  cutTies: row('suppressions'),
  writeStep: row('privacy_request_steps'),
  createRequest: row('subject_keys'),
  insertRequest: row('privacy_request_steps'),
  sealSubject: row('subject_keys'),
  setTombstones: row('tombstones'),
  // What it would write down is sealed under the request's key, which is not there for whoever asks.
  saveRun: 'The request has no key any more',
  eraseSubject: 'The request has no key any more',
  deleteBatch: 'not a shop that is erased',
  addToRun: row('erasure_runs'),
  recordComplianceRequest: row('privacy_request_steps'),
  saveSettings: row('retention_settings'),
  claimMissingVariants: row('catalogue_variants'),
  recordInstallation: 'The transaction is not bound to the shop',
  recordUninstallation: 'The transaction is not bound to the shop',
  'SealedSessionStorage.writeSession': row('sessions'),
};

/** Everything a refusal says, and what caused it: ours wrap what the database said. */
export function refusalText(error: unknown): string {
  const said: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    said.push(`${current.name}: ${current.message}`);
    if ('meta' in current) said.push(JSON.stringify(current.meta));
  }
  return (said.length === 0 ? String(error) : said.join('\n')).replaceAll('\\"', '"');
}
