import { applyCartEvents } from '#app/carts/apply/apply-cart-events.ts';
import { CART_TOPICS, PURCHASE_TOPICS } from '#app/carts/apply/effects.ts';
import { getCurrency } from '#app/carts/money.ts';
import { identifyPeople } from '#app/customers/identify.ts';
import { findDeleted } from '#app/customers/find-deleted.ts';
import { recordMerges } from '#app/customers/merge.ts';
import type { KeyStore } from '#app/data/keys.ts';
import type { SqlTx } from '#app/data/sql-tx.ts';
import { admitBy } from '#app/ingest/apply/admission.ts';
import type { ApplyHandlers } from '#app/ingest/apply/apply-shop.ts';
import { type ShopifyEvent, eventsOf } from '#app/ingest/apply/event.ts';
import { failureCode } from '#app/ingest/failure.ts';
import type { JobQueue } from '#app/jobs/queue.ts';
import type { AppLog } from '#app/log.ts';
import { keepUntied } from '#app/privacy/choices/keep-untied.ts';
import { hasPeopleToAskAbout } from '#app/privacy/choices/read-choices.ts';
import { stayForgotten } from '#app/privacy/forgotten/stay-forgotten.ts';
import { recordComplianceRequest, type RequestEvent } from '#app/privacy/requests/record.ts';
import { expiredOnArrival } from '#app/privacy/retention/expired-on-arrival.ts';
import { claimMissingVariants, MAX_VARIANTS } from '#app/shopify/catalogue.ts';
import { applyGrantedScopes, applyShopUpdate, recordUninstallation } from '#app/shopify/installation.ts';
import { getMoneyFormat, getTimeZone } from '#app/shopify/shop-values.ts';
import { eventTime } from '#app/shopify/stamp.ts';

export interface ApplyHandlerDeps {
  readonly keyStore: KeyStore;
  readonly queue: JobQueue;
  readonly log: AppLog;
  readonly now: () => Date;
}

/** Which feature hears which topic. */
export function createApplyHandlers(deps: ApplyHandlerDeps): ApplyHandlers {
  const { keyStore, queue, now } = deps;
  const admit = admitBy(stayForgotten(now), keepUntied(now), expiredOnArrival(deps));
  const recordRequest = async (tx: SqlTx, shopId: string, event: RequestEvent) => {
    const requestId = await recordComplianceRequest(tx, keyStore, shopId, event);
    if (requestId !== null) await queue.add(tx, 'request.work', { shopId, requestId });
  };
  return {
    exempt: async (tx, shopId, event) => {
      if (event.topic === 'app/uninstalled') await recordUninstallation(tx, shopId, event);
      else await recordRequest(tx, shopId, event);
    },
    batch: async (context, received) => {
      const { tx, shopId } = context;
      const events = await admit(context, received);
      await recordShopEvents(tx, shopId, events);
      if (eventsOf(events, 'app/scopes_update').length > 0) {
        // An older message may have come after a newer one: Shopify is asked what is granted now.
        await queue.add(tx, 'shop.details', { shopId });
        // What could not be told to Shopify may be allowed by now.
        await queue.add(tx, 'choices.untold', { shopId });
      }
      await recordMerges(context, eventsOf(events, 'customers/merge'));
      const { variantIds } = await applyCartEvents(
        context,
        eventsOf(events, ...CART_TOPICS),
        eventsOf(events, 'customers/update'),
        identifyPeople,
      );
      for (const event of eventsOf(events, 'customers/delete')) {
        const { ref, isKnown } = await findDeleted(context, event);
        if (isKnown) await recordRequest(tx, shopId, event);
        else context.park(event, ref);
      }
      await askForPictures(deps, tx, shopId, variantIds);
      if (eventsOf(events, ...PURCHASE_TOPICS).length > 0) await askForChoices(deps, tx, shopId);
    },
  };
}

/** Pictures are nice to have: whatever goes wrong with them, the carts are applied. */
function askForPictures(
  deps: ApplyHandlerDeps,
  tx: SqlTx,
  shopId: string,
  variantIds: readonly string[],
): Promise<void> {
  return aside(deps, tx, shopId, 'catalogue.not-asked', async () => {
    const missing = await claimMissingVariants(tx, shopId, variantIds, deps.now());
    for (let start = 0; start < missing.length; start += MAX_VARIANTS) {
      await deps.queue.add(tx, 'catalogue.fetch', { shopId, variantIds: missing.slice(start, start + MAX_VARIANTS) });
    }
  });
}

/** Whoever is known since a moment ago is asked about at once. Should that fail, the daily run asks; nothing leaves meanwhile. */
function askForChoices(deps: ApplyHandlerDeps, tx: SqlTx, shopId: string): Promise<void> {
  return aside(deps, tx, shopId, 'choices.not-asked', async () => {
    if (await hasPeopleToAskAbout(tx, shopId)) await deps.queue.add(tx, 'choices.read', { shopId });
  });
}

/** Work whose failure does not cost the batch. */
async function aside(
  { log }: ApplyHandlerDeps,
  tx: SqlTx,
  shopId: string,
  complaint: 'catalogue.not-asked' | 'choices.not-asked',
  work: () => Promise<void>,
): Promise<void> {
  await tx.query('SAVEPOINT aside');
  try {
    await work();
    await tx.query('RELEASE SAVEPOINT aside');
  } catch (error) {
    await tx.query('ROLLBACK TO SAVEPOINT aside');
    log.warn(complaint, { shopId, code: failureCode(error) });
  }
}

async function recordShopEvents(tx: SqlTx, shopId: string, events: readonly ShopifyEvent[]): Promise<void> {
  for (const event of eventsOf(events, 'shop/update')) {
    const { currency, iana_timezone: timeZone, money_format: moneyFormat, updated_at: updatedAt } = event.body;
    await applyShopUpdate(tx, shopId, {
      currency: getCurrency(currency),
      timeZone: getTimeZone(timeZone),
      moneyFormat: getMoneyFormat(moneyFormat),
      updatedAt: eventTime(updatedAt, event).changedAt,
    });
  }
  for (const event of eventsOf(events, 'app/scopes_update')) {
    const { current, updated_at: updatedAt } = event.body;
    await applyGrantedScopes(tx, shopId, {
      grantedScopes: current,
      saidAt: eventTime(updatedAt, event).changedAt,
    });
  }
}
