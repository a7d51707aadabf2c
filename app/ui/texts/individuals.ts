/** The public page for people whose data a shop may hold through this app. */
export const individualsTexts = {
  title: 'Your data and Cart Insights',
  intro:
    'Cart Insights is a tool that shops on Shopify use to see what is in their customers’ carts. If you shopped somewhere that uses it, that shop may hold data about you in it.',
  rolesHeading: 'Who is responsible for what',
  roles: [
    'The shop decides what data it keeps about you and why. It is the one to ask, and it has to answer you: usually within a month.',
    'We run the tool for the shop and do with the data only what the shop tells us. We may not answer you in its place, and we do not know which of its customers you are.',
    'What we do here is pass on what you ask to the shop you name.',
  ],
  formHeading: 'Pass a request on to a shop',
  kindLabel: 'What do you want?',
  kinds: {
    access: 'A copy of the data held about me',
    erasure: 'That the data about me is erased',
    correction: 'That the data about me is corrected',
    objection: 'That the data about me is no longer used',
  },
  shopLabel: 'Which shop?',
  shopHelp:
    'Its address at Shopify, such as clay-studio.myshopify.com. It stands in the shop’s order mails, or in the address of the checkout. If you cannot find it, write to the shop directly: that works just as well.',
  emailLabel: 'Your e-mail address',
  emailHelp:
    'The one you used in the shop. The shop will use it to make sure that it is you, and to answer. We keep it locked, for the shop alone.',
  send: 'Pass it on',
  taken:
    'Thank you. If this shop uses Cart Insights, it has your request now and will get in touch to make sure that it is you. If you hear nothing within a month, write to the shop directly. We cannot tell you here whether the shop uses Cart Insights or whether it knows you.',
  refused: {
    'shop-malformed': 'Enter the shop’s address at Shopify, such as clay-studio.myshopify.com.',
    'email-malformed': 'Enter your e-mail address, such as name@example.com.',
    'kind-missing': 'Choose what you want.',
    full: 'Nothing was passed on: this page has taken as many requests for this shop as it takes in a day. Write to the shop directly, which works just as well, or come back tomorrow.',
    busy: 'Too many requests are arriving just now. Try again in a minute; nothing was passed on.',
  },
};
