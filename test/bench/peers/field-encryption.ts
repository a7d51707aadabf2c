import { randomBytes } from 'node:crypto';

import { fieldEncryptionExtension } from 'prisma-field-encryption';

import { shopperOf } from '#test/bench/load/purchase.ts';
import { domainOf, type LoadPlan, stateOf, webhookOf } from '#test/bench/load/plan.ts';
import { type EncryptedCartRow, openPeerClient, type PeerClient } from '#test/bench/peers/prisma/client.ts';
import { projectPayload } from '#app/shopify/payloads/project.ts';

const PER_PAGE = 50;
const BATCH = 500;

const field = (name: string, type: string, documentation?: string) => ({
  name,
  type,
  isList: false,
  isUnique: name === 'id',
  isId: name === 'id',
  ...(documentation === undefined ? {} : { documentation }),
});

/** Prisma 7's client no longer carries the description of its models that the extension reads; this is the model's. */
const DMMF = {
  datamodel: {
    models: [
      {
        name: 'EncryptedCart',
        fields: [
          field('id', 'Int'),
          field('shop', 'String'),
          ...['firstName', 'lastName', 'email', 'country', 'lines'].map((name) => field(name, 'String', '@encrypted')),
          field('emailHash', 'String', '@encryption:hash(email)'),
        ],
      },
    ],
  },
};

/** Carts whose personal fields prisma-field-encryption encrypts one by one, with a hash to find e-mails by. */
export class FieldEncryptionPeer {
  readonly #client: PeerClient;

  constructor(client: PeerClient) {
    this.#client = client;
  }

  static async open(databaseUrl: string): Promise<FieldEncryptionPeer> {
    process.env['PRISMA_FIELD_ENCRYPTION_HASH_SALT'] = randomBytes(16).toString('hex');
    const encryptionKey = `k1.aesgcm256.${randomBytes(32).toString('base64url')}=`;
    const client = await openPeerClient(databaseUrl);
    return new FieldEncryptionPeer(client.$extends(fieldEncryptionExtension({ encryptionKey, dmmf: DMMF })));
  }

  /** The carts of a plan, with their shoppers. */
  async fill(plan: LoadPlan, carts: number): Promise<void> {
    for (let from = 0; from < carts; from += BATCH) {
      const data = Array.from({ length: Math.min(BATCH, carts - from) }, (_, at) => rowOf(plan, from + at));
      await this.#client.encryptedCart.createMany({ data });
    }
  }

  /** Reads the newest page, decrypted. @returns rows that came decrypted. */
  async page(): Promise<number> {
    const orderBy = [{ changedAt: 'desc' }, { id: 'desc' }] as const;
    const rows = await this.#client.encryptedCart.findMany({ where: { shop: domainOf(0) }, orderBy, take: PER_PAGE });
    return rows.filter((row) => row.email.includes('@') && row.lines.startsWith('[')).length;
  }

  close(): Promise<void> {
    return this.#client.$disconnect();
  }
}

function rowOf(plan: LoadPlan, cart: number): EncryptedCartRow {
  const event = cart * plan.updatesPerCart;
  const { domain, changedAtMs, itemCount, valueMinor } = stateOf(plan, event);
  const { firstName, lastName, email, place } = shopperOf(cart);
  const projection = projectPayload('carts/update', JSON.parse(webhookOf(plan, event).body));
  if (!projection.ok) throw new TypeError('The plan makes no carts');
  return {
    id: cart,
    shop: domain,
    changedAt: new Date(changedAtMs),
    itemCount,
    valueMinor: BigInt(valueMinor),
    currency: 'CAD',
    firstName,
    lastName,
    email,
    country: place.country,
    lines: JSON.stringify(projection.body.line_items),
  };
}
