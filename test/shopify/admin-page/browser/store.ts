/** What the page knows about the shop it shows; written into the page by store-page.ts. */
const root = document.querySelector<HTMLElement>('#store');

export const store = root && {
  handle: root.dataset['handle'] ?? '',
  role: root.dataset['role'] ?? 'owner',
  appOrigin: root.dataset['appOrigin'] ?? '',
  installed: root.dataset['installed'] === 'yes',
};
export type Store = NonNullable<typeof store>;

export function byId<T extends HTMLElement>(id: string): T | null {
  return document.querySelector<T>(`#${id}`);
}

export const appHome = (shop: Store): string => `/store/${shop.handle}/apps/cart-insights`;

/** Calls the stand-in's own API about this shop. */
export async function call(shop: Store, action: string, body?: Record<string, unknown>): Promise<unknown> {
  const post: RequestInit | undefined = body && { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(`/api/shops/${shop.handle}/${action}`, post);
  return response.json();
}
