/**
 * How long each kind of data may stay at most. `limit` is the promise, in the words of the agreement; `enforcedBy` names
 * what keeps it today, and is null where nothing does yet. A class whose limit nothing enforces is a debt that is shown
 * (docs/app-review.md, docs/threat-model.md), never hidden.
 */
export const RETENTION_CLASSES = {
  inbox: {
    title: 'Webhooks on their way',
    limit: '7 days',
    enforcedBy: 'a daily partition that is dropped with its key (inbox.close_days)',
  },
  cart: { title: 'Carts and their states', limit: '13 months after the last change', enforcedBy: null },
  checkout: { title: 'Checkouts', limit: '13 months after the last change', enforcedBy: null },
  order: { title: 'Orders', limit: '13 months after the last change', enforcedBy: null },
  person: { title: 'People', limit: 'as long as one of their carts, checkouts or orders', enforcedBy: null },
  request: { title: 'Requests by law', limit: '36 months after completion', enforcedBy: null },
  'access-log': { title: 'Access records', limit: '24 months', enforcedBy: null },
  session: {
    title: 'Staff: sessions, tokens, roles',
    limit: 'until the app is uninstalled',
    enforcedBy: 'deletion in the transaction that records the uninstallation',
  },
  agreement: { title: 'The agreement and who accepted it', limit: '36 months after its end', enforcedBy: null },
  installation: {
    title: 'The installation',
    limit: 'as long as a request or an agreement refers to it',
    enforcedBy: null,
  },
  catalogue: { title: 'What the shop sells', limit: 'as long as the app is installed', enforcedBy: null },
  key: { title: 'Keys', limit: 'as long as what they seal', enforcedBy: null },
  operation: {
    title: 'Running the service',
    limit: '30 days',
    enforcedBy: 'pg-boss, which deletes jobs that ended or were never taken',
  },
  permanent: { title: 'The shape of the database', limit: 'as long as the database', enforcedBy: 'nothing to enforce' },
} as const satisfies Record<string, { title: string; limit: string; enforcedBy: string | null }>;

export type RetentionClass = keyof typeof RETENTION_CLASSES;
