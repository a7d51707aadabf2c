import { z } from 'zod';

import { staffActor } from '#app/access/actor.ts';
import type { KeyStore } from '#app/data/keys.ts';
import { waitForShopLock } from '#app/data/shop-lock.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { isUuid } from '#app/data/uuid.ts';
import { withShop, type Database, type ShopTx } from '#app/data/with-shop.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import { isObjectionInForce, TAKE_BACK_REASONS, takeBackObjection } from '#app/privacy/choices/suppressions.ts';
import { actionsFor } from '#app/privacy/desk/actions.ts';
import { wakeErasures } from '#app/privacy/erasure/wait-for-copy.ts';
import { endPackages, getPackage, releasePackage } from '#app/privacy/package/store.ts';
import {
  EXTENSION_GROUNDS,
  type ExtensionGround,
  PAUSE_GROUNDS,
  type PauseGround,
  REFUSAL_GROUNDS,
  type RefusalGround,
} from '#app/privacy/requests/grounds.ts';
import {
  extendRequest,
  finishRequest,
  type Mover,
  offerRequest,
  pauseRequest,
  refuseRequest,
  resumeRequest,
  startRequest,
} from '#app/privacy/requests/move.ts';
import { readRequest } from '#app/privacy/requests/read.ts';
import { writeStep } from '#app/privacy/requests/steps.ts';

export interface SubmitServices {
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly jobs: JobQueue;
  readonly clock: () => Date;
}

const groundOf = <Ground extends string>(grounds: Readonly<Record<Ground, unknown>>) =>
  z.enum(Object.keys(grounds) as [Ground, ...Ground[]]);

const formSchema = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('pause'), ground: groundOf<PauseGround>(PAUSE_GROUNDS) }),
  z.object({ intent: z.literal('resume') }),
  z.object({ intent: z.literal('extend'), ground: groundOf<ExtensionGround>(EXTENSION_GROUNDS) }),
  z.object({ intent: z.literal('refuse'), ground: groundOf<RefusalGround>(REFUSAL_GROUNDS) }),
  z.object({ intent: z.literal('release') }),
  z.object({ intent: z.literal('again'), namesStaff: z.literal('on').optional() }),
  z.object({ intent: z.literal('close') }),
  z.object({ intent: z.literal('takeBack'), ground: z.enum(TAKE_BACK_REASONS) }),
]);
type Fields = z.infer<typeof formSchema>;

/** After these no copy is due any more, or not for now: an erasure of the same person need not wait for it. */
const ENDS_WAITING: ReadonlySet<Fields['intent']> = new Set(['pause', 'refuse', 'close']);

/** `too-late`: meanwhile the request has gone on, so that this cannot be done any more; nothing was changed. */
export type SubmitResult = 'done' | 'too-late' | 'not-found';

/**
 * What the buttons of a request's page do. Each is allowed or not by the same rules that show the button, asked again
 * in the transaction that acts.
 *
 * @throws Response 400 for a form that is none of ours.
 */
export async function submitRequest(
  services: SubmitServices,
  shopId: string,
  staffId: string,
  requestId: string,
  form: FormData,
): Promise<SubmitResult> {
  const parsed = formSchema.safeParse(Object.fromEntries(form));
  if (!parsed.success) throw new Response(null, { status: 400 });
  if (!isUuid(requestId)) return 'not-found';
  return withShop(services.db, shopId, async (tx) => {
    const sql = sqlTxOfPrisma(tx);
    await sql.query('SELECT 1 FROM app.privacy_requests WHERE shop_id = $1::uuid AND id = $2::uuid FOR UPDATE', [
      shopId,
      requestId,
    ]);
    const request = await readRequest(sql, shopId, requestId);
    if (request === null) return 'not-found';
    const at = services.clock();
    const inForce = request.kind === 'objection' && (await isObjectionInForce(sql, shopId, requestId));
    const may = actionsFor(request, await getPackage(tx, shopId, requestId), at, inForce);
    const { intent } = parsed.data;
    const allowed = may[intent];
    if (allowed === false || (Array.isArray(allowed) && allowed.length === 0)) return 'too-late';
    const { pseudonymKey } = await services.keyStore.shopKeys(sql, shopId);
    const mover = { actor: staffActor(pseudonymKey, staffId), at };
    const outcome = await act(services, tx, shopId, requestId, parsed.data, mover);
    if (outcome === 'done' && ENDS_WAITING.has(intent)) await wakeErasures(sql, services.jobs, shopId, requestId);
    return outcome;
  });
}

async function act(
  { jobs }: SubmitServices,
  tx: ShopTx,
  shopId: string,
  id: string,
  fields: Fields,
  mover: Mover,
): Promise<SubmitResult> {
  const sql = sqlTxOfPrisma(tx);
  switch (fields.intent) {
    case 'pause':
      return resultOf(await pauseRequest(sql, shopId, id, fields.ground, mover));
    case 'resume': {
      const outcome = await resumeRequest(sql, shopId, id, mover);
      if (outcome === 'moved') await jobs.add(sql, 'request.work', { shopId, requestId: id });
      return resultOf(outcome);
    }
    case 'extend':
      return resultOf(await extendRequest(sql, shopId, id, fields.ground, mover));
    case 'refuse': {
      const outcome = await refuseRequest(sql, shopId, id, fields.ground, mover);
      if (outcome === 'moved') await endPackages(sql, shopId, { requestIds: [id] }, 'closed', mover.at);
      return resultOf(outcome);
    }
    case 'release': {
      if (!(await releasePackage(tx, shopId, id, { reason: 'reviewed', at: mover.at }))) return 'too-late';
      return resultOf(await offerRequest(sql, shopId, id, 'ready', mover));
    }
    case 'again':
      await jobs.add(sql, 'privacy.copy', {
        shopId,
        requestId: id,
        again: true,
        namesStaff: fields.namesStaff === 'on',
      });
      return 'done';
    case 'close': {
      const request = await readRequest(sql, shopId, id);
      if (request?.state === 'received') await startRequest(sql, shopId, id, mover);
      return resultOf(await finishRequest(sql, shopId, id, mover));
    }
    case 'takeBack': {
      // Batches ask who has refused: none may be between asking and tying.
      await waitForShopLock(sql, shopId);
      const { ground: why } = fields;
      if ((await takeBackObjection(sql, shopId, id, { why, at: mover.at })) === 0) return 'too-late';
      await writeStep(sql, shopId, id, { step: 'taken-back', ground: why, ...mover });
      return 'done';
    }
  }
}

function resultOf(outcome: 'moved' | 'not-found' | 'not-allowed'): SubmitResult {
  if (outcome === 'moved') return 'done';
  return outcome === 'not-found' ? 'not-found' : 'too-late';
}
