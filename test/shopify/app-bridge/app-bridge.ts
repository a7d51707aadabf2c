/**
 * App Bridge's part in the browser, played offline. Written from its public documentation; it shares no code with
 * Shopify's script. Served by the stand-in in the place of https://cdn.shopify.com/shopifycloud/app-bridge.js.
 */
import { appPath, config } from './config.ts';
import { wrapFetch } from './fetch.ts';
import { adminOrigin, idToken, isFramed, openTop, tellAdmin } from './host.ts';
import { NavMenuElement, TitleBarElement, watchLocation } from './menu.ts';
import { ModalElement } from './modal.ts';
import { SaveBarElement, watchForms } from './save-bar.ts';
import { shopify } from './shopify-global.ts';

/** `shopify://admin/orders/1` and `shopify:admin/orders/1` as an address of the admin page. */
function adminAddress(href: string): string | null {
  const path = /^shopify:(?:\/\/)?admin\/(.*)$/.exec(href)?.[1];
  const store = config.shop?.replace(/\.myshopify\.com$/, '');
  return path === undefined || store === undefined ? null : `${adminOrigin}/store/${store}/${path}`;
}

/** Addresses of the admin leave the frame, by a click or by window.open. */
function leadOut(): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    const address = adminAddress(link?.getAttribute('href') ?? '');
    if (address === null) return;
    event.preventDefault();
    openTop(address);
  });
  const original = window.open.bind(window);
  window.open = (url, target, features) => {
    const href = String(url ?? '');
    const address = adminAddress(href) ?? (href.startsWith(adminOrigin) && target === '_top' ? href : null);
    if (address === null) return original(url, target, features);
    openTop(address);
    return null;
  };
}

/** The bounce page has no content: it fetches a token and goes where it was told. */
async function bounce(reload: string): Promise<void> {
  const destination = new URL(reload, window.location.href);
  destination.searchParams.set('id_token', await idToken());
  window.location.replace(destination);
}

function start(): void {
  if (Object.hasOwn(window, 'shopify')) return;
  Object.assign(window, { shopify });
  const store = config.shop?.replace(/\.myshopify\.com$/, '');
  if (!isFramed && store !== undefined && config.host !== undefined) {
    // As the real one does: an embedded app opened on its own goes back into the admin.
    window.location.replace(`${adminOrigin}/store/${store}/apps/${config.apiKey}${appPath()}`);
    return;
  }
  tellAdmin({ type: 'hello' });
  const reload = new URLSearchParams(window.location.search).get('shopify-reload');
  if (reload !== null) return void bounce(reload);

  wrapFetch();
  leadOut();
  watchLocation();
  watchForms();
  customElements.define('ui-nav-menu', NavMenuElement);
  customElements.define('s-app-nav', class extends NavMenuElement {});
  customElements.define('ui-title-bar', TitleBarElement);
  customElements.define('ui-save-bar', SaveBarElement);
  customElements.define('ui-modal', ModalElement);
}

start();
