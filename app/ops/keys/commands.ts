import { countShopKeys, type KekUse, kekUses, type ShopKeyCounts } from '#app/data/key-counts.ts';
import { checkKeyring } from '#app/data/kek-check.ts';
import { listRotations } from '#app/data/rotation-progress.ts';
import { withShopSql } from '#app/data/with-shop.ts';
import { type OpsAnswer, type OpsCommand, type OpsContext, UsageError } from '#app/ops/command.ts';
import { rotateIndex } from '#app/ops/keys/rotate-index.ts';
import { rotateEveryShop } from '#app/ops/keys/rotate-every-shop.ts';
import { inNoShop, rotateKek } from '#app/ops/keys/rotate-kek.ts';
import { rotateShop, type RotationKind } from '#app/ops/keys/rotate-shop.ts';
import { onOperatorRecord, requireShop } from '#app/ops/on-record.ts';

const ROTATIONS_SHOWN = 10;

/** `keys:status [SHOP]`: which keys there are, which are needed, and how far rotations have come. */
export const keysStatusCommand: OpsCommand = {
  name: 'keys:status',
  usage: '[SHOP]',
  about: 'Key-encryption keys and what still needs each; rotations and how far they came; of a shop, its keys.',
  run: async (context, words) => {
    const shopId = await optionalShop(context, 'keys:status', words);
    return onOperatorRecord(context, { command: 'keys:status', ...(shopId === null ? {} : { shopId }) }, async () => {
      const status = await keysStatus(context);
      if (shopId === null) return { data: status, lines: statusLines(status) };
      const shop = await withShopSql(context.pool('ci_app'), shopId, (tx) => countShopKeys(tx, shopId));
      return { data: { ...status, shop }, lines: [...statusLines(status), ...shopLines(shop)] };
    });
  },
};

/** `keys:rotate-kek`: everything under the primary key-encryption key. */
export const rotateKekCommand: OpsCommand = {
  name: 'keys:rotate-kek',
  usage: '[--all]',
  about:
    'Wraps all shops’ keys, the inbox’s days and the signing keys under the first key of CART_INSIGHTS_KEKS; --all: also those it wraps already.',
  options: { all: { type: 'boolean' } },
  run: async (context, words, options) => {
    if (words.length > 0) throw new UsageError('keys:rotate-kek takes no words');
    await checkKeyring(context.pool('ci_app'), context.keyring);
    return onOperatorRecord(context, { command: 'keys:rotate-kek' }, async () => {
      const rotation = await rotateKek(context, options['all'] === true);
      const { primary, shops, rewrapped, left } = rotation;
      const lines = [
        `${String(rewrapped)} keys of ${String(shops)} shops, days and signatures are now under "${primary}".`,
      ];
      for (const use of left)
        lines.push(`Left under "${use.kekId}": ${usesOf(use)}. Is there a program with an older setting?`);
      if (left.length === 0) lines.push(`Nothing needs another key than "${primary}" in this database.`);
      return { data: rotation, lines, exitCode: left.length === 0 ? 0 : 1 };
    });
  },
};

/** `keys:rotate-shop SHOP`: a new key for the shop. */
export const rotateShopCommand: OpsCommand = {
  name: 'keys:rotate-shop',
  usage: 'SHOP',
  about:
    'A new key for the shop: wraps its subjects’ keys anew, seals anew what it sealed itself, destroys the old one.',
  run: async (context, words) => {
    const shopId = await optionalShop(context, 'keys:rotate-shop', words);
    if (shopId === null) throw new UsageError('keys:rotate-shop takes one shop');
    return rotate(context, 'keys:rotate-shop', 'shop', shopId);
  },
};

/** `keys:reencrypt [SHOP]`: new keys for everybody, everything sealed anew. */
export const reencryptCommand: OpsCommand = {
  name: 'keys:reencrypt',
  usage: '[SHOP]',
  about: 'New keys for a shop and everybody in it, or for all shops; seals every value anew, destroys the old keys.',
  run: async (context, words) => {
    const shopId = await optionalShop(context, 'keys:reencrypt', words);
    return rotate(context, 'keys:reencrypt', 'reencrypt', shopId);
  },
};

/** `keys:rotate-index SHOP`: a new key for the digests by which e-mails are found. */
export const rotateIndexCommand: OpsCommand = {
  name: 'keys:rotate-index',
  usage: 'SHOP',
  about:
    'A new key for the digests of a shop’s e-mails: makes them again from the sealed e-mails, destroys the old key.',
  run: async (context, words) => {
    const shopId = await optionalShop(context, 'keys:rotate-index', words);
    if (shopId === null) throw new UsageError('keys:rotate-index takes one shop');
    await checkKeyring(context.pool('ci_app'), context.keyring);
    return onOperatorRecord(context, { command: 'keys:rotate-index', shopId }, async () => {
      const rotation = await rotateIndex(context, shopId);
      const lines = [`${String(rotation.done)} digests of e-mails are under a new key.`];
      if (rotation.left > 0) {
        lines.push(
          `${String(rotation.left)} rows keep a digest that cannot be made again; the old key was kept to find them.`,
        );
      }
      return { data: rotation, lines, exitCode: rotation.left === 0 ? 0 : 1 };
    });
  },
};

async function rotate(
  context: OpsContext,
  command: string,
  kind: RotationKind,
  shopId: string | null,
): Promise<OpsAnswer> {
  await checkKeyring(context.pool('ci_app'), context.keyring);
  return onOperatorRecord(context, { command, ...(shopId === null ? {} : { shopId }) }, async () => {
    const rotations =
      shopId === null ? await rotateEveryShop(context, kind) : [await rotateShop(context, shopId, kind)];
    const done = rotations.reduce((sum, rotation) => sum + rotation.done, 0);
    const stuck = rotations.filter(({ unopenable }) => unopenable > 0);
    const lines = [`${String(done)} keys and values of ${String(rotations.length)} shops are under new keys.`];
    for (const { shopId: id, unopenable } of stuck) {
      lines.push(`${id}: ${String(unopenable)} values do not open under their key; its old keys were kept.`);
    }
    return { data: { done, shops: rotations }, lines, exitCode: stuck.length === 0 ? 0 : 1 };
  });
}

interface KeysStatus {
  readonly keks: readonly (KekUse & {
    readonly kind: string;
    readonly isPrimary: boolean;
    readonly hosts: readonly string[];
  })[];
  readonly rotations: readonly { readonly name: string; readonly step: string; readonly done: number }[];
}

async function keysStatus(context: OpsContext): Promise<KeysStatus> {
  const { keyring } = context;
  const { uses, rotations } = await inNoShop(context, async (tx) => ({
    uses: await kekUses(tx),
    rotations: await listRotations(tx, ROTATIONS_SHOWN),
  }));
  const known = new Map(keyring.describe().map((kek) => [kek.id, kek]));
  const ids = [...new Set([...known.keys(), ...uses.map(({ kekId }) => kekId)])];
  return {
    keks: ids.map((kekId) => {
      const use = uses.find((candidate) => candidate.kekId === kekId);
      const { kind, hosts } = known.get(kekId) ?? { kind: 'missing', hosts: [] };
      const none = { kekId, shopKeys: 0, inboxDays: 0, signingKeys: 0 };
      return { ...(use ?? none), kind, hosts, isPrimary: kekId === keyring.primaryId };
    }),
    rotations,
  };
}

function statusLines({ keks, rotations }: KeysStatus): string[] {
  return [
    ...keks.map((kek) => {
      const need = kek.shopKeys + kek.inboxDays + kek.signingKeys;
      const end = kek.isPrimary ? 'primary' : need > 0 ? 'still needed' : 'not needed by this database';
      return `${kek.kekId}  ${kek.kind}  ${usesOf(kek)}  ${end}`;
    }),
    ...rotations.map(({ name, step, done }) => `${name}  ${step}  ${String(done)} done`),
  ];
}

function usesOf({ shopKeys, inboxDays, signingKeys }: KekUse): string {
  return `${String(shopKeys)} shop keys, ${String(inboxDays)} days, ${String(signingKeys)} signing keys`;
}

function shopLines({ encVersions, subjects, behind, older }: ShopKeyCounts): string[] {
  return [
    `Versions of the shop’s key: ${String(encVersions)}. Subjects with a key: ${String(subjects)}, of which ${String(behind)} are wrapped by an older version; ${String(older)} older versions of their keys are left.`,
  ];
}

async function optionalShop(context: OpsContext, name: string, words: readonly string[]): Promise<string | null> {
  const [shop, ...more] = words;
  if (more.length > 0) throw new UsageError(`${name} takes one shop: its myshopify.com domain, or our id of it`);
  return shop === undefined ? null : requireShop(context, shop);
}
