/** The list of customers and the page of one. */
export const customerTexts = {
  title: 'Customers',
  columns: { person: 'Customer', carts: 'Carts', orders: 'Orders', lastChanged: 'Last cart', since: 'Known since' },
  resource: { singular: 'customer', plural: 'customers' },
  openCustomer: (person: string, carts: number, orders: number, cancelled: number) =>
    `${person}, ${counted(carts, 'cart')}, ${ordersOf(orders, cancelled)}`,
  carts: (count: number) => counted(count, 'cart'),
  orders: ordersOf,
  /** Below the number of all orders. */
  ofThemCancelled: (count: number) => `${String(count)} cancelled`,
  codeLabel: 'Customer code',
  codePlaceholder: 'Such as 7F3K',
  clear: 'Clear search',
  byEmail: 'Find by e-mail',
  emailLabel: 'E-mail address the customer gave you',
  emailHelp: 'The address is not stored. That you searched is noted in the access log.',
  find: 'Find',
  emailInvalid: 'Enter an e-mail address, such as jo@example.com.',
  found: (count: number) => (count === 1 ? 'One customer found.' : `${String(count)} customers found.`),
  foundNobody: 'No customer has this address.',
  searchFailed: 'The search did not work. Try again.',
  privacyNote:
    'Customers are listed by code. Names are hidden until they are shown for a purpose, which is noted in the access log.',
  firstUse: {
    heading: 'Your customers will appear here',
    body: 'Somebody is listed once they log in or check out: before that, nobody can say whose cart it is.',
  },
  noResults: { heading: 'No customer found', body: 'No customer has this code.' },

  person: {
    back: 'Customers',
    identity: 'Customer',
    since: 'Known since',
    merged: (count: number) => `Shopify has merged ${String(count)} customers into this one.`,
    cart: 'Cart',
    carts: 'Carts',
    noCarts: 'No cart is tied to this customer.',
    cutCarts: (count: number) => `The newest ${String(count)} carts are shown.`,
    orders: 'Orders',
    noOrders: 'No order yet.',
    cutOrders: (count: number) => `The newest ${String(count)} orders are shown.`,
    unnamedOrder: 'Order',
    cancelled: 'Cancelled',
    recorded: 'Opening this page was noted in the access log.',
  },
};

function ordersOf(count: number, cancelled: number): string {
  return `${counted(count, 'order')}${cancelled === 0 ? '' : ` (${String(cancelled)} cancelled)`}`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
