import { readFile, writeFile } from 'node:fs/promises';

import type { Link } from '#app/access/log/chain.ts';
import { signCheckpoint } from '#app/access/log/checkpoint.ts';
import type { Fault } from '#app/access/log/links.ts';
import { readStatement, statementRoot } from '#app/access/log/statement.ts';
import { type Verification, verifyAccessLog } from '#app/access/log/verify.ts';
import { OPERATORS_CHAIN } from '#app/access/operator-record.ts';
import { signingPublicKeys } from '#app/data/signing-key.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { withShop } from '#app/data/with-shop.ts';
import { type OpsCommand, type OpsContext, type OpsOptions, UsageError } from '#app/ops/command.ts';
import { onOperatorRecord, requireShop } from '#app/ops/on-record.ts';
import { noteVerifierKey } from '#app/vault/signed-note.ts';

/** `audit:verify [SHOP] [--checkpoint FILE]`: computes the chains of access records anew. */
export const auditVerifyCommand: OpsCommand = {
  name: 'audit:verify',
  usage: '[SHOP] [--checkpoint FILE]',
  about:
    'Computes the chains of access records anew and says what was altered, removed, inserted or moved. Exits with 1.',
  options: { checkpoint: { type: 'string' } },
  run: async (context, words, options) => {
    const shopId = await oneShopOrNone(context, words);
    const kept = await keptLinks(context, options['checkpoint']);
    const onRecord = { command: 'audit:verify', ...(shopId === null ? {} : { shopId }) };
    const found = await onOperatorRecord(context, onRecord, async () => {
      const chains = shopId === null ? [...new Set([...(await allChains(context)), ...kept.keys()])] : [shopId];
      const verified: Verification[] = [];
      for (const chain of chains) {
        context.progress(`${String(verified.length + 1)} of ${String(chains.length)}`);
        const link = kept.get(chain);
        verified.push(await verifyAccessLog(context, chain, link === undefined ? [] : [link]));
      }
      return verified;
    });
    const bent = found.filter(({ isIntact }) => !isIntact);
    return {
      data: { isIntact: bent.length === 0, chains: found.map(toJson) },
      lines: [
        ...found.filter(({ isIntact, records }) => !isIntact || records > 0n || shopId !== null).flatMap(linesOf),
        bent.length === 0
          ? `${String(found.length)} chains verified: intact.`
          : `${String(bent.length)} of ${String(found.length)} chains are NOT intact.`,
      ],
      exitCode: bent.length === 0 ? 0 : 1,
    };
  },
};

/** `audit:checkpoint [--out FILE]`: a signed statement of every chain's newest record, to be kept elsewhere. */
export const auditCheckpointCommand: OpsCommand = {
  name: 'audit:checkpoint',
  usage: '[--out FILE]',
  about:
    'Signs how far every chain of access records has grown. Keep the file where the database’s owner cannot write.',
  options: { out: { type: 'string' } },
  run: async (context, words, { out }) => {
    if (words.length > 0) throw new UsageError('audit:checkpoint takes no words, only --out FILE');
    const note = await onOperatorRecord(context, { command: 'audit:checkpoint' }, async () => {
      const signed = await signCheckpoint(context, await allChains(context));
      // Never over an older one: that is what it is to be compared with.
      if (typeof out === 'string') {
        await writeFile(out, signed, { flag: 'wx', mode: 0o644 }).catch(() => {
          throw new UsageError(
            `${out} cannot be written, or is there already: an older checkpoint is never written over`,
          );
        });
      }
      return signed;
    });
    const publicKeys = [...(await publicKeysOf(context)).values()].map(noteVerifierKey);
    const root = statementRoot(note);
    return {
      data: { root, publicKeys, ...(typeof out === 'string' ? { out } : { note }) },
      lines: [
        ...(typeof out === 'string' ? [`Written to ${out}.`] : note.split('\n').slice(0, -1)),
        `Root: ${root}`,
        ...publicKeys.map((key) => `Public key: ${key}`),
      ],
    };
  },
};

async function oneShopOrNone(context: OpsContext, words: readonly string[]): Promise<string | null> {
  const [shop] = words;
  if (words.length > 1) throw new UsageError('audit:verify takes one shop, or none for all of them');
  if (shop === undefined) return null;
  return shop === 'operators' ? OPERATORS_CHAIN : requireShop(context, shop);
}

/** Every shop that has ever spoken to us, and the operators. */
async function allChains(context: OpsContext): Promise<string[]> {
  const { rows } = await context
    .pool('ci_dispatch')
    .query<{ shop_id: string }>('SELECT shop_id FROM inbox.installations() ORDER BY shop_id');
  return [OPERATORS_CHAIN, ...rows.map((row) => row.shop_id)];
}

async function publicKeysOf({ db, keyring }: OpsContext) {
  return withShop(db, OPERATORS_CHAIN, (tx) => signingPublicKeys(sqlTxOfPrisma(tx), keyring));
}

/** What a checkpoint file says of each chain. */
async function keptLinks(context: OpsContext, file: OpsOptions[string]): Promise<ReadonlyMap<string, Link>> {
  if (typeof file !== 'string') return new Map();
  let note: string;
  try {
    note = await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`There is no checkpoint to read at ${file}`);
  }
  const links = readStatement((await publicKeysOf(context)).values(), 'checkpoint', note);
  if (links === null) throw new UsageError(`${file} is not a checkpoint that this installation signed, or was changed`);
  return links;
}

function linesOf(verification: Verification): string[] {
  const { shopId, isIntact, records, head, retiredUpTo, checkpoints, faults, faultCount } = verification;
  const name = shopId === OPERATORS_CHAIN ? 'operators' : shopId;
  const retired = retiredUpTo === null ? '' : `, retired up to ${String(retiredUpTo)}`;
  return [
    `${isIntact ? 'intact    ' : 'NOT INTACT'}  ${name}  ${String(records)} records${retired}, ${String(checkpoints)} checkpoints, head ${String(head.seq)} ${hex(head.hash)}`,
    ...faults.map((fault) => `            ${faultText(fault)}`),
    ...(faultCount > faults.length ? [`            and ${String(faultCount - faults.length)} more`] : []),
  ];
}

const faultText = ({ code, seq, what }: Fault) =>
  seq === null ? `${code}: ${what ?? ''}` : `${code} at record ${String(seq)}`;

function toJson(verification: Verification) {
  const { records, retiredUpTo, head, faults, ...rest } = verification;
  return {
    ...rest,
    records: Number(records),
    retiredUpTo: retiredUpTo === null ? null : Number(retiredUpTo),
    head: { seq: Number(head.seq), hash: hex(head.hash) },
    faults: faults.map((fault) => ({ ...fault, seq: fault.seq === null ? null : Number(fault.seq) })),
  };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
