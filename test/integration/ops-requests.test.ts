/** The operator's side of requests by law: list, show, run, and whether anything is left. */
import { createPublicKey, verify } from 'node:crypto';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OPERATORS_CHAIN } from '#app/access/operator-record.ts';
import { poolConfig } from '#app/data/connection.ts';
import { COMMANDS } from '#app/ops/commands.ts';
import { type OpsContext, type OpsOptions, UsageError } from '#app/ops/command.ts';
import { SigningPublicKeys } from '#app/data/signing-key.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { canonicalJson, type SignedReceipt } from '#app/privacy/receipts/statement.ts';
import { workShopErasure } from '#app/privacy/shop-erasure/work-shop-erasure.ts';
import { BreakingPoint } from '#test/support/breaking.ts';
import { type IngestWorld, openIngestWorld, type Told } from '#test/support/ingest-world.ts';
import { bodiesOf, shopper } from '#test/support/shoppers.ts';

const SHOP = 'operated.myshopify.com';
let world: IngestWorld;
let shopId: string;
const pools: pg.Pool[] = [];

beforeAll(async () => {
  world = await openIngestWorld();
  shopId = await world.addShop(SHOP);
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await world.close();
});

function run(name: string, words: readonly string[] = [], options: OpsOptions = {}, input = '') {
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined) throw new Error('There is no such command');
  const context: OpsContext = {
    db: world.db,
    keyring: world.keyring,
    keyStore: world.keyStore,
    pool: (role) => {
      const pool = new pg.Pool(poolConfig(world.database.url, role, { applicationName: 'test ops', max: 2 }));
      pools.push(pool);
      return pool;
    },
    deployPool: () => world.pool,
    scanPaths: [],
    backupDays: 30,
    now: () => new Date(),
    operator: 'tester',
    readInput: () => Promise.resolve(input),
    progress: () => undefined,
  };
  return command.run(context, words, options);
}

const amina = shopper();

const tell = (...webhooks: readonly Told[]) => world.tell({ id: shopId, domain: SHOP }, ...webhooks);

describe('an operator', () => {
  it('finds somebody who is there, erases them on request, and finds nothing after', async () => {
    await tell(...bodiesOf(amina));
    const verify = () => run('erasure:verify', [], { shop: SHOP, email: '-' }, ` ${amina.email.toUpperCase()}\n`);
    const before = await verify();
    expect(before.exitCode).toBe(1);
    const places = (before.data as { places: { where: string; how: string }[] }).places;
    expect(places.map(({ where, how }) => `${where} ${how}`).sort()).toEqual([
      'app.checkouts.sealed sealed',
      'app.orders.sealed sealed',
      'app.people.email_index keyed',
      'app.people.sealed sealed',
    ]);

    await tell(['customers/redact', { shop_domain: SHOP, customer: { email: amina.email } }]);
    const listed = await run('requests:list', [], { shop: SHOP, open: true });
    const [request] = (listed.data as { requests: { id: string; state: string }[] }).requests;
    expect(request).toMatchObject({ state: 'received' });

    expect((await run('requests:run', [], { shop: SHOP })).data).toEqual({
      requests: [{ id: request?.id, outcome: 'done' }],
    });
    expect((await verify()).data).toMatchObject({ hits: 0, places: [] });

    const shown = await run('requests:show', [request?.id ?? ''], { shop: SHOP });
    const { receipt, steps } = shown.data as { receipt: object; steps: { step: string }[] };
    expect(steps.map(({ step }) => step)).toEqual(['received', 'started', 'done']);
    // The command states for how long backups are kept, as the worker would.
    expect((receipt as SignedReceipt).statement.copies.lastBackupGone).toMatch(/^\d{4}-\d\d-\d\d$/);
    const check = await run('requests:verify-receipt', ['-'], {}, JSON.stringify(receipt));
    expect(check).toMatchObject({ data: { check: 'genuine' }, exitCode: 0 });
    const changed = JSON.stringify(receipt).replace('"held":true', '"held":false');
    expect(await run('requests:verify-receipt', [], {}, changed)).toMatchObject({ exitCode: 1 });
    expect(JSON.stringify([listed, shown])).not.toContain(amina.email);
  });

  it('is not needed for checking: anybody has the public key, and a place to ask', async () => {
    const { action } = await import('#app/routes/check-receipt.ts');
    const { loader } = await import('#app/routes/[.]well-known.cart-insights-receipt-key[.]pem.ts');
    const [row] = await world.superuser<{ id: string }>('SELECT request_id AS id FROM app.erasure_receipts LIMIT 1');
    const shown = await run('requests:show', [row?.id ?? ''], { shop: SHOP });
    const { receipt } = shown.data as { receipt: SignedReceipt };
    const { db, keyring } = world;
    const publicKeys = (tx: SqlTx) => new SigningPublicKeys(keyring).read(tx);
    const context = { db, publicKeys, clientAddress: '192.0.2.1', limits: { visitor: () => Promise.resolve() } };
    const ask = async (text: string) => {
      const headers = { 'content-length': String(Buffer.byteLength(text)) };
      const request = new Request('https://app.example/check-receipt', { method: 'POST', body: text, headers });
      const args = { request, context, params: {} } as unknown as Parameters<typeof action>[0];
      return (await (await action(args)).json()) as unknown;
    };
    expect(await ask(JSON.stringify(receipt))).toEqual({ check: 'genuine' });
    expect(await ask(JSON.stringify({ ...receipt, keyId: '0'.repeat(16) }))).toEqual({ check: 'unknown-key' });
    const pem = await (await loader({ context } as unknown as Parameters<typeof loader>[0])).text();
    const signed = Buffer.from(canonicalJson(receipt.statement));
    expect(verify(null, signed, createPublicKey(pem), Buffer.from(receipt.signature, 'base64'))).toBe(true);
  });

  it('is checked on a page for everybody, without a script, and hostile files are told nothing and shown nothing', async () => {
    const { action, loader } = await import('#app/routes/check-receipt.ts');
    const [row] = await world.superuser<{ id: string }>('SELECT request_id AS id FROM app.erasure_receipts LIMIT 1');
    const shown = await run('requests:show', [row?.id ?? ''], { shop: SHOP });
    const { receipt } = shown.data as { receipt: SignedReceipt };
    const genuine = JSON.stringify(receipt, null, 2);
    const { db, keyring } = world;
    const publicKeys = (tx: SqlTx) => new SigningPublicKeys(keyring).read(tx);
    const context = { db, publicKeys, clientAddress: '192.0.2.1', limits: { visitor: () => Promise.resolve() } };
    const argsOf = (request: Request) => ({ request, context, params: {} }) as unknown as Parameters<typeof action>[0];
    const pageOf = async (answer: Response) => {
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'none'");
      const html = await answer.text();
      expect(html).not.toContain('<script');
      return { status: answer.status, html };
    };
    const send = async (form: FormData, length?: number) => {
      const encoded = new Request('https://app.example/check-receipt', { method: 'POST', body: form });
      const body = Buffer.from(await encoded.arrayBuffer());
      const headers = {
        'content-type': encoded.headers.get('content-type') ?? '',
        'content-length': String(length ?? body.length),
      };
      const request = new Request('https://app.example/check-receipt', { method: 'POST', body, headers });
      return pageOf(await action(argsOf(request)));
    };
    const asText = (text: string) => {
      const form = new FormData();
      form.set('file', new File([], ''));
      form.set('text', text);
      return form;
    };
    const asFile = (text: string) => {
      const form = asText('');
      form.set('file', new File([text], 'receipt.json', { type: 'application/json' }));
      return form;
    };
    const empty = await pageOf(await loader(argsOf(new Request('https://app.example/check-receipt'))));
    expect(empty.html).toMatch(/enctype="multipart\/form-data"/i);
    for (const form of [asText(genuine), asFile(genuine), asFile(`\uFEFF${genuine}`)]) {
      const { status, html } = await send(form);
      expect(status).toBe(200);
      expect(html).toContain('Valid');
      expect(html).toContain(`Shop: ${SHOP}`);
      expect(html).toContain('app.people: ');
    }
    const changed = await send(asText(genuine.replace('"held": true', '"held": false')));
    expect(changed.html).toContain('Changed');
    expect(changed.html).not.toContain(`Shop: ${SHOP}`);
    expect((await send(asText(JSON.stringify({ ...receipt, keyId: '0'.repeat(16) })))).html).toContain('Not ours');
    for (const hostile of [
      '<script>alert(1)</script>',
      '{"statement":',
      'null',
      '[]',
      '{"__proto__":{"statement":{}},"keyId":1}',
      JSON.stringify({
        ...receipt,
        statement: { ...receipt.statement, shop: '<img src=x onerror=alert(1)>' },
        keyId: 'x',
      }),
      '['.repeat(50_000),
    ]) {
      const { html } = await send(asText(hostile));
      expect(html).toContain('No receipt');
      expect(html).not.toMatch(/onerror|alert\(/);
    }
    expect(await send(asText('  '))).toMatchObject({ status: 400 });
    expect((await send(asText('x'.repeat(120_000)))).html).toContain('too long');
    expect(await send(asText(genuine), 10_000_000)).toMatchObject({ status: 400 });
    // No form at all, although it says so.
    const broken = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': '4' };
    const request = new Request('https://app.example/check-receipt', { method: 'POST', body: 'oops', headers: broken });
    expect(await pageOf(await action(argsOf(request)))).toMatchObject({ status: 400 });
  });

  it('sees how far the erasure of a shop is that was broken off, and runs it to its end', async () => {
    const shop = 'gone.myshopify.com';
    const goneId = await world.addShop(shop);
    const tellGone = async (...webhooks: readonly (readonly [string, object])[]) => {
      for (const [topic, body] of webhooks) {
        expect(await world.post({ shop, topic, body: JSON.stringify(body) })).toBe(200);
      }
      await world.apply(goneId);
    };
    await tellGone(...bodiesOf(shopper()));
    await tellGone(['app/uninstalled', { myshopify_domain: shop }], ['shop/redact', { shop_domain: shop }]);
    const [request] = await world.superuser<{ id: string }>(
      `SELECT id FROM app.privacy_requests WHERE shop_id = $1 AND kind = 'shop-erasure'`,
      [goneId],
    );
    const id = request?.id ?? '';
    const show = () => run('requests:show', [id], { shop });
    expect((await show()).data).toMatchObject({ erased: null, receipt: null });
    const { pool, keyStore, keyring } = world;
    const deps = { keyStore, keyring, clock: () => new Date(), backupDays: null };
    // Later and later, until it has deleted something.
    let erased: Record<string, number> = {};
    for (let at = 30; (erased['app.cart_states'] ?? 0) === 0; at += 3) {
      await expect(workShopErasure({ ...deps, pool: new BreakingPoint(at).pool(pool) }, goneId, id)).rejects.toThrow();
      erased = ((await show()).data as { erased: typeof erased | null }).erased ?? {};
    }
    expect(erased).toMatchObject({ 'keys.subject_keys': 4, 'app.cart_states': 2 });
    expect((await show()).lines.join('\n')).toMatch(/Deleted so far:[^]*app\.cart_states {2}2/);
    expect((await run('requests:run', [], { shop })).data).toEqual({ requests: [{ id, outcome: 'erasing' }] });
    expect((await show()).lines.join('\n')).not.toContain('Deleted so far');
    // Nothing was hung on a log that is going; the operators' own has it.
    const records = await world.superuser<{ shop_id: string }>(
      'SELECT DISTINCT shop_id FROM app.access_records WHERE $1::uuid IN (shop_id, about_shop)',
      [goneId],
    );
    expect(records).toEqual([{ shop_id: OPERATORS_CHAIN }]);
  });

  it('leaves a record of each', async () => {
    const rows = await world.superuser<{ page: string }>(
      `SELECT DISTINCT page FROM app.access_records WHERE shop_id = $1 AND actor = 'operator:tester' ORDER BY 1`,
      [shopId],
    );
    expect(rows.map(({ page }) => page)).toEqual(
      expect.arrayContaining(['ops erasure:verify', 'ops requests:list', 'ops requests:run', 'ops requests:show']),
    );
  });

  it('gives personal values by standard input only', async () => {
    await expect(run('erasure:verify', [], { shop: SHOP, email: amina.email })).rejects.toThrow(UsageError);
    await expect(run('erasure:verify', [], { shop: SHOP, email: '-' }, 'nobody')).rejects.toThrow(UsageError);
    await expect(run('requests:list')).rejects.toThrow(UsageError);
  });
});
