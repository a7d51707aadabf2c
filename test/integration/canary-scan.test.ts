/** `canary:scan`, as an operator runs it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { canaryScanCommand } from '#app/ops/canary-scan.ts';
import { UsageError } from '#app/ops/command.ts';
import { openOpsDesk } from '#test/support/ops-context.ts';
import { onboardShop, type Pipeline, startPipeline } from '#test/support/pipeline.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';
import { story } from '#test/support/story.ts';

const mark = `zq${randomBytes(6).toString('hex')}`;
const nobody = `zq${randomBytes(8).toString('hex')}`;
const domain = 'scanned.myshopify.com';

interface Answer {
  readonly values: number;
  readonly hits: number;
  readonly places: readonly { readonly value: number; readonly form: string; readonly where: string }[];
  readonly control: { readonly planted: number; readonly found: number };
  readonly looked: { readonly columns: number; readonly rows: number; readonly files: number };
  readonly unread: readonly string[];
}

let world: ShopWorld;
let pipeline: Pipeline;
let folder: string;

beforeAll(async () => {
  world = await openShopWorld();
  pipeline = await startPipeline(world);
  folder = await mkdtemp(join(tmpdir(), 'ci-scan-'));
  const owner = { staffId: '1', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
  await onboardShop(world, domain, owner, 'privacy@clay.example');
  for (const [topic, body] of story({ domain, mark, number: '812345678' })) await pipeline.send(domain, topic, body);
  await pipeline.settled();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await pipeline.close();
  await world.close();
});

async function scan(input: string, options: { path?: string[] } = {}, more = {}) {
  const desk = openOpsDesk(world, { input, ...more });
  try {
    const answer = await canaryScanCommand.run(desk.context, [], options);
    return { ...answer, data: answer.data as Answer, progress: desk.progressLines };
  } finally {
    await desk.close();
  }
}

describe('canary:scan', () => {
  it('finds nothing of a seeded shop’s people, having looked everywhere, and its control is found', async () => {
    const { data, exitCode, progress } = await scan(`shopper.${mark}@clay.example\n${mark}\n`, { path: [folder] });
    expect(data).toMatchObject({ values: 2, hits: 0, places: [], unread: [] });
    expect(data.control.planted).toBeGreaterThan(40);
    expect(data.control.found).toBe(data.control.planted);
    expect(data.looked.columns).toBeGreaterThan(150);
    expect(data.looked.files).toBeGreaterThan(500);
    expect(exitCode).toBe(0);
    expect(progress.join('\n')).toContain('app.carts: ');
  });

  it('finds what was planted, in a column, in the server’s files and in a log, and never says what it is', async () => {
    await world.superuser('CREATE TABLE public.planted (note bytea)');
    await world.superuser('INSERT INTO public.planted VALUES ($1)', [gzipSync(Buffer.from(`a note: ${mark}`))]);
    await writeFile(join(folder, 'app.log'), `{"text":"${Buffer.from(mark).toString('base64')}"}\n`);
    const { data, exitCode, lines } = await scan(`${nobody}\n${mark}`, {}, { scanPaths: [folder] });
    await world.superuser('DROP TABLE public.planted');
    expect(exitCode).toBe(1);
    expect(data.hits).toBe(data.places.length);
    expect(new Set(data.places.map(({ value }) => value))).toEqual(new Set([2]));
    const where = data.places.map((place) => `${place.form} ${place.where}`);
    expect(where).toContain('gzip:raw column public.planted.note');
    expect(where.some((place) => place.startsWith('base64') && place.includes('app.log'))).toBe(true);
    expect(JSON.stringify(data) + lines.join('\n')).not.toContain(mark);
  });

  it('says what it could not look at, and is not content then', async () => {
    const desk = openOpsDesk(world, { input: mark });
    const { data, exitCode } = await scan(mark, {}, { deployPool: () => desk.context.pool('ci_app') });
    await desk.close();
    expect(data.unread).toContain('app.carts');
    expect(data.unread).toContain('keys.subject_keys');
    expect(exitCode).toBe(1);
  });

  it('takes no value as an argument, none that is short, and none at all', async () => {
    const desk = openOpsDesk(world, { input: 'abc' });
    await expect(canaryScanCommand.run(desk.context, [mark], {})).rejects.toThrow(UsageError);
    await expect(canaryScanCommand.run(desk.context, [], {})).rejects.toThrow('Value 1 is shorter than 4 bytes');
    await desk.close();
    await expect(scan(' \n')).rejects.toThrow('No values came on standard input');
    await expect(scan(mark, { path: [join(folder, 'missing')] })).rejects.toThrow('cannot be looked at');
  });
});
