import type { RequestListener } from 'node:http';

import { v7 as uuidv7 } from 'uuid';

import { errorKind } from '#app/errors.ts';
import type { AppLog } from '#app/log.ts';
import { clientNetworkOf } from '#app/web/client-address.ts';
import { secureHeaders } from '#app/web/headers.ts';
import { parseRequest, sendResponse } from '#app/web/http.ts';
import type { StaticFiles } from '#app/web/static-files.ts';

export interface WebListenerDeps {
  /** The app's origin as the browser knows it. */
  readonly origin: string;
  /** How many proxies of the operator's every request passes. */
  readonly proxies: number;
  readonly staticFiles: StaticFiles;
  /** Remix. */
  readonly handle: (
    request: Request,
    asked: { readonly requestId: string; readonly clientAddress: string },
  ) => Promise<Response>;
  /** Whether the program can do its work; must answer within a few seconds. */
  readonly isHealthy: () => Promise<boolean>;
  readonly log: AppLog;
}

/** The web program's listener: /healthz, files of the build, and Remix for the rest. */
export function createWebListener(deps: WebListenerDeps): RequestListener {
  return (req, res) => {
    const requestId = uuidv7();
    const send = (response: Response): Promise<void> => {
      const headers = new Headers(response.headers);
      const { pathname, protocol } = new URL((req.url ?? '/').replace(/^\/*/, '/'), deps.origin);
      secureHeaders(headers, { pathname, protocol });
      const { status, statusText } = response;
      return sendResponse(res, new Response(response.body, { status, statusText, headers }));
    };
    const answer = async (respond: () => Promise<Response>): Promise<void> => {
      try {
        await send(await respond());
      } catch (error) {
        // What was thrown may quote a request or a row: its kind is all that is told.
        deps.log.error('web.failed', { requestId, kind: errorKind(error) });
        if (res.headersSent) res.destroy();
        else await send(plain(500));
      }
    };

    const path = (req.url ?? '/').split('?', 1)[0];
    if (path === '/healthz') {
      void answer(async () => plain((await deps.isHealthy()) ? 200 : 503));
      return;
    }
    deps.staticFiles(req, res, () => {
      void answer(async () => {
        const request = await parseRequest(req, res, deps.origin);
        return request instanceof Request
          ? deps.handle(request, { requestId, clientAddress: clientNetworkOf(req, deps.proxies) })
          : plain(request.status);
      });
    });
  };
}

const REASONS: Record<number, string> = {
  200: 'OK',
  400: 'Bad Request',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function plain(status: number): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return new Response(REASONS[status] ?? '', { status, headers });
}
