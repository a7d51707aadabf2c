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
