import type { Client } from 'pg';

/**
 * What keeps the server's log from quoting rows: the detail of a violated key, the statement that failed and its
 * parameters (PostgreSQL manual, "Error Reporting and Logging"). Values are sealed before they travel, but keyed digests and
 * times need not stand in a log either.
 */
export const QUIET_LOG_SETTINGS = {
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
} as const;

/**
 * Sets them for every connection to this database, whatever the server's own configuration says.
 *
 * @returns one sentence when the deploying user may not and the server's configuration does not either.
 */
export async function keepLogsQuiet(deployer: Client): Promise<string[]> {
  const { rows } = await deployer.query<{ name: string }>('SELECT current_database() AS name');
  const database = deployer.escapeIdentifier(rows[0]?.name ?? '');
  const loud: string[] = [];
  for (const [setting, value] of Object.entries(QUIET_LOG_SETTINGS)) {
    try {
      await deployer.query(`ALTER DATABASE ${database} SET ${setting} = ${deployer.escapeLiteral(value)}`);
    } catch {
      const { rows: current } = await deployer.query<{ value: string }>('SELECT current_setting($1) AS value', [
        setting,
      ]);
      if (current[0]?.value !== value) loud.push(`${setting} = ${value}`);
    }
  }
  return loud.length === 0
    ? []
    : [
        `The server's log may quote rows when a statement fails: the deploying user may not change that. ` +
          `An administrator has to set ${loud.join(', ')}.`,
      ];
}
