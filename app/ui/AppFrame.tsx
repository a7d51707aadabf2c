import { NavMenu } from '@shopify/app-bridge-react';
import { Link, useLocation, useNavigation } from '@remix-run/react';
import { useEffect, useState, type ReactNode } from 'react';

import type { Right } from '#app/access/roles.ts';
import type { StaffAccess } from '#app/access/staff-access.ts';
import type { ShopDisplay } from '#app/access/staff.ts';
import { StaffAccessContext } from '#app/ui/people/staff-access.tsx';
import { PageSkeleton } from '#app/ui/PageSkeleton.tsx';
import { ShopDisplayContext } from '#app/ui/shop-display.tsx';
import { texts } from '#app/ui/texts/texts.ts';

/** A page that comes at once is not announced by a skeleton. */
const PATIENCE_MS = 150;

interface AppFrameProps {
  readonly shop: ShopDisplay;
  readonly access: StaffAccess;
  readonly isOnboarded: boolean;
  readonly children: ReactNode;
}

/** Around every page of the app: Shopify's menu, the shop's ways of writing, and the skeleton of the page to come. */
export function AppFrame({ shop, access, isOnboarded, children }: AppFrameProps) {
  const coming = useComingPath();
  const may = (right: Right) => isOnboarded && access.rights.includes(right);
  return (
    <StaffAccessContext.Provider value={access}>
      <ShopDisplayContext.Provider value={shop}>
        <NavMenu>
          <Link to="/app" rel="home">
            {texts.appName}
          </Link>
          {may('carts') && <Link to="/app/carts">{texts.nav.carts}</Link>}
          {may('customers') && <Link to="/app/customers">{texts.nav.customers}</Link>}
          {may('requests') && <Link to="/app/requests">{texts.nav.requests}</Link>}
          {may('access-log') && <Link to="/app/access-log">{texts.nav.accessLog}</Link>}
          {isOnboarded && <Link to="/app/agreement">{texts.nav.agreement}</Link>}
          {may('settings') && <Link to="/app/settings/retention">{texts.nav.retention}</Link>}
          {may('roles') && <Link to="/app/settings/roles">{texts.nav.roles}</Link>}
        </NavMenu>
        <main>{coming === null ? children : <PageSkeleton path={coming} />}</main>
      </ShopDisplayContext.Provider>
    </StaffAccessContext.Provider>
  );
}

/** The path that is being loaded, once it has taken a moment; null otherwise, and for a new view of the same page. */
function useComingPath(): string | null {
  const { state, location: next } = useNavigation();
  const { pathname } = useLocation();
  const path = state === 'loading' && next.pathname !== pathname ? next.pathname : null;
  const [coming, setComing] = useState<string | null>(null);
  useEffect(() => {
    if (path === null) {
      setComing(null);
      return;
    }
    const timer = setTimeout(() => setComing(path), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [path]);
  return path === null ? null : coming;
}
