import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { openEvent } from '#app/ingest/apply/open-event.ts';
import { INBOX_BUCKET_BYTES, inboxPlace } from '#app/ingest/inbox-place.ts';
import { TOPICS } from '#app/shopify/topics.ts';
import { sealInRun } from '#app/vault/envelope.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import { pad } from '#app/vault/padding.ts';

const SHOP = '01930000-0000-7000-8000-000000000000';
const key: VaultKey = { scope: 'inbox', version: 1, secret: randomBytes(32) };
const keys = { keyOf: () => key, loadIfStale: () => Promise.resolve() };
const body = { token: 'mug', note: 'ends in a brace: }' };
const now = new Date('2026-11-26T10:00:00Z');
const digest = randomBytes(16);
const row = { day: '2026-11-26', topic: TOPICS['carts/update'].code, digest, epoch: 1, attempts: 0 };

function opened(plaintext: Buffer) {
  const sealed = sealInRun(key, plaintext, inboxPlace(SHOP, row));
  const about = { receivedAt: now, triggeredAt: now, webhookId: null };
  return openEvent(keys, null, SHOP, { ...row, ...about, sealed });
}

describe('openEvent', () => {
  const json = Buffer.from(JSON.stringify(body));

  it('opens what the edge has padded, and what the first release left unpadded', () => {
    expect(opened(pad(json, INBOX_BUCKET_BYTES)).body).toEqual(body);
    expect(opened(json).body).toEqual(body);
  });

  it('refuses bytes that are neither', () => {
    expect(() => opened(Buffer.concat([json, Buffer.from([1])]))).toThrow('vault.unopenable');
    expect(() => opened(Buffer.alloc(0))).toThrow();
  });
});
