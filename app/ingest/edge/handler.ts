import type { IncomingMessage, ServerResponse } from 'node:http';

import { errorKind } from '#app/errors.ts';
import { type AcceptDeps, acceptWebhook } from '#app/ingest/edge/accept.ts';
import { BodyReader } from '#app/ingest/edge/read-body.ts';
import { WEBHOOK_PATHS } from '#app/shopify/topics.ts';

/** How long Shopify is asked to wait after a 503; it keeps its own schedule if that is longer. */
const RETRY_AFTER_SECONDS = 5;
/** How long, and how much of, an unread body is let pass by so that its sender gets to read the answer. */
const LINGER_MS = 1_000;
const LINGER_BYTES = 4 * 1024 * 1024;

const NO_BODY = { 'content-length': 0 } as const;
const BODY_STATUS = { 'too-large': 413, 'too-slow': 408, incomplete: 400, overloaded: 503 } as const;

/** Answers `/webhooks/*`. Statuses only: no body says why, so that nobody learns from trying. */
export type EdgeHandler = (req: IncomingMessage, res: ServerResponse) => void;

export function createEdgeHandler(deps: AcceptDeps): EdgeHandler {
  const bodies = new BodyReader();
  return (req, res) => {
    handle(deps, bodies, req, res);
  };
}

function handle(deps: AcceptDeps, bodies: BodyReader, req: IncomingMessage, res: ServerResponse): void {
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
  bodies.read(req, (body) => {
    if (!body.ok) {
      deps.counters.add(body.reason);
      leave(req, res, BODY_STATUS[body.reason]);
      return;
    }
    acceptWebhook(deps, path, req.headers, body.bytes).then(
      (status) => end(res, status),
      (error: unknown) => {
        // Nothing throws by design; whatever it was, nothing is promised.
        deps.log.error('webhook.failed', { kind: errorKind(error) });
        end(res, 503);
      },
    );
  });
}

function end(res: ServerResponse, status: number): void {
  if (res.headersSent || res.destroyed) return;
  sendHead(res, status);
  res.end();
}

function sendHead(res: ServerResponse, status: number): void {
  if (status === 503) res.setHeader('retry-after', RETRY_AFTER_SECONDS);
  res.writeHead(status, NO_BODY);
}

/**
 * Answers without having read the body, and gives the connection up.
 *
 * The answer is complete with its head, so it is sent first. Closing while the sender is still sending would reset the
 * connection, and the reset may overtake the answer: a little of the rest is let pass by, unread, before the end.
 */
function leave(req: IncomingMessage, res: ServerResponse, status: number): void {
  if (res.headersSent || res.destroyed) return;
  res.setHeader('connection', 'close');
  sendHead(res, status);
  if (req.complete) {
    res.end();
    return;
  }
  res.flushHeaders();
  let passed = 0;
  const close = () => {
    clearTimeout(timer);
    req.off('data', onData).off('end', close).off('close', close);
    res.end();
  };
  const onData = (chunk: Buffer) => {
    passed += chunk.length;
    if (passed > LINGER_BYTES) close();
  };
  const timer = setTimeout(close, LINGER_MS);
  req.on('data', onData).on('end', close).on('close', close).on('error', close).resume();
}
