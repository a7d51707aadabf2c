/** An account owner and colleagues: what the app lets each do is the app's to decide. */
export const STAFF_ROLES = ['owner', 'staff', 'second-staff', 'third-staff'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** Somebody with access to a shop's admin. */
export interface StaffMember {
  readonly id: number;
  /** How the stand-in's admin page and the tests call them. */
  readonly role: StaffRole;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly accountOwner: boolean;
  readonly locale: string;
}

/** An account owner and three other staff members, the same at every start. */
export function createStaff(shopNumber: number, locale: string): StaffMember[] {
  const names: ReadonlyArray<readonly [string, string]> =
    shopNumber === 1
      ? [
          ['Maude', 'Lachance'],
          ['Theo', 'Bergeron'],
          ['Inès', 'Caron'],
          ['Paul', 'Dubé'],
        ]
      : [
          ['Jette', 'Sommerfeld'],
          ['Milan', 'Kastner'],
          ['Lena', 'Arndt'],
          ['Aron', 'Weiss'],
        ];
  return names.map(([firstName, lastName], index) => ({
    id: 98_765_000_000 + shopNumber * 1_000 + index,
    role: STAFF_ROLES[index] ?? 'staff',
    firstName,
    lastName,
    email: `${plain(firstName)}.${plain(lastName)}@example.com`,
    accountOwner: index === 0,
    locale,
  }));
}

/** Without accents and in lower case, as people write themselves into an address. */
function plain(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
