/**
 * The best code without batching: `node:http`, `pg`, prepared statements. De-duplicates by event id, then upserts the cart
 * unless a newer state is there; answers after both are committed. With PEER_STATEMENTS=1 both are one statement.
 */
import type { IncomingMessage } from 'node:http';

import pg from 'pg';

import { type Body, BodyReader } from '#app/ingest/edge/read-body.ts';
import { parseJson } from '#app/shopify/json.ts';
import { isSignedByShopify, signatureKey } from '#app/shopify/webhook-signature.ts';
import { listen } from '#test/bench/peers/shared/listen.ts';
import { peerCart, peerKey } from '#test/bench/peers/shared/peer-cart.ts';
import { GUARDED, GUARDED_UPSERT } from '#test/bench/peers/shared/upsert.ts';
import { PEER_CONNECTIONS, readPeerSettings } from '#test/bench/peers/shared/settings.ts';

const SEEN = {
  name: 'seen',
  text: `INSERT INTO peer."Webhook" VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING`,
};
const BOTH = {
  name: 'both',
  text: `WITH seen AS (
      INSERT INTO peer."Webhook" VALUES ($1, $9, $10, now()) ON CONFLICT DO NOTHING RETURNING 1)
    INSERT INTO peer."Cart"
    SELECT $1, $2, $3::timestamp, $4::int, $5::int, $6::bigint, $7, $8::bytea WHERE EXISTS (SELECT FROM seen) ${GUARDED}`,
};

const { databaseUrl, apiSecret, key: secret } = readPeerSettings();
const pool = new pg.Pool({ connectionString: databaseUrl, max: PEER_CONNECTIONS });
const inOneStatement = process.env['PEER_STATEMENTS'] === '1';
const signing = signatureKey(apiSecret);
const key = peerKey(secret);
const bodies = new BodyReader();

await listen((req, res) => {
  void handle(req).then(
    (status) => res.writeHead(status, { 'content-length': 0 }).end(),
    () => res.writeHead(500, { 'content-length': 0 }).end(),
  );
});

async function handle(req: IncomingMessage): Promise<number> {
  const body = await new Promise<Body>((resolve) => {
    bodies.read(req, resolve);
  });
  if (!body.ok) return 400;
  if (!isSignedByShopify(signing, body.bytes, header(req, 'x-shopify-hmac-sha256'))) return 401;
  const shop = header(req, 'x-shopify-shop-domain');
  const cart = peerCart(key, shop, parseJson(body.bytes.toString('utf8')));
  if (cart === null) return 400;
  const seen = [header(req, 'x-shopify-topic'), header(req, 'x-shopify-event-id')];
  const { token, changedAt, itemCount, lineCount, valueMinor, currency, sealed } = cart;
  const values = [shop, token, changedAt, itemCount, lineCount, valueMinor, currency, sealed];
  if (inOneStatement) {
    await pool.query({ ...BOTH, values: [...values, ...seen] });
    return 200;
  }
  const { rowCount } = await pool.query({ ...SEEN, values: [shop, ...seen] });
  if (rowCount === 1) await pool.query({ ...GUARDED_UPSERT, values });
  return 200;
}

function header(req: IncomingMessage, name: string): string {
  const value = req.headers[name];
  return typeof value === 'string' ? value : '';
}
