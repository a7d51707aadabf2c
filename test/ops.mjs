/**
 * `npm run ops`: runs the built operator program. Where no settings are in the environment, and this is not production,
 * it takes those of a running demo.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const program = `${project}build/programs/ops.js`;
const demo = `${project}.demo/env.json`;
const demoState = `${project}.demo/state.json`;

if (!existsSync(program)) {
  process.stderr.write('The programs have not been built: run "npm run build" first.\n');
  process.exit(1);
}
const takesDemo = process.env.DATABASE_URL === undefined && process.env.NODE_ENV !== 'production' && existsSync(demo);
const env = takesDemo
  ? { ...process.env, ...JSON.parse(readFileSync(demo, 'utf8')), ...superuserOfDemo() }
  : process.env;
const { status } = spawnSync(process.execPath, ['--enable-source-maps', program, ...process.argv.slice(2)], {
  env,
  stdio: 'inherit',
});
process.exit(status ?? 1);

/** Checks that must see everything, such as canary:scan, log in as the one who may; only a running demo tells. */
function superuserOfDemo() {
  if (!existsSync(demoState)) return {};
  const { databaseUrl, logFiles } = JSON.parse(readFileSync(demoState, 'utf8'));
  return { DEPLOY_DATABASE_URL: databaseUrl, CART_INSIGHTS_SCAN_PATHS: logFiles.join(',') };
}
