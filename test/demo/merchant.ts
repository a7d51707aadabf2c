import { setTimeout as sleep } from 'node:timers/promises';

/** What a merchant does on the first day: presses "Install" in the admin, reads the agreement and accepts it. */

/** Programs that crawl are turned away by Shopify's library. */
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const PATIENCE_MS = 20_000;
const AGAIN_AFTER_MS = 500;
const ONBOARDING_PATH = '/app/onboarding';

export interface MerchantPlaces {
  /** Origin of the stand-in's admin. */
  readonly adminOrigin: string;
  /** Origin of the app as the browser sees it. */
  readonly appOrigin: string;
  /** `atelier-nord.myshopify.com`. */
  readonly shop: string;
}

/** Presses the admin's install button. Pressing it twice is pressing it once. */
export async function installApp({ adminOrigin, shop }: MerchantPlaces): Promise<void> {
  const response = await fetch(`${adminOrigin}/api/shops/${handleOf(shop)}/install`, { method: 'POST' });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`The app could not be installed: the admin answered ${response.status}.`);
}

/**
 * Opens the app as the account owner and, when it shows the agreement, accepts it: the page is loaded as Shopify loads
 * it into its frame, and the form goes back as the browser sends it.
 *
 * @param privacyContact the address for privacy matters, unless the page suggests one.
 */
export async function acceptAgreement(places: MerchantPlaces, privacyContact: string): Promise<void> {
  const page = await openApp(places);
  if (page.path !== ONBOARDING_PATH) return;
  const fields = hiddenFieldsOf(page.html);
  if (fields.get('intent') !== 'accept') throw new Error('The first page has no form to accept the agreement with.');
  if ((fields.get('contactEmail') ?? '') === '') fields.set('contactEmail', privacyContact);
  const response = await fetch(`${places.appOrigin}${ONBOARDING_PATH}.data`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await sessionToken(places)}`, 'user-agent': BROWSER },
    body: fields,
  });
  await response.arrayBuffer();
  const next = await openApp(places);
  if (next.path === ONBOARDING_PATH) throw new Error('The agreement was not accepted.');
}

/** Loads the app's first page as Shopify does, following where it leads. */
async function openApp(places: MerchantPlaces): Promise<{ path: string; html: string }> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(AGAIN_AFTER_MS)) {
    const response = await loadApp(places);
    const html = await response.text();
    const { pathname } = new URL(response.url);
    if (response.ok && pathname.startsWith('/app/')) return { path: pathname, html };
    // A program may have been started again just now.
    if (Date.now() > deadline) throw new Error(`The app does not open: ${pathname} answered ${response.status}.`);
  }
}

async function loadApp(places: MerchantPlaces): Promise<Response> {
  const { appOrigin, shop } = places;
  const url = new URL('/', appOrigin);
  url.search = new URLSearchParams({
    embedded: '1',
    host: Buffer.from(`admin.shopify.com/store/${handleOf(shop)}`).toString('base64'),
    id_token: await sessionToken(places),
    locale: 'en',
    shop,
  }).toString();
  return fetch(url, { headers: { 'user-agent': BROWSER, accept: 'text/html' } });
}

async function sessionToken({ adminOrigin, shop }: MerchantPlaces): Promise<string> {
  const response = await fetch(`${adminOrigin}/api/id-token?store=${handleOf(shop)}`);
  return ((await response.json()) as { token: string }).token;
}

/** The fields of the first form of a page that has a field named `intent`, with what stands in them. */
function hiddenFieldsOf(html: string): URLSearchParams {
  const form = html.match(/<form\b.*?<\/form>/gs)?.find((text) => text.includes('value="accept"')) ?? '';
  const fields = new URLSearchParams();
  for (const [input] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = attributeOf(input, 'name');
    if (name !== null) fields.set(name, attributeOf(input, 'value') ?? '');
  }
  return fields;
}

function attributeOf(tag: string, name: string): string | null {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll('&#x27;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&') ?? null;
}

function handleOf(shop: string): string {
  return shop.replace(/\.myshopify\.com$/, '');
}
