import { createRequestHandler, type AppLoadContext, type LoaderFunction, type ServerBuild } from '@remix-run/node';
import { describe, expect, it } from 'vitest';

import { AppError } from '#app/errors.ts';
import { createLogger } from '#app/log.ts';
import { withRefusals } from '#app/web/refusals.ts';

const lines: string[] = [];
const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });

/** An app of one page and one route without a page, both with this loader. */
function appOf(loader: LoaderFunction) {
  const route = (id: string, component: object) => ({
    id,
    path: id,
    parentId: 'root',
    module: { loader, ...component },
  });
  const build = {
    entry: { module: { default: () => new Response(null), handleError: () => undefined } },
    routes: {
      root: { id: 'root', path: '', module: { default: () => null } },
      page: route('page', { default: () => null }),
      thing: route('thing', {}),
    },
    assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '1' },
    publicPath: '/',
    assetsBuildDirectory: '',
    future: { v3_singleFetch: true },
    isSpaMode: false,
  } as unknown as ServerBuild;
  const handle = createRequestHandler(withRefusals(build), 'production');
  return (path: string) =>
    handle(new Request(`https://app.example${path}`), { log, requestId: 'request-1' } as unknown as AppLoadContext);
}

describe('withRefusals', () => {
  const refuse = appOf(() => {
    throw new AppError('access.unrecorded', { cause: new Error('row of Ann Smith') });
  });

  it.each(['/thing', '/page.data'])('answers a refusal with its status and its code, and no more: %s', async (path) => {
    const response = await refuse(path);
    expect(response.status).toBe(503);
    const body = await response.text();
    expect(body).toContain('access.unrecorded');
    expect(body).not.toContain('Ann');
  });

  it('knows a refusal of the built pages, whose class is not the program’s own', async () => {
    class AnotherAppError extends Error {
      override readonly name = 'AppError';
      readonly code = 'access.unrecorded';
    }
    const foreign = appOf(() => {
      throw new AnotherAppError();
    });
    expect((await foreign('/thing')).status).toBe(503);
  });

  it('tells the operator, by code', async () => {
    lines.length = 0;
    await refuse('/thing');
    expect(lines.map((text) => JSON.parse(text) as object)).toMatchObject([
      { event: 'web.refused', code: 'access.unrecorded', status: 503, requestId: 'request-1' },
    ]);
    expect(lines.join('')).not.toContain('Ann');
  });

  it('leaves answers and other errors as they are', async () => {
    expect(await (await appOf(() => Response.json({ fine: true }))('/thing')).json()).toEqual({ fine: true });
    const missing = appOf(() => {
      throw new Response(null, { status: 404 });
    });
    expect((await missing('/thing')).status).toBe(404);
    const broken = appOf(() => {
      throw new Error('row of Ann Smith');
    });
    const answer = await broken('/thing');
    expect([answer.status, (await answer.text()).includes('Ann')]).toEqual([500, false]);
  });
});
