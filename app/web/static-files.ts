import type { IncomingMessage, ServerResponse } from 'node:http';

import sirv from 'sirv';

/** Answers with a file when there is one of this name, else calls `next`. */
export type StaticFiles = (req: IncomingMessage, res: ServerResponse, next: () => void) => void;

/** The browser's part of the build. Names under /assets/ carry a hash of the content, so they may be kept for ever. */
export function createStaticFiles(directory: string): StaticFiles {
  return sirv(directory, {
    etag: true,
    brotli: true,
    gzip: true,
    setHeaders: (res, pathname) => {
      const isHashed = pathname.startsWith('/assets/');
      res.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
      res.setHeader('x-content-type-options', 'nosniff');
      res.setHeader('cross-origin-resource-policy', 'same-origin');
    },
  });
}
