import type { Shop } from '../world/shops.ts';
import { html, type Html } from './html.ts';
import { ICONS } from './icons.ts';
import { layout, standInLabel } from './layout.ts';

function card(shop: Shop): Html {
  const pictures = [0, 2, 16, 11, 21]
    .flatMap((at) => shop.products[at] ?? [])
    .map(
      (product) =>
        html`<img
          src="${product.imageUrl.replace('https://cdn.shopify.com', '/cdn')}"
          alt=""
          width="56"
          height="56"
        />`,
    );
  const action = shop.installed
    ? html`<a class="button primary" href="/store/${shop.handle}/apps/cart-insights">Open admin</a>`
    : html`<a class="button" href="/store/${shop.handle}/apps/cart-insights">Install app…</a>`;
  return html`<li class="card shop">
    <div class="shop-head">
      <h2>${shop.name}</h2>
      <span class="badge ${shop.installed ? 'good' : ''}"
        >${shop.installed ? 'App installed' : 'App not installed'}</span
      >
    </div>
    <p class="quiet">${shop.domain}</p>
    <div class="pictures">${pictures}</div>
    <p class="quiet">
      ${shop.products.length} products · ${shop.customers.length} customers · ${shop.currencyCode} ·
      ${shop.ianaTimezone}
    </p>
    ${action}
  </li>`;
}

/** The first page: which shop to look at. */
export function shopsPage(shops: readonly Shop[]): Html {
  return layout(
    'Shops · stand-in for Shopify admin',
    html`<span class="brand">${ICONS.store} Shops</span><span class="grow"></span>${standInLabel}`,
    html`<main class="shops">
      <h1>Choose a shop</h1>
      <p class="lead">
        This page plays the part of Shopify admin, so that Cart Insights can be tried without an account and without a
        network. The shops, the people and the things they buy are made up; the app behind is the real one.
      </p>
      <ul>
        ${shops.map(card)}
      </ul>
    </main>`,
  );
}
