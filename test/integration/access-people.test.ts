/** Names: for whom they are opened, how long, what is recorded, and how an end of access ends it. */
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openForPeople, type GateServices, type PersonView } from '#app/access/gate.ts';
import type { OpenedFields } from '#app/access/opener.ts';
import { lookForUnusual } from '#app/access/log/look.ts';
import { changeRoles, listMembers, meetStaff } from '#app/access/members.ts';
import { endReveal } from '#app/access/reveal.ts';
import { DEFAULT_STRICTNESS, saveStrictness } from '#app/access/settings.ts';
import { openPersonField, personFieldSchema } from '#app/customers/person-field.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { ensureShop, withShop } from '#app/data/with-shop.ts';
import { submitBeginning } from '#app/privacy/desk/begin.ts';
import { readRequestPage } from '#app/privacy/desk/read.ts';
import { previewPackage } from '#app/privacy/package/fetch.ts';
import { makePackage } from '#app/privacy/package/make.ts';
import { lookupToken } from '#app/vault/lookup.ts';
import { seedPeople } from '#test/support/seed-people.ts';
import { openShopWorld, type ShopWorld } from '#test/support/shop-world.ts';
import { joinStaff, showNames } from '#test/support/staff.ts';

const NOON = new Date('2026-11-23T12:00:00Z');
const MINUTE = 60_000;
const PERSON = { firstName: 'Jette', lastName: 'Sommer', email: 'jette@example.com' };
const FIELDS = ['firstName', 'lastName', 'email'];

let world: ShopWorld;
let shopId: string;
let personId: string;
let now: Date;
let support: string;
let owner: string;

const services = (): GateServices => ({ db: world.db, keyStore: world.keyStore, clock: () => now });
const records = () =>
  world.superuser<Record<string, unknown>>('SELECT * FROM app.access_records WHERE shop_id = $1 ORDER BY seq', [
    shopId,
  ]);

/** Looks at the person as a page does. */
async function look(staffId: string, more: Partial<PersonView> = {}): Promise<OpenedFields | null> {
  const view: PersonView = { staffId, purpose: 'cart-activity', page: 'person', requestId: 'r', ...more };
  return openForPeople(services(), shopId, view, async (tx, open) => {
    const person = await tx.person.findUniqueOrThrow({ where: { shopId_id: { shopId, id: personId } } });
    const place = { shop: shopId, table: 'people', column: 'sealed', row: personId };
    const [opened] = await open('person', [{ subjectId: personId, sealed: person.sealed, place }], FIELDS);
    return opened ?? null;
  });
}

beforeAll(async () => {
  world = await openShopWorld();
});
beforeEach(async () => {
  now = NOON;
  shopId = await ensureShop(world.db, `${uuidv7()}.myshopify.com`);
  [personId = ''] = await seedPeople(world, shopId, [PERSON]);
  owner = await joinStaff(world, shopId, 'owner', 'owner');
  support = await joinStaff(world, shopId, 'support', 'support');
});
afterAll(() => world.close());

describe('without a purpose', () => {
  it('nobody sees a name, and nothing is recorded', async () => {
    for (const role of ['owner', 'support', 'analyst', 'auditor'] as const) {
      await joinStaff(world, shopId, `new-${role}`, role);
      expect(await look(`new-${role}`)).toEqual({});
    }
    expect(await look('a stranger')).toEqual({});
    expect(await records()).toEqual([]);
  });
});

describe('with a purpose', () => {
  beforeEach(() => showNames(world, shopId, support, NOON));

  it('names are opened, in one record under that purpose', async () => {
    expect(await look('support')).toEqual(PERSON);
    expect(await records()).toMatchObject([
      {
        purpose: 'customer-service',
        page: 'person',
        people_count: 1,
        value_count: 3,
        fields: ['app.people.sealed.email', 'app.people.sealed.firstName', 'app.people.sealed.lastName'],
      },
    ]);
  });

  it('they are for the one who chose it, and not for a colleague', async () => {
    expect(await look('owner')).toEqual({});
  });

  it('they are hidden after 30 minutes without use', async () => {
    now = new Date(NOON.getTime() + 30 * MINUTE);
    expect(await look('support')).toEqual({});
    // And a look too late does not bring them back.
    now = new Date(NOON.getTime() + 31 * MINUTE);
    expect(await look('support')).toEqual({});
  });

  it('each page that is opened begins the 30 minutes anew; a page that asks by itself does not', async () => {
    now = new Date(NOON.getTime() + 20 * MINUTE);
    expect(await look('support')).toEqual(PERSON);
    now = new Date(NOON.getTime() + 45 * MINUTE);
    expect(await look('support', { isPoll: true })).toEqual(PERSON);
    now = new Date(NOON.getTime() + 50 * MINUTE);
    expect(await look('support', { isPoll: true })).toEqual({});
  });

  it('they are hidden at once by Hide', async () => {
    await withShop(world.db, shopId, (tx) => endReveal(tx, shopId, support));
    expect(await look('support')).toEqual({});
  });

  it('an analyst or auditor who has one in the database sees nothing all the same', async () => {
    for (const role of ['analyst', 'auditor'] as const) {
      const member = await joinStaff(world, shopId, role, role);
      await showNames(world, shopId, member, NOON);
      expect(await look(role)).toEqual({});
    }
  });

  it('nothing leaves when the record cannot be written', async () => {
    await world.superuser('REVOKE EXECUTE ON FUNCTION app.append_access_record FROM ci_app');
    try {
      await expect(look('support')).rejects.toThrow();
    } finally {
      await world.superuser('GRANT EXECUTE ON FUNCTION app.append_access_record TO ci_app');
    }
    expect(await records()).toEqual([]);
  });
});

describe('the end of access', () => {
  const endAccess = () =>
    withShop(world.db, shopId, async (tx) => {
      const members = await listMembers(tx, world.keyStore, shopId);
      const by = members.find(({ id }) => id === owner)?.actor ?? '';
      return changeRoles(tx, shopId, { by, changes: [{ memberId: support, to: 'ended' }], at: now });
    });

  it('holds at once, also for names that are shown', async () => {
    await showNames(world, shopId, support, NOON);
    expect(await look('support')).toEqual(PERSON);
    expect(await endAccess()).toEqual({ ok: true });
    expect(await look('support')).toEqual({});
    // Nor does a reveal that a request in flight writes afterwards help.
    await showNames(world, shopId, support, NOON);
    expect(await look('support')).toEqual({});
  });

  it('is undone by giving a role again, and begins with names hidden', async () => {
    await showNames(world, shopId, support, NOON);
    await endAccess();
    await withShop(world.db, shopId, async (tx) => {
      const members = await listMembers(tx, world.keyStore, shopId);
      const by = members.find(({ id }) => id === owner)?.actor ?? '';
      await changeRoles(tx, shopId, { by, changes: [{ memberId: support, to: 'support' }], at: now });
    });
    expect(await look('support')).toEqual({});
  });
});

describe('roles', () => {
  const visitor = { name: 'Theo', verifiedEmail: 'theo@example.com', isAccountOwner: false };
  const meet = (staffId: string, more = {}) =>
    withShop(world.db, shopId, (tx) => meetStaff(tx, world.keyStore, shopId, { ...visitor, staffId, ...more }, now));
  const members = () => withShop(world.db, shopId, (tx) => listMembers(tx, world.keyStore, shopId));
  const change = (by: string, memberId: string, to: 'owner' | 'support' | 'ended') =>
    withShop(world.db, shopId, (tx) => changeRoles(tx, shopId, { by, changes: [{ memberId, to }], at: now }));

  it('somebody seen for the first time sees carts and no people', async () => {
    await meet('theo');
    const theo = (await members()).find(({ identity }) => identity.staffId === 'theo');
    expect(theo).toMatchObject({ role: 'analyst', roleBy: null, identity: { name: 'Theo' } });
  });

  it('two first requests at once make one member', async () => {
    const actors = await Promise.all([meet('twin'), meet('twin'), meet('twin')]);
    expect(new Set(actors).size).toBe(1);
    expect((await members()).filter(({ actor }) => actor === actors[0])).toHaveLength(1);
  });

  it('the account owner is owner; when the account changes hands, the one before is not any more', async () => {
    await meet('first', { isAccountOwner: true });
    expect((await members()).find(({ identity }) => identity.staffId === 'first')).toMatchObject({ role: 'owner' });
    await meet('second', { isAccountOwner: true });
    const roles = Object.fromEntries((await members()).map(({ identity, role }) => [identity.staffId, role]));
    expect(roles).toMatchObject({ first: 'analyst', second: 'owner' });
  });

  it('are given by owners only, whatever the page was when it was opened', async () => {
    const [ownerMember, supportMember] = await members();
    if (!ownerMember || !supportMember) throw new Error('Two members were made');
    expect(await change(supportMember.actor, support, 'owner')).toEqual({ ok: false, reason: 'not-owner' });
    expect(await change(ownerMember.actor, support, 'owner')).toEqual({ ok: true });
    expect(await change(supportMember.actor, owner, 'support')).toEqual({ ok: true });
    expect(await change(ownerMember.actor, support, 'ended')).toEqual({ ok: false, reason: 'not-owner' });
    expect(await change(supportMember.actor, support, 'ended')).toEqual({ ok: false, reason: 'last-owner' });
  });

  it('two owners who take the role from each other at once leave one', async () => {
    const [first, second] = await members();
    if (!first || !second) throw new Error('Two members were made');
    await change(first.actor, second.id, 'owner');
    await Promise.all([change(first.actor, second.id, 'support'), change(second.actor, first.id, 'support')]);
    expect((await members()).filter(({ role }) => role === 'owner')).toHaveLength(1);
  });

  it('names and addresses of staff stand nowhere in clear', async () => {
    await meet('theo');
    const rows = await world.superuser<{ row: string; sealed: Buffer }>(
      'SELECT t::text AS row, t.sealed FROM app.staff_members t',
    );
    const texts = rows.flatMap(({ row, sealed }) => [row, sealed.toString('latin1')]);
    expect(texts.join()).not.toMatch(/Theo|theo@/);
  });
});

describe('a strict shop', () => {
  const strict = (more: Partial<typeof DEFAULT_STRICTNESS>) =>
    withShop(world.db, shopId, (tx) =>
      saveStrictness(tx, shopId, { ...DEFAULT_STRICTNESS, ...more, actor: 'staff:0', at: now }),
    );
  beforeEach(() => showNames(world, shopId, support, NOON));

  it('masks by letter, on record', async () => {
    await strict({ masksNames: true });
    expect(await look('support')).toEqual({ firstName: 'J•••', lastName: 'S•••', email: 'j•••@…' });
    expect(await records()).toMatchObject([{ value_count: 3, purpose: 'customer-service' }]);
  });

  it('shows a field whole for a reason, as an act of its own', async () => {
    await strict({ masksNames: true });
    await expect(look('support', { act: 'show-field' })).rejects.toMatchObject({ code: 'access.denied' });
    expect(await look('support', { act: 'show-field', reason: 'order' })).toEqual(PERSON);
    expect(await records()).toMatchObject([
      { purpose: 'show-field', outcome: 'denied', value_count: 0 },
      { purpose: 'show-field', outcome: 'opened', reason: 'order' },
    ]);
  });

  it('hides people of chosen countries until they have ordered, and those whose country nobody knows', async () => {
    const { lookupKey } = await withShop(world.db, shopId, (tx) => world.keyStore.shopKeys(sqlTxOfPrisma(tx), shopId));
    const shipTo = (country: string) =>
      world.superuser(
        `INSERT INTO app.checkouts (shop_id, id, token_ref, person_id, started_at, changed_at, country_token, sealed)
         VALUES ($1, $2, $3, $4, now(), now(), $5, '')`,
        [shopId, uuidv7(), Buffer.from(uuidv7()), personId, lookupToken(lookupKey, 'country', country)],
      );
    await strict({ hiddenCountries: ['DE', 'FR'] });
    expect(await look('support')).toEqual({});
    await shipTo('CA');
    expect(await look('support')).toEqual(PERSON);
    await shipTo('DE');
    expect(await look('support')).toEqual({});
    expect(await look('support', { act: 'copy-address' })).toEqual({});
    await world.superuser(
      `INSERT INTO app.orders (shop_id, id, order_ref, person_id, ordered_at, changed_at, sealed)
       VALUES ($1, $2, $3, $4, now(), now(), '')`,
      [shopId, uuidv7(), Buffer.from(uuidv7()), personId],
    );
    expect(await look('support')).toEqual(PERSON);
  });

  describe('is as strict where requests are answered', () => {
    const who = { staffId: 'support', requestId: 'r', timeZone: null };
    const desk = () => ({ ...services(), jobs: { add: async () => undefined, close: async () => undefined } });
    async function send(fields: Readonly<Record<string, string>>) {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      return submitBeginning(desk(), shopId, who, form);
    }
    const find = (by: string, value: string) => send({ intent: 'find', by, value });
    const begin = () => {
      const asked = { kind: 'access', regime: 'gdpr', receivedOn: NOON.toISOString().slice(0, 10) };
      return send({ intent: 'begin', by: 'email', value: PERSON.email, ...asked });
    };
    const ofNobody = { codes: [], carts: 0, checkouts: 0, orders: 0 };

    it('whom it hides is not found there, and the request can be begun all the same', async () => {
      await world.superuser(
        `INSERT INTO app.carts (shop_id, id, token_ref, person_id, person_evidence, started_at, last_changed_at, currency)
         VALUES ($1, $2, $3, $4, 'customer-id', now(), now(), 'CAD')`,
        [shopId, uuidv7(), Buffer.from(uuidv7()), personId],
      );
      expect(await find('email', PERSON.email)).toMatchObject({ found: { codes: [expect.any(String)], carts: 1 } });
      await strict({ hiddenCountries: ['DE'] });
      expect(await find('email', PERSON.email)).toEqual({ kind: 'found', found: ofNobody });
      expect(await find('person', personId)).toEqual({ kind: 'found', found: ofNobody });
      const begun = await begin();
      if (begun.kind !== 'begun') throw new Error('The request was not begun');
      expect((await readRequestPage(services(), shopId, who, begun.id))?.whom).toMatchObject({ codes: [] });
    });

    it('finding by e-mail is the act it is elsewhere, also when nobody is found, and needs the right', async () => {
      await find('email', PERSON.email);
      await find('email', 'nobody@example.com');
      await find('person', personId);
      const record = { page: 'request-find', value_count: 0, fields: ['app.people.email_index'] };
      expect(await records()).toMatchObject([
        { ...record, purpose: 'email-search', subjects: [expect.any(Buffer)] },
        { ...record, purpose: 'email-search', subjects: [] },
        { ...record, purpose: 'privacy-requests', fields: ['app.people.id'] },
      ]);
      await joinStaff(world, shopId, 'support', 'auditor');
      await expect(find('email', PERSON.email)).rejects.toMatchObject({ code: 'access.denied' });
    });

    it('a copy is opened as an export, with its reason', async () => {
      await strict({ masksNames: true });
      const begun = await begin();
      if (begun.kind !== 'begun') throw new Error('The request was not begun');
      await makePackage(services(), shopId, begun.id);
      expect(JSON.stringify(await previewPackage(services(), shopId, who, begun.id))).toContain(PERSON.lastName);
      expect((await records()).at(-1)).toMatchObject({ purpose: 'export', reason: 'request', page: 'request-copy' });
      expect(await withShop(world.db, shopId, (tx) => lookForUnusual(tx, shopId, now))).toBeGreaterThan(0);
    });
  });
});

describe('acts', () => {
  it('are recorded under their own name, and need the right', async () => {
    await showNames(world, shopId, support, NOON);
    expect(await look('support', { act: 'copy-address' })).toEqual({ email: PERSON.email });
    expect(await records()).toMatchObject([{ purpose: 'copy-address', fields: ['app.people.sealed.email'] }]);
    await showNames(world, shopId, await joinStaff(world, shopId, 'analyst', 'analyst'), NOON);
    await expect(look('analyst', { act: 'copy-address' })).rejects.toMatchObject({ code: 'access.denied' });
    await expect(look('analyst', { act: 'email-search' })).rejects.toMatchObject({ code: 'access.denied' });
  });

  it('need a purpose that was chosen before: an address of somebody whose names are hidden is not copied', async () => {
    const copy = { personId, act: 'copy-address', reason: null } as const;
    const who = { staffId: 'support', requestId: 'r', timeZone: null };
    const field = (name: 'name' | 'email') => openPersonField(services(), shopId, who, { ...copy, field: name });
    await expect(field('email')).rejects.toMatchObject({ code: 'access.denied' });
    await showNames(world, shopId, support, NOON);
    expect(await field('email')).toBe(PERSON.email);
    // A name is no address, whoever writes the question by hand.
    expect(await field('name')).toBeNull();
    expect(personFieldSchema.safeParse({ ...copy, field: 'email' }).success).toBe(true);
    expect(personFieldSchema.safeParse({ ...copy, field: 'name' }).success).toBe(false);
  });

  it('that are refused, and values that do not open, are on the record as such', async () => {
    await joinStaff(world, shopId, 'analyst', 'analyst');
    await expect(look('analyst', { act: 'copy-address' })).rejects.toThrow();
    await showNames(world, shopId, support, NOON);
    await world.superuser(
      `UPDATE app.people SET sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1) WHERE id = $1`,
      [personId],
    );
    await expect(look('support')).rejects.toMatchObject({ code: 'vault.unopenable' });
    expect(await records()).toMatchObject([
      { purpose: 'copy-address', outcome: 'denied', value_count: 0, fields: [] },
      { page: 'person', outcome: 'failed', value_count: 0, fields: [] },
    ]);
  });

  it('leave a record even when nothing was found', async () => {
    const view = { staffId: 'support', purpose: 'customer-service', page: 'customers', requestId: 'r' } as const;
    await openForPeople(services(), shopId, { ...view, act: 'email-search' }, async (_tx, _open, context) => {
      await context.note('person', [], 'app.people.email_index');
    });
    expect(await records()).toMatchObject([{ purpose: 'email-search', value_count: 0, subjects: [] }]);
  });
});
