/** Started by library.test.ts: one call of @shopify/shopify-api, its result as JSON on standard output. */
import '@shopify/shopify-api/adapters/node';
import {
  ApiVersion,
  GraphqlQueryError,
  HttpResponseError,
  LogSeverity,
  RequestedTokenType,
  Session,
  shopifyApi,
} from '@shopify/shopify-api';

interface Input {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly shop: string;
  readonly [name: string]: unknown;
}

const [step = '', argument = '{}'] = process.argv.slice(2);
const input = JSON.parse(argument) as Input;
const api = shopifyApi({
  apiKey: input.apiKey,
  apiSecretKey: input.apiSecret,
  apiVersion: ApiVersion.October26,
  hostName: 'app.example.com',
  isEmbeddedApp: true,
  logger: { level: LogSeverity.Error, log: () => undefined },
});
const text = (name: string): string => String(input[name]);

async function exchange(): Promise<unknown> {
  const requestedTokenType =
    text('kind') === 'online' ? RequestedTokenType.OnlineAccessToken : RequestedTokenType.OfflineAccessToken;
  const wishes = { shop: input.shop, sessionToken: text('sessionToken'), requestedTokenType, expiring: true };
  return (await api.auth.tokenExchange(wishes)).session.toObject();
}

async function graphql(): Promise<unknown> {
  const id = api.session.getOfflineId(input.shop);
  const session = new Session({ id, shop: input.shop, state: '', isOnline: false, accessToken: text('accessToken') });
  const variables = (input['variables'] ?? {}) as Record<string, unknown>;
  return new api.clients.Graphql({ session }).request(text('query'), { variables });
}

async function webhook(): Promise<unknown> {
  const headers = {
    'x-shopify-topic': 'carts/update',
    'x-shopify-shop-domain': input.shop,
    'x-shopify-api-version': '2026-10',
    'x-shopify-webhook-id': 'an-id',
    ...(input['headers'] as Record<string, string>),
  };
  const rawRequest = new Request('https://app.example.com/webhooks/carts', { method: 'POST', headers });
  return api.webhooks.validate({ rawBody: text('body'), rawRequest: { method: 'POST', url: rawRequest.url, headers } });
}

const steps: Record<string, () => Promise<unknown>> = {
  exchange,
  graphql,
  webhook,
  refresh: async () =>
    (await api.auth.refreshToken({ shop: input.shop, refreshToken: text('refreshToken') })).session.toObject(),
  fetch: async () => ({ status: (await fetch(text('url'))).status }),
};

const told = (error: unknown): unknown => {
  if (error instanceof HttpResponseError) return { status: error.response.code, body: error.response.body };
  if (error instanceof GraphqlQueryError) return error.body?.['errors'];
  return { error: error instanceof Error ? error.message : String(error) };
};
process.stdout.write(JSON.stringify(await steps[step]?.().catch(told)));
