import { pino, type DestinationStream } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * All that a log line may say beside its event. None can hold a value of a person: ids are ours or Shopify's for a
 * delivery or a shop, the rest are counts, codes and places in our own program.
 */
const LOG_FIELDS = {
  /** Which program writes: edge, web, worker, ops. */
  program: 'string',
  /** Which build: VERSION of version.ts. */
  version: 'string',
  /** A shop's myshopify.com domain. */
  shop: 'string',
  /** Our id of the shop. */
  shopId: 'string',
  /** Shopify's topic, such as carts/update. */
  topic: 'string',
  /** Shopify's id of a delivery. */
  webhookId: 'string',
  /** Our id of an HTTP request, also shown on the error page. */
  requestId: 'string',
  status: 'number',
  /** Why something was refused or dropped; one of a few words of ours. */
  reason: 'string',
  /** Code of an AppError, a VaultError or PostgreSQL. */
  code: 'string',
  /** The class of an error or a thing. */
  kind: 'string',
  /** Names of fields in a payload that have the wrong shape; never what stood there. */
  paths: 'strings',
  /** Name of a job or queue. */
  job: 'string',
  count: 'number',
  /** How long something waited, or how far a clock is off. */
  ageMs: 'number',
  attempts: 'number',
  host: 'string',
  port: 'number',
  signal: 'string',
  /** Hash over a checkpoint of the access logs: says nothing, and cannot be taken back. */
  root: 'string',
  /** A fixed sentence of a library, without the data it adds. */
  text: 'string',
} as const;

interface FieldTypes {
  string: string;
  number: number;
  strings: readonly string[];
}

export type LogFields = {
  readonly [Name in keyof typeof LOG_FIELDS]?: FieldTypes[(typeof LOG_FIELDS)[Name]] | undefined;
};

/** What happened, as `area.event`: a constant of the program, never built from data. */
export type LogEvent = `${string}.${string}`;

/** Writes one JSON line for each event. */
export interface AppLog {
  debug(event: LogEvent, fields?: LogFields): void;
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  error(event: LogEvent, fields?: LogFields): void;
  /** The same log with fields that stand in every line. */
  with(fields: LogFields): AppLog;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
  /** Fields of every line. */
  readonly fields?: LogFields;
}

const EVENT_PATTERN = /^[a-z][a-z0-9.-]{2,63}$/;
const MAX_TEXT_LENGTH = 200;
const MAX_LIST_LENGTH = 20;

/** Makes the log a composition root hands to everybody. Whatever is not an allowed field of the right type is left out. */
export function createLogger({ level, destination, fields = {} }: LogOptions): AppLog {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = destination === undefined ? pino(options) : pino(options, destination);

  function logWith(common: LogFields): AppLog {
    const write = (writeLevel: Exclude<LogLevel, 'silent'>) => (event: LogEvent, own?: LogFields) => {
      logger[writeLevel]({ event: EVENT_PATTERN.test(event) ? event : 'log.bad-event', ...common, ...allowed(own) });
    };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      with: (more) => logWith({ ...common, ...allowed(more) }),
    };
  }
  return logWith(allowed(fields));
}

/** Types are checked where code is written; this is for what arrives through a cast or an untyped library. */
function allowed(fields: LogFields = {}): LogFields {
  const kept: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(LOG_FIELDS)) {
    const value = fields[name as keyof LogFields];
    if (type === 'number' ? Number.isFinite(value) : type === 'string' && typeof value === 'string') {
      kept[name] = typeof value === 'string' ? value.slice(0, MAX_TEXT_LENGTH) : value;
    } else if (type === 'strings' && Array.isArray(value)) {
      const texts = value.filter((item: unknown) => typeof item === 'string');
      kept[name] = texts.slice(0, MAX_LIST_LENGTH).map((text) => text.slice(0, MAX_TEXT_LENGTH));
    }
  }
  return kept;
}
