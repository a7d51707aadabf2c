import { Html } from './html.ts';

const icon = (paths: string): Html =>
  new Html(
    `<svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`,
  );

export const ICONS = {
  store: icon(
    '<path d="M3.5 8.5v7h13v-7M2.5 8 4 3.5h12L17.5 8a2.5 2.5 0 0 1-5 0 2.5 2.5 0 0 1-5 0 2.5 2.5 0 0 1-5 0z"/><path d="M8 15.500v-3.500h4v3.500"/>',
  ),
  cart: icon(
    '<path d="M2.500 3.500h2l1.800 9h8.400l1.800-6.500H5"/><circle cx="7.500" cy="16" r="1"/><circle cx="13.500" cy="16" r="1"/>',
  ),
  people: icon(
    '<circle cx="7" cy="7" r="2.700"/><path d="M2 16c.500-3 2.500-4.500 5-4.500s4.500 1.500 5 4.500"/><path d="M12.500 4.600a2.700 2.700 0 0 1 0 4.800M14.200 11.900c2 .500 3.300 1.900 3.800 4.100"/>',
  ),
  menu: icon('<path d="M3 5.500h14M3 10h14M3 14.500h14"/>'),
  back: icon('<path d="M12 4.500 6.500 10l5.500 5.500"/>'),
} as const;
