import type { IncomingMessage, ServerResponse } from 'node:http';

import { type AcceptDeps, acceptWebhook } from '#app/ingest/edge/accept.ts';
import { readBody } from '#app/ingest/edge/read-body.ts';
import { WEBHOOK_PATHS } from '#app/shopify/topics.ts';

/** How long Shopify is asked to wait after a 503; it keeps its own schedule if that is longer. */
const RETRY_AFTER_SECONDS = 5;

/** Answers `/webhooks/*`. Statuses only: no body says why, so that nobody learns from trying. */
export type EdgeHandler = (req: IncomingMessage, res: ServerResponse) => void;

export function createEdgeHandler(deps: AcceptDeps): EdgeHandler {
  return (req, res) => {
    handle(deps, req, res).catch(() => {
      // Nothing above throws by design; whatever it was, nothing is promised.
      deps.log.error('webhook.failed', {});
      end(res, 503);
    });
  };
}

async function handle(deps: AcceptDeps, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = req.url ?? '';
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  if (!WEBHOOK_PATHS.has(path)) {
    deps.counters.add('not-found');
    leave(req, res, 404);
    return;
  }
  if (req.method !== 'POST') {
    deps.counters.add('method');
    res.setHeader('allow', 'POST');
    leave(req, res, 405);
    return;
  }
  const body = await readBody(req);
  if (!body.ok) {
    deps.counters.add(body.reason);
    leave(req, res, body.reason === 'too-large' ? 413 : 400);
    return;
  }
  end(res, await acceptWebhook(deps, path, req.headers, body.bytes));
}

function end(res: ServerResponse, status: number): void {
  if (res.headersSent || res.destroyed) return;
  if (status === 503) res.setHeader('retry-after', RETRY_AFTER_SECONDS);
  res.writeHead(status, { 'content-length': 0 }).end();
}

/** Answers without having read the body, and gives the connection up: what is left in it is not worth reading. */
function leave(req: IncomingMessage, res: ServerResponse, status: number): void {
  if (res.destroyed) return;
  res.setHeader('connection', 'close');
  res.once('finish', () => {
    // A moment for the answer to arrive before the unread rest resets the connection.
    setTimeout(() => req.destroy(), 500).unref();
  });
  end(res, status);
}
