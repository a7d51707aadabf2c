import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Crew } from '#test/demo/crew.ts';
import type { Ending } from '#test/demo/ending.ts';
import { writeJson } from '#test/demo/json-file.ts';
import type { DemoPorts } from '#test/demo/ports.ts';
import { untilReady } from '#test/demo/ready.ts';
import type { DemoSecrets } from '#test/demo/secrets.ts';
import type { ShopifyOptions } from '#test/shopify/index.ts';

/** What the stand-in says about itself when it listens. */
export interface StandInAddress {
  readonly adminUrl: string;
  readonly appUrl: string;
  /** For the programs that talk to Shopify. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface StandInPlan {
  readonly directory: string;
  readonly secrets: DemoSecrets;
  readonly ports: DemoPorts;
  readonly shoppers: number;
  readonly webhookOrigin: string;
  readonly crew: Crew;
  readonly ending: Ending;
  readonly environment: Readonly<Record<string, string>>;
  readonly onStart: () => void;
}

const PROGRAM = fileURLToPath(new URL('../shopify/main.ts', import.meta.url));
/** Now and then a webhook comes twice or late, as Shopify's do. */
const WEATHER = { duplicates: 0.05, late: 0.1, maxDelayMs: 4_000 };
/** How often a shopper does something. */
const PACE_MS = { min: 1_500, max: 6_000 };

/** Starts the stand-in for Shopify as a program of its own, on the same ports every time it has to be started again. */
export async function startStandIn(plan: StandInPlan): Promise<StandInAddress> {
  const { directory, secrets, ports, crew, ending } = plan;
  const options: ShopifyOptions = {
    apiKey: secrets.apiKey,
    apiSecret: secrets.apiSecret,
    dir: join(directory, 'shopify'),
    adminPort: ports.admin,
    frontPort: ports.front,
    proxyPort: ports.proxy,
    appTarget: { edge: plan.webhookOrigin, web: `http://127.0.0.1:${ports.web}` },
    shoppers: plan.shoppers,
    paceMs: PACE_MS,
    weather: WEATHER,
    keepState: true,
  };
  const file = join(directory, 'shopify.json');
  writeJson(file, options);
  await crew.start('stand-in', {
    args: ['--disable-warning=ExperimentalWarning', PROGRAM, file],
    env: plan.environment,
    onStart: plan.onStart,
  });
  const logFile = crew.logFileOf('stand-in');
  await untilReady('stand-in', logFile, ending, () => readAddress(logFile) !== null);
  const address = readAddress(logFile);
  if (address === null) throw new Error('The stand-in does not say where it listens.');
  return address;
}

/** Reads the line that the stand-in prints when it listens. */
function readAddress(logFile: string): StandInAddress | null {
  const line = readFileSync(logFile, 'utf8')
    .split('\n')
    .find((text) => text.startsWith('{"adminUrl"') && text.endsWith('}'));
  return line === undefined ? null : (JSON.parse(line) as StandInAddress);
}
