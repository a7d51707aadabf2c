import type { Shop } from '../world/shops.ts';
import type { StaffMember } from '../world/staff.ts';
import { html, type Html } from './html.ts';
import { ICONS } from './icons.ts';
import { layout, standInLabel } from './layout.ts';
import { wordsOfScope } from './scope-words.ts';

export interface StorePage {
  readonly shop: Shop;
  readonly staff: StaffMember;
  readonly scopes: readonly string[];
  /** Address of the framed app; null while it is not installed. */
  readonly frameUrl: string | null;
  /** The app's origin: the only one the page listens to. */
  readonly appOrigin: string;
  /** Something of the admin that is not played, instead of the app. */
  readonly elsewhere: string | null;
}

const roleName = (role: StaffMember['role']) => (role === 'owner' ? 'Account owner' : 'Staff');

function topBar({ shop, staff }: StorePage): Html {
  const members = shop.staff.map(
    (member) =>
      html`<option value="${member.role}" ${member === staff ? html`selected` : ''}>
        ${member.firstName} ${member.lastName} · ${roleName(member.role)}
      </option>`,
  );
  return html`<button class="icon-button menu-button" type="button" aria-expanded="false" aria-controls="side">
      ${ICONS.menu}<span class="hidden">Menu</span>
    </button>
    <a class="brand" href="/">${ICONS.store} <span>${shop.name}</span></a>
    <span class="grow"></span>
    ${standInLabel}
    <label class="staff"
      ><span class="hidden">Logged in as</span
      ><select id="staff">
        ${members}
      </select></label
    >
    <div class="save-bar" hidden>
      <span>Unsaved changes</span><span class="grow"></span>
      <button type="button" class="dark-button" data-save="discard">Discard</button>
      <button type="button" class="dark-button light" data-save="save">Save</button>
    </div>
    <div class="progress" hidden></div>`;
}

function shoppersPanel(shop: Shop): Html {
  return html`<section class="panel" aria-labelledby="shoppers-title">
    <div class="panel-head">
      <h2 id="shoppers-title">Shoppers</h2>
      <div class="stepper" role="group" aria-label="How many people are shopping">
        <button type="button" data-shoppers="-1" aria-label="One shopper less">−</button>
        <output id="shoppers">0</output>
        <button type="button" data-shoppers="1" aria-label="One shopper more">+</button>
      </div>
    </div>
    <p class="quiet" id="shoppers-hint">Nobody is shopping at ${shop.name}. Press + to let people in.</p>
    <ol class="activity" id="activity" aria-label="What shoppers just did"></ol>
    <p class="quiet" id="webhooks"></p>
  </section>`;
}

function shopifyPanel(shop: Shop): Html {
  const people = shop.customers.map(
    (customer) => html`<option value="${customer.id}">${customer.firstName} ${customer.lastName}</option>`,
  );
  return html`<details class="panel">
    <summary>Play Shopify</summary>
    <label class="field"
      >Customer
      <select id="subject">
        ${people}
      </select></label
    >
    <button type="button" class="button wide" data-compliance="customers/data_request">
      Customer wants their data
    </button>
    <button type="button" class="button wide" data-compliance="customers/redact">Redact customer</button>
    <button type="button" class="button wide" data-compliance="shop/redact">Redact shop</button>
    <button type="button" class="button wide danger" id="uninstall">Uninstall app</button>
    <p class="quiet" id="played" role="status"></p>
  </details>`;
}

function installCard({ shop, scopes }: StorePage): Html {
  const rights = scopes.map((scope) => html`<li>${wordsOfScope(scope)} <code>${scope}</code></li>`);
  return html`<div class="centre">
    <div class="card install">
      <span class="app-icon large">${ICONS.cart}</span>
      <h1>Install Cart Insights</h1>
      <p>Cart Insights will be able to do this in <strong>${shop.name}</strong>:</p>
      <ul>
        ${rights}
      </ul>
      <button type="button" class="button primary wide" id="install">Install app</button>
    </div>
  </div>`;
}

function appArea(page: StorePage): Html {
  if (page.elsewhere !== null) {
    return html`<div class="centre">
      <div class="card install">
        <h1>Not played here</h1>
        <p>In Shopify this link leads to <code>${page.elsewhere}</code>. The stand-in has no such page.</p>
        <a class="button wide" href="/store/${page.shop.handle}/apps/cart-insights?as=${page.staff.role}"
          >Back to the app</a
        >
      </div>
    </div>`;
  }
  if (page.frameUrl === null) return installCard(page);
  return html`<div class="title-bar">
      <span class="app-icon">${ICONS.cart}</span><span class="app-name">Cart Insights</span>
      <span id="page-title"></span><span class="grow"></span><span id="title-actions"></span>
    </div>
    <iframe id="app" name="app-iframe" title="Cart Insights" src="${page.frameUrl}" allow="clipboard-write"></iframe>`;
}

/** A shop's admin with the app in its frame. */
export function storePage(page: StorePage): Html {
  const { shop, staff } = page;
  const home = `/store/${shop.handle}/apps/cart-insights`;
  return layout(
    `${shop.name} · stand-in for Shopify admin`,
    topBar(page),
    html`<div
        class="store"
        id="store"
        data-handle="${shop.handle}"
        data-role="${staff.role}"
        data-app-origin="${page.appOrigin}"
        data-installed="${page.frameUrl === null ? 'no' : 'yes'}"
      >
        <nav class="side" id="side" aria-label="Shopify admin">
          <a class="item" href="/">${ICONS.back} All shops</a>
          <p class="group">Apps</p>
          <a class="item current" href="${home}?as=${staff.role}" id="app-home">${ICONS.cart} Cart Insights</a>
          <ul class="links" id="app-links"></ul>
          ${page.frameUrl === null ? '' : html`${shoppersPanel(shop)}${shopifyPanel(shop)}`}
          <p class="note">
            This page plays the part of Shopify admin. Everything here is made up and stays on this machine.
          </p>
        </nav>
        <button type="button" class="backdrop" tabindex="-1" aria-label="Close the menu"></button>
        <main class="app">${appArea(page)}</main>
      </div>
      <div class="toasts" id="toasts" role="status" aria-live="polite"></div>`,
  );
}
