/**
 * Every way in which the app says no: the HTTP status it answers with, and the key of the sentence in the text
 * catalogue that a person reads. What is not in here is a bug, and answers 500.
 */
export const ERRORS = {
  'request.invalid': { status: 400, userMessage: 'errors.invalid' },
  'request.unauthenticated': { status: 401, userMessage: 'errors.unauthenticated' },
  'request.forbidden': { status: 403, userMessage: 'errors.forbidden' },
  /** Also for what belongs to another shop: whether it exists is nobody's business. */
  'request.not-found': { status: 404, userMessage: 'errors.notFound' },
  'request.method': { status: 405, userMessage: 'errors.invalid' },
  'request.conflict': { status: 409, userMessage: 'errors.conflict' },
  'request.too-large': { status: 413, userMessage: 'errors.tooLarge' },
  'request.too-many': { status: 429, userMessage: 'errors.tooMany' },

  'shop.not-installed': { status: 403, userMessage: 'errors.notInstalled' },
  'shop.not-onboarded': { status: 403, userMessage: 'errors.notOnboarded' },

  'database.unavailable': { status: 503, userMessage: 'errors.unavailable' },
  'keys.unavailable': { status: 503, userMessage: 'errors.unavailable' },

  'shopify.no-access': { status: 409, userMessage: 'errors.shopifyNoAccess' },
  'shopify.refused': { status: 502, userMessage: 'errors.shopifyRefused' },
  'shopify.answer': { status: 502, userMessage: 'errors.shopifyAnswer' },
  'shopify.throttled': { status: 503, userMessage: 'errors.shopifyBusy' },
  'shopify.unreachable': { status: 503, userMessage: 'errors.shopifyBusy' },

  internal: { status: 500, userMessage: 'errors.internal' },
} as const satisfies Record<string, { status: number; userMessage: string }>;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorTextKey = (typeof ERRORS)[ErrorCode]['userMessage'];

/** A refusal with a name. Carries no value of a request or a row, so it may be logged as it is. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** HTTP status. */
  readonly status: number;
  /** Key in the text catalogue (app/ui/texts). */
  readonly userMessage: ErrorTextKey;

  constructor(code: ErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.status = ERRORS[code].status;
    this.userMessage = ERRORS[code].userMessage;
  }
}

/** @returns the error itself when it is one of ours, otherwise `internal`, whose cause it becomes. */
export function asAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', { cause: error });
}
