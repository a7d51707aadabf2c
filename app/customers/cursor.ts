import { isUuid } from '#app/data/uuid.ts';

/** A place in the list of customers, which is ordered by (first seen, id), newest first. */
export interface CustomerCursor {
  readonly firstSeenAtMs: number;
  readonly id: string;
}

/** As it stands in a URL: a time and one of our own ids, nothing about anybody. */
export function formatCustomerCursor({ firstSeenAtMs, id }: CustomerCursor): string {
  return `${firstSeenAtMs.toString(36)}.${id}`;
}

/** Null for anything else, which means the start of the list. */
export function getCustomerCursor(text: string | null): CustomerCursor | null {
  const [, time = '', id = ''] = /^([0-9a-z]{1,9})\.(.*)$/.exec(text ?? '') ?? [];
  return isUuid(id) ? { firstSeenAtMs: Number.parseInt(time, 36), id } : null;
}
