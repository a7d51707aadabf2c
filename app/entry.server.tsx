import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';

import {
  createReadableStreamFromReadable,
  type AppLoadContext,
  type EntryContext,
  type HandleErrorFunction,
} from '@remix-run/node';
import { RemixServer } from '@remix-run/react';
import { renderToPipeableStream } from 'react-dom/server';

import { errorKind, getErrorCode } from '#app/errors.ts';
import { NonceContext } from '#app/ui/nonce.ts';
import '#app/web/load-context.ts';
import { addToPolicy, documentScriptPolicy } from '#app/web/script-policy.ts';

const RENDER_TIMEOUT_MS = 5_000;
const NONCE_BYTES = 18;

/** Renders a page whole: nothing on our pages comes later, and a whole page has the right status. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  entry: EntryContext,
  context: AppLoadContext,
): Promise<Response> {
  context.shopify.addDocumentResponseHeaders(request, headers);
  headers.set('content-type', 'text/html; charset=utf-8');
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  addToPolicy(headers, documentScriptPolicy(nonce));
  const page = (
    <NonceContext.Provider value={nonce}>
      <RemixServer context={entry} url={request.url} nonce={nonce} />
    </NonceContext.Provider>
  );
  return new Promise((resolve, reject) => {
    let hasFailed = false;
    const { pipe, abort } = renderToPipeableStream(page, {
      nonce,
      onAllReady: () => {
        const body = new PassThrough();
        resolve(new Response(createReadableStreamFromReadable(body), { headers, status: hasFailed ? 500 : status }));
        pipe(body);
      },
      onShellError: reject,
      onError: (error) => {
        hasFailed = true;
        logFailure(error, context);
      },
    });
    setTimeout(abort, RENDER_TIMEOUT_MS).unref();
  });
}

/** What a loader or an action throws that is not a Response. A request that its sender gave up is nobody's error. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (!request.signal.aborted) logFailure(error, context);
};

/** An error may quote a row or a request, so only its kind and code are told. */
function logFailure(error: unknown, { log, requestId }: AppLoadContext): void {
  log.error('web.page-failed', {
    requestId,
    kind: errorKind(error),
    code: getErrorCode(error) ?? undefined,
  });
}
