/** Somebody with access to a shop's admin. */
export interface StaffMember {
  readonly id: number;
  /** How the stand-in's admin page and the tests call them. */
  readonly role: 'owner' | 'staff';
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly accountOwner: boolean;
  readonly locale: string;
}

/** An account owner and one other staff member, the same at every start. */
export function createStaff(shopNumber: number, locale: string): StaffMember[] {
  const names: ReadonlyArray<readonly [string, string]> =
    shopNumber === 1
      ? [
          ['Maude', 'Lachance'],
          ['Theo', 'Bergeron'],
        ]
      : [
          ['Jette', 'Sommerfeld'],
          ['Milan', 'Kastner'],
        ];
  return names.map(([firstName, lastName], index) => ({
    id: 98_765_000_000 + shopNumber * 1_000 + index,
    role: index === 0 ? 'owner' : 'staff',
    firstName,
    lastName,
    email: `${firstName}.${lastName}@example.com`.toLowerCase(),
    accountOwner: index === 0,
    locale,
  }));
}
