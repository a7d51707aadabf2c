import { setTimeout as sleep } from 'node:timers/promises';

import { ServiceProblem } from '#app/data/keks/key-service.ts';

/** Longer than any key service takes, and short enough for the transaction that waits. */
const TIMEOUT_MS = 5_000;
const TRIES = 2;
const PAUSE_MS = 200;

export interface JsonAnswer {
  readonly status: number;
  /** Null when the body is no JSON. */
  readonly body: unknown;
}

/**
 * Posts JSON to a key service, once more when it did not answer or was out of order.
 *
 * @throws ServiceProblem when it still does not answer.
 */
export async function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<JsonAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await tryPost(url, body, headers);
    if (answer !== null && answer.status < 500 && answer.status !== 429) return answer;
    if (attempt === TRIES) {
      throw new ServiceProblem(
        answer === null ? 'it does not answer' : `it answers with status ${String(answer.status)}`,
      );
    }
    await sleep(PAUSE_MS);
  }
}

async function tryPost(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<JsonAnswer | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      // A key service does not send one elsewhere, least of all with what is in the body.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const parsed: unknown = await response.json().catch(() => null);
    return { status: response.status, body: parsed };
  } catch {
    return null;
  }
}
