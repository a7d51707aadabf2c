import { PRESET_TERMS, type RetentionTerms } from '#app/privacy/retention.ts';
import { longestTerms, termsOf } from '#app/privacy/retention/terms.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';

/** One version of a shop's terms; version 0 is what holds until the shop says otherwise. */
export interface RetentionSettings {
  readonly version: number;
  readonly terms: RetentionTerms;
  readonly changedAt: Date | null;
  /** Who set it, as access records name people; null for version 0. */
  readonly actor: string | null;
}

/** For so long after a change the longer of old and new terms holds: whoever set a term too short can take it back. */
const CHANGE_OF_MIND_MS = 24 * 3_600_000;

interface StoredSettings {
  version: number;
  changed_at: Date;
  actor: string;
  terms: unknown;
}

const PRESET: RetentionSettings = { version: 0, terms: PRESET_TERMS, changedAt: null, actor: null };

/** What the shop has set, newest first; ends with what held before. */
export async function listSettings(tx: SqlTx, shopId: string, atMost = 50): Promise<RetentionSettings[]> {
  const rows = await tx.query<StoredSettings>(
    `SELECT version, changed_at, actor, terms FROM app.retention_settings WHERE shop_id = $1::uuid
     ORDER BY version DESC LIMIT $2::int`,
    [shopId, atMost],
  );
  const versions = rows.map(({ version, changed_at: changedAt, actor, terms }) => ({
    version,
    terms: termsOf(terms),
    changedAt,
    actor,
  }));
  return versions.length < atMost ? [...versions, PRESET] : versions;
}

/**
 * Adds a version.
 *
 * @param from the version that the merchant saw; when it is not the newest any more, nothing is saved.
 */
export async function saveSettings(
  tx: SqlTx,
  shopId: string,
  change: { readonly from: number; readonly terms: RetentionTerms; readonly actor: string; readonly at: Date },
): Promise<'saved' | 'stale'> {
  const saved = await tx.query(
    `INSERT INTO app.retention_settings (shop_id, version, changed_at, actor, terms)
     SELECT $1::uuid, $2::int + 1, $3::timestamptz, $4, $5::jsonb
     WHERE $2::int = coalesce((SELECT max(version) FROM app.retention_settings WHERE shop_id = $1::uuid), 0)
     ON CONFLICT DO NOTHING RETURNING version`,
    [shopId, change.from, change.at, change.actor, JSON.stringify(change.terms)],
  );
  return saved.length === 1 ? 'saved' : 'stale';
}

/**
 * What holds at a moment: a longer term at once, a shorter one a day after it was saved.
 *
 * @param versions newest first, as {@link listSettings} gives them.
 */
export function termsInForce(versions: readonly RetentionSettings[], now: Date): RetentionTerms {
  const since = now.getTime() - CHANGE_OF_MIND_MS;
  const settled = versions.findIndex(({ changedAt }) => changedAt === null || changedAt.getTime() <= since);
  const inForce = settled < 0 ? versions : versions.slice(0, settled + 1);
  return longestTerms(inForce.map(({ terms }) => terms));
}
