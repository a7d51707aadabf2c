import { z } from 'zod';

import type { KeyStore } from '#app/data/keys.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { type Database, getShopIdByDomain, withShop, type ShopTx } from '#app/data/with-shop.ts';
import { parseEmail } from '#app/privacy/agreements/signer.ts';
import { createRequest } from '#app/privacy/requests/create.ts';
import { pauseRequest } from '#app/privacy/requests/move.ts';
import { NOBODY, requestPlace } from '#app/privacy/requests/subject.ts';
import { sealJson } from '#app/vault/sealed-json.ts';
import { newSecret } from '#app/vault/subject-keys.ts';

export interface ForwardServices {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly clock: () => Date;
  /** No answer before this has passed: what is done for a shop that exists shows in no clock. */
  readonly patience: () => Promise<unknown>;
  /** Whether the shop that is named takes one more, by its address alone: whether there is such a shop plays no part. */
  readonly mayPassOn: (shopDomain: string) => Promise<boolean>;
}

/** What an individual can ask for through the public page. An objection is carried out like an erasure would be: by the shop. */
const ASKABLE = ['access', 'erasure', 'correction', 'objection'] as const;
export type Askable = (typeof ASKABLE)[number];

/**
 * - `taken`: the form was in order. Whether the shop is one of ours, and whether it knows the person, is said to nobody.
 * - `full`: enough was passed on under this shop's address today, so nothing was now, and the person is told so.
 * - `shop-malformed`, `email-malformed`, `kind-missing`: seen on the form itself, without looking anything up.
 */
export type ForwardAnswer = 'taken' | 'full' | 'shop-malformed' | 'email-malformed' | 'kind-missing';

/** As access records name whoever comes through the public page. */
const ACTOR = 'individual';

const formSchema = z.object({ shop: z.string(), email: z.string(), kind: z.string() });

/**
 * Forwards what an individual asks to the shop they name: as a request that is held until the shop has made sure who
 * asks. Nothing is answered, looked up or erased here.
 *
 * The answer is the same whether the shop exists or not, and whether it knows the person or not: the same text, the same
 * status, the same work as far as it goes, and never sooner than a fixed time. Too many are turned away
 * before anything is looked up, by the address that was typed.
 */
export async function forwardRequest(services: ForwardServices, form: FormData): Promise<ForwardAnswer> {
  const parsed = parseForm(form);
  if (typeof parsed === 'string') return parsed;
  if (!(await services.mayPassOn(parsed.domain))) return 'full';
  const [outcome] = await Promise.allSettled([record(services, parsed), services.patience()]);
  // A failure is ours: it is told as one, alike for every shop.
  if (outcome.status === 'rejected') throw outcome.reason;
  return 'taken';
}

interface Forwarded {
  readonly domain: string;
  readonly email: string;
  readonly kind: Askable;
}

function parseForm(form: FormData): Forwarded | Exclude<ForwardAnswer, 'taken' | 'full'> {
  const fields = formSchema.safeParse(Object.fromEntries(form));
  if (!fields.success) return 'kind-missing';
  const domain = getShopDomain(fields.data.shop);
  if (domain === null) return 'shop-malformed';
  const email = parseEmail(fields.data.email);
  if (email === null) return 'email-malformed';
  const kind = ASKABLE.find((known) => known === fields.data.kind);
  return kind === undefined ? 'kind-missing' : { domain, email, kind };
}

/** `clay-studio`, `clay-studio.myshopify.com` or that as an address; null for anything else. */
export function getShopDomain(typed: string): string | null {
  const name = typed
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/\.myshopify\.com$/, '');
  return /^[a-z0-9][a-z0-9-]{0,59}$/.test(name) ? `${name}.myshopify.com` : null;
}

async function record({ db, keyStore, clock }: ForwardServices, asked: Forwarded): Promise<void> {
  const known = await getShopIdByDomain(db, asked.domain);
  // A shop that is not there gets the same transaction, in which its row is missing.
  const shopId = known ?? '00000000-0000-7000-8000-000000000000';
  const at = clock();
  await withShop(db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    if (!(await takesRequests(tx, shopId))) {
      sealForNobody(shopId, asked);
      return;
    }
    const id = await createRequest(sql, keyStore, shopId, {
      kind: asked.kind,
      source: 'individual',
      regime: 'gdpr',
      scope: asked.kind === 'access' ? 'everything' : null,
      subject: { ...NOBODY, emails: [asked.email] },
      receivedAt: at,
      actor: ACTOR,
    });
    // Anybody can type any address: until the shop has made sure who asks, nothing is done about it.
    await pauseRequest(sql, shopId, id, 'identity', { actor: ACTOR, at });
  });
}

/** Only a shop that has, or had a moment ago, the app. How many it takes is counted before, so that none is dropped here. */
async function takesRequests(tx: ShopTx, shopId: string): Promise<boolean> {
  const shop = await tx.shop.findUnique({ where: { id: shopId }, select: { status: true, onboardedAt: true } });
  return shop?.onboardedAt != null && ['installed', 'uninstalled'].includes(shop.status);
}

/** The same sealing as for a shop, under a key that nobody keeps. */
function sealForNobody(shopId: string, { email }: Forwarded): void {
  const key = { scope: 'request', version: 1, secret: newSecret() } as const;
  sealJson(key, { ...NOBODY, emails: [email] }, requestPlace(shopId, ACTOR));
}
