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
    cartOf: (code: string) => `Cart of customer ${code}`,
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
    count: (count: number) => count.toLocaleString('en'),
    items: (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'item' : 'items'}`,
    openCart: (person: string, items: number, changed: string) =>
      `${person}, ${String(items)} ${items === 1 ? 'item' : 'items'}, last changed ${changed}`,
    searchIn: {
      all: 'Search by customer code, such as 7F3K',
      active: 'Search active carts by customer code',
      abandoned: 'Search abandoned carts by customer code',
      converted: 'Search converted carts by customer code',
    } satisfies Record<CartView, string>,
    searchHelp: 'Search carts',
    waiting: (begun: number, moved: number): string => {
      if (begun === 0) return `${upTo99(moved)} ${moved === 1 ? 'cart has' : 'carts have'} changed`;
      const fresh = `${upTo99(begun)} new ${begun === 1 ? 'cart' : 'carts'}`;
      return moved === 0 ? fresh : `${fresh}, ${upTo99(moved)} changed`;
    },
    newest: 'Newest',
    newer: 'Newer',
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
      withCode: (view: string) => `No cart under ${view} belongs to a customer with this code.`,
      searchAll: 'Search all carts',
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

  access: accessTexts,

  time: {
    now: 'just now',
    seconds: (count: number) => `${String(count)} s ago`,
    minutes: (count: number) => `${String(count)} min ago`,
    hours: (count: number) => `${String(count)} h ago`,
  },

  errors: {
    title: 'This page could not be shown',
    body: 'Something went wrong. Nothing was lost: what was recorded is still there.',
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
    toStart: 'Go to the start page',
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
