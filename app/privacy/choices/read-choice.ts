import type { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, withShop } from '#app/data/with-shop.ts';
import { mayTell } from '#app/privacy/choices/opt-out.ts';
import { type Choice, choiceNow } from '#app/privacy/choices/rules.ts';
import { markOfRef } from '#app/privacy/forgotten/marks.ts';

/** What a customer's page says of their choice. Nothing of it says who they are. */
export interface ChoiceView {
  readonly choice: Choice;
  /** Since when it is refused, and who said so; null where nothing is refused under their number. */
  readonly sinceMs: number | null;
  readonly source: string | null;
  /** Whether Shopify has said so, or been told. */
  readonly isConfirmed: boolean;
  /** Whether the shop lets us tell Shopify. */
  readonly mayTell: boolean;
  readonly checkedAtMs: number | null;
}

interface ChoiceServices {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly clock: () => Date;
}

/** The choice of a customer: of several rows of one customer, the refusal counts. Opens nothing. */
export async function readChoice(
  { db, keyStore, clock }: ChoiceServices,
  shopId: string,
  personIds: readonly string[],
): Promise<ChoiceView> {
  return withShop(db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    const people = await tx.person.findMany({
      where: { shopId, id: { in: [...personIds] } },
      select: { customerRef: true, saleAnswer: true, saleAskedAt: true },
    });
    const choices = people.map(({ saleAnswer, saleAskedAt }) =>
      choiceNow(saleAnswer as 'may' | 'opted-out' | null, saleAskedAt, clock()),
    );
    const choice = choices.includes('opted-out')
      ? 'opted-out'
      : choices.every((one) => one === 'may')
        ? 'may'
        : 'unknown';
    const asked = people.flatMap(({ saleAskedAt }) => (saleAskedAt === null ? [] : [saleAskedAt.getTime()]));
    const keys = await keyStore.shopKeys(sql, shopId);
    const tags = people.flatMap(({ customerRef }) =>
      customerRef === null ? [] : [Uint8Array.from(Buffer.from(markOfRef(keys, 'customer', customerRef).tag, 'hex'))],
    );
    const refusal = await tx.suppression.findFirst({
      where: { shopId, tag: { in: tags }, what: 'sale-opt-out', endedAt: null },
      orderBy: { since: 'asc' },
    });
    return {
      choice: people.length === 0 ? 'unknown' : choice,
      sinceMs: refusal?.since.getTime() ?? null,
      source: refusal?.source ?? null,
      isConfirmed: refusal !== null && (refusal.source === 'shopify' || refusal.toldAt !== null),
      mayTell: await mayTell(tx, shopId),
      checkedAtMs: asked.length === 0 ? null : Math.max(...asked),
    };
  });
}
