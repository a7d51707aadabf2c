import { getCursor } from '#app/carts/cursor.ts';
import type { CartListQuery } from '#app/carts/list.ts';
import { customerCodeOf } from '#app/carts/customer-code.ts';
import { cartViewOf } from '#app/carts/views.ts';

/**
 * What an address says of the list: `view`, `code` (as typed) and `after` (a cursor). Anything it does not understand
 * means the beginning of all carts, so that an old bookmark still shows something.
 */
export function parseListAddress(params: URLSearchParams): CartListQuery {
  return {
    view: cartViewOf(params.get('view')),
    code: customerCodeOf(params.get('code')),
    after: getCursor(params.get('after')),
  };
}
