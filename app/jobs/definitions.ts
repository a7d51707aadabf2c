import type { Queue } from 'pg-boss';
import { z } from 'zod';

const nothing = z.object({});
const shop = z.object({ shopId: z.uuid() });
const copy = z.object({ shopId: z.uuid(), requestId: z.uuid(), again: z.boolean(), namesStaff: z.boolean() });
const variants = z.object({ shopId: z.uuid(), variantIds: z.array(z.string().regex(/^\d{1,20}$/)).max(250) });

const request = z.object({ shopId: z.uuid(), requestId: z.uuid() });

const person = z.object({ shopId: z.uuid(), personId: z.uuid() });

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/** Shopify is asked: what fails is tried again for about a day, then left. */
const asksShopify = {
  retryLimit: 8,
  retryDelay: 30,
  retryBackoff: true,
  retryDelayMax: 6 * HOUR_SECONDS,
  expireInSeconds: 2 * MINUTE_SECONDS,
  deleteAfterSeconds: DAY_SECONDS,
} as const;

/** Needs nothing but our database: what fails is tried again for some minutes; then the clock takes it up. */
const oursAlone = {
  retryLimit: 5,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 5 * MINUTE_SECONDS,
  expireInSeconds: 5 * MINUTE_SECONDS,
  deleteAfterSeconds: DAY_SECONDS,
} as const;

/** Runs by the clock: the next run comes anyway. */
const byTheClock = {
  retryLimit: 2,
  retryDelay: MINUTE_SECONDS,
  expireInSeconds: 15 * MINUTE_SECONDS,
  deleteAfterSeconds: 7 * DAY_SECONDS,
} as const;

/** Works off a request by law: tried again for days; the clock brings it back after that, until it is done. */
const byLaw = {
  retryLimit: 10,
  retryDelay: 30,
  retryBackoff: true,
  retryDelayMax: HOUR_SECONDS,
  expireInSeconds: HOUR_SECONDS,
  deleteAfterSeconds: 7 * DAY_SECONDS,
} as const;

/**
 * Every job there is: what its payload holds (ids only, never a value of a person), when it runs by itself (cron, UTC)
 * and how often it is tried. What it does stands in the handlers, which the worker hands to the runner.
 *
 * `short` lets one job wait for each key; a second one asked for meanwhile would do the same work again.
 */
export const JOBS = {
  /** Opens the inbox's coming days and closes those past their time. */
  'inbox.days': { data: nothing, cron: '7 * * * *', policy: 'short', options: byTheClock },
  /** Asks for a `session.refresh` of every active shop, so that no refresh token reaches its 90 days. */
  'sessions.keep-alive': { data: nothing, cron: '23 3 * * 1', policy: 'short', options: byTheClock },
  /** Renews the shop's offline token when it has run out. */
  'session.refresh': { data: shop, cron: null, policy: 'short', options: asksShopify },
  /** Makes the copy that a request asks for; `again` for another one in the place of the first. */
  'privacy.copy': { data: copy, cron: null, policy: 'standard', options: oursAlone },
  /** Looks after requests: copies that nobody began, looked over or fetched, and what the privacy contact is told. */
  'privacy.clock': { data: nothing, cron: '*/10 * * * *', policy: 'short', options: byTheClock },
  /** Asks Shopify for the shop's time zone, currency and money format, and for the scopes that are granted. */
  'shop.details': { data: shop, cron: null, policy: 'short', options: asksShopify },
  /** Asks Shopify for titles and pictures of variants seen in carts. */
  'catalogue.fetch': { data: variants, cron: null, policy: 'standard', options: asksShopify },
  /** Works off one request by law, as its kind wants. */
  'request.work': { data: request, cron: null, policy: 'short', options: byLaw },
  /** Asks for a `request.work` for every request that waits: whatever became of the first one, none is forgotten. */
  'requests.sweep': { data: nothing, cron: '*/10 * * * *', policy: 'short', options: byTheClock },
  /** Asks for an `access-log.look` of every active shop. */
  'access-log.hourly': { data: nothing, cron: '17 * * * *', policy: 'short', options: byTheClock },
  /** Makes reviews of what is unusual in the shop's access log, yesterday and today. */
  'access-log.look': { data: shop, cron: null, policy: 'short', options: byTheClock },
  /** Asks for an `access-log.verify` of every chain there is. */
  'access-log.nightly': { data: nothing, cron: '41 2 * * *', policy: 'short', options: byTheClock },
  /** Computes a chain of access records anew, keeps the result, signs a checkpoint. */
  'access-log.verify': { data: shop, cron: null, policy: 'short', options: byTheClock },
  /** Signs how far every chain has grown, for keeping outside the database. */
  'access-log.checkpoint': { data: nothing, cron: '47 * * * *', policy: 'short', options: byTheClock },
  /** Asks Shopify who has opted out of the sale of their data: newly known people first, then whoever was asked about a week ago. */
  'choices.read': {
    data: shop,
    cron: null,
    policy: 'short',
    options: { ...asksShopify, expireInSeconds: 10 * MINUTE_SECONDS },
  },
  /** Tells Shopify of an opt-out that was set here. */
  'choices.opt-out': { data: person, cron: null, policy: 'standard', options: asksShopify },
  /** Asks for a `choices.opt-out` for every opt-out that was set here and has not reached Shopify. */
  'choices.untold': { data: shop, cron: null, policy: 'short', options: byTheClock },
  /** Asks for a `choices.read` and a `choices.untold` of every active shop. */
  'choices.all': { data: nothing, cron: '23 3 * * *', policy: 'short', options: byTheClock },
  /** Asks for a `retention.run` of every shop that may hold something. */
  'retention.all': { data: nothing, cron: '41 2 * * *', policy: 'short', options: byTheClock },
  /** Removes what has had its time in the shop. */
  'retention.run': { data: shop, cron: null, policy: 'short', options: { ...byTheClock, retryLimit: 5 } },
} as const;

export type JobName = keyof typeof JOBS;
export type JobData<Name extends JobName> = z.infer<(typeof JOBS)[Name]['data']>;

export const JOB_NAMES = Object.keys(JOBS) as JobName[];

/** The queues as `npm run db:deploy` makes them. */
export const QUEUES: readonly Queue[] = JOB_NAMES.map((name) => ({
  name,
  policy: JOBS[name].policy,
  ...JOBS[name].options,
}));

/** Two jobs with the same key do the same; null for jobs that always differ. */
export function jobKey<Name extends JobName>(name: Name, data: JobData<Name>): string | null {
  if (JOBS[name].policy !== 'short') return null;
  if ('requestId' in data) return data.requestId;
  return 'shopId' in data ? data.shopId : name;
}
