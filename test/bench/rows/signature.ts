import '@shopify/shopify-api/adapters/web-api';

import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';

import { parseHeaders } from '#app/ingest/edge/headers.ts';
import { isSignedByShopify, signatureKey } from '#app/shopify/webhook-signature.ts';
import { type ParsedRequest, parseRequest } from '#test/bench/load/parsed-request.ts';
import { BENCH_SECRET, type LoadPlan, requestOf } from '#test/bench/load/plan.ts';
import { GateError, type Row } from '#test/bench/row.ts';

const WEBHOOKS = 2_000;
/** As many at once as gave the peer its best figure; its cryptography runs in the thread pool. */
const PEER_AT_ONCE = 16;

interface Signed extends ParsedRequest {
  readonly text: string;
}

export const signature: Row = {
  name: 'signature',
  title: 'Signature check: headers read, HMAC over the raw body compared in constant time',
  run: async ({ rounds, isQuick, say }) => {
    const plan: LoadPlan = { name: 'sg', shopCount: 4, updatesPerCart: 1, baseMs: Date.now() };
    const signed = Array.from({ length: WEBHOOKS }, (_, event): Signed => {
      const request = parseRequest(requestOf(plan, event));
      return { ...request, text: request.body.toString('utf8') };
    });
    const key = signatureKey(BENCH_SECRET);
    const ours: number[] = [];
    const peer: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const oursNow = ourChecks(key, signed, isQuick ? 1 : 10);
      const peerNow = await peerChecks(signed, isQuick ? 1 : 2);
      say(`signature round ${String(round)}: ${oursNow.toFixed(0)}/s, peer ${peerNow.toFixed(0)}/s`);
      if (round === 0) continue;
      ours.push(oursNow);
      peer.push(peerNow);
    }
    return [
      {
        metric: 'checks on one thread',
        unit: 'checks/s',
        ours,
        peerName: 'webhooks.validate of @shopify/shopify-api, 16 at once',
        peer,
        target: { on: 'ratio', atLeast: 15 },
      },
    ];
  },
};

function ourChecks(key: ReturnType<typeof signatureKey>, signed: readonly Signed[], times: number): number {
  const since = performance.now();
  const now = new Date();
  for (let time = 0; time < times; time += 1) {
    for (const { body, headers } of signed) {
      const isValid = isSignedByShopify(key, body, headers['x-shopify-hmac-sha256'] ?? '');
      if (!isValid || !parseHeaders(headers, '/webhooks/carts', now).ok)
        throw new GateError('A good webhook was refused');
    }
  }
  return (signed.length * times * 1000) / (performance.now() - since);
}

const api = shopifyApi({
  apiKey: 'benchmark-key-0123456789',
  apiSecretKey: BENCH_SECRET,
  apiVersion: ApiVersion.October26,
  hostName: 'bench.example',
  isEmbeddedApp: true,
  logger: { level: LogSeverity.Error, log: () => undefined },
});

async function peerChecks(signed: readonly Signed[], times: number): Promise<number> {
  // Its requests are made beforehand: only the check is timed.
  const requests = signed.map(
    ({ headers }) => new Request('https://bench.example/webhooks/carts', { method: 'POST', headers }),
  );
  const since = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (; next < signed.length * times;) {
      const at = next % signed.length;
      next += 1;
      const rawRequest = requests[at];
      const check = await api.webhooks.validate({ rawBody: signed[at]?.text ?? '', rawRequest });
      if (!check.valid) throw new GateError('The peer refused a good webhook');
    }
  };
  await Promise.all(Array.from({ length: PEER_AT_ONCE }, lane));
  return (signed.length * times * 1000) / (performance.now() - since);
}
