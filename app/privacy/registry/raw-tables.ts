import {
  columnsOf,
  type FieldEntry,
  HEADER,
  OURS,
  sealed,
  type SealedEntry,
  type TableEntry,
} from '#app/privacy/registry/entry.ts';

/** Tables that Prisma does not know. Types cannot see them, so a test compares this list with the database. */

type RawEntry = TableEntry<Readonly<Record<string, FieldEntry | SealedEntry>>>;

const inbox = {
  retention: 'inbox',
  erase: { how: 'delete-row' },
  basis: 'merchant-instruction',
  purposes: ['customer-service', 'customer-link', 'cart-activity', 'order-geography', 'privacy-requests'],
} as const;
const ofInbox = columnsOf(inbox);

const inboxEvents: RawEntry = {
  ...inbox,
  table: 'inbox.events',
  about:
    'Webhooks on their way to the worker. What they carry is cleared once applied; the day’s partition goes whole.',
  columns: {
    shop_id: ofInbox.technical(OURS('the shop')),
    day: ofInbox.technical(HEADER('X-Shopify-Triggered-At')),
    topic: ofInbox.technical(HEADER('X-Shopify-Topic')),
    digest: ofInbox.handle(OURS('keyed digest of the raw body')),
    epoch: ofInbox.technical(OURS('number of the installation')),
    received_at: ofInbox.trace(OURS('clock')),
    triggered_at: ofInbox.trace(HEADER('X-Shopify-Triggered-At')),
    day_from_receipt: ofInbox.technical(OURS('whether the day is that of receipt')),
    webhook_id: ofInbox.technical(HEADER('X-Shopify-Webhook-Id')),
    event_id: ofInbox.technical(HEADER('X-Shopify-Event-Id')),
    pending: ofInbox.technical(OURS('still to be applied')),
    attempts: ofInbox.technical(OURS('tries so far')),
    retry_at: ofInbox.technical(OURS('clock')),
    failure_code: ofInbox.technical(OURS('code of the failure')),
    parked_ref: ofInbox.handle(OURS('keyed digest of the customer number whose profile waits here')),
    sealed: sealed('day', {
      body: ofInbox.personal(OURS('the projected body: every field listed for the topic, and no other'), 2, {
        mask: 'never-shown',
      }),
    }),
  },
};

const operation = {
  retention: 'operation',
  erase: { how: 'keep', reason: 'Holds ids of shops and codes, never anything of a person.' },
  basis: null,
  purposes: [],
} as const;
const permanent = { ...operation, retention: 'permanent', erase: { how: 'keep', reason: 'About nobody.' } } as const;

/** A table of which every column is technical. */
function technicalTable(
  defaults: typeof operation | typeof permanent,
  table: string,
  about: string,
  columns: string,
): RawEntry {
  const of = columnsOf(defaults);
  const entries = columns.split(/\s+/).map((column) => [column, of.technical(OURS(about))] as const);
  return { ...defaults, table, about, columns: Object.fromEntries(entries) };
}

const JOB_COLUMNS = `id name priority data state retry_limit retry_count retry_delay retry_backoff retry_delay_max expire_seconds
  deletion_seconds singleton_key singleton_on group_id group_tier start_after created_on started_on completed_on keep_until
  output dead_letter policy heartbeat_on heartbeat_seconds blocked blocking pending_dependencies source_name source_id
  source_created_on source_retry_count`;
const COUNTS = 'deferred_count queued_count ready_count active_count failed_count total_count';

/** Partitions are not listed: they have their parent's columns (`inbox.events_<day>`, `pgboss.queue_stats_<day>`). */
export const RAW_TABLES: readonly RawEntry[] = [
  inboxEvents,
  technicalTable(
    permanent,
    'public._prisma_migrations',
    'Which migrations are applied.',
    'id checksum finished_at migration_name logs rolled_back_at started_at applied_steps_count',
  ),
  technicalTable(
    permanent,
    'pgboss.version',
    'Version and clocks of the job queue.',
    'version cron_on bam_on flow_on reindex_on monitor_backoff_on',
  ),
  technicalTable(
    permanent,
    'pgboss.queue',
    'Which queues there are.',
    `name policy retry_limit retry_delay retry_backoff retry_delay_max expire_seconds retention_seconds deletion_seconds
      dead_letter partition table_name ${COUNTS} warning_queued ready_history heartbeat_seconds notify singletons_active
      monitor_claim_on monitor_on maintain_on created_on updated_on`,
  ),
  technicalTable(
    permanent,
    'pgboss.schedule',
    'What runs by the clock.',
    'name key cron timezone data options created_on updated_on',
  ),
  technicalTable(permanent, 'pgboss.subscription', 'Unused.', 'event name created_on updated_on'),
  technicalTable(
    permanent,
    'pgboss.bam',
    'Changes the job queue makes to its own tables.',
    'id name version status queue table_name command error created_on started_on completed_on',
  ),
  technicalTable(operation, 'pgboss.job', 'Jobs: payloads are ids, failures are codes.', JOB_COLUMNS),
  technicalTable(
    operation,
    'pgboss.job_dependency',
    'Which job waits for which.',
    'parent_name parent_id child_name child_id',
  ),
  technicalTable(operation, 'pgboss.warning', 'Warnings of the job queue.', 'id type message data created_on'),
  technicalTable(operation, 'pgboss.queue_stats', 'Numbers of jobs by time.', `id name ${COUNTS} captured_on`),
];
