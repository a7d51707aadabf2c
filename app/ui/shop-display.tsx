import { createContext, useContext } from 'react';

import type { ShopDisplay } from '#app/access/staff.ts';

/** How the shop writes times and money; for every component below the app's frame. */
export const ShopDisplayContext = createContext<ShopDisplay>({
  timeZone: null,
  currency: null,
  moneyFormat: null,
  idleAfterMinutes: 60,
});

export function useShopDisplay(): ShopDisplay {
  return useContext(ShopDisplayContext);
}
