import type { Pool } from 'pg';

import type { GateServices, Work } from '#app/access/gate.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { scanKeyed } from '#app/privacy/residue/scan-keyed.ts';
import { scanSealed } from '#app/privacy/residue/scan-sealed.ts';
import { type Place, searchableInBytes, type Wanted } from '#app/privacy/residue/wanted.ts';
import { scanColumns } from '#app/privacy/scan/columns.ts';
import { type Needle, needlesOf } from '#app/privacy/scan/needles.ts';
import { NeedleSearch } from '#app/privacy/scan/search.ts';

export interface ResidueServices extends GateServices {
  /** Acts as `ci_app`. */
  readonly pool: Pool;
}

/** What the check after an erasure saw. */
export interface ResidueScan {
  readonly hits: number;
  readonly places: readonly Place[];
  /** Columns and rows that were looked through for plain text. */
  readonly columns: number;
  readonly rows: number;
  /** Sealed values that opened and were compared, and those that no longer open. */
  readonly compared: number;
  readonly closed: number;
  readonly shared: number;
  readonly inOpenRequests: number;
  /** Tables and columns that this role, or this scan, has no way into, or in which something does not open under its key. */
  readonly notLookedInto: readonly string[];
}

/**
 * Looks for what an erasure may have left, without asking the registry what there is: plain text in every form in every
 * column the catalogue knows, our ids and keyed references, and the contents of every sealed value that still opens.
 */
export async function scanResidue(
  services: ResidueServices,
  shopId: string,
  wanted: Wanted,
  work: Work,
  skipRequestId: string | null = null,
): Promise<ResidueScan> {
  const { pool } = services;
  const needles = [...needlesOf(searchableInBytes(wanted.values)), ...idNeedles(wanted.ids)];
  const plain =
    needles.length === 0
      ? { sightings: [], columns: 0, rows: 0, unread: [] }
      : await withShopSql(pool, shopId, (tx) => scanColumns(tx, new NeedleSearch(needles), { isShopBound: true }));
  const keyed = await withShopSql(pool, shopId, (tx) => scanKeyed(tx, wanted));
  const sealed = await scanSealed(services, shopId, wanted, work, skipRequestId);
  const plainPlaces = [...new Set(plain.sightings.map(({ where }) => where.replace(/^column /, '')))].map(
    (where): Place => ({
      where,
      how: 'plain',
      count: plain.sightings.filter((seen) => seen.where.endsWith(where)).length,
    }),
  );
  const places = [...plainPlaces, ...keyed, ...sealed.places];
  return {
    hits: places.reduce((sum, { count }) => sum + count, 0),
    places,
    columns: plain.columns,
    rows: plain.rows,
    compared: sealed.compared,
    closed: sealed.closed,
    shared: sealed.shared,
    inOpenRequests: sealed.inOpenRequests,
    notLookedInto: [...plain.unread, ...sealed.unopened],
  };
}

/** Our ids, as text: what no column of a type of its own holds. Their values follow those of the needles. */
function idNeedles(ids: readonly string[]): Needle[] {
  return ids.map((id, index) => ({ value: -1 - index, form: 'id', bytes: Buffer.from(id) }));
}
