import { asKeyRole } from '#app/data/key-role.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';

/** How far a rotation has come. Times are the database's, so that they compare with those of the keys it makes. */
export interface RotationProgress {
  readonly name: string;
  readonly step: string;
  readonly cursor: string | null;
  /** The version that is to be reached, where there is one. */
  readonly target: number | null;
  readonly done: number;
  readonly startedAt: Date;
  /** When the step began. */
  readonly stepAt: Date;
  readonly finishedAt: Date | null;
}

interface ProgressRow {
  name: string;
  step: string;
  cursor: string | null;
  target: number | null;
  done: number;
  started_at: Date;
  step_at: Date;
  finished_at: Date | null;
}

/** Begins a rotation, or goes on with the one of this name that was cut off. One that was finished begins anew. */
export async function beginRotation(
  tx: SqlTx,
  name: string,
  step: string,
  target: number | null = null,
): Promise<RotationProgress> {
  const rows = await asKeyRole(tx, () =>
    tx.query<ProgressRow>(
      `INSERT INTO keys.rotations AS r (name, step, target, started_at, step_at, updated_at)
       VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(), clock_timestamp())
       ON CONFLICT (name) DO UPDATE SET
         step = CASE WHEN r.finished_at IS NULL THEN r.step ELSE excluded.step END,
         cursor = CASE WHEN r.finished_at IS NULL THEN r.cursor END,
         target = CASE WHEN r.finished_at IS NULL THEN r.target ELSE excluded.target END,
         done = CASE WHEN r.finished_at IS NULL THEN r.done ELSE 0 END,
         started_at = CASE WHEN r.finished_at IS NULL THEN r.started_at ELSE excluded.started_at END,
         step_at = CASE WHEN r.finished_at IS NULL THEN r.step_at ELSE excluded.step_at END,
         updated_at = excluded.updated_at, finished_at = NULL
       RETURNING *`,
      [name, step, target],
    ),
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The rotation was not begun');
  return progressOf(row);
}

/** The progress of this name, or null when there never was one. */
export async function getRotation(tx: SqlTx, name: string): Promise<RotationProgress | null> {
  const [row] = await asKeyRole(tx, () =>
    tx.query<ProgressRow>('SELECT * FROM keys.rotations WHERE name = $1', [name]),
  );
  return row === undefined ? null : progressOf(row);
}

/** Every rotation that was begun, the newest first. */
export async function listRotations(tx: SqlTx, atMost: number): Promise<RotationProgress[]> {
  const rows = await asKeyRole(tx, () =>
    tx.query<ProgressRow>('SELECT * FROM keys.rotations ORDER BY started_at DESC LIMIT $1', [atMost]),
  );
  return rows.map(progressOf);
}

/** Writes down where a rotation stands, in the transaction of the work that brought it there. */
export async function saveRotation(
  tx: SqlTx,
  name: string,
  {
    step,
    cursor,
    added,
    isFinished = false,
  }: {
    readonly step: string;
    readonly cursor: string | null;
    readonly added: number;
    readonly isFinished?: boolean;
  },
): Promise<void> {
  await asKeyRole(tx, () =>
    tx.query(
      `UPDATE keys.rotations SET step = $2, cursor = $3, done = done + $4::int, updated_at = clock_timestamp(),
         step_at = CASE WHEN step = $2 THEN step_at ELSE clock_timestamp() END,
         finished_at = CASE WHEN $5 THEN clock_timestamp() END
       WHERE name = $1`,
      [name, step, cursor, added, isFinished],
    ),
  );
}

function progressOf(row: ProgressRow): RotationProgress {
  const { name, step, cursor, target, done } = row;
  return {
    name,
    step,
    cursor,
    target,
    done,
    startedAt: row.started_at,
    stepAt: row.step_at,
    finishedAt: row.finished_at,
  };
}
