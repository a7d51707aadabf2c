/** SQLSTATE classes that say the server is away, not that a row is bad: connection, resources, operator intervention. */
const AWAY_CLASSES = new Set(['08', '53', '57']);
/** Lost against another transaction: deadlock and serialization; trying again is all it takes. */
const RETRY_CLASSES = new Set(['40']);

const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'ENOTFOUND']);

/** Whether the failure is the database's being away, in which case nothing is held against any event. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== null) {
    if (NETWORK_CODES.has(code)) return true;
    return /^[0-9A-Z]{5}$/.test(code) && (AWAY_CLASSES.has(code.slice(0, 2)) || RETRY_CLASSES.has(code.slice(0, 2)));
  }
  // `pg` gives these no code.
  return error instanceof Error && /connection terminated|timeout exceeded when trying to connect/i.test(error.message);
}

/** What may be kept and logged of a failure: a code, never a message, which might quote a value. */
export function failureCode(error: unknown): string {
  const code = codeOf(error);
  if (code !== null) return /^[0-9A-Z]{5}$/.test(code) ? `sql.${code}` : code;
  return error instanceof Error ? `error.${error.name}` : 'error.unknown';
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
