import { randomBytes } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import type { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import { emailIndex } from '#app/vault/blind-index.ts';
import { supportCode } from '#app/vault/lookup.ts';
import { sealJson } from '#app/vault/sealed-json.ts';

/** A person as a test wants to find them. */
export interface PersonSeed {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly code?: string;
}

/** Writes people as the worker would have left them, sealed under keys of their own. @returns their ids, in order. */
export function seedPeople(
  { db, keyStore }: { readonly db: Database; readonly keyStore: KeyStore },
  shopId: string,
  people: readonly PersonSeed[],
): Promise<string[]> {
  return withShop(db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    const { emailKey, lookupKey } = await keyStore.shopKeys(sql, shopId);
    const ids: string[] = [];
    for (const { code, ...fields } of people) {
      const id = uuidv7();
      const subject = (await keyStore.createSubjectKeys(sql, shopId, 'person', [id])).get(id);
      if (subject === undefined) throw new Error('No key was made');
      const ref = randomBytes(16);
      const place = { shop: shopId, table: 'people', column: 'sealed', row: id };
      await tx.person.create({
        data: {
          shopId,
          id,
          customerRef: Uint8Array.from(ref),
          emailIndex: fields.email === undefined ? null : Uint8Array.from(emailIndex(emailKey, fields.email)),
          supportCode: code ?? supportCode(lookupKey, ref),
          firstSeenAt: new Date(),
          sealed: Uint8Array.from(sealJson(subject.key, { s: '1', v: fields }, place)),
        },
      });
      ids.push(id);
    }
    return ids;
  });
}
