/** The wall: the edge's own way of reading a body and checking its signature, and nothing behind it. */
import { BodyReader } from '#app/ingest/edge/read-body.ts';
import { isSignedByShopify, signatureKey } from '#app/shopify/webhook-signature.ts';
import { listen } from '#test/bench/peers/shared/listen.ts';
import { readPeerSettings } from '#test/bench/peers/shared/settings.ts';

const key = signatureKey(readPeerSettings().apiSecret);
const bodies = new BodyReader();

await listen((req, res) => {
  bodies.read(req, (body) => {
    const signature = req.headers['x-shopify-hmac-sha256'];
    const isSigned = body.ok && typeof signature === 'string' && isSignedByShopify(key, body.bytes, signature);
    res.writeHead(isSigned ? 200 : 401, { 'content-length': 0 }).end();
  });
});
