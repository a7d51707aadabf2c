import type { Step } from '#app/privacy/retention/batch.ts';
import { removeCarts } from '#app/privacy/retention/steps/carts.ts';
import { removeAgreements, removeCatalogue, removeRuns } from '#app/privacy/retention/steps/installation.ts';
import { removeAliases, removePeople } from '#app/privacy/retention/steps/people.ts';
import { removeCheckouts, removeOrders } from '#app/privacy/retention/steps/purchases.ts';
import { removeRequests } from '#app/privacy/retention/steps/requests.ts';
import { removeStrayKeys } from '#app/privacy/retention/steps/stray-keys.ts';

/**
 * What a run removes, in this order: carts while their checkouts and orders still say how old they are, people when
 * nothing of theirs is left, stray keys last.
 */
export const STEPS: readonly Step[] = [
  removeCarts,
  removeCheckouts,
  removeOrders,
  removePeople,
  removeAliases,
  removeRequests,
  removeCatalogue,
  removeAgreements,
  removeRuns,
  removeStrayKeys,
];
