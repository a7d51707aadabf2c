import { Session } from '@shopify/shopify-api';
import { z } from 'zod';

import type { KeyStore } from '#app/data/keys.ts';
import { type SqlTx, sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, ensureShop, getShopIdByDomain, type ShopTx, withShop } from '#app/data/with-shop.ts';
import type { AppLog } from '#app/log.ts';
import { VaultError } from '#app/vault/errors.ts';
import { openJson, sealJson } from '#app/vault/sealed-json.ts';

/** Called in the transaction that stores an offline token which Shopify has just issued: proof that the app is installed. */
export type OnTokenIssued = (
  tx: SqlTx,
  shopId: string,
  issued: { readonly grantedScopes: readonly string[]; readonly at: Date },
) => Promise<void>;

export interface SessionStorageDeps {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly log: AppLog;
  readonly now?: () => Date;
  readonly onTokenIssued?: OnTokenIssued;
}

interface SessionRow {
  readonly id: string;
  readonly sealed: Uint8Array;
}

const DAY_MS = 86_400_000;

/**
 * Keeps Shopify's sessions with every property of theirs sealed: tokens, and the names and e-mails of staff.
 *
 * Implements `SessionStorage` of `@shopify/shopify-app-session-storage`. The shop of a session is read from its id
 * (`offline_<shop>` or `<shop>_<staff id>`, as the library makes them for an embedded app), so that a look-up touches
 * the rows of that one shop only. A row that does not open is no session: the staff member gets a new one at the next
 * click, and the log says why.
 */
export class SealedSessionStorage {
  readonly #deps: SessionStorageDeps;

  constructor(deps: SessionStorageDeps) {
    this.#deps = deps;
  }

  /** Creates or replaces the session. An offline token and the installation it proves commit together. */
  async storeSession(session: Session): Promise<boolean> {
    const { db, onTokenIssued } = this.#deps;
    const shopId = await ensureShop(db, session.shop.toLowerCase());
    await withShop(db, shopId, async (tx) => {
      // Once per exchange: with online tokens the library stores an offline and an online session, one after the other.
      // The shop's row comes before the session's, as it does for an uninstall, so that the two cannot block each other.
      if (!session.isOnline && isUsable(session)) {
        const grantedScopes = (session.scope ?? '').split(',').filter((scope) => scope !== '');
        await onTokenIssued?.(sqlTxOfPrisma(tx), shopId, { grantedScopes, at: this.#now() });
      }
      await this.writeSession(tx, shopId, session);
    });
    return true;
  }

  async loadSession(id: string): Promise<Session | undefined> {
    return this.#inShopOfSession(id, (tx, shopId) => this.readSession(tx, shopId, id), undefined);
  }

  /** Deleting what is not there succeeds. */
  async deleteSession(id: string): Promise<boolean> {
    return this.deleteSessions([id]);
  }

  async deleteSessions(ids: string[]): Promise<boolean> {
    for (const [domain, group] of Map.groupBy(ids, getShopOfSessionId)) {
      const shopId = domain === null ? null : await getShopIdByDomain(this.#deps.db, domain);
      if (shopId === null) continue;
      await withShop(this.#deps.db, shopId, (tx) => tx.session.deleteMany({ where: { shopId, id: { in: group } } }));
    }
    return true;
  }

  async findSessionsByShop(shop: string): Promise<Session[]> {
    const shopId = await getShopIdByDomain(this.#deps.db, shop.toLowerCase());
    if (shopId === null) return [];
    return withShop(this.#deps.db, shopId, async (tx) => {
      const rows = await tx.session.findMany({ where: { shopId }, orderBy: { id: 'asc' } });
      const sessions: Session[] = [];
      // One after the other: the key store changes the transaction's role meanwhile.
      for (const row of rows) {
        const session = await this.#open(tx, shopId, row);
        if (session !== undefined) sessions.push(session);
      }
      return sessions;
    });
  }

  /** {@link loadSession} for somebody who is already inside the shop's transaction. */
  async readSession(tx: ShopTx, shopId: string, id: string): Promise<Session | undefined> {
    const row = await tx.session.findUnique({ where: { shopId_id: { shopId, id } } });
    return row === null ? undefined : this.#open(tx, shopId, row);
  }

  /** Stores a session inside the shop's transaction, without taking it for a new installation. */
  async writeSession(tx: ShopTx, shopId: string, session: Session): Promise<void> {
    const { enc } = await this.#deps.keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
    const updatedAt = this.#now();
    // Staff who have not come for a day: their names and e-mails have no use here any more.
    const longGone = new Date(updatedAt.getTime() - DAY_MS);
    await tx.session.deleteMany({
      where: { shopId, isOnline: true, expiresAt: { lt: longGone }, NOT: { id: session.id } },
    });
    const row = {
      isOnline: session.isOnline,
      sealed: Uint8Array.from(sealJson(enc, sealedProperties.parse(session), placeOf(shopId, session.id))),
      // Until when the row's token can be used: not at all when the library has taken it out after a refusal.
      expiresAt: session.accessToken === undefined ? updatedAt : (session.expires ?? null),
      updatedAt,
    };
    await tx.session.upsert({
      where: { shopId_id: { shopId, id: session.id } },
      create: { shopId, id: session.id, ...row },
      update: row,
    });
  }

  async #open(tx: ShopTx, shopId: string, row: SessionRow): Promise<Session | undefined> {
    try {
      const { enc } = await this.#deps.keyStore.shopKeysFor(sqlTxOfPrisma(tx), shopId, [row.sealed]);
      return sessionOf(storedProperties.parse(openJson(enc, row.sealed, placeOf(shopId, row.id))));
    } catch (error) {
      // Neither the row nor the error is told: both could hold what is sealed.
      const code = error instanceof VaultError ? error.code : error instanceof z.ZodError ? 'session.shape' : null;
      if (code === null) throw error;
      this.#deps.log.warn('session.unopenable', { code, shopId });
      return undefined;
    }
  }

  async #inShopOfSession<T>(id: string, work: (tx: ShopTx, shopId: string) => Promise<T>, otherwise: T): Promise<T> {
    const domain = getShopOfSessionId(id);
    const shopId = domain === null ? null : await getShopIdByDomain(this.#deps.db, domain);
    return shopId === null ? otherwise : withShop(this.#deps.db, shopId, (tx) => work(tx, shopId));
  }

  #now(): Date {
    return this.#deps.now?.() ?? new Date();
  }
}

/** The `*.myshopify.com` domain that a session id names, or null when it is no id of an embedded app's session. */
function getShopOfSessionId(id: string): string | null {
  const match = /^(?:offline_(?<offline>[a-z0-9.-]+)|(?<online>[a-z0-9.-]+)_\d+)$/i.exec(id);
  return (match?.groups?.offline ?? match?.groups?.online)?.toLowerCase() ?? null;
}

/** The id under which the library keeps a shop's offline session. */
export function offlineSessionId(domain: string): string {
  return `offline_${domain}`;
}

function isUsable(session: Session): boolean {
  return session.accessToken !== undefined && !session.isExpired();
}

function placeOf(shop: string, row: string) {
  return { shop, table: 'sessions', column: 'sealed', row };
}

/** A missing value is left out; a null inside the staff member's data stays null, never the text "null". */
const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === null ? undefined : value), type.optional()).optional();

const common = {
  id: z.string(),
  shop: z.string(),
  state: z.string(),
  isOnline: z.boolean(),
  scope: optional(z.string()),
  accessToken: optional(z.string()),
  refreshToken: optional(z.string()),
  onlineAccessInfo: optional(z.looseObject({ associated_user: z.looseObject({ id: z.number() }) })),
};

/** What is sealed: JSON, so times are ISO texts. Anything else on the object is not kept. */
const sealedProperties = z.object({
  ...common,
  expires: optional(z.date().transform((time) => time.toISOString())),
  refreshTokenExpires: optional(z.date().transform((time) => time.toISOString())),
});

const storedProperties = z.object({
  ...common,
  expires: optional(z.iso.datetime().transform((time) => new Date(time))),
  refreshTokenExpires: optional(z.iso.datetime().transform((time) => new Date(time))),
});

/** Absent properties stay absent: the library's type does not know them as undefined. */
function sessionOf({ id, shop, state, isOnline, ...optionals }: z.infer<typeof storedProperties>): Session {
  const present = Object.entries(optionals).filter(([, value]) => value !== undefined);
  return new Session({ id, shop, state, isOnline, ...Object.fromEntries(present) });
}
