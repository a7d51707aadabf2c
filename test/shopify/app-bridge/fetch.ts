import { config } from './config.ts';
import { idToken, openTop } from './host.ts';

const RETRY = 'X-Shopify-Retry-Invalid-Session-Request';
const REAUTHORIZE = 'X-Shopify-API-Request-Failure-Reauthorize-Url';

/** Requests to the app itself carry a fresh session token; others go out as they are. */
export function wrapFetch(): void {
  const original = window.fetch.bind(window);
  const authorized = async (request: Request): Promise<Response> => {
    const headers = new Headers(request.headers);
    headers.set('Authorization', `Bearer ${await idToken()}`);
    if (!headers.has('Accept-Language')) headers.set('Accept-Language', config.locale);
    return original(new Request(request, { headers }));
  };
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== window.location.origin) return original(input, init);
    const again = request.clone();
    let response = await authorized(request);
    if (response.status === 401 && response.headers.has(RETRY)) response = await authorized(again);
    const reauthorize = response.headers.get(REAUTHORIZE);
    if (reauthorize !== null) openTop(new URL(reauthorize, window.location.href).href);
    return response;
  };
}
