import type { Pool } from 'pg';

/** Two machines in order are seconds apart. */
export const MAX_DIFFERENCE_MS = 5 * 60_000;

/** How far this program's clock is ahead of the database's, in milliseconds; 0 while they agree well enough. */
export async function clockDifference(pool: Pool, now: Date): Promise<number> {
  const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const difference = now.getTime() - (rows[0]?.now ?? now).getTime();
  return Math.abs(difference) > MAX_DIFFERENCE_MS ? difference : 0;
}
