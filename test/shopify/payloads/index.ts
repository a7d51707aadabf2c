/** Bodies of every topic the app subscribes to, in the key sets of API version 2026-07. All values are made up. */
export { cartPayload } from './cart.ts';
export { checkoutDeletePayload, checkoutPayload } from './checkout.ts';
export { toJson, type Payload, type Quirks } from './common.ts';
export { customerRedactPayload, dataRequestPayload, shopRedactPayload, type Subject } from './compliance.ts';
export { customerDeletePayload, customerMergePayload, customerPayload } from './customer.ts';
export { orderPayload } from './order.ts';
export { scopesPayload, shopPayload } from './shop.ts';
