import { randomBytes } from 'node:crypto';

import { openEvent } from '#app/ingest/apply/open-event.ts';
import { parseHeaders } from '#app/ingest/edge/headers.ts';
import { INBOX_BUCKET_BYTES, inboxPlace } from '#app/ingest/inbox-place.ts';
import { projectPayload } from '#app/shopify/payloads/project.ts';
import { TOPICS } from '#app/shopify/topics.ts';
import { isSignedByShopify, signatureKey } from '#app/shopify/webhook-signature.ts';
import { sealInRun } from '#app/vault/envelope.ts';
import type { VaultKey } from '#app/vault/vault-key.ts';
import { lookupToken } from '#app/vault/lookup.ts';
import { pad } from '#app/vault/padding.ts';
import { type ParsedRequest, parseRequest } from '#test/bench/load/parsed-request.ts';
import { BENCH_SECRET, type LoadPlan, requestOf } from '#test/bench/load/plan.ts';
import { GateError, type Row } from '#test/bench/row.ts';

const WEBHOOKS = 2_000;
const SHOP_ID = '01930000-0000-7000-8000-000000000000';
const DAY = '2026-11-20';
const TOPIC = TOPICS['carts/update'].code;

/** One webhook at every stage of its way, made beforehand so that each stage can be timed alone. */
interface Staged extends ParsedRequest {
  readonly parsed: unknown;
  readonly projected: object;
  readonly plaintext: Buffer;
  readonly digest: Buffer;
  readonly sealed: Buffer;
}

/** What the edge spends on a webhook apart from HTTP and PostgreSQL, stage by stage. No peer, no target: a map of the cost. */
export const stages: Row = {
  name: 'stages',
  title: 'Processor time of each stage in the edge, apart from HTTP and PostgreSQL',
  run: async ({ rounds, say }) => {
    const key: VaultKey = { scope: 'inbox', version: 1, secret: randomBytes(32) };
    const signing = signatureKey(BENCH_SECRET);
    const plan: LoadPlan = { name: 'st', shopCount: 4, updatesPerCart: 1, baseMs: Date.now() };
    const staged = Array.from({ length: WEBHOOKS }, (_, event) => stage(key, requestOf(plan, event)));
    const now = new Date();
    const row = { day: DAY, topic: TOPIC, epoch: 1, receivedAt: now, triggeredAt: now, webhookId: null, attempts: 0 };
    const keys = { keyOf: () => key, loadIfStale: () => Promise.resolve() };
    const steps: Readonly<Record<string, (webhook: Staged) => unknown>> = {
      'signature (HMAC over 2.5 kB)': ({ headers, body }) =>
        isSignedByShopify(signing, body, headers['x-shopify-hmac-sha256'] ?? ''),
      headers: ({ headers }) => parseHeaders(headers, '/webhooks/carts', now),
      'JSON.parse': ({ body }) => JSON.parse(body.toString('utf8')) as unknown,
      projection: ({ parsed }) => projectPayload('carts/update', parsed),
      'keyed digest of the body': ({ body }) => lookupToken(key.secret, 'body', body),
      'JSON.stringify of what is kept': ({ projected }) =>
        pad(Buffer.from(JSON.stringify(projected)), INBOX_BUCKET_BYTES),
      seal: ({ plaintext, digest }) =>
        sealInRun(key, plaintext, inboxPlace(SHOP_ID, { day: DAY, topic: TOPIC, digest })),
      'open, in the worker': ({ digest, sealed }) => openEvent(keys, key.secret, SHOP_ID, { ...row, digest, sealed }),
    };
    const figures = new Map(Object.keys(steps).map((name) => [name, [] as number[]]));
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, step] of Object.entries(steps)) {
        const before = process.cpuUsage();
        for (const webhook of staged) step(webhook);
        const { user, system } = process.cpuUsage(before);
        if (round > 0) figures.get(name)?.push((user + system) / WEBHOOKS);
      }
    }
    say('stages: done');
    return Array.from(figures, ([metric, ours]) => ({ metric, unit: 'µs CPU', ours }));
  },
};

function stage(key: VaultKey, request: Buffer): Staged {
  const { headers, body } = parseRequest(request);
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  const projection = projectPayload('carts/update', parsed);
  if (!projection.ok) throw new GateError('The plan makes no carts');
  const plaintext = pad(Buffer.from(JSON.stringify(projection.body)), INBOX_BUCKET_BYTES);
  const digest = lookupToken(key.secret, 'body', body);
  const sealed = sealInRun(key, plaintext, inboxPlace(SHOP_ID, { day: DAY, topic: TOPIC, digest }));
  return { headers, body, parsed, projected: projection.body, plaintext, digest, sealed };
}
