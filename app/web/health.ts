import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

export type IsHealthy = () => Promise<boolean> | boolean;

/** Answers `GET /healthz` with 200 or 503 and no word; says whether it was that. */
export function answerHealth(isHealthy: IsHealthy, req: IncomingMessage, res: ServerResponse): boolean {
  if (req.url !== '/healthz') return false;
  void Promise.resolve(isHealthy()).then((healthy) => {
    res.writeHead(healthy ? 200 : 503, { 'content-length': 0, 'cache-control': 'no-store' }).end();
  });
  return true;
}

/** For a program that has nothing else to say over HTTP. */
export function healthListener(isHealthy: IsHealthy): RequestListener {
  return (req, res) => {
    if (!answerHealth(isHealthy, req, res)) res.writeHead(404, { 'content-length': 0 }).end();
  };
}
