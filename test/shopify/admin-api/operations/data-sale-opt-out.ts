import type { Operation } from '../operation.ts';

export const dataSaleOptOut: Operation = {
  name: 'DataSaleOptOut',
  scopes: ['write_privacy_settings'],
  resolve: ({ shop, variables }) => {
    const customer = shop.customers.find(({ email }) => email === variables['email']);
    if (customer) customer.dataSaleOptOut = true;
    const userErrors = customer ? [] : [{ __typename: 'DataSaleOptOutUserError', code: 'OPT_OUT_FAILED' }];
    return { dataSaleOptOut: { __typename: 'DataSaleOptOutPayload', customerId: customer?.gid ?? null, userErrors } };
  },
};
