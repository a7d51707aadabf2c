import { parseArgs } from 'node:util';

export interface DemoArguments {
  /** People shopping at once; 0 is a quiet shop. */
  readonly shoppers: number;
  /** Throws the data of earlier runs away. */
  readonly isFresh: boolean;
  /** Port of the page to open; the next four are taken as well. null: the first free ones. */
  readonly firstPort: number | null;
  /** Where data, logs and the state file lie. */
  readonly directory: string;
}

export const USAGE = `Usage: npm run demo -- [--shoppers N] [--fresh] [--port N] [--dir PATH]
  --shoppers N  people shopping at once, 0 to 50 (default 12)
  --fresh       begin with an empty database
  --port N      port of the page to open; the four after it are used as well
  --dir PATH    where data, logs and state are kept (default .demo)
`;

const MAX_SHOPPERS = 50;
const LAST_PORT = 65_535 - 4;

/** Reads the command line. @returns a sentence when it makes no sense. */
export function parseDemoArguments(
  args: readonly string[],
  defaults: { readonly directory: string; readonly shoppers: number },
): DemoArguments | string {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        shoppers: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        port: { type: 'string' },
        dir: { type: 'string' },
      },
    }));
  } catch (error) {
    return error instanceof Error ? error.message : 'The arguments could not be read.';
  }
  const shoppers = numberOf(values.shoppers ?? String(defaults.shoppers));
  if (shoppers === null || shoppers > MAX_SHOPPERS) return `--shoppers takes a number from 0 to ${MAX_SHOPPERS}.`;
  const firstPort = values.port === undefined ? null : numberOf(values.port);
  if (values.port !== undefined && (firstPort === null || firstPort < 1 || firstPort > LAST_PORT)) {
    return `--port takes a number from 1 to ${LAST_PORT}.`;
  }
  return { shoppers, firstPort, isFresh: values.fresh, directory: values.dir ?? defaults.directory };
}

function numberOf(text: string): number | null {
  return /^\d{1,5}$/.test(text) ? Number(text) : null;
}
