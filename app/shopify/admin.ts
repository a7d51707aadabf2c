import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { AppError } from '#app/errors.ts';
import { API_VERSION } from '#app/shopify/api-version.ts';
import type { OfflineTokens, ShopAccess } from '#app/shopify/offline-token.ts';

const TIMEOUT_MS = 10_000;
const MAX_TRIES = 5;
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 20_000;

/** One GraphQL operation and the shape we rely on; anything else in the answer is not looked at. */
export interface AdminOperation<Variables, Data> {
  readonly name: string;
  readonly query: string;
  readonly data: z.ZodType<Data>;
  /** Never set: ties the type of the variables to the operation. */
  readonly variables?: Variables;
}

export interface AdminApiDeps {
  readonly tokens: Pick<OfflineTokens, 'get'>;
  readonly fetch?: typeof fetch;
  /** Replaced in tests, so that they do not wait. */
  readonly wait?: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** The Admin API as jobs see it. */
export interface AdminApi {
  /**
   * Runs one operation for the shop. Throttling, 429, 5xx and lost connections are tried again, waiting as long as
   * Shopify's cost bucket says.
   *
   * @throws AppError `shopify.no-access` when the shop has no token, `shopify.refused` when Shopify does not let us,
   *   `shopify.throttled` or `shopify.unreachable` when all tries failed, `shopify.answer` when the answer is not what we ask for.
   */
  run<Variables, Data>(
    shopId: string,
    operation: AdminOperation<Variables, Data>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Data>;
}

export function createAdminApi({ tokens, fetch: send = fetch, wait = waitFor }: AdminApiDeps): AdminApi {
  return {
    run: async (shopId, operation, variables, signal) => {
      let refused: string | null = null;
      for (let attempt = 1; ; attempt += 1) {
        const access = await tokens.get(shopId);
        if (access === null) throw new AppError('shopify.no-access');
        // A token that was replaced between reading and using it is no refusal: the one in its place is tried.
        if (access.accessToken === refused) throw new AppError('shopify.refused');
        const outcome = await ask(send, access, operation, variables, signal);
        if ('data' in outcome) return outcome.data;
        if (outcome.isTokenRefused === true && attempt < MAX_TRIES) {
          refused = access.accessToken;
          continue;
        }
        if (outcome.retryAfterMs === null || attempt === MAX_TRIES) throw new AppError(outcome.code);
        const backOffMs = BASE_DELAY_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
        await wait(Math.min(MAX_DELAY_MS, Math.max(backOffMs, outcome.retryAfterMs)), signal);
      }
    },
  };
}

type FailureCode = 'shopify.refused' | 'shopify.throttled' | 'shopify.unreachable' | 'shopify.answer';
type Outcome<Data> =
  | { readonly data: Data }
  /** `retryAfterMs` is the least time to wait, or null when trying again is of no use. */
  | { readonly code: FailureCode; readonly retryAfterMs: number | null; readonly isTokenRefused?: boolean };

async function ask<Data>(
  send: typeof fetch,
  { domain, accessToken }: ShopAccess,
  { name, query, data }: AdminOperation<unknown, Data>,
  variables: unknown,
  signal: AbortSignal | undefined,
): Promise<Outcome<Data>> {
  let response: Response;
  let body: unknown;
  try {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    response = await send(`https://${domain}/admin/api/${API_VERSION}/graphql.json`, {
      method: 'POST',
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-shopify-access-token': accessToken,
      },
      body: JSON.stringify({ query, variables, operationName: name }),
    });
    body = response.ok ? await response.json() : undefined;
    if (!response.ok) await response.body?.cancel();
  } catch {
    signal?.throwIfAborted();
    return { code: 'shopify.unreachable', retryAfterMs: 0 };
  }
  return response.ok ? readAnswer(data, body) : readStatus(response);
}

function readStatus({ status, headers }: Response): Outcome<never> {
  if (status === 429) {
    const seconds = Number(headers.get('retry-after'));
    return { code: 'shopify.throttled', retryAfterMs: seconds > 0 ? seconds * 1000 : 0 };
  }
  if (status >= 500) return { code: 'shopify.unreachable', retryAfterMs: 0 };
  // 401 and 403: token or scope; 402 and 423: the shop is frozen or locked; 404: it is gone.
  return { code: 'shopify.refused', retryAfterMs: null, isTokenRefused: status === 401 };
}

const graphqlAnswer = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ extensions: z.object({ code: z.string().optional() }).optional() })).optional(),
  extensions: z
    .object({
      cost: z.object({
        requestedQueryCost: z.number(),
        throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
      }),
    })
    .optional()
    .catch(undefined),
});

/** Errors come with HTTP 200, throttling among them. Part of the data beside an error is not used. */
function readAnswer<Data>(shape: z.ZodType<Data>, body: unknown): Outcome<Data> {
  const answer = graphqlAnswer.safeParse(body);
  if (!answer.success) return { code: 'shopify.answer', retryAfterMs: null };
  const { errors = [], extensions } = answer.data;
  const codes = errors.map((error) => error.extensions?.code);
  if (codes.includes('THROTTLED')) {
    const cost = extensions?.cost;
    const missing = cost === undefined ? 0 : cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable;
    const retryAfterMs = cost === undefined ? 1_000 : Math.max(0, missing / cost.throttleStatus.restoreRate) * 1000;
    return { code: 'shopify.throttled', retryAfterMs };
  }
  if (codes.includes('ACCESS_DENIED')) return { code: 'shopify.refused', retryAfterMs: null };
  if (codes.includes('INTERNAL_SERVER_ERROR')) return { code: 'shopify.unreachable', retryAfterMs: 0 };
  const data = shape.safeParse(answer.data.data);
  return errors.length === 0 && data.success ? { data: data.data } : { code: 'shopify.answer', retryAfterMs: null };
}

async function waitFor(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(delayMs, undefined, signal === undefined ? {} : { signal });
}
