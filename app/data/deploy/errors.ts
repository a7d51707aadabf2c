/** A deployment that cannot go on; the message tells an operator in one sentence what is wrong and what to do. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
}

/** What PostgreSQL said, without the values a detail line may quote. */
export function databaseMessage(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return databaseMessage(error.errors[0]);
  const text = error instanceof Error ? error.message : String(error);
  // Prisma's engine adds where in itself it was.
  return text.split(/\n\s+0: /, 1)[0] ?? text;
}
