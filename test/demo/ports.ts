import { once } from 'node:events';
import { createServer } from 'node:net';

export interface DemoPorts {
  /** The page to open. */
  readonly admin: number;
  /** The app as the browser sees it. */
  readonly front: number;
  /** The stand-in as the app sees it. */
  readonly proxy: number;
  readonly web: number;
  readonly edge: number;
}

const DEFAULT_FIRST = 4100;
const STEP = 10;
const TRIES = 20;

/** Five ports in a row, from the given one on or from the first place where all are free. @throws when they are taken. */
export async function choosePorts(first: number | null): Promise<DemoPorts> {
  if (first !== null) {
    const ports = portsFrom(first);
    const taken = await firstTaken(ports);
    if (taken !== null) throw new Error(`Port ${taken} is used by another program: choose another --port.`);
    return ports;
  }
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const ports = portsFrom(DEFAULT_FIRST + attempt * STEP);
    if ((await firstTaken(ports)) === null) return ports;
  }
  throw new Error(`No free ports were found from ${DEFAULT_FIRST} on: choose some with --port.`);
}

function portsFrom(first: number): DemoPorts {
  return { admin: first, front: first + 1, proxy: first + 2, web: first + 3, edge: first + 4 };
}

async function firstTaken(ports: DemoPorts): Promise<number | null> {
  for (const port of Object.values(ports) as number[]) if (!(await isFree(port))) return port;
  return null;
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    probe.close();
    await once(probe, 'close');
    return true;
  } catch {
    return false;
  }
}
