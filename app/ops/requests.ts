import type { Pool } from 'pg';

import { signingPublicKeys } from '#app/data/signing-key.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import { withShop } from '#app/data/with-shop.ts';
import { type DayKeyRow, InboxDayKeys } from '#app/ingest/day-keys.ts';
import { createLogger } from '#app/log.ts';
import { type OpsCommand, type OpsContext, type OpsOptions, UsageError } from '#app/ops/command.ts';
import { onOperatorRecord, onShopRecord, requireShop } from '#app/ops/on-record.ts';
import { followedSince, readRun } from '#app/privacy/erasure/run-record.ts';
import { workErasure } from '#app/privacy/erasure/work-erasure.ts';
import { blockedReturns } from '#app/privacy/forgotten/tombstones.ts';
import { checkReceipt } from '#app/privacy/receipts/check.ts';
import { readReceipt } from '#app/privacy/receipts/issue.ts';
import { listRequests, readRequest, type RequestSummary, requestsToWorkOn } from '#app/privacy/requests/read.ts';
import { readSteps } from '#app/privacy/requests/steps.ts';
import { scanResidue } from '#app/privacy/residue/scan-residue.ts';
import { readDeleted } from '#app/privacy/shop-erasure/batches.ts';
import { workShopErasure } from '#app/privacy/shop-erasure/work-shop-erasure.ts';
import { emailIndexes, normaliseEmail } from '#app/vault/blind-index.ts';

const AT_MOST = 1_000;
const PURPOSE = 'privacy-requests';

/** `requests:list --shop SHOP [--open]`: what was asked, by when it has to be done, how far it is. */
export const requestsListCommand: OpsCommand = {
  name: 'requests:list',
  usage: '--shop SHOP [--open]',
  about: 'Requests by law of a shop: what was asked, when it is due, how far it is. Not by whom.',
  options: { shop: { type: 'string' }, open: { type: 'boolean' } },
  run: async (context, words, options) => {
    requireNoWords(words, 'requests:list');
    const shop = shopOf(options);
    const onRecord = { command: 'requests:list', purpose: PURPOSE, shop } as const;
    const requests = await onShopRecord(context, onRecord, (tx, shopId) =>
      listRequests(sqlTxOfPrisma(tx), shopId, { atMost: AT_MOST, onlyOpen: options['open'] === true }),
    );
    return { data: { requests }, lines: requests.length === 0 ? ['No requests.'] : requests.map(lineOf) };
  },
};

/** `requests:show ID --shop SHOP`: one request with its history, how far its erasure is, what came back since, and its receipt. */
export const requestsShowCommand: OpsCommand = {
  name: 'requests:show',
  usage: 'ID --shop SHOP',
  about:
    'One request by law: its history, how far the erasure of a shop is, what came back since and was turned away, and its receipt.',
  options: { shop: { type: 'string' } },
  run: async (context, words, options) => {
    const [id = ''] = words;
    if (words.length !== 1 || !isUuid(id)) throw new UsageError('requests:show takes the id of one request');
    const onRecord = { command: 'requests:show', purpose: PURPOSE, shop: shopOf(options) } as const;
    const data = await onShopRecord(context, onRecord, async (tx, shopId) => {
      const sql = sqlTxOfPrisma(tx);
      const request = await readRequest(sql, shopId, id);
      if (request === null) throw new UsageError('The shop has no such request');
      const { sealed: _sealed, ...summary } = request;
      const [steps, erased, returns, run, receipt] = [
        await readSteps(sql, shopId, id),
        await readDeleted(sql, shopId, id),
        await blockedReturns(sql, shopId, id),
        await readRun(sql, shopId, id),
        await readReceipt(sql, shopId, id),
      ];
      // The run of a shop's erasure counts in another way, and nothing follows it.
      const erasedSince = summary.kind === 'erasure' ? followedSince(run) : null;
      return { request: summary, steps, erased, blockedReturns: returns, erasedSince, receipt };
    });
    return {
      data,
      lines: [
        lineOf(data.request),
        ...data.steps.map(({ at, step, actor, ground }) => `  ${at.toISOString()}  ${step}  ${actor}  ${ground ?? ''}`),
        ...(data.erased === null || data.receipt !== null
          ? []
          : [
              'Deleted so far:',
              ...Object.entries(data.erased).map(([table, count]) => `  ${table}  ${String(count)}`),
            ]),
        `Turned away since: ${String(data.blockedReturns.blocked)}`,
        ...(data.erasedSince === null
          ? []
          : [`Erased since: ${String(data.erasedSince.rows)} rows, ${String(data.erasedSince.keys)} keys`]),
        data.receipt === null ? 'No receipt yet.' : JSON.stringify(data.receipt),
      ],
    };
  },
};

/** `requests:run [--shop SHOP]`: works off the erasures that wait, now and here. */
export const requestsRunCommand: OpsCommand = {
  name: 'requests:run',
  usage: '--shop SHOP',
  about: 'Works off a shop’s erasures that wait, without waiting for the worker. Exits with 1 if something is left.',
  options: { shop: { type: 'string' } },
  run: async (context, words, options) => {
    requireNoWords(words, 'requests:run');
    const shopId = await requireShop(context, shopOf(options));
    const done = await onOperatorRecord(context, { command: 'requests:run', purpose: PURPOSE, shopId }, async () => {
      const ids = await withShop(context.db, shopId, (tx) => requestsToWorkOn(sqlTxOfPrisma(tx), shopId));
      const outcomes: { id: string; outcome: string }[] = [];
      for (const id of ids) outcomes.push({ id, outcome: await workOff(context, shopId, id) });
      return outcomes;
    });
    return {
      data: { requests: done },
      lines: done.length === 0 ? ['Nothing waits.'] : done.map(({ id, outcome }) => `${id}  ${outcome}`),
      exitCode: done.some(({ outcome }) => outcome === 'residue') ? 1 : 0,
    };
  },
};

/** `erasure:verify --shop SHOP --email -`: whether anything of an address is left. The address comes from standard input. */
export const erasureVerifyCommand: OpsCommand = {
  name: 'erasure:verify',
  usage: '--shop SHOP --email -',
  about:
    'Looks for an e-mail in everything of a shop, sealed values included, without asking the registry. Exits with 1 if found.',
  options: { shop: { type: 'string' }, email: { type: 'string' } },
  run: async (context, _words, options) => {
    if (options['email'] !== '-') throw new UsageError('The e-mail comes from standard input: --email -');
    const shopId = await requireShop(context, shopOf(options));
    const email = normaliseEmail(await context.readInput());
    if (!email.includes('@')) throw new UsageError('There is no e-mail on standard input');
    const { db, keyStore, now, operator } = context;
    const pool = context.pool('ci_app');
    const onRecord = { command: 'erasure:verify', purpose: PURPOSE, shopId } as const;
    const scan = await onOperatorRecord(context, onRecord, async () => {
      const refs = await withShop(db, shopId, async (tx) => {
        const shop = await tx.shop.findUnique({ where: { id: shopId }, select: { status: true } });
        // A shop without keys has none made for the asking.
        if (shop?.status !== 'installed' && shop?.status !== 'uninstalled') return [];
        const { emailKeys } = await keyStore.shopKeys(sqlTxOfPrisma(tx), shopId);
        return emailIndexes(emailKeys, email).map((index) => index.toString('hex'));
      });
      return scanResidue(
        { db, pool, keyStore, clock: now },
        shopId,
        { values: [email], sharable: new Set(), ids: [], refs, erasedAt: null },
        { actor: `operator:${operator}`, purpose: PURPOSE, job: 'ops erasure:verify', requestId: 'erasure:verify' },
      );
    });
    return {
      data: scan,
      lines: [
        `${String(scan.hits)} hits in ${String(scan.rows)} rows and ${String(scan.compared)} sealed values.`,
        ...scan.places.map(({ where, how, count }) => `  ${where}  ${how}  ${String(count)}`),
      ],
      exitCode: scan.hits === 0 ? 0 : 1,
    };
  },
};

/** `requests:verify-receipt -`: whether the receipt on standard input is ours and unchanged. */
export const verifyReceiptCommand: OpsCommand = {
  name: 'requests:verify-receipt',
  usage: '-',
  about: 'Whether the receipt on standard input was signed by this installation and is unchanged. Exits with 1 if not.',
  run: async (context, words) => {
    if (words.length > 1 || (words[0] ?? '-') !== '-') throw new UsageError('The receipt comes from standard input');
    const text = await context.readInput();
    const check = await onOperatorRecord(context, { command: 'requests:verify-receipt' }, async () => {
      const keys = await context.db.prisma.$transaction((tx) => signingPublicKeys(sqlTxOfPrisma(tx), context.keyring));
      return checkReceipt(text, keys);
    });
    return { data: { check }, lines: [check], exitCode: check === 'genuine' ? 0 : 1 };
  },
};

async function workOff(context: OpsContext, shopId: string, id: string): Promise<string> {
  const { db, keyStore, keyring, now, backupDays } = context;
  const pool: Pool = context.pool('ci_app');
  const kind = await withShop(db, shopId, async (tx) => (await readRequest(sqlTxOfPrisma(tx), shopId, id))?.kind);
  const common = { keyStore, keyring, clock: now, pool, backupDays };
  if (kind === 'shop-erasure') return workShopErasure(common, shopId, id);
  if (kind !== 'erasure') return 'left for the worker';
  const dispatch = context.pool('ci_dispatch');
  const inboxKeys = new InboxDayKeys(async (sql) => (await dispatch.query<DayKeyRow>(sql)).rows, keyring);
  await inboxKeys.load();
  const log = createLogger({ level: 'silent' });
  return (await workErasure({ ...common, db, inboxKeys, log }, shopId, id)) ?? 'nothing to do';
}

function requireNoWords(words: readonly string[], command: string): void {
  if (words.length > 0) throw new UsageError(`${command} takes no words, only options`);
}

function shopOf(options: OpsOptions): string {
  const { shop } = options;
  if (typeof shop !== 'string' || shop === '') throw new UsageError('--shop names the shop');
  return shop;
}

function lineOf({ id, kind, source, state, receivedAt, dueAt }: RequestSummary): string {
  return `${id}  ${kind}  from ${source}  ${state}  received ${receivedAt.toISOString()}  due ${dueAt.toISOString().slice(0, 10)}`;
}
