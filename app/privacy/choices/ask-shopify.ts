import { z } from 'zod';

import type { AdminOperation } from '#app/shopify/admin.ts';

/** Shopify's limit for arrays in a query. */
export const MAX_CUSTOMERS = 250;

interface CustomerNode {
  readonly id: string;
  readonly dataSaleOptOut: boolean;
}

/** Needs read_customers. A customer that is gone is null. */
export const CUSTOMER_CHOICES: AdminOperation<{ ids: string[] }, { nodes: (CustomerNode | null)[] }> = {
  name: 'CustomerChoices',
  query: `query CustomerChoices($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Customer {
      id
      dataSaleOptOut
    }
  }
}`,
  data: z.object({
    nodes: z.array(
      z.object({ id: z.string().regex(/^gid:\/\/shopify\/Customer\/\d+$/), dataSaleOptOut: z.boolean() }).nullable(),
    ),
  }),
};
