import { createHmac } from 'node:crypto';

import { expect, it } from 'vitest';

import { isSignedByShopify, signatureKey } from './webhook-signature.ts';

const key = signatureKey('hush');
const body = Buffer.from('{"token":"é"}');
const signature = createHmac('sha256', 'hush').update(body).digest('base64');

it('knows what Shopify signed', () => {
  expect(isSignedByShopify(key, body, signature)).toBe(true);
  // From a second implementation: printf '{"token":"é"}' | openssl dgst -sha256 -hmac hush -binary | base64
  expect(signature).toBe('8IrE5k/Vble/uReuJ2L2oYSyuTmPY9oB8sARkdL/bdI=');
});

it.each([
  ['another body', Buffer.from('{"token":"e"}'), signature],
  ['one byte more', Buffer.concat([body, Buffer.from('\n')]), signature],
  ['nothing', body, ''],
  ['no padding', body, signature.slice(0, -1)],
  ['something behind it', body, `${signature}AAAA`],
  ['two headers in one', body, `${signature}, ${signature}`],
  ['another alphabet', body, 'é'.repeat(44)],
  ['hexadecimal', body, Buffer.from(signature, 'base64').toString('hex')],
])('refuses %s', (_, bytes, claimed) => {
  expect(isSignedByShopify(key, bytes, claimed)).toBe(false);
});
