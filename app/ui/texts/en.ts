import type { CartStatus } from '#app/carts/status.ts';
import type { CartView } from '#app/carts/views.ts';
import { accessTexts } from '#app/ui/texts/access.ts';

/**
 * The texts of the first pages and of what all pages share, in English. Another language is another object of the type
 * {@link Texts}. Further pages have a chapter of their own in this folder, which they take in themselves: nobody fetches
 * the words of pages they do not open.
 */
export const en = {
  appName: 'Cart Insights',
  nav: {
    carts: 'Carts',
    customers: 'Customers',
    requests: 'Requests',
    accessLog: 'Access log',
    agreement: 'Agreement',
    retention: 'Retention',
    roles: 'Roles',
  },
  common: {
    loading: 'Loading',
    none: '–',
    carts: { singular: 'cart', plural: 'carts' },
  },

  person: {
    customer: (code: string) => `Customer ${code}`,
    guest: 'Guest',
    guestCart: 'Guest cart',
  },

  status: {
    label: {
      active: 'Active',
      checkout: 'In checkout',
      abandoned: 'Abandoned',
      converted: 'Converted',
      empty: 'Empty',
    } satisfies Record<CartStatus, string>,
    cancelled: 'Order cancelled',
    /** What a screen reader says before a badge, in the place of its colour. */
    spoken: 'Status:',
    definition: (status: CartStatus, idleAfterMinutes: number): string =>
      ({
        active: `Active: has items and changed within the last ${minutes(idleAfterMinutes)}.`,
        checkout: `In checkout: active, and the shopper has begun to check out.`,
        abandoned: `Abandoned: has items, no order, and no change for ${minutes(idleAfterMinutes)}.`,
        converted: 'Converted: an order was placed. It stays converted when the order is cancelled later.',
        empty: 'Empty: everything was taken out again.',
      })[status],
  },

  carts: {
    title: 'Carts',
    views: {
      all: 'All',
      active: 'Active',
      abandoned: 'Abandoned',
      converted: 'Converted',
    } satisfies Record<CartView, string>,
    columns: {
      person: 'Customer',
      status: 'Status',
      items: 'Items',
      value: 'Value',
      lastChanged: 'Last changed',
    },
    items: (count: number) => `${String(count)} ${count === 1 ? 'item' : 'items'}`,
    openCart: (person: string, items: number, changed: string) =>
      `${person}, ${String(items)} ${items === 1 ? 'item' : 'items'}, last changed ${changed}`,
    searchPlaceholder: 'Search by customer code, such as 7F3K',
    searchHelp: 'Search carts',
    newer: (begun: number, moved: number): string => {
      if (begun === 0) return `${upTo99(moved)} ${moved === 1 ? 'cart has' : 'carts have'} changed`;
      const fresh = `${upTo99(begun)} new ${begun === 1 ? 'cart' : 'carts'}`;
      return moved === 0 ? fresh : `${fresh}, ${upTo99(moved)} changed`;
    },
    newest: 'Newest',
    older: 'Older',
    definitions: 'What the statuses mean',
    privacyNote:
      'Names are hidden until they are shown for a purpose, which is noted in the access log. A customer keeps the same code on every page, so you can talk about them.',
    privacyNoteShown: 'Names are shown to you only. That this page was opened with names is noted in the access log.',
    firstUse: {
      heading: 'Your carts will appear here',
      body: 'As soon as a shopper puts something into a cart, it shows up on this page within seconds.',
      before:
        'Carts from before the installation cannot be fetched: Shopify tells only of changes that happen from now on.',
    },
    noResults: {
      heading: 'No carts found',
      body: {
        all: 'No cart belongs to a customer with this code.',
        active: 'Nobody is shopping at the moment. A cart appears here as soon as one changes.',
        abandoned: 'No cart is abandoned at the moment.',
        converted: 'No cart has become an order yet.',
      } satisfies Record<CartView, string>,
      withCode: 'Check the code and the tab: only carts of this status and customer are searched.',
      clear: 'Clear search',
    },
  },

  live: {
    live: (heard: string) => `Live · last heard ${heard}`,
    liveNothingYet: 'Live · nothing heard yet',
    trying: (heard: string) => `Not live: trying again · last heard ${heard}`,
    tryingNothingYet: 'Not live: trying again',
    signedOut: 'Not live: open the app again from Shopify admin',
    paused: 'Paused',
    pause: 'Pause',
    resume: 'Resume',
    pauseLabel: 'Pause live updates',
    resumeLabel: 'Resume live updates',
  },

  cart: {
    back: 'Carts',
    contents: 'Contents',
    contentsFromCheckout: 'As the checkout held them: this cart never told its contents itself.',
    contentsFromOrder: 'As ordered: this cart never told its contents itself.',
    noContents: 'There is nothing in this cart.',
    untitledItem: 'Item without a name',
    quantityTimes: (quantity: number, unit: string) => `${String(quantity)} × ${unit}`,
    linePrice: 'Total',
    total: 'Total',
    totalCharged: 'With tax and shipping',
    showChange: 'This cart has changed: show it',

    timeline: 'Timeline',
    timelineCut: (count: number) => `The newest ${String(count)} states are shown.`,
    started: 'Cart started',
    startedEmpty: 'Cart started, empty',
    added: (item: string, quantity: number) => `Added ${String(quantity)} × ${item}`,
    removed: (item: string, quantity: number) => `Removed ${String(quantity)} × ${item}`,
    quantityChanged: (item: string, from: number, to: number) => `${item}: ${String(from)} → ${String(to)}`,
    priceChanged: (item: string, from: string, to: string) => `${item}: price ${from} → ${to}`,
    checkoutStarted: 'Checkout started',
    checkoutDeleted: 'Checkout deleted',
    orderPlaced: (name: string | null) => (name === null ? 'Order placed' : `Order ${name} placed`),
    orderCancelled: (name: string | null) => (name === null ? 'Order cancelled' : `Order ${name} cancelled`),

    person: 'Person',
    guestExplained: 'Nobody has said yet whose cart this is. It is joined to a customer when they log in or check out.',
    nameHidden: 'Name and e-mail are hidden until they are shown for a purpose.',
    noName: 'Neither name nor e-mail is known, or they are hidden by the rules of this shop.',
    allCarts: 'All carts of this customer',
    evidence: {
      'customer-id': 'Certain: Shopify named the customer at checkout.',
      email: 'Likely: matched by the e-mail typed at checkout.',
    },
    checkoutAndOrder: 'Checkout and order',
    noCheckout: 'No checkout yet.',
    checkout: 'Checkout',
    checkoutCompleted: 'Completed',
    order: 'Order',
    unnamedOrder: 'Order',
    placedAt: 'Placed',
    startedAt: 'Started',
    cancelledAt: 'Cancelled',
    orderEvidence: {
      'cart-token': 'Matched by cart token: certain.',
      'checkout-token': 'Matched through the checkout: certain.',
    },
    place: 'Ships to',
    noPlace: 'Not known yet. Country and province appear when the shopper enters them at checkout.',
    recorded: 'Opening this cart was noted in the access log.',
  },

  access: accessTexts,

  time: {
    now: 'just now',
    seconds: (count: number) => `${String(count)} s ago`,
    minutes: (count: number) => `${String(count)} min ago`,
    hours: (count: number) => `${String(count)} h ago`,
  },

  errors: {
    title: 'This page could not be shown',
    body: 'Something went wrong on our side. Nothing was lost: what was recorded is still there.',
    retry: 'Try again',
    busyTitle: 'A little too fast',
    busyBody:
      'More was asked for within a minute than one person’s pages need, so this one waits. Nothing was lost. Close pages you do not need and try again in a minute.',
    unrecordedTitle: 'Not shown, because it could not be recorded',
    unrecordedBody:
      'Cart Insights opens what is personal only once it is written down who looked. That record could not be written just now, so nothing was opened. Nothing was lost; try again in a minute.',
    offlineTitle: 'No connection',
    offlineBody: 'Cart Insights could not be reached. Check your connection; nothing was lost.',
    notFoundTitle: 'There is no such page',
    notFoundBody: 'It may have been removed, or the address is not complete.',
    toCarts: 'Go to carts',
    deniedTitle: 'You cannot open this page',
    deniedBody:
      'Cart Insights is not installed in this shop any more, or your Shopify account has no access to it. Open it again from Apps in Shopify admin, or ask the owner of the shop.',
    openFromAdminTitle: 'Open Cart Insights from Shopify admin',
    openFromAdminBody:
      'Cart Insights runs inside your Shopify admin. Open it there under Apps; if it is missing, install it from the Shopify App Store.',
  },
};

/** The shape of the catalogue: another language has to say all of it. */
export type Texts = typeof en;

function minutes(count: number): string {
  return count === 1 ? 'minute' : `${String(count)} minutes`;
}

function upTo99(count: number): string {
  return count > 99 ? '99+' : String(count);
}
