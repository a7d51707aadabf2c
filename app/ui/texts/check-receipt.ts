/** Checking a receipt: the page in the admin, and the one for everybody. */
export const checkReceiptTexts = {
  title: 'Check a receipt',
  link: 'Check a receipt',
  intro:
    'A receipt is a small file that says what was erased, when, and what was looked for afterwards. Here you learn whether it was signed by this installation of Cart Insights, and whether a single character was changed since.',
  nothingKept: 'What you send is compared with our public keys. Nothing of it is kept, and nobody is looked up.',
  file: 'Receipt file',
  fileHelp: 'The file that ends in .json, as it was downloaded. You can also drop it here.',
  drop: 'Choose or drop the file',
  text: 'Or paste its text',
  check: 'Check',
  checkAnother: 'Check another one',
  tooLong: 'This is too long for a receipt. Receipts have a few thousand characters.',
  missing: 'Choose a file or paste the text of a receipt.',
  unreadable: 'The file could not be read. Open it and paste its text instead.',
  answers: {
    genuine: { title: 'Valid', body: 'This installation signed it, and nothing was changed since.' },
    changed: {
      title: 'Changed',
      body: 'It names one of our keys, and it is not what that key signed. What it says is not repeated here, because it cannot be relied on.',
    },
    'unknown-key': {
      title: 'Not ours',
      body: 'It names a key that this installation never had. It may be the receipt of another installation: ask whoever gave it to you where it can be checked.',
    },
    'no-receipt': {
      title: 'No receipt',
      body: 'This is not a receipt in the form in which Cart Insights writes them.',
    },
  },
  states: 'What it states',
  shop: (domain: string) => `Shop: ${domain}`,
  kinds: { erasure: 'Erasure of one person', 'shop-erasure': 'Erasure of a whole shop' },
  asked: (when: string) => `Asked for: ${when}`,
  erased: (when: string) => `Erased: ${when}`,
  issued: (when: string) => `Receipt issued: ${when}`,
  table: (table: string, before: number, after: number) =>
    `${table}: ${String(before)} rows before, ${String(after)} after`,
  own: 'You need not take our word for it: the public keys are published, and the signature is Ed25519 (RFC 8032) over the statement with its keys in order and no white space.',
  keys: 'The public keys',
};
