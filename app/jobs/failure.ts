/** A job failed. Only the code is kept: pg-boss stores whatever an error carries, its stack included. */
export class JobFailure extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.name = 'JobFailure';
    this.code = code;
    delete this.stack;
  }
}

/** Our own codes and those of PostgreSQL and the system; anything else is told by its kind. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : error.name;
}
