import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Ending } from '#test/demo/ending.ts';

const TIMEOUT_MS = 90_000;
const EVERY_MS = 100;

/**
 * Waits until something answers.
 *
 * @param what for the message when it does not.
 * @throws with the end of its log after a minute and a half.
 */
export async function untilReady(
  what: string,
  logFile: string,
  ending: Ending,
  isReady: () => Promise<boolean> | boolean,
): Promise<void> {
  for (const deadline = Date.now() + TIMEOUT_MS; Date.now() < deadline; await sleep(EVERY_MS)) {
    ending.check();
    if (await isReady()) return;
  }
  throw new Error(`The ${what} does not answer. Its log (${logFile}) ends with:\n${endOf(logFile)}`);
}

export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

export function logSays(logFile: string, text: string): boolean {
  return readFileSync(logFile, 'utf8').includes(text);
}

function endOf(logFile: string, lines = 12): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
