import { PURPOSES, type Purpose } from '#app/privacy/purposes.ts';

const FIELDS: Readonly<Record<string, string>> = {
  sealed: 'Everything in it',
  email: 'E-mail',
  customerId: 'Customer number',
  orderId: 'Order number at Shopify',
  orderName: 'Order',
  countryCode: 'Country code',
  provinceCode: 'Province or state code',
  province: 'Province or state',
  unitMinor: 'Price',
  lineMinor: 'Total',
  valueMinor: 'Value',
  lines: 'Items',
  title: 'Item',
  variantTitle: 'Variant',
  quantity: 'Quantity',
  number: 'Number in this copy',
  person: 'Person number',
  cart: 'Cart number',
  total: 'Total as Shopify told it',
  personEvidence: 'How we knew whose it is',
  cartEvidence: 'How we knew which cart it was',
  dueAt: 'Answer due',
  held: 'Anything could be held',
  orderIds: 'Orders named',
};

const SECTIONS: Readonly<Record<string, string>> = {
  identity: 'Who you are',
  carts: 'Your carts',
  cartStates: 'What was in your carts, over time',
  checkouts: 'Your checkouts',
  orders: 'Your orders',
  requests: 'Your requests',
  copies: 'Copies you were given before',
  requestSteps: 'What was done about your requests',
  waitingProfiles: 'Changes to your profile that are not sorted in',
};

const ROLES: Readonly<Record<string, string>> = {
  staff: 'Staff of the shop',
  owner: 'Owner of the shop',
  support: 'Customer service of the shop',
  analyst: 'Analyst of the shop',
  auditor: 'Auditor of the shop',
  system: 'The app itself',
  operator: 'Operator of the app',
  link: 'You, by a link',
};

/** What stands in the copy that a person gets. */
export const packageTexts = {
  title: 'What is held about you',
  intro: (shop: string, when: string) =>
    `This is a copy of everything that the app Cart Insights holds about you for the shop ${shop}, as of ${when}. The shop decides what happens with this data; the app processes it on the shop’s behalf. Times are UTC.`,
  scope: {
    everything: 'It covers everything that is held, however old.',
    since: (when: string) => `It covers what changed since ${when}. Ask the shop for older data too, if you want it.`,
  },
  waiting:
    'Not in it is what Shopify told the app and the app has not sorted in yet: for seconds as a rule. A message that could not be read lies locked for seven days at most, then it is destroyed. Changes to your profile that belong to no cart the app knows are listed below, where there are any; they are kept for seven days, unless a cart of yours comes meanwhile.',
  why: 'Why the shop holds it',
  recipients: 'Who else was given it',
  noRecipients: 'Nobody. Nothing of this was passed on by the app.',
  kept: (term: string) => `How long it is kept: ${term}.`,
  empty: 'Nothing is held here.',
  background: 'Purpose, legal ground and origin of each field',
  fieldColumns: ['Field', 'Purpose', 'Legal ground', 'Where it comes from'],
  withheld: 'Not given out',
  looked: 'Who looked at it',
  nobodyLooked: 'Nobody has opened any of it so far.',
  lookedIntro:
    'Every time somebody opened something of it, with the purpose they had to state and what was opened. The role is the one they have today.',
  lookColumns: ['When', 'For which purpose', 'Role', 'Who', 'What was opened'],
  rights: 'Your rights',
  rightsText: (shop: string) =>
    `You can ask the shop ${shop} to correct this data, to erase it, to stop using it, or to hand it over in this form; and you can complain to a data protection authority. Write to the shop: it decides, and the app carries out what it decides.`,
  field: (name: string) => FIELDS[leaf(name)] ?? sentence(leaf(name)),
  section: (name: string) => SECTIONS[name] ?? sentence(name),
  purpose: (name: string) => (name in PURPOSES ? PURPOSES[name as Purpose].title : sentence(name)),
  role: (name: string) => ROLES[name] ?? sentence(name),
  /** How one of several members of staff is told apart from the others without a name. */
  staffNumber: (number: number) => `Staff member ${String(number)}`,
};

/** A field without a word of its own says its name: one that is declared tomorrow is readable all the same. */
function sentence(name: string): string {
  const words = name.replace(/[-_]/g, ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function leaf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
