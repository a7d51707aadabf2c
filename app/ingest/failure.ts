import { getErrorCode } from '#app/errors.ts';

const SQLSTATE = /^[0-9A-Z]{5}$/;
/** SQLSTATE classes that say the server is away, not that a row is bad: connection, resources, operator intervention. */
const AWAY_CLASSES = new Set(['08', '53', '57']);
/** Lost against another transaction: deadlock and serialization; trying again is all it takes. */
const RETRY_CLASSES = new Set(['40']);

/** Of those classes, what a statement can bring about itself: cancelled for its length, out of memory, over a limit. */
const OF_THE_STATEMENT = new Set(['57014', '53200', '53400']);
/** A standby, or a server that was made read-only. */
const READ_ONLY = '25006';

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * Of the vault: the service that holds a key is away, or this program's settings lack a key under which a rotation has put
 * something meanwhile. It goes by itself, or with a restart.
 */
const KEY_AWAY = new Set(['vault.kek-unreachable', 'vault.bad-keyring']);

/** Whether the failure is the database's being away, or a key's, in which case nothing is held against any event. */
export function isConnectionFailure(error: unknown): boolean {
  const code = getErrorCode(error);
  if (code === null || OF_THE_STATEMENT.has(code)) return false;
  if (KEY_AWAY.has(code) || code === READ_ONLY || NETWORK_CODES.has(code)) return true;
  return SQLSTATE.test(code) && (AWAY_CLASSES.has(code.slice(0, 2)) || RETRY_CLASSES.has(code.slice(0, 2)));
}

/** What may be kept and logged of a failure: a code, never a message, which might quote a value. */
export function failureCode(error: unknown): string {
  const code = getErrorCode(error);
  if (code !== null) return SQLSTATE.test(code) ? `sql.${code}` : code;
  return error instanceof Error ? `error.${error.name}` : 'error.unknown';
}
