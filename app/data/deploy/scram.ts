import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const SALT_BYTES = 16;
/** PostgreSQL's own default (scram_iterations). */
const ITERATIONS = 4096;

/**
 * The verifier PostgreSQL stores for a password (RFC 5802, as SCRAM-SHA-256 in RFC 7677). Sent in place of the password,
 * so that the password itself never stands in a statement that a server might log.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, ITERATIONS, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${String(ITERATIONS)}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
