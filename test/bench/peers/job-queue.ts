import pg from 'pg';
import { PgBoss } from 'pg-boss';

import { projectPayload } from '#app/shopify/payloads/project.ts';
import { open, seal } from '#app/vault/envelope.ts';
import { bodyOf, domainOf, type LoadPlan, shopOf } from '#test/bench/load/plan.ts';
import { peerCart, peerKey } from '#test/bench/peers/shared/peer-cart.ts';
import { GUARDED_UPSERT } from '#test/bench/peers/shared/upsert.ts';
import { PEER_CONNECTIONS, type PeerSettings } from '#test/bench/peers/shared/settings.ts';

const QUEUE = 'webhooks';
const FETCH = 100;
const LANES = 4;

interface WebhookJob {
  readonly shop: string;
  readonly sealed: string;
}

/**
 * pg-boss with a job for each webhook, which opens the body and upserts the cart. Jobs are fetched and completed by the
 * hundred in four lanes, without the pauses of its `work()`: its fastest way.
 */
export class JobQueuePeer {
  readonly #boss: PgBoss;
  readonly #pool: pg.Pool;
  readonly #key: ReturnType<typeof peerKey>;

  constructor(settings: PeerSettings) {
    this.#boss = new PgBoss({
      connectionString: settings.databaseUrl,
      schema: 'peerboss',
      max: LANES,
      supervise: false,
      schedule: false,
    });
    this.#pool = new pg.Pool({ connectionString: settings.databaseUrl, max: PEER_CONNECTIONS });
    this.#key = peerKey(settings.key);
  }

  async start(): Promise<void> {
    this.#boss.on('error', () => undefined);
    await this.#boss.start();
    await this.#boss.createQueue(QUEUE);
  }

  /** Puts a load's webhooks into the queue, sealed. */
  async fill(plan: LoadPlan, count: number): Promise<void> {
    for (let from = 0; from < count; from += 1_000) {
      const jobs = Array.from({ length: Math.min(1_000, count - from) }, (_, at) => ({
        data: this.#job(plan, from + at),
      }));
      await this.#boss.insert(QUEUE, jobs);
    }
  }

  /** Works until the queue is empty. @returns jobs done. */
  async drain(): Promise<number> {
    let done = 0;
    const lane = async (): Promise<void> => {
      for (;;) {
        const jobs = await this.#boss.fetch<WebhookJob>(QUEUE, { batchSize: FETCH });
        if (jobs.length === 0) return;
        await Promise.all(jobs.map((job) => this.#apply(job.data)));
        await this.#boss.complete(
          QUEUE,
          jobs.map((job) => job.id),
        );
        done += jobs.length;
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return done;
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false });
    await this.#pool.end();
  }

  #job(plan: LoadPlan, event: number): WebhookJob {
    const shop = domainOf(shopOf(plan, Math.floor(event / plan.updatesPerCart)));
    const projection = projectPayload('carts/update', JSON.parse(bodyOf(plan, event)));
    if (!projection.ok) throw new TypeError('The plan makes no carts');
    const sealed = seal(this.#key, Buffer.from(JSON.stringify(projection.body)), jobPlace(shop));
    return { shop, sealed: sealed.toString('base64') };
  }

  async #apply({ shop, sealed }: WebhookJob): Promise<void> {
    const body = open(this.#key, Buffer.from(sealed, 'base64'), jobPlace(shop));
    const cart = peerCart(this.#key, shop, JSON.parse(body.toString('utf8')));
    if (cart === null) return;
    const { token, changedAt, itemCount, lineCount, valueMinor, currency } = cart;
    const values = [shop, token, changedAt, itemCount, lineCount, valueMinor, currency, cart.sealed];
    await this.#pool.query({ ...GUARDED_UPSERT, values });
  }
}

function jobPlace(shop: string) {
  return { shop, table: 'job', column: 'sealed', row: '' };
}
