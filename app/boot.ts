import { errorKind, getErrorCode } from '#app/errors.ts';
import { EXIT_CODES, SettingsError } from '#app/settings.ts';

/** What a program leaves behind for its end: takes no new work, finishes what runs, closes what is open. */
export type Stop = () => Promise<void>;

/** How long a program may take to end before it is cut off. */
const STOP_TIMEOUT_MS = 25_000;
/** Signals that come within this time are one and the same wish. */
const ONE_SIGNAL_MS = 1_000;

/** A reason not to start that a person can act on; the message is one or two plain sentences. */
export class BootError extends Error {
  override readonly name = 'BootError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * The frame of every program: starts it, ends it on SIGTERM or SIGINT, and turns what goes wrong into one clear message
 * and an exit code. A failure that nobody caught is told by its kind alone, since its text may quote data.
 */
export async function runProgram(start: () => Promise<Stop>): Promise<void> {
  process.on('uncaughtException', (error) => {
    exitWith(`The program failed: ${kindOf(error)}.`, 1);
  });
  // In the next turn, so that a signal that comes during the start is heard.
  const starting = Promise.resolve().then(start);
  let stoppingSinceMs: number | null = null;
  const end = (): void => {
    if (stoppingSinceMs !== null) {
      // Pressed again, Ctrl-C means: now. Pressed once it may arrive twice, from the terminal and by way of npm.
      if (performance.now() - stoppingSinceMs > ONE_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppingSinceMs = performance.now();
    setTimeout(() => {
      exitWith(`The program did not end within ${String(STOP_TIMEOUT_MS / 1000)} seconds and was cut off.`, 1);
    }, STOP_TIMEOUT_MS).unref();
    starting
      .then((stop) => stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          exitWith(`The program did not end cleanly: ${kindOf(error)}.`, 1);
        },
      );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  // The program that started this one is gone, without having had the time to say so.
  const endAlone = (): void => {
    if (stoppingSinceMs === null) end();
  };
  process.on('disconnect', endAlone);
  if (process.send !== undefined && !process.connected) endAlone();
  try {
    await starting;
  } catch (error) {
    const { message, exitCode } = explain(error);
    exitWith(message, exitCode);
  }
}

const NOT_DEPLOYED = 'it has not been deployed for this version: run "npm run db:deploy"';
const UNTRUSTED =
  'its certificate is not signed by an authority of sslrootcert, or of this machine where there is none';
const STARTING = 'it is starting or ending';

const DATABASE_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens at its address',
  ECONNRESET: 'it ended the connection',
  ENOTFOUND: 'its host is unknown',
  EAI_AGAIN: 'its host is unknown at the moment',
  ENOENT: 'its socket or its certificate file does not exist',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'no way leads to its address',
  ENETUNREACH: 'no way leads to its address',
  ERR_TLS_UNSUPPORTED: 'it does not speak TLS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name than the host in DATABASE_URL',
  CERT_HAS_EXPIRED: 'its certificate has expired, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, or the clock of this machine is wrong',
  '28000': 'it does not let this user in',
  '28P01': 'the password is wrong',
  '3D000': 'it does not exist',
  '42501': 'it does not let this user in as one of our roles: run "npm run db:deploy"',
  '42P01': NOT_DEPLOYED,
  '42703': NOT_DEPLOYED,
  '42883': NOT_DEPLOYED,
  '3F000': NOT_DEPLOYED,
  '22023': NOT_DEPLOYED,
  '25006': 'it can only be read at the moment',
  '53100': 'its disk is full',
  '53300': 'it has no connection left for us',
  '57P01': STARTING,
  '57P03': STARTING,
};

function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof SettingsError) return { message: error.message, exitCode: EXIT_CODES.settings };
  if (error instanceof BootError) return { message: error.message, exitCode: error.exitCode };
  const code = getErrorCode(error);
  if (code === 'vault.bad-keyring' && error instanceof Error) {
    return { message: `CART_INSIGHTS_KEKS cannot be used: ${error.message}`, exitCode: EXIT_CODES.settings };
  }
  if (code === 'vault.kek-unreachable' && error instanceof Error) {
    return { message: `CART_INSIGHTS_KEKS cannot be used: ${error.message}`, exitCode: EXIT_CODES.keyService };
  }
  const problem = databaseProblem(error);
  if (problem !== null) return { message: problem, exitCode: EXIT_CODES.database };
  return { message: `The program could not start: ${kindOf(error)}.`, exitCode: 1 };
}

/** Why the database cannot be used, in one sentence; null when the error says nothing of that kind. */
export function databaseProblem(error: unknown): string | null {
  const code = getErrorCode(error);
  const problem = code === null ? undefined : DATABASE_PROBLEMS[code];
  return problem === undefined ? null : `The database cannot be used: ${problem}.`;
}

function kindOf(error: unknown): string {
  const code = getErrorCode(error);
  const name = errorKind(error);
  return code === null ? name : `${name} (${code})`;
}

function exitWith(message: string, exitCode: number): void {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}
