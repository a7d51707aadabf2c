import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { serve } from '#app/web/serve.ts';

const listener = () => undefined;

describe('an address that cannot be had', () => {
  it('is told from a database that cannot be had: a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(serve(listener, { host: '127.0.0.1', port })).rejects.toMatchObject({
      name: 'BootError',
      exitCode: 1,
      message: expect.stringContaining('is used by another program'),
    });
    other.close();
  });

  it.each(['999.1.1.1', '192.0.2.1'])('is told as a setting: HOST=%s', async (host) => {
    await expect(serve(listener, { host, port: 0 })).rejects.toMatchObject({
      name: 'BootError',
      exitCode: 78,
      message: 'HOST names no address of this machine.',
    });
  });
});
