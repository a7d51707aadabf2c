import { v7 as uuidv7 } from 'uuid';

import type { ShopTx } from '#app/data/with-shop.ts';
import type { Purpose } from '#app/privacy/purposes.ts';

/** Who looked at what, for which purpose: as it stands in the log, without a name or a value. */
export interface AccessRecordEntry {
  readonly at: Date;
  /** {@link staffActor} of who looked. */
  readonly actor: string;
  readonly purpose: Purpose;
  readonly page: string;
  /** What was opened: names of the registry, or their beginning (`app.cart_states.sealed.lines` for all of a line). */
  readonly fields: readonly string[];
  /** The random pseudonyms of whose data it was. They die with the subject's key. */
  readonly subjects: readonly Buffer[];
  readonly valueCount: number;
  readonly requestId: string;
}

/** Writes one access record in the caller's transaction. Records are never updated nor deleted: the role may not. */
export async function writeAccessRecord(tx: ShopTx, shopId: string, entry: AccessRecordEntry): Promise<void> {
  const { subjects, fields, ...rest } = entry;
  await tx.accessRecord.create({
    data: {
      shopId,
      id: uuidv7(),
      ...rest,
      fields: [...fields],
      subjects: subjects.map((bytes) => new Uint8Array(bytes)),
    },
    select: { id: true },
  });
}
