import type { RevealPurpose } from '#app/access/reveal.ts';
import type { Right, Role } from '#app/access/roles.ts';

const roleNames = {
  owner: 'Owner',
  support: 'Support',
  analyst: 'Analyst',
  auditor: 'Auditor',
} satisfies Record<Role, string>;

/** Roles, names that are shown or hidden, and what somebody reads who may not. */
export const accessTexts = {
  roles: roleNames,
  roleMeans: {
    owner: 'Everything: carts, names for a purpose, requests, the access log, settings and roles.',
    support: 'Carts and customers. Names and e-mails for a stated purpose. Answers requests by law.',
    analyst: 'Carts and what is in them, without names or customers.',
    auditor: 'The access log and requests by law. Neither carts nor people.',
  } satisfies Record<Role, string>,

  purposes: {
    'customer-service': {
      name: 'customer service',
      title: 'Customer service',
      means: 'To answer or help this person.',
    },
    'privacy-requests': {
      name: 'a request by law',
      title: 'A request by law',
      means: 'To answer somebody who asks for a copy or for erasure.',
    },
  } satisfies Record<RevealPurpose, { name: string; title: string; means: string }>,

  control: {
    label: 'Names of customers',
    hidden: 'Names hidden',
    showFor: (purpose: string) => `Show for ${purpose}`,
    otherPurpose: 'Choose another purpose',
    choose: 'What do you need them for?',
    note: 'It is noted in the access log. Names are hidden again after 30 minutes without use.',
    shown: (purpose: string, minutes: number) => `Names shown for ${purpose} · ${String(minutes)} min`,
    shownMasked: (purpose: string, minutes: number) => `Names masked for ${purpose} · ${String(minutes)} min`,
    nowShown: (purpose: string) => `Names shown for ${purpose}`,
    hide: 'Hide',
    why: 'Why?',
    whyTitle: 'Your role does not show names',
    yourRole: (role: string, means: string) => `Your role is ${role}. It includes: ${lowerFirst(means)}`,
  },

  ask: (owners: readonly string[]) =>
    owners.length === 0 ? 'Ask the account owner of the shop.' : `Ask ${list(owners)}, who can change your role.`,

  denied: {
    endedTitle: 'Your access has ended',
    endedBody: 'The owner of this shop has ended your access to Cart Insights.',
    roleTitle: 'This is not part of your role',
    roleBody: (role: string, means: string) => `Your role is ${role}. It includes: ${lowerFirst(means)}`,
    right: {
      carts: 'It does not include carts.',
      customers: 'It does not include customers.',
      people: 'It does not include names and e-mails.',
      'copy-address': 'It does not include copying e-mail addresses.',
      'email-search': 'It does not include searching by e-mail.',
      export: 'It does not include exports.',
      'export-unreviewed': 'It does not include copies that nobody has looked over.',
      requests: 'It does not include requests by law.',
      'answer-requests': 'It does not include answering requests by law.',
      'access-log': 'It does not include the access log.',
      settings: 'It does not include settings.',
      roles: 'It does not include roles of the staff.',
    } satisfies Record<Right, string>,
  },
};

function list(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
