import { describe, expect, it } from 'vitest';

import { mayAct, permissionFor, type Asking } from './permit.ts';
import { rightsOf, ROLES, type Role } from './roles.ts';

const place = (table: string) => ({ shop: 's', table, column: 'sealed', row: 'r' });
const reveal = { purpose: 'customer-service', endsAtMs: 1 } as const;

function asking(role: Role | null, more: Partial<Asking> & { shown?: boolean; masks?: boolean } = {}): Asking {
  const { shown = false, masks = false, act = null, reason = null } = more;
  return {
    standing: { rights: rightsOf(role), reveal: shown ? reveal : null },
    strictness: { masksNames: masks, hiddenCountries: [] },
    act,
    reason,
  };
}
const name = (who: Asking) => permissionFor(who, 'person', place('people'), 'firstName');

describe('names', () => {
  it('stay closed without a purpose, whatever the role', () => {
    for (const role of ROLES) expect([role, name(asking(role))]).toEqual([role, 'no']);
  });

  it('are opened for a purpose, and masked where the shop masks', () => {
    expect(name(asking('support', { shown: true }))).toBe('whole');
    expect(name(asking('support', { shown: true, masks: true }))).toBe('masked');
  });

  it('in a checkout or an order are not opened for people at all', () => {
    for (const scope of ['checkout', 'order'] as const) {
      expect(permissionFor(asking('owner', { shown: true }), scope, place(`${scope}s`), 'email')).toBe('no');
    }
  });

  it('for a purpose that the registry does not give the field stay closed', () => {
    const who = asking('owner');
    const other = {
      ...who,
      standing: { ...who.standing, reveal: { purpose: 'order-geography', endsAtMs: 1 } as never },
    };
    expect(name(other)).toBe('no');
  });
});

describe('requests and copies', () => {
  it('are opened by those who answer requests', () => {
    const may = (role: Role | null) => [
      permissionFor(asking(role), 'request', place('privacy_requests'), 'emails'),
      permissionFor(asking(role), 'request', place('access_packages'), 'sections'),
    ];
    for (const role of ['owner', 'support'] as const) expect(may(role)).toEqual(['whole', 'whole']);
    for (const role of ['analyst', 'auditor', null] as const) expect(may(role)).toEqual(['no', 'no']);
  });
});

describe('contents of carts', () => {
  it.each([
    ['owner', 'whole'],
    ['support', 'whole'],
    ['analyst', 'whole'],
    ['auditor', 'no'],
    [null, 'no'],
  ] as const)('for %s: %s', (role, permission) => {
    expect(permissionFor(asking(role), 'cart', place('cart_states'), 'lines')).toBe(permission);
  });

  it('that the registry never shows, or does not know, stay closed', () => {
    expect(permissionFor(asking('owner', { shown: true }), 'person', place('people'), 'stamps')).toBe('no');
    expect(permissionFor(asking('owner', { shown: true }), 'cart', place('cart_states'), 'phone')).toBe('no');
  });
});

describe('acts', () => {
  it('are for roles that have the right', () => {
    expect(mayAct(asking('support', { shown: true }), 'copy-address')).toBe(true);
    expect(mayAct(asking('analyst', { shown: true }), 'copy-address')).toBe(false);
    expect(mayAct(asking('auditor'), 'email-search')).toBe(false);
    expect(mayAct(asking(null), 'export')).toBe(false);
  });

  it('that tell a whole value need a reason in a strict shop', () => {
    expect(mayAct(asking('owner', { masks: true, shown: true }), 'copy-address')).toBe(false);
    expect(mayAct(asking('owner', { masks: true, reason: 'order', shown: true }), 'copy-address')).toBe(true);
    expect(mayAct(asking('owner', { masks: true }), 'export')).toBe(false);
    expect(mayAct(asking('owner', { masks: true, reason: 'request' }), 'export')).toBe(true);
    expect(mayAct(asking('owner', { masks: true }), 'email-search')).toBe(true);
  });

  it('a masked field is shown only to somebody to whom names are shown', () => {
    expect(mayAct(asking('owner', { masks: true, reason: 'order' }), 'show-field')).toBe(false);
    expect(mayAct(asking('owner', { masks: true, reason: 'order', shown: true }), 'show-field')).toBe(true);
  });

  it('an address is copied only by somebody to whom names are shown, and is nothing but the address', () => {
    expect(mayAct(asking('owner'), 'copy-address')).toBe(false);
    const copied = (field: string) =>
      permissionFor(asking('owner', { act: 'copy-address', shown: true }), 'person', place('people'), field);
    expect(['email', 'firstName', 'lastName', 'customerId'].map(copied)).toEqual(['whole', 'no', 'no', 'no']);
  });
});
