import { randomUUID } from 'node:crypto';

import type { ActionFunction, LoaderFunction } from '@remix-run/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { Account } from '#app/access/account.ts';
import { openForWork, type Work } from '#app/access/gate.ts';
import { PER_MINUTE, createRateLimits } from '#app/access/rate-limits.ts';
import { DEFAULT_STRICTNESS, saveStrictness } from '#app/access/settings.ts';
import type { Role } from '#app/access/roles.ts';
import { statePlace } from '#app/carts/places.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { gather } from '#app/privacy/erasure/gather.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { releasePackage } from '#app/privacy/package/store.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { offerRequest } from '#app/privacy/requests/move.ts';
import { NOBODY } from '#app/privacy/requests/subject.ts';
import { scanSealed } from '#app/privacy/residue/scan-sealed.ts';
import * as changes from '#app/routes/app.carts.changes.ts';
import * as cart from '#app/routes/app.carts.$id.tsx';
import * as carts from '#app/routes/app.carts._index.tsx';
import * as person from '#app/routes/app.customers.$id.tsx';
import * as customers from '#app/routes/app.customers._index.tsx';
import * as search from '#app/routes/app.customers.search.ts';
import * as field from '#app/routes/app.person-field.ts';
import * as request from '#app/routes/app.requests.$id.tsx';
import * as copy from '#app/routes/app.requests.$id_.copy.tsx';
import * as download from '#app/routes/app.requests.$id_.download.ts';
import * as newRequest from '#app/routes/app.requests.new.tsx';
import { wordsOfError } from '#app/ui/errors/words.ts';
import { texts } from '#app/ui/texts/texts.ts';
import { refusing } from '#app/web/refusals.ts';
import { onboardShop, startPipeline } from '#test/support/pipeline.ts';
import { line, seedCarts } from '#test/support/seed-carts.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';
import { joinStaff, showNames } from '#test/support/staff.ts';
import { story } from '#test/support/story.ts';
import { countAtVault, type VaultCount } from '#test/support/vault-count.ts';

const DOMAIN = 'accounted.myshopify.com';
const NUMBER = '860000000';
/** Stands in every text of the story, and in nothing else. */
const MARK = 'qzaccounted';
const EMAIL = `shopper.${MARK}@example.com`;
const OWNER = { staffId: 'owner', name: 'Owner', verifiedEmail: 'owner@clay.example', isAccountOwner: true };
const WORK = {
  actor: 'system:probe',
  purpose: 'privacy-requests',
  job: 'probe',
  requestId: 'w',
} as const satisfies Work;

/** Somebody who looks, and whether names are shown to them. */
interface Looker {
  readonly staffId: string;
  readonly role: Role;
  readonly sees: 'names' | 'no-names';
}
const LOOKERS: readonly Looker[] = [
  { staffId: 'owner', role: 'owner', sees: 'names' },
  { staffId: 'support', role: 'support', sees: 'names' },
  { staffId: 'support-2', role: 'support', sees: 'no-names' },
  { staffId: 'analyst', role: 'analyst', sees: 'no-names' },
  { staffId: 'auditor', role: 'auditor', sees: 'no-names' },
];

/** One way by which contents may leave the server. */
type Way = (staffId: string) => Promise<Answer>;

interface Answer {
  readonly status: number;
  readonly body: string;
}

let world: ShopWorld;
let shopId: string;
let cartId: string;
let personId: string;
/** A request whose copy is ready to be fetched, made anew before each try. */
let copyId: string;

const services = () => ({ db: world.db, keyStore: world.keyStore, clock: () => new Date() });
const inShop = <T>(work: (sql: ReturnType<typeof sqlTxOfPrisma>) => Promise<T>) =>
  withShop(world.db, shopId, (tx) => work(sqlTxOfPrisma(tx)));

/** Every route that shows or hands out what was sealed. Each is the route's own loader or action, as Remix calls it. */
const ROUTES: Readonly<Record<string, Way>> = {
  'list of carts': (who) => ask(carts.loader, who),
  'poll of the list': (who) =>
    ask(changes.action, who, {
      json: { revision: '0', shown: [cartId], list: { view: 'all', code: null, top: null }, named: [] },
    }),
  'page of a cart': (who) => ask(cart.loader, who, { id: cartId }),
  'page of a person': (who) => ask(person.loader, who, { id: personId }),
  'list of customers': (who) => ask(customers.loader, who),
  'search by e-mail': (who) => ask(search.action, who, { json: { email: EMAIL } }),
  'copied address': (who) =>
    ask(field.action, who, { json: { personId, field: 'email', act: 'copy-address', reason: null } }),
  'name shown for a reason': (who) =>
    ask(field.action, who, { json: { personId, field: 'name', act: 'show-field', reason: 'order' } }),
  'page of a request': (who) => ask(request.loader, who, { id: copyId }),
  'address in a request': (who) => ask(request.action, who, { id: copyId, form: { intent: 'emails' } }),
  'whom a request is about': (who) =>
    ask(newRequest.action, who, { form: { intent: 'find', by: 'email', value: EMAIL } }),
  'copy to look over': (who) => ask(copy.loader, who, { id: copyId }),
  'copy to take along': (who) => ask(download.action, who, { id: copyId }),
};

/** Work that opens on record without anybody looking. */
const MACHINE_WORK: Readonly<Record<string, () => Promise<unknown>>> = {
  'copy of a person': async () => makePackage(services(), shopId, await askForCopy()),
  'gathering for an erasure': async () => gather(services(), shopId, await askForCopy(), WORK),
  'any other': () => openStates(),
};

beforeAll(async () => {
  world = await openShopWorld();
  const pipeline = await startPipeline(world);
  shopId = await onboardShop(world, DOMAIN, OWNER, 'privacy@clay.example');
  for (const [topic, body] of story({ domain: DOMAIN, mark: MARK, number: NUMBER })) {
    expect([topic, await pipeline.send(DOMAIN, topic, body)]).toEqual([topic, 200]);
  }
  await pipeline.settled();
  // Nothing opens beside what is counted.
  await pipeline.close();
  await seedCarts(world, shopId, [
    { states: [{ atMs: Date.now() - 60_000, lines: [line('Lamp', 1, 100)] }], personCode: 'M0TX' },
    { states: [{ atMs: Date.now() - 50_000, lines: [line('Soap', 2, 100)] }] },
  ]);
  const [row] = await world.superuser<{ cart: string; person: string }>(
    `SELECT c.id AS cart, c.person_id AS person FROM app.carts c JOIN app.orders o ON o.cart_id = c.id WHERE c.shop_id = $1`,
    [shopId],
  );
  if (row === undefined) throw new Error('The story was not applied');
  ({ cart: cartId, person: personId } = row);
  for (const { staffId, role, sees } of LOOKERS) {
    const memberId = await joinStaff(world, shopId, staffId, role);
    if (sees === 'names') await showNames(world, shopId, memberId, new Date());
  }
});
beforeEach(async () => {
  await strict(false);
  copyId = await readyCopy();
});
afterAll(() => world.close());

describe('law 8: what is opened is on record, or does not leave', () => {
  it('the vault is counted, and not the gate', async () => {
    const { count } = await countAtVault(() => openStates());
    expect(count.documents).toBeGreaterThan(1);
    expect(count.fields).toBe(count.documents);
  });

  it.each([
    ['as the shop comes', false],
    ['where the shop masks names', true],
  ])('as many values are opened as the log accounts for, %s', async (_, masksNames) => {
    await strict(masksNames);
    let opened = 0;
    for (const { staffId } of LOOKERS) {
      for (const [name, way] of Object.entries(ROUTES)) {
        const { count, recorded } = await compared(() => way(staffId));
        expect([staffId, name, count.fields]).toEqual([staffId, name, recorded]);
        opened += count.fields;
      }
      copyId = await readyCopy();
    }
    expect(opened).toBeGreaterThan(100);
  });

  it('so with machine work', async () => {
    for (const [name, work] of Object.entries(MACHINE_WORK)) {
      const { count, recorded } = await compared(work);
      expect([name, count.fields]).toEqual([name, recorded]);
      expect(count.fields).toBeGreaterThan(0);
    }
  });

  it('and with a check that tells nothing: it accounts for whole values', async () => {
    const wanted = { values: [EMAIL], sharable: new Set<string>(), ids: [], refs: [], erasedAt: new Date() };
    const { count, recorded } = await compared(() => scanSealed(services(), shopId, wanted, WORK, null));
    expect(count.documents).toBe(recorded);
    expect(recorded).toBeGreaterThan(5);
  });

  it('by each of these ways something leaves when all is well', async () => {
    for (const [name, way] of Object.entries(ROUTES)) {
      const answer = await way('owner');
      expect([name, answer.status]).toEqual([name, 200]);
      expect([name, answer.body.length > 2]).toEqual([name, true]);
    }
    const shown = async (name: string) => (await ROUTES[name]?.('owner'))?.body ?? '';
    for (const name of ['list of carts', 'page of a person', 'list of customers', 'copied address']) {
      expect([name, (await shown(name)).includes(EMAIL)]).toEqual([name, true]);
    }
  });

  it.each([
    [
      'the right to write it is gone',
      'REVOKE EXECUTE ON FUNCTION app.append_access_record FROM ci_app',
      'GRANT EXECUTE ON FUNCTION app.append_access_record TO ci_app',
    ],
    [
      'the log’s function is gone',
      'ALTER FUNCTION app.append_access_record RENAME TO gone',
      'ALTER FUNCTION app.gone RENAME TO append_access_record',
    ],
  ])('nothing leaves when %s, and the page says so', async (_, breakIt, mendIt) => {
    await world.superuser(breakIt);
    try {
      for (const [name, way] of Object.entries(ROUTES)) {
        expect([name, await way('owner')]).toEqual([name, { status: 503, body: '{"code":"access.unrecorded"}' }]);
      }
      for (const work of Object.values(MACHINE_WORK)) {
        await expect(work()).rejects.toMatchObject({ code: 'access.unrecorded' });
      }
    } finally {
      await world.superuser(mendIt);
    }
    const data: unknown = { code: 'access.unrecorded' };
    expect(wordsOfError({ status: 503, statusText: '', internal: false, data })).toEqual({
      kind: 'unrecorded',
      title: texts.errors.unrecordedTitle,
      body: texts.errors.unrecordedBody,
      isClosed: false,
    });
    expect(world.logLines.join('')).not.toContain(MARK);
    // And what was refused was undone: the copy can still be fetched.
    expect((await ROUTES['copy to take along']?.('owner'))?.status).toBe(200);
  });

  it('control: a door that forgets one value is noticed', async () => {
    const whole = Object.getOwnPropertyDescriptor(Account.prototype, 'add')?.value as Account['add'];
    const forgetful = vi.spyOn(Account.prototype, 'add').mockImplementationOnce(function (this: Account, ...args) {
      const [pseudonym, place, fields] = args;
      whole.call(this, pseudonym, place, fields.slice(1));
    });
    try {
      const { count, recorded } = await compared(() => ask(cart.loader, 'owner', { id: cartId }));
      expect(count.fields).toBe(recorded + 1);
    } finally {
      forgetful.mockRestore();
    }
  });

  it('control: a door that forgets its record is noticed', async () => {
    vi.spyOn(Account.prototype, 'add').mockImplementation(() => undefined);
    try {
      const { count, recorded } = await compared(() => ask(cart.loader, 'owner', { id: cartId }));
      expect(recorded).toBe(0);
      expect(count.fields).toBeGreaterThan(3);
    } finally {
      vi.restoreAllMocks();
    }
  });
});

/** What the vault opened while something was done, beside what the log says of it. */
async function compared<T>(work: () => Promise<T>): Promise<{ count: VaultCount; recorded: number }> {
  const before = await recordedValues();
  const { count } = await countAtVault(work);
  return { count, recorded: (await recordedValues()) - before };
}

async function recordedValues(): Promise<number> {
  const [row] = await world.superuser<{ sum: number }>(
    'SELECT coalesce(sum(value_count), 0)::int AS sum FROM app.access_records WHERE shop_id = $1',
    [shopId],
  );
  return row?.sum ?? 0;
}

/** Asks a route as the browser of a staff member does; only Shopify's library is stood in for. */
async function ask(
  handler: LoaderFunction | ActionFunction,
  staffId: string,
  { id, json, form }: { readonly id?: string; readonly json?: unknown; readonly form?: Record<string, string> } = {},
): Promise<Answer> {
  const body = json === undefined ? (form === undefined ? null : new URLSearchParams(form)) : JSON.stringify(json);
  const init = body === null ? {} : { method: 'POST', body };
  const context = {
    ...services(),
    keyring: world.keyring,
    log: world.log,
    limits: createRateLimits({ ...PER_MINUTE, staff: 10_000 }),
    requestId: randomUUID(),
    shopify: { authenticate: { admin: async () => ({ session: { shop: DOMAIN }, sessionToken: { sub: staffId } }) } },
  };
  const args = { request: new Request('https://app.example/app', init), params: { id }, context };
  try {
    return await answerOf(await (refusing(handler) as (args: unknown) => unknown)(args));
  } catch (error) {
    if (!(error instanceof Response)) throw error;
    return answerOf(error);
  }
}

async function answerOf(answer: unknown): Promise<Answer> {
  return answer instanceof Response
    ? { status: answer.status, body: await answer.text() }
    : { status: 200, body: JSON.stringify(answer) };
}

function strict(masksNames: boolean): Promise<void> {
  return withShop(world.db, shopId, (tx) =>
    saveStrictness(tx, shopId, { ...DEFAULT_STRICTNESS, masksNames, actor: 'staff:0', at: new Date() }),
  );
}

function askForCopy(): Promise<string> {
  return inShop((sql) =>
    createRequest(sql, world.keyStore, shopId, {
      kind: 'access',
      source: 'merchant',
      regime: 'gdpr',
      scope: 'everything',
      subject: { ...NOBODY, emails: [EMAIL] },
      receivedAt: new Date(),
      actor: 'staff:0',
    }),
  );
}

async function readyCopy(): Promise<string> {
  const id = await askForCopy();
  expect(await makePackage(services(), shopId, id)).toBe('made');
  await withShop(world.db, shopId, async (tx) => {
    await releasePackage(tx, shopId, id, { reason: 'reviewed', at: new Date() });
    await offerRequest(sqlTxOfPrisma(tx), shopId, id, 'ready', { actor: 'staff:0', at: new Date() });
  });
  return id;
}

/** Every state of every cart, by the door for machine work. */
function openStates(): Promise<unknown> {
  return openForWork(services(), shopId, WORK, async (tx, open) => {
    const states = await tx.cartState.findMany({ where: { shopId } });
    const values = states.map(({ cartId: id, changedAt, digest, sealed }) => ({
      subjectId: id,
      sealed,
      place: statePlace(shopId, id, changedAt, digest),
    }));
    return open('cart', values, ['lines']);
  });
}
