/** The first visit. */
export const onboardingTexts = {
  title: 'Welcome to Cart Insights',
  intro:
    'See what is in your customers’ carts, live, and what becomes of them. Before anything is recorded, somebody has to agree to how the data is handled. It takes two minutes.',
  whatHeading: 'What is processed, and why',
  whatNot:
    'Nothing else is kept: no phone numbers, streets, cities, postal codes, IP addresses, notes or payment details. Nobody is scored or profiled.',
  untilThen: 'Until the agreement is accepted, nothing of your customers is stored.',
  acceptHeading: 'Accept for your shop',
  contactLabel: 'Privacy contact (e-mail)',
  contactHelp: 'Where we write when something about your customers’ data needs your attention.',
  accept: 'Accept and start',
  acceptNote: (version: string) =>
    `You accept version ${version} of the agreement for your shop. Who accepted, when, and the digest of the text are kept.`,
  delegateHeading: 'Should somebody else accept?',
  delegateBody: 'Name a colleague who may accept for the shop. They open the app with their own Shopify account.',
  delegateLabel: 'E-mail of the colleague’s Shopify account',
  delegateAdd: 'Name colleague',
  delegateNamed: (when: string) => `named ${when}`,
  delegateRemove: 'Remove',
  delegateRemoveLabel: (email: string) => `Remove ${email}`,
  notYouHeading: 'The account owner has to accept',
  notYou: {
    'not-authorised':
      'The agreement can be accepted by the owner of the Shopify account, or by somebody the owner names on this page. Ask the owner to open Cart Insights; until then, nothing of your customers is stored.',
    'email-unverified':
      'The agreement can be accepted by the owner of the Shopify account, or by somebody the owner names. If that is you, confirm the e-mail address of your Shopify account first, then open this page again.',
  },
  refused: {
    'contact-invalid': 'Enter an e-mail address, such as privacy@your-shop.com.',
    'email-invalid': 'Enter the e-mail address of the colleague’s Shopify account.',
    'agreement-changed': 'The agreement has changed while this page was open. Read the new text, then accept it.',
    'not-authorised': 'Only the account owner, or somebody they named, can accept.',
    'email-unverified': 'Confirm the e-mail address of your Shopify account, then try again.',
    'not-installed': 'The app is not installed any more. Open it again from Shopify admin.',
    'not-owner': 'Only the account owner can name somebody.',
    'not-found': 'This person was not named, or has been removed already.',
  },
  fields: {
    firstName: 'first name',
    lastName: 'last name',
    email: 'e-mail',
    customerId: 'customer number',
    orderId: 'order number',
    orderName: 'order number',
    country: 'country',
    countryCode: 'country',
    province: 'province or state',
    provinceCode: 'province or state',
    title: 'items in the cart',
    variantTitle: 'items in the cart',
    productId: 'items in the cart',
    variantId: 'items in the cart',
    quantity: 'quantities',
    unitMinor: 'prices',
    lineMinor: 'prices',
    total: 'prices',
    currency: 'prices',
  } as Readonly<Record<string, string>>,
};

/** The agreement as it was accepted. */
export const agreementTexts = {
  title: 'Data protection agreement',
  version: 'Version',
  textLabel: 'Text of the data protection agreement',
  print: 'Print',
  download: 'Download as text',
  acceptedHeading: 'Accepted',
  acceptedAt: 'When',
  acceptedBy: 'By',
  acceptedAs: 'As',
  roles: { 'account-owner': 'Account owner', delegate: 'Named by the account owner' } as Readonly<
    Record<string, string>
  >,
  digest: 'SHA-256 of the text',
  contact: 'Privacy contact',
  fileName: (version: string) => `cart-insights-agreement-${version}.txt`,
};
