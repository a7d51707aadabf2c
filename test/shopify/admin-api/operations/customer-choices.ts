import type { Operation } from '../operation.ts';

const MAX_IDS = 250;

export const customerChoices: Operation = {
  name: 'CustomerChoices',
  scopes: ['read_customers'],
  resolve: ({ shop, variables }) => {
    const ids = variables['ids'];
    if (!Array.isArray(ids)) throw new Error('Variable $ids of type [ID!]! was provided invalid value');
    if (ids.length > MAX_IDS) throw new Error(`The input array size of ${ids.length} is greater than ${MAX_IDS}`);
    const nodes = ids.map((id) => {
      const customer = shop.customers.find(({ gid }) => gid === String(id));
      if (!customer) return null;
      return { __typename: 'Customer', id: customer.gid, dataSaleOptOut: customer.dataSaleOptOut };
    });
    return { nodes };
  },
};
