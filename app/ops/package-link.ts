import { isUuid } from '#app/data/uuid.ts';
import { type OpsCommand, UsageError } from '#app/ops/command.ts';
import { onOperatorRecord, requireShop } from '#app/ops/on-record.ts';
import { IDENTITY_CHECKS, isIdentityCheck } from '#app/privacy/package/identity-checks.ts';
import { issueLink, LINK_HOURS, type LinkRefusal } from '#app/privacy/package/links.ts';

const CHECKS = Object.entries(IDENTITY_CHECKS).map(([check, about]) => `  ${check}: ${about}`);

const WHY_NOT: Readonly<Record<LinkRefusal, string>> = {
  'shop-not-gone': 'A link is for a shop that has uninstalled the app and is not erased yet; any other answers itself',
  'no-such-request': 'The shop has no such request',
  'no-copy-asked': 'The request asks for no copy, or nothing is held for it',
  'not-now': 'The request is closed, or on hold for another reason than who asks',
};

/** `package:link REQUEST_ID --shop SHOP --checked-by CHECK`: the link by which a person fetches their copy themselves. */
export const packageLinkCommand: OpsCommand = {
  name: 'package:link',
  usage: 'REQUEST_ID --shop SHOP --checked-by CHECK',
  about: `Makes a copy for somebody whose shop has gone, and a link that fetches it once within ${String(LINK_HOURS)} hours. The link is shown this once. CHECK says how you made sure who asks: ${Object.keys(IDENTITY_CHECKS).join(', ')}.`,
  options: { shop: { type: 'string' }, 'checked-by': { type: 'string' } },
  run: async (context, words, options) => {
    const [requestId = ''] = words;
    if (words.length !== 1 || !isUuid(requestId)) throw new UsageError('package:link takes the id of one request');
    const { shop, 'checked-by': checkedBy } = options;
    if (typeof shop !== 'string' || shop === '') throw new UsageError('--shop names the shop');
    if (!isIdentityCheck(checkedBy)) {
      throw new UsageError(`--checked-by says how you made sure who asks, as one of\n${CHECKS.join('\n')}`);
    }
    const { appUrl, db, keyStore, now, operator } = context;
    if (appUrl === undefined) throw new UsageError('SHOPIFY_APP_URL is missing: the link begins with it');
    const shopId = await requireShop(context, shop);
    const onRecord = { command: 'package:link', purpose: 'privacy-requests', reason: checkedBy, shopId } as const;
    const issued = await onOperatorRecord(context, onRecord, async () => {
      const answer = await issueLink({ db, keyStore, clock: now }, shopId, requestId, `operator:${operator}`);
      if (typeof answer === 'string') throw new UsageError(WHY_NOT[answer]);
      return answer;
    });
    const url = new URL(`/copy/${issued.token}`, appUrl).href;
    const { linkId, expiresAt } = issued;
    return {
      data: { linkId, url, expiresAt, requestId, checkedBy },
      lines: [
        url,
        `Works once, until ${expiresAt.toISOString()}. It is not shown again; a new one ends it.`,
        `The access log will say link:${linkId} when it is used.`,
      ],
    };
  },
};
