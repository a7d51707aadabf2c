import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { refusalOf, RIGHTS, rightsOf, roleInForce, ROLES, type Right, type Role } from './roles.ts';

const may = (role: Role, right: Right) => rightsOf(role).has(right);

describe('what a role may', () => {
  it('an owner may everything, and nobody without a role anything', () => {
    expect([...rightsOf('owner')].sort()).toEqual([...RIGHTS].sort());
    expect(rightsOf(null).size).toBe(0);
  });

  it('an analyst sees carts and no people', () => {
    expect([...rightsOf('analyst')]).toEqual(['carts']);
  });

  it('an auditor sees the log and the requests, neither carts nor people', () => {
    expect([...rightsOf('auditor')].sort()).toEqual(['access-log', 'requests']);
  });

  it('support sees people, and neither the log nor who has which role', () => {
    expect(may('support', 'people')).toBe(true);
    for (const right of ['access-log', 'settings', 'roles', 'export-unreviewed'] as const)
      expect(may('support', right)).toBe(false);
  });

  it('acts on people are for those who may see people', () => {
    for (const role of ROLES) {
      for (const act of ['copy-address', 'email-search'] as const) {
        expect([role, act, may(role, act) && !may(role, 'people')]).toEqual([role, act, false]);
      }
    }
  });
});

describe('the role in force', () => {
  const endedAt = new Date(0);
  it('of Shopify’s account owner is owner, whatever the row says', () => {
    expect(roleInForce({ role: 'analyst', isAccountOwner: true, endedAt })).toBe('owner');
  });
  it('of an ended access is none', () => {
    expect(roleInForce({ role: 'owner', isAccountOwner: false, endedAt })).toBeNull();
  });
  it('that nobody knows is none', () => {
    expect(roleInForce({ role: 'administrator', isAccountOwner: false, endedAt: null })).toBeNull();
  });
});

const member = fc.record({
  role: fc.constantFrom(...ROLES),
  isAccountOwner: fc.boolean(),
  endedAt: fc.constantFrom(null, new Date(0)),
});
const to = fc.constantFrom(...ROLES, 'ended' as const);

describe('changes of roles', () => {
  it('that are made leave an owner where there was one, and never touch the account owner', () => {
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 5 }), fc.array(to, { maxLength: 5 }), (found, wishes) => {
        const members = found.map((one, index) => ({ ...one, id: String(index) }));
        const changes = wishes.slice(0, members.length).map((wish, index) => ({ memberId: String(index), to: wish }));
        if (refusalOf(members, changes) !== null) return;
        const after = members.map((one, index) => changes[index]?.to ?? roleInForce(one));
        const hadOwner = members.some((one) => roleInForce(one) === 'owner');
        expect(after.includes('owner')).toBe(hadOwner || after.includes('owner'));
        if (hadOwner) expect(after).toContain('owner');
        expect(changes.some(({ memberId }) => members[Number(memberId)]?.isAccountOwner)).toBe(false);
      }),
    );
  });

  it('are refused with the reason', () => {
    const one = { id: 'a', role: 'owner', isAccountOwner: false, endedAt: null };
    const owner = { id: 'b', role: 'analyst', isAccountOwner: true, endedAt: null };
    expect(refusalOf([one], [{ memberId: 'x', to: 'support' }])).toBe('unknown-member');
    expect(refusalOf([one, owner], [{ memberId: 'b', to: 'support' }])).toBe('account-owner');
    expect(refusalOf([one], [{ memberId: 'a', to: 'ended' }])).toBe('last-owner');
    expect(refusalOf([one, owner], [{ memberId: 'a', to: 'ended' }])).toBeNull();
  });
});
