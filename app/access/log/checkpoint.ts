import { OPERATORS_CHAIN } from '#app/access/operator-record.ts';
import { type ChainHead, signStatement } from '#app/access/log/statement.ts';
import type { VerifyDeps } from '#app/access/log/verify.ts';
import { signingKey } from '#app/data/signing-key.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type ShopTx, withShop } from '#app/data/with-shop.ts';
import type { Keyring } from '#app/vault/keyring.ts';

/**
 * Signs how far the shop's chain has grown and keeps the statement beside it, unless nothing was added since the last one.
 * To be called for a chain that was just found intact, with the head that was found: a checkpoint of a bent chain would
 * bear witness for whoever bent it.
 *
 * @returns whether there was something new to sign.
 */
export async function keepCheckpoint(
  tx: ShopTx,
  keyring: Keyring,
  shopId: string,
  head: { readonly seq: bigint; readonly hash: Uint8Array },
  at: Date,
): Promise<boolean> {
  const { seq } = head;
  const newest = await tx.accessCheckpoint.findFirst({
    where: { shopId, kind: 'checkpoint', seq: { gte: seq } },
    select: { seq: true },
  });
  if (seq === 0n || newest !== null) return false;
  const key = await signingKey(sqlTxOfPrisma(tx), keyring);
  const hash = Uint8Array.from(head.hash);
  const note = signStatement(key, 'checkpoint', [{ shopId, seq, hash }]);
  await tx.accessCheckpoint.createMany({
    data: [{ shopId, kind: 'checkpoint', seq, hash, madeAt: at, note }],
    skipDuplicates: true,
  });
  return true;
}

/** The newest link of each of these chains; those without a record are left out. */
async function readHeads({ db }: VerifyDeps, shopIds: readonly string[]): Promise<ChainHead[]> {
  const heads: ChainHead[] = [];
  for (const shopId of shopIds) {
    const head = await withShop(db, shopId, (tx) => tx.accessChain.findUnique({ where: { shopId } }));
    if (head !== null && head.seq > 0n) heads.push(head);
  }
  return heads;
}

/**
 * One signed checkpoint over many chains, to be kept where the owner of the database cannot reach it. With it,
 * verification finds even a chain that was computed anew, cut short, or taken away whole.
 */
export async function signCheckpoint(deps: VerifyDeps, chains: readonly string[]): Promise<string> {
  const heads = await readHeads(deps, chains);
  const key = await withShop(deps.db, OPERATORS_CHAIN, (tx) => signingKey(sqlTxOfPrisma(tx), deps.keyring));
  return signStatement(key, 'checkpoint', heads);
}
