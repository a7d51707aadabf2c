import type { NoticeKind, NoticeState } from '#app/privacy/notices/notices.ts';
import type { TakeBackReason } from '#app/privacy/choices/suppressions.ts';
import type { ExtensionGround, PauseGround, RefusalGround } from '#app/privacy/requests/grounds.ts';
import type { Regime, RequestKind, RequestSource } from '#app/privacy/requests/kinds.ts';
import type { RequestState } from '#app/privacy/requests/states.ts';
import type { RequestStepName } from '#app/privacy/requests/steps.ts';

const plural = (count: number, one: string, many: string) => `${String(count)} ${count === 1 ? one : many}`;

/** The pages for requests by law: the desk, one request, and beginning one. */
export const requests = {
  title: 'Requests',
  begin: 'Begin a request',
  views: { open: 'Open', done: 'Done' },
  resource: { singular: 'request', plural: 'requests' },
  columns: { request: 'Request', due: 'Due', state: 'State', source: 'From', received: 'Received', finished: 'Closed' },
  kinds: {
    access: 'Copy of their data',
    portability: 'Copy to take elsewhere',
    erasure: 'Erasure',
    correction: 'Correction',
    objection: 'Stop using their data',
    'shop-erasure': 'Erasure of the whole shop',
  } satisfies Record<RequestKind, string>,
  sources: {
    shopify: 'Shopify',
    merchant: 'Your staff',
    individual: 'The person, not verified',
    clock: 'Uninstalled for 30 days',
  } satisfies Record<RequestSource, string>,
  regimes: {
    shopify: 'Shopify: 30 days',
    gdpr: 'GDPR: one month',
    ccpa: 'California: 45 days',
  } satisfies Record<Regime, string>,
  states: {
    received: 'Waiting to be worked on',
    working: 'Being worked on',
    review: 'Look over the copy',
    ready: 'Ready to fetch',
    paused: 'On hold',
    residue: 'Something is left',
    done: 'Done',
    refused: 'Refused',
    superseded: 'No longer needed',
  } satisfies Record<RequestState, string>,
  waiting: 'Waits for a copy',
  daysLeft: (days: number) => (days === 0 ? 'Less than a day left' : `${plural(days, 'day', 'days')} left`),
  overdue: (days: number) => `${plural(days, 'day', 'days')} overdue`,
  onHold: 'On hold',
  empty: {
    open: {
      heading: 'No open requests',
      body: 'When somebody asks Shopify or you for a copy or the erasure of their data, it appears here within seconds, with the day it is due.',
    },
    done: {
      heading: 'Nothing closed yet',
      body: 'Requests that are done stay here for three years, without saying whom they were about.',
    },
  },
  pages: { previous: 'Previous requests', next: 'More requests' },
  fresh: {
    live: 'Up to date: what comes in shows by itself',
    trying: 'Not up to date: trying again',
    'signed-out': 'Not up to date: open the app again from Shopify admin',
  },
  notices: {
    heading: 'What your privacy contact was told',
    kinds: {
      received: 'A request arrived',
      'ten-days-left': 'Ten days left',
      'three-days-left': 'Three days left',
    } satisfies Record<NoticeKind, string>,
    states: {
      waiting: 'mail waits to be sent',
      sending: 'mail is being sent',
      sent: 'sent by mail',
      shown: 'shown here only, not mailed',
      uncertain: 'mail handed over, arrival unknown',
      failed: 'mail could not be sent',
    } satisfies Record<NoticeState, string>,
    line: (kind: string, code: string) => `${kind}: ${code}`,
  },

  page: {
    back: 'Requests',
    steps: 'Steps',
    done: 'done',
    next: 'next',
    later: 'later',
    about: 'About whom',
    due: 'Due',
    received: 'Received',
    clock: 'Whose clock',
    scope: 'How far back',
    scopes: { 'last-12-months': 'Last 12 months', everything: 'Everything held' },
    code: (code: string) => `Customer ${code}`,
    waits: {
      title: 'Waits for a copy',
      body: (until: string) =>
        `The same person has asked for a copy and has not got it yet. What is erased cannot be given out, so this goes on by itself within ten minutes of the copy being downloaded, or its request being closed; on ${until} at the latest, whatever has become of the copy.`,
      link: (code: string) => `Open the request for the copy, ${code}`,
    },
    nobodyFound: 'Nobody is held under what the request names. The answer is that nothing is held.',
    everybody: 'Everything of this shop.',
    notShown: 'Not shown: your role does not answer requests, or the request has ended and forgot whom it was about.',
    customerNumber: (id: string) => `Customer number ${id}`,
    orders: (count: number) => `Names ${plural(count, 'order', 'orders')}`,
    openInShopify: 'Open in Shopify',
    showEmail: 'Show e-mail address',
    emailRecorded: 'Showing the address was noted in the access log.',
    history: 'History',
    recorded: 'Opening this request was noted in the access log.',
    notVerified: {
      title: 'Nobody has checked who asks',
      body: 'Anybody can type any address into the public form, so nothing is done about this request until you say so. Write to the address and make sure that it is your customer: ask for something only they know, such as an order number. Then confirm it here. If it is not them, refuse it. If nobody does either by the day it is due, it closes by itself.',
    },
    source: {
      correction:
        'Shopify is the source of customer data: correct it there, and Cart Insights follows within seconds. Close the request once it is done.',
      erasure:
        'This erases what Cart Insights holds. Shopify keeps its own data: ask for its erasure on the customer’s page there as well.',
      objection:
        'Their carts and orders stay, and no longer say whose they are; no new ones are tied to them. The objection can be taken back; what was cut loose stays so.',
    },
    residue: {
      title: 'The check found something that is left',
      body: 'The erasure was carried out, and the check afterwards still found something in the places below. The request stays open and is tried again by itself; if this stays for a day, tell us.',
    },
    noKeys: 'The app held nothing of this shop when the request came.',
  },

  copy: {
    heading: 'The copy',
    none: 'The copy is being made. This takes a few seconds.',
    counts: 'What is in it',
    sections: {
      identity: 'Profiles',
      carts: 'Carts',
      cartStates: 'States of carts',
      checkouts: 'Checkouts',
      orders: 'Orders',
      requests: 'Requests',
      requestSteps: 'Steps of requests',
      copies: 'Earlier copies',
      waitingProfiles: 'Profile changes not sorted in',
      looks: 'Times somebody looked',
    } as Readonly<Record<string, string>>,
    made: (when: string) => `Made ${when}`,
    expires: (when: string) => `Gone for good ${when}`,
    review: 'Look it over before it is given out: that it is the right person, and nobody else is in it.',
    unreviewed: 'If nobody does by five days before it is due, it becomes available to the owner as it is.',
    preview: 'Open the copy',
    previewed: (when: string) => `Looked over ${when}`,
    release: 'Give it out',
    releasedByClock:
      'Given out by itself, because nobody had looked it over in time. As it is, only an owner can download it; anybody else who answers requests makes a new copy and looks that over.',
    download: 'Download the copy',
    downloading: 'Downloading',
    downloadOnce:
      'It can be downloaded once: with that, it is gone here. Hand it to the person in a safe way, not by plain mail.',
    downloadFailed: 'The copy could not be downloaded. If the download had begun, the copy is gone: make a new one.',
    fetched: (when: string) => `Downloaded ${when}, and gone here since.`,
    ended: {
      fetched: 'It was downloaded, and is gone here since.',
      expired: 'It lay here for as long as your shop keeps copies ready, and is gone. Make a new one.',
      replaced: 'A new one took its place.',
      closed: 'It went when the request was closed.',
      erased: 'It went when the person was erased.',
    },
    again: 'Make a new copy',
    namesStaff: 'Name the staff who looked, not only their role',
    handedOver: 'I have handed it over: close the request',
    file: (code: string) => `copy-${code}.zip`,
    previewTitle: (code: string) => `Copy for ${code}`,
    previewBack: 'Request',
    previewIntro: 'This is what the person gets. Opening it was noted in the access log.',
    looked: 'Who looked',
  },

  receipt: {
    heading: 'Receipt',
    intro: 'Signed by this installation. It names nobody.',
    erasedAt: 'Erased',
    columns: ['Table', 'Rows before', 'After'],
    keys: (count: number) => plural(count, 'key destroyed', 'keys destroyed'),
    scan: (hits: number, compared: number) =>
      hits === 0
        ? `Looked for afterwards in ${plural(compared, 'sealed value', 'sealed values')} and every column: nothing left`
        : `${plural(hits, 'place', 'places')} where something is left`,
    blocked: (count: number) =>
      plural(
        count,
        'late message turned away before this receipt was issued',
        'late messages turned away before this receipt was issued',
      ),
    blockedSince: (count: number, when: string) =>
      `Since then ${plural(count, 'more late message was', 'more late messages were')} turned away, the last one ${when}. A receipt says what was so when it was signed, so this stands here and not in it.`,
    followedSince: (rows: number, keys: number, when: string) =>
      `Since then more turned out to be this person’s, and was erased as well: ${plural(rows, 'row', 'rows')} and ${plural(keys, 'key', 'keys')}, the last of it ${when}. That happens when Shopify tells us late that two customers were merged.`,
    blockedNone: 'Since then nothing of this person has come back.',
    inbox: (day: string) => `Last key of the inbox gone on ${day}`,
    backup: (day: string) => `Last backup that could hold the person gone on ${day}`,
    noBackup: 'The operator has stated no term for backups.',
    nothing: 'Nothing was held, so there was nothing to erase.',
    download: 'Download receipt',
    check: 'Check',
    checks: {
      genuine: 'Genuine: signed by this installation, and not a byte was changed.',
      changed: 'Changed: this is not what was signed.',
      'unknown-key': 'Signed with a key that is not one of this installation’s.',
      'no-receipt': 'This is no receipt.',
    },
    file: (code: string) => `receipt-${code}.json`,
  },

  actions: {
    heading: 'What else can be done',
    pause: 'Put on hold',
    resume: 'Go on with it',
    confirm: 'It is our customer: go on',
    extend: 'Take more time',
    refuse: 'Refuse',
    close: 'It is corrected: close the request',
    ground: 'Legal ground',
    choose: 'Choose a ground',
    chooseReason: 'Choose a reason',
    tooLate: 'Meanwhile the request has gone on, so nothing was changed. This page shows how it is now.',
    shopifyNever: 'Requests that came from Shopify are never refused.',
    pauseGrounds: {
      identity: 'Not sure who asks (GDPR Art. 12(6))',
      'legal-obligation': 'A law makes us keep it (GDPR Art. 17(3)(b))',
      'legal-claims': 'Needed for a legal claim (GDPR Art. 17(3)(e))',
      restriction: 'The person asked to restrict it instead (GDPR Art. 18)',
    } satisfies Record<PauseGround, string>,
    extensionGrounds: {
      complexity: 'The request is complex (GDPR Art. 12(3))',
      'many-requests': 'Many requests at once (GDPR Art. 12(3))',
    } satisfies Record<ExtensionGround, string>,
    takeBack: 'Take the objection back',
    takeBackReason: 'Why',
    takeBackReasons: {
      mistake: 'It was begun by mistake',
      wish: 'The person wishes so',
    } satisfies Record<TakeBackReason, string>,
    takeBackNote:
      'New carts can be tied to this customer again. What was cut loose stays so: nobody knows any more which it was.',
    refusalGrounds: {
      'not-identified': 'We cannot tell who they are (GDPR Art. 12(2))',
      unfounded: 'Manifestly unfounded (GDPR Art. 12(5))',
      excessive: 'Excessive, repeated (GDPR Art. 12(5))',
      withdrawn: 'The person took it back',
    } satisfies Record<RefusalGround, string>,
  },

  stepNames: {
    received: 'Received',
    started: 'Begun',
    review: 'Copy made',
    ready: 'Copy given out',
    paused: 'Put on hold',
    resumed: 'Gone on with',
    extended: 'Given more time',
    residue: 'Carried out; something was left',
    done: 'Done',
    refused: 'Refused',
    superseded: 'No longer needed',
    'taken-back': 'Taken back',
  } satisfies Record<RequestStepName, string>,
  by: {
    shopify: 'Shopify',
    individual: 'the person',
    staff: 'staff of the shop',
    system: 'Cart Insights',
    operator: 'an operator of Cart Insights',
    other: 'unknown',
  },
  plan: {
    copy: ['Received', 'Copy made', 'Looked over and given out', 'Downloaded', 'Handed over'],
    erasure: ['Received', 'Erased', 'Checked that nothing is left', 'Receipt'],
    correction: ['Received', 'Corrected in Shopify', 'Closed'],
    other: ['Received', 'Carried out', 'Closed'],
  },

  beginning: {
    title: 'Begin a request',
    intro: 'For a person who wrote to you. What Shopify hears of arrives here by itself.',
    kind: 'What do they want?',
    regime: 'Which law sets the deadline?',
    regimes: { gdpr: 'GDPR (Europe, United Kingdom): one month', ccpa: 'California: 45 days' },
    scope: 'How far back?',
    receivedOn: 'When did they write?',
    find: 'Who is it?',
    chosen: (code: string) => `Customer ${code}, from their page`,
    other: 'Somebody else',
    by: 'Find by',
    bys: { email: 'E-mail address', customer: 'Customer number', order: 'Order number' },
    valueLabels: { email: 'E-mail address', customer: 'Customer number', order: 'Order number' },
    valueHelp: {
      email: 'The address they shop with.',
      customer: 'The number at the end of the customer’s page in Shopify admin. You can paste the whole address.',
      order:
        'The number at the end of the order’s page in Shopify admin, not the one with the #. You can paste the whole address.',
    },
    look: 'Look',
    found: (codes: string) => `Found: ${codes}`,
    foundCounts: (carts: number, checkouts: number, orders: number) =>
      `${plural(carts, 'cart', 'carts')}, ${plural(checkouts, 'checkout', 'checkouts')}, ${plural(orders, 'order', 'orders')}`,
    nobody:
      'Nobody is held under this. You can begin the request all the same: the answer will be that nothing is held.',
    begin: 'Begin',
    noted: 'Looking somebody up is noted in the access log.',
    refused: {
      'value-malformed': 'Enter an e-mail address or a number, as above.',
      'person-gone': 'This customer is not there any more. Find them anew.',
      'date-malformed': 'Enter a day of the last 30 days.',
    },
    sourceNotice: {
      correction: 'Shopify is the source of customer data: you will correct it there, and Cart Insights follows.',
      erasure: 'This erases what Cart Insights holds. Shopify’s own data is erased on the customer’s page in Shopify.',
      objection:
        'Carts and orders stay, and will no longer say that they are this customer’s: that cannot be undone. New ones will not be tied to them, until the objection is taken back.',
    },
  },
};
