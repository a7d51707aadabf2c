import { afterEach, expect, it } from 'vitest';

import { healthListener } from '#app/web/health.ts';
import { type Serving, serve } from '#app/web/serve.ts';

let serving: Serving | null = null;
afterEach(async () => {
  await serving?.stop(0);
});

it('says whether the program is well, and nothing else', async () => {
  let isWell = true;
  serving = await serve(
    healthListener(() => isWell),
    { host: '127.0.0.1', port: 0 },
  );
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${String(serving?.port)}${path}`);
    return [response.status, await response.text()];
  };
  expect(await ask('/healthz')).toEqual([200, '']);
  isWell = false;
  expect(await ask('/healthz')).toEqual([503, '']);
  expect(await ask('/')).toEqual([404, '']);
});
