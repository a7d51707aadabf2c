import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { DemoArguments } from '#test/demo/arguments.ts';
import { buildProject, isBuildStale } from '#test/demo/build-when-stale.ts';
import { Crew } from '#test/demo/crew.ts';
import { removeData, startDatabase, type DemoDatabase } from '#test/demo/database.ts';
import type { Ending } from '#test/demo/ending.ts';
import { untilWebhooksAreKept } from '#test/demo/first-webhook.ts';
import { writeJson } from '#test/demo/json-file.ts';
import { clearLeftOvers, keepFolder, leaveFolder, takeFolder } from '#test/demo/lock.ts';
import { acceptAgreement, installApp } from '#test/demo/merchant.ts';
import { choosePorts, type DemoPorts } from '#test/demo/ports.ts';
import { programsOf, ROOT, type AppPrograms, type Way } from '#test/demo/programs.ts';
import { answers, logSays, untilReady } from '#test/demo/ready.ts';
import { keepSecrets, type DemoSecrets } from '#test/demo/secrets.ts';
import { startStandIn, type StandInAddress } from '#test/demo/stand-in.ts';
import { environmentFile, stateFile, type DemoState } from '#test/demo/state.ts';
import { watchSources } from '#test/demo/watch-sources.ts';

/** The shop that has the app; the stand-in's other one is left to be installed by hand. */
const SHOP = 'atelier-nord.myshopify.com';
const PRIVACY_CONTACT = 'privacy@atelier-nord.example.com';
const APP_PATH = '/store/atelier-nord/apps/cart-insights';

/** What a program gets of our own environment; everything else is set here, so that every run is alike. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TERM', 'LOG_LEVEL'];

/**
 * Starts everything: PostgreSQL, the stand-in for Shopify, the app; installs the app at one shop and accepts the
 * agreement there. What has been started is in `ending`, also when this fails.
 *
 * @param say told what goes on, a line at a time.
 * @throws Error whose message a person can act on; Interrupted when the end began meanwhile.
 */
export async function runDemo(
  { directory: given, shoppers, isFresh, firstPort }: DemoArguments,
  way: Way,
  ending: Ending,
  say: (line: string) => void,
): Promise<DemoState> {
  const directory = resolve(given);
  await prepareFolder(directory, isFresh, ending);
  const secrets = keepSecrets(directory);
  const ports = await choosePorts(firstPort);
  const app = programsOf(ROOT, ports, way);
  const crew = new Crew(directory, ending, say);

  say('Starting PostgreSQL ...');
  const database = await startDatabase(directory, secrets.loginPassword, (event) => {
    say(event === 'died' ? 'PostgreSQL ended and is started again.' : 'PostgreSQL is back.');
    crew.onChange();
  });
  await ending.add(() => database.stop());
  keepFolder(directory, database.server.socketDirectory);

  if (way === 'built' && isBuildStale(ROOT)) {
    say('Building (about half a minute) ...');
    await buildProject(ROOT, ending);
  }

  say('Starting the app and the stand-in for Shopify ...');
  const standIn = await startStandIn({
    directory,
    secrets,
    ports,
    shoppers,
    webhookOrigin: app.webhookOrigin,
    crew,
    ending,
    environment: inheritedEnvironment(),
    // Its certificate authority is a new one then, which a program learns of when it starts.
    onStart: () => crew.restart(Object.keys(app.programs)),
  });
  const environment = appEnvironment(database, secrets, ports, standIn);
  writeJson(environmentFile(directory), environment);
  await startApp(app, crew, ending, { ...inheritedEnvironment(), ...environment });
  if (way === 'sources') await ending.add(watchSources(ROOT, () => crew.restart(['app'])));

  say('Installing the app and accepting its agreement, as a merchant would ...');
  const places = { adminOrigin: standIn.adminUrl, appOrigin: standIn.appUrl, shop: SHOP };
  await installApp(places);
  await acceptAgreement(places, PRIVACY_CONTACT);
  await untilWebhooksAreKept(
    {
      webhookOrigin: app.webhookOrigin,
      databaseUrl: database.superuserUrl,
      apiSecret: secrets.apiSecret,
      shop: SHOP,
      logFile: crew.logFileOf(app.webhookProgram),
    },
    ending,
  );

  const getState = async (): Promise<DemoState> => {
    const postgres = await database.server.pid().catch(() => null);
    const { 'stand-in': standInPid, ...pids } = crew.pids();
    return {
      adminUrl: `${standIn.adminUrl}${APP_PATH}`,
      appUrl: standIn.appUrl,
      webhookUrl: app.webhookOrigin,
      databaseUrl: database.superuserUrl,
      shop: SHOP,
      apiKey: secrets.apiKey,
      apiSecret: secrets.apiSecret,
      dataDir: database.server.dataDirectory,
      logFiles: [database.server.logFile, ...crew.logFiles()],
      pids: {
        ...(postgres === null ? {} : { postgres }),
        ...pids,
        ...(standInPid === undefined ? {} : { standIn: standInPid }),
      },
    };
  };
  const writeState = async (): Promise<void> => {
    const state = await getState();
    if (!ending.hasBegun) writeJson(stateFile(directory), state);
  };
  crew.onChange = () => void writeState();
  await writeState();
  ending.check();
  return getState();
}

/** Makes the folder ours, without what a killed demo left there and, when wanted, without any data. */
async function prepareFolder(directory: string, isFresh: boolean, ending: Ending): Promise<void> {
  mkdirSync(directory, { recursive: true });
  takeFolder(directory);
  await clearLeftOvers(directory);
  if (isFresh) {
    // Database and Shopify's memory together: one without the other would not fit.
    await removeData(directory);
    for (const name of ['shopify', 'logs', 'secrets.json']) {
      rmSync(join(directory, name), { recursive: true, force: true });
    }
  }
  keepFolder(directory, null);
  await ending.add(() => leaveFolder(directory));
}

async function startApp(
  { programs }: AppPrograms,
  crew: Crew,
  ending: Ending,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, { args, isLoud }] of Object.entries(programs)) await crew.start(name, { args, isLoud, env });
  for (const [name, { ready }] of Object.entries(programs)) {
    const logFile = crew.logFileOf(name);
    await untilReady(name, logFile, ending, () =>
      'url' in ready ? answers(ready.url) : logSays(logFile, ready.words),
    );
  }
}

function appEnvironment(
  database: DemoDatabase,
  secrets: DemoSecrets,
  ports: DemoPorts,
  standIn: StandInAddress,
): Record<string, string> {
  return {
    NODE_ENV: 'development',
    DATABASE_URL: database.url,
    SHOPIFY_API_KEY: secrets.apiKey,
    SHOPIFY_API_SECRET: secrets.apiSecret,
    SHOPIFY_APP_URL: standIn.appUrl,
    CART_INSIGHTS_KEKS: secrets.keks,
    HOST: '127.0.0.1',
    PORT: String(ports.web),
    EDGE_PORT: String(ports.edge),
    ...standIn.environment,
  };
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
