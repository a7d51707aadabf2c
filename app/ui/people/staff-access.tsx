import { createContext, useContext } from 'react';

import type { Right } from '#app/access/roles.ts';
import type { StaffAccess } from '#app/access/staff-access.ts';

/** For every component below the app's frame. */
export const StaffAccessContext = createContext<StaffAccess>({
  role: 'analyst',
  rights: [],
  ask: [],
  usualPurpose: 'customer-service',
});

export function useStaffAccess(): StaffAccess {
  return useContext(StaffAccessContext);
}

export function useMay(right: Right): boolean {
  return useStaffAccess().rights.includes(right);
}
