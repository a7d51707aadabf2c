import type { Activity } from '../storefront/activity.ts';

/** Answer of `GET /api/shops/:handle/activity`. */
export interface ShopActivity {
  readonly shoppers: number;
  readonly lines: readonly Activity[];
  readonly webhooks: { readonly delivered: number; readonly failed: number };
}
