import { describe, expect, it } from 'vitest';

import { parseHeaders } from './headers.ts';

const RECEIVED = new Date('2026-11-23T00:03:00.000Z');
const HEADERS = {
  'x-shopify-topic': 'carts/update',
  'x-shopify-shop-domain': 'Some-Shop.myshopify.com',
  'x-shopify-api-version': '2026-10',
  'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
};
const parse = (more: Record<string, string | undefined> = {}) =>
  parseHeaders({ ...HEADERS, ...more }, '/webhooks/carts', RECEIVED);
const dayOf = (triggeredAt: string) => {
  const parsed = parse({ 'x-shopify-triggered-at': triggeredAt });
  return parsed.ok ? [parsed.headers.day, parsed.headers.dayFromReceipt] : parsed.reason;
};

describe('headers', () => {
  it('are read, the shop in lower case', () => {
    expect(parse({ 'x-shopify-event-id': 'e-1', 'x-shopify-triggered-at': '2026-11-22T23:59:30.123456789Z' })).toEqual({
      ok: true,
      headers: {
        topic: 'carts/update',
        domain: 'some-shop.myshopify.com',
        webhookId: 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
        eventId: 'e-1',
        triggeredAt: new Date('2026-11-22T23:59:30.123Z'),
        day: '2026-11-22',
        dayFromReceipt: false,
      },
    });
  });

  it.each([
    ['2026-11-21T00:03:00Z', '2026-11-21', false],
    ['2026-11-21T00:02:59Z', '2026-11-23', true],
    ['2026-11-23T00:08:00Z', '2026-11-23', false],
    ['2026-11-23T00:08:01Z', '2026-11-23', true],
    ['2026-11-22T20:00:00-05:00', '2026-11-23', true],
    ['2026-11-22T18:59:00-05:00', '2026-11-22', false],
    ['yesterday', '2026-11-23', true],
    ['1', '2026-11-23', true],
    ['', '2026-11-23', true],
  ])('triggered at %s belong to %s', (triggeredAt, day, isFromReceipt) => {
    expect(dayOf(triggeredAt)).toEqual([day, isFromReceipt]);
  });

  it('drop an event id that is none', () => {
    const parsed = parse({ 'x-shopify-event-id': 'Amina Okafor' });
    expect(parsed.ok && parsed.headers.eventId).toBeNull();
  });

  it.each([
    '.myshopify.com',
    '-a.myshopify.com',
    'a.myshopify.com.',
    'a.myshopify.com, b.myshopify.com',
    'a.b.myshopify.com',
    'a.myshopify.com\n',
    `${'a'.repeat(300)}.myshopify.com`,
    'amyshopify.com',
    'ä.myshopify.com',
  ])('refuse the shop %j', (domain) => {
    expect(parse({ 'x-shopify-shop-domain': domain })).toMatchObject({ ok: false, reason: 'header-malformed' });
  });

  it('may leave the shop to a body that names it under the signature, and to no other', () => {
    const compliance = (more: Record<string, string | undefined>) =>
      parseHeaders({ ...HEADERS, 'x-shopify-topic': 'shop/redact', ...more }, '/webhooks/compliance', RECEIVED);
    for (const domain of [undefined, '', 'www.example.com']) {
      expect(compliance({ 'x-shopify-shop-domain': domain })).toMatchObject({ ok: true, headers: { domain: null } });
      expect(parse({ 'x-shopify-shop-domain': domain })).toMatchObject({ ok: false });
    }
  });

  it('that are refused tell the log only what looks right', () => {
    expect(parse({ 'x-shopify-topic': 'to: amina@example.com' })).toEqual({
      ok: false,
      reason: 'topic-unknown',
      claims: { topic: undefined, shop: 'some-shop.myshopify.com', webhookId: HEADERS['x-shopify-webhook-id'] },
    });
    expect(parse({ 'x-shopify-webhook-id': 'amina@example.com', 'x-shopify-shop-domain': 'Amina' })).toEqual({
      ok: false,
      reason: 'header-malformed',
      claims: { topic: 'carts/update', shop: undefined, webhookId: undefined },
    });
  });
});
