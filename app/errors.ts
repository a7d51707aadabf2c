/**
 * Every way in which a use case gives up, with the HTTP status that says so. The code is for logs, job records and
 * engineers; app/web/refusals.ts makes an answer of it, app/ui/errors/words.ts finds the words for a person. What is not
 * in here is a bug: 500.
 *
 * Pages say "not here" and "not you" by throwing a Response, as Remix has it; the edge answers with statuses alone.
 */
const ERRORS = {
  /** The role, or what the shop asks for before it, does not allow this. */
  'access.denied': 403,
  /** The record of an access could not be written, so nothing is given out. */
  'access.unrecorded': 503,
  /** The shop is being erased, which takes a moment; then it may be installed anew. */
  'shop.being-erased': 503,
  /** The shop was erased, and has no keys any more. */
  'shop.erased': 409,
  /** The shop has no token that still works; the next visit of a staff member brings one. */
  'shopify.no-access': 409,
  'shopify.refused': 502,
  /** Shopify answered something that is not what it documents. */
  'shopify.answer': 502,
  'shopify.throttled': 503,
  'shopify.unreachable': 503,
  /** A program was about to ask somebody who is not on the list of those it may ask. */
  'outbound.refused': 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal with a name. Carries no value of a request or a row, so it may be logged as it is. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;

  constructor(code: ErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.status = ERRORS[code];
  }
}

/**
 * Code and status of a refusal; null for any other error. Goes by name and code: pages and programs are built apart, each with
 * a class of its own.
 */
export function getRefusal(error: unknown): { readonly code: ErrorCode; readonly status: number } | null {
  if (!(error instanceof Error) || error.name !== 'AppError' || !('code' in error)) return null;
  const code = (Object.keys(ERRORS) as ErrorCode[]).find((known) => known === error.code);
  return code === undefined ? null : { code, status: ERRORS[code] };
}

/** What `pg` says without a code when the server is silent or gone, and the system's code for it. */
const CODELESS: readonly (readonly [RegExp, string])[] = [
  [/^(timeout expired|timeout exceeded when trying to connect|Query read timeout)$/, 'ETIMEDOUT'],
  [/^Connection terminated due to connection timeout$/, 'ETIMEDOUT'],
  [
    /^(Connection terminated( unexpectedly)?|Client has encountered a connection error and is not queryable)$/,
    'ECONNRESET',
  ],
  [/^The server does not support SSL connections$/, 'ERR_TLS_UNSUPPORTED'],
];

/**
 * What may be told of an error, in a log line or a job's record: its code, or that of what caused it, since libraries wrap
 * what the system said. Never its message, which might quote a row or a request.
 *
 * @returns null when neither it nor a cause has a code.
 */
export function getErrorCode(error: unknown): string | null {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if ('code' in current && typeof current.code === 'string' && /^[\w.-]{1,60}$/.test(current.code)) {
      return current.code;
    }
    const { message } = current;
    const known = CODELESS.find(([text]) => text.test(message));
    if (known !== undefined) return known[1];
  }
  return null;
}

/** {@link getErrorCode}, or the kind of the error where it has none. */
export function errorCode(error: unknown): string {
  return getErrorCode(error) ?? (error instanceof Error ? error.name : 'unknown');
}

/** The class of an error, for log lines that may say no more. */
export function errorKind(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
