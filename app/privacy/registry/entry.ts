import type { LawfulBasis, Purpose } from '#app/privacy/purposes.ts';
import type { RetentionClass } from '#app/privacy/retention.ts';
import type { Topic } from '#app/shopify/topics.ts';

/**
 * - `personal`: says who somebody is or what they did, readable by whoever has the key.
 * - `pseudonymous`: about one person, but says who only to somebody who holds a key or other rows.
 * - `shop`: about the merchant. Staff of the shop are people: what is theirs is `personal`.
 * - `technical`: about nobody.
 */
export type DataClass = 'personal' | 'pseudonymous' | 'shop' | 'technical';

/** Shopify's levels of protected customer data: 2 is name, address, e-mail, phone; 1 anything else about a customer. */
export type ShopifyLevel = 0 | 1 | 2;

/** Where a value comes from: a field of a webhook's body, or something else in words. */
export type Source =
  | { readonly topics: readonly Topic[]; readonly path: string }
  | {
      readonly origin: 'shopify-header' | 'shopify-admin-api' | 'shopify-session' | 'merchant' | 'ours';
      readonly what: string;
    };

/** Who gets to see it: everybody on staff; whoever opens the page, on record; only for a stated purpose; nobody. */
export type Mask = 'shown' | 'opened-on-record' | 'revealed-for-purpose' | 'never-shown';

/** What becomes of it when the person it is about is erased. */
export type Erasure =
  | { readonly how: 'delete-row' }
  | {
      readonly how: 'destroy-key';
      readonly scope: 'cart' | 'checkout' | 'order' | 'person' | 'request' | 'day' | 'shop';
    }
  | { readonly how: 'set-null' }
  | { readonly how: 'keep'; readonly reason: string };

/** How it reaches the person who asks for a copy. */
export type Export = { readonly as: 'value' } | { readonly as: 'opened' } | { readonly withheld: string };

/** Everything that is known of a field before a value of it exists. */
export interface FieldEntry {
  readonly class: DataClass;
  readonly level: ShopifyLevel;
  readonly purposes: readonly Purpose[];
  /** Null for what is about nobody. */
  readonly basis: LawfulBasis | null;
  readonly sources: readonly Source[];
  readonly retention: RetentionClass;
  readonly mask: Mask;
  readonly erase: Erasure;
  readonly export: Export;
}

/** A column that holds bytes only a key opens; its contents are declared one by one, by the name they have inside. */
export interface SealedEntry extends FieldEntry {
  readonly contents: Readonly<Record<string, FieldEntry>>;
}

/** What all columns of a table share. */
export interface TableDefaults {
  readonly retention: RetentionClass;
  /** What becomes of a row when the person it is about is erased. */
  readonly erase: Erasure;
  readonly basis: LawfulBasis | null;
  readonly purposes: readonly Purpose[];
}

/** What a row can be about. `customer` is a customer's keyed reference; the others are our ids. */
export type SubjectKind = 'person' | 'cart' | 'checkout' | 'order' | 'customer';

export interface TableEntry<Columns> extends TableDefaults {
  /** Schema and name in the database. */
  readonly table: string;
  /** One sentence for the data map. */
  readonly about: string;
  /** Which columns (by their names in the database) say whose a row is: it goes with that subject, as `erase` says. */
  readonly rowsOf?: { readonly kind: SubjectKind; readonly columns: readonly string[] };
  /** Columns that point at a subject from a row that is somebody else's; emptied when the subject goes. */
  readonly links?: Readonly<Record<string, SubjectKind>>;
  readonly columns: Columns;
}

/** A value of Shopify's webhooks, by its path in the body. */
export function from(topics: readonly Topic[], ...paths: readonly string[]): Source[] {
  return paths.map((path) => ({ topics, path }));
}

export const OURS = (what: string): Source[] => [{ origin: 'ours', what }];
export const HEADER = (what: string): Source[] => [{ origin: 'shopify-header', what }];
export const ADMIN_API = (what: string): Source[] => [{ origin: 'shopify-admin-api', what }];
export const SESSION = (what: string): Source[] => [{ origin: 'shopify-session', what }];
export const MERCHANT = (what: string): Source[] => [{ origin: 'merchant', what }];

type Overrides = Partial<Omit<FieldEntry, 'class' | 'sources'>>;

/** The kinds of column a table can have; each starts from the table's defaults. */
export function columnsOf(defaults: TableDefaults) {
  const nothing = { level: 0, purposes: [], basis: null } as const;
  const { retention, erase, basis, purposes } = defaults;
  return {
    /** About nobody. */
    technical: (sources: readonly Source[], more: Overrides = {}): FieldEntry => ({
      class: 'technical',
      ...nothing,
      sources,
      retention,
      mask: 'never-shown',
      erase,
      export: { withheld: 'Says nothing about a person.' },
      ...more,
    }),
    /** About the merchant. */
    shop: (sources: readonly Source[], more: Overrides = {}): FieldEntry => ({
      class: 'shop',
      ...nothing,
      sources,
      retention,
      mask: 'shown',
      erase: { how: 'keep', reason: 'It is the merchant’s own, not a shopper’s.' },
      export: { withheld: 'Belongs to the merchant, who can export it.' },
      ...more,
    }),
    /** A time, count or amount of one person's doing. */
    trace: (sources: readonly Source[], more: Overrides = {}): FieldEntry => ({
      class: 'pseudonymous',
      level: 1,
      purposes,
      basis,
      sources,
      retention,
      mask: 'shown',
      erase,
      export: { as: 'value' },
      ...more,
    }),
    /** A random id of ours, or a keyed digest of an id, token or e-mail: a handle, of no meaning to anybody else. */
    handle: (sources: readonly Source[], more: Overrides = {}): FieldEntry => ({
      class: 'pseudonymous',
      level: 1,
      purposes,
      basis,
      sources,
      retention,
      mask: 'never-shown',
      erase,
      export: { withheld: 'A key of ours into our own tables; what it stands for is exported.' },
      ...more,
    }),
    /** Inside a seal: opened for a copy, erased with the key. */
    personal: (sources: readonly Source[], level: 0 | 1 | 2, more: Overrides = {}): FieldEntry => ({
      class: 'personal',
      level,
      purposes,
      basis,
      sources,
      retention,
      mask: level === 2 ? 'revealed-for-purpose' : 'opened-on-record',
      erase,
      export: { as: 'opened' },
      ...more,
    }),
  };
}

/** A sealed column: as strict as the strictest thing in it, and erased with the key. */
export function sealed(
  scope: (Erasure & { how: 'destroy-key' })['scope'],
  contents: Readonly<Record<string, FieldEntry>>,
): SealedEntry {
  const fields = Object.values(contents);
  const [first] = fields;
  if (first === undefined) throw new TypeError('A seal holds something');
  const erase = { how: 'destroy-key', scope } as const;
  return {
    class: 'personal',
    level: fields.reduce<ShopifyLevel>((level, field) => (field.level > level ? field.level : level), 0),
    purposes: [...new Set(fields.flatMap((field) => field.purposes))],
    basis: first.basis,
    sources: [{ origin: 'ours', what: 'its contents, sealed' }],
    retention: first.retention,
    mask: 'never-shown',
    erase,
    export: { as: 'opened' },
    contents: Object.fromEntries(Object.entries(contents).map(([name, field]) => [name, { ...field, erase }])),
  };
}
