import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { createRequestHandler, type RequestHandler, type ServerBuild } from '@remix-run/node';

import { withRefusals } from '#app/web/refusals.ts';
import { createStaticFiles, type StaticFiles } from '#app/web/static-files.ts';

/** Remix as the listener needs it: the files for the browser and the handler for everything else. */
export interface RemixApp {
  readonly staticFiles: StaticFiles;
  readonly handle: RequestHandler;
  close(): Promise<void>;
}

/** The folder of package.json, above this file or above the bundle it is part of. */
export function findProjectDirectory(): string {
  for (let directory = import.meta.dirname; ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) return directory;
    if (directory === dirname(directory)) throw new Error('package.json was not found above the program');
  }
}

/** @returns null when `npm run build` has not been run. */
export async function getBuiltRemixApp(projectDirectory: string): Promise<RemixApp | null> {
  const serverFile = join(projectDirectory, 'build/remix/server/index.js');
  if (!existsSync(serverFile)) return null;
  const build = (await import(pathToFileURL(serverFile).href)) as ServerBuild;
  return {
    staticFiles: createStaticFiles(join(projectDirectory, 'build/remix/client')),
    handle: createRequestHandler(withRefusals(build), 'production'),
    close: async () => undefined,
  };
}

/** Remix straight from the sources, for `npm run dev`: a change is in the browser without a restart. */
export async function createDevRemixApp(projectDirectory: string, server: Server): Promise<RemixApp> {
  const { createServer } = await import('vite');
  const listeners = process.listeners('SIGTERM');
  const vite = await createServer({
    root: projectDirectory,
    // One port for pages and for the messages about changes, so that one tunnel is enough.
    server: { middlewareMode: true, hmr: { server }, allowedHosts: true },
    appType: 'custom',
  });
  // Remix's compiler would end the process on SIGTERM before the rest of it is closed.
  for (const listener of process.listeners('SIGTERM')) {
    if (!listeners.includes(listener)) process.off('SIGTERM', listener);
  }
  const load = async () => withRefusals((await vite.ssrLoadModule('virtual:remix/server-build')) as ServerBuild);
  return {
    staticFiles: (req, res, next) => {
      vite.middlewares(req, res, next);
    },
    handle: createRequestHandler(load, 'development'),
    close: () => vite.close(),
  };
}
