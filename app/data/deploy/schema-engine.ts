import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg, { type PoolConfig } from 'pg';

const require = createRequire(import.meta.url);

/** Where Prisma's engine says why it crashed; without it, a crash would have no reason at all. */
Object.assign(globalThis, {
  PRISMA_WASM_PANIC_REGISTRY: {
    set_message(message: string): never {
      throw new Error(`Prisma's schema engine crashed: ${message}`);
    },
  },
});

/**
 * Runs Prisma's own migration engine as WebAssembly: nothing is downloaded, no binary has to fit the machine.
 *
 * @param datamodels path and content of each schema file.
 * @param createShadowDatabase makes an empty, prepared database for the engine to try migrations on; `diff` needs it.
 */
export async function withSchemaEngine<T>(
  datamodels: [string, string][],
  config: PoolConfig,
  use: (engine: SchemaEngine) => Promise<T>,
  createShadowDatabase: (() => Promise<ShadowDatabase>) | null = null,
): Promise<T> {
  // The engine locks per session and never frees its connections: so there is exactly one, and it is ours to close.
  const pool = new pg.Pool({ ...config, max: 1 });
  pool.on('error', () => undefined);
  const adapter = new WholeScriptAdapterFactory(pool, createShadowDatabase);
  try {
    const { SchemaEngine } = await loadEngineOnce();
    const bound = bindMigrationAwareSqlAdapterFactory(adapter);
    const engine = await SchemaEngine.new({ datamodels }, () => undefined, bound);
    try {
      return await use(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

type EngineModule = Pick<typeof import('@prisma/schema-engine-wasm'), 'SchemaEngine'>;

interface EngineBindings extends EngineModule {
  readonly __wbg_set_wasm: (exports: WebAssembly.Exports) => void;
}

let loading: Promise<EngineModule> | null = null;

// Once per process: the bindings hold one instance, and replacing it would break an engine that is at work.
function loadEngineOnce(): Promise<EngineModule> {
  return (loading ??= loadEngine());
}

// The package imports its .wasm file as a module, which not every supported Node does; so the parts are put together here.
async function loadEngine(): Promise<EngineModule> {
  const bindingsPath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bindings = (await import(bindingsPath)) as EngineBindings;
  const module = await WebAssembly.compile(await readFile(bindingsPath.replace(/\.js$/, '.wasm')));
  const { exports } = await WebAssembly.instantiate(module, {
    './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports,
  });
  bindings.__wbg_set_wasm(exports);
  (exports['__wbindgen_start'] as () => void)();
  return bindings;
}

/**
 * Prisma's PostgreSQL adapter, except that a script goes to the server whole.
 *
 * The original cuts scripts at every semicolon and so breaks function bodies. Whole, a script is also one implicit
 * transaction: it is applied completely or not at all.
 */
class WholeScriptAdapterFactory extends PrismaPg {
  readonly #createShadowDatabase: (() => Promise<ShadowDatabase>) | null;

  constructor(pool: pg.Pool, createShadowDatabase: (() => Promise<ShadowDatabase>) | null = null) {
    super(pool);
    this.#createShadowDatabase = createShadowDatabase;
  }

  override async connect(): Promise<Adapter> {
    const adapter = withCatalogueTypes(await super.connect());
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(script);
      } catch (error) {
        throw asAdapterError(error);
      }
    };
    return adapter;
  }

  override async connectToShadowDb(): Promise<Adapter> {
    if (this.#createShadowDatabase === null) throw new Error('This adapter has no shadow database');
    const shadow = await this.#createShadowDatabase();
    const pool = new pg.Pool({ ...shadow.config, max: 1 });
    const adapter = await new WholeScriptAdapterFactory(pool).connect();
    adapter.dispose = async () => {
      await pool.end();
      await shadow.drop();
    };
    return adapter;
  }
}

const CHAR_OID = 18;
const TEXT_OID = 25;

/**
 * The catalogues have columns of the one-byte type "char", which the engine asks for and the adapter does not know. So
 * they pass the adapter as text and get their type afterwards.
 */
function withCatalogueTypes(adapter: Adapter): Adapter {
  const pool = adapter.underlyingDriver();
  const query = pool.query.bind(pool) as (config: unknown) => Promise<pg.QueryResult>;
  const charColumns = new WeakMap<object, ReadonlySet<number>>();

  const queryAsText = async (config: unknown): Promise<pg.QueryResult> => {
    const result = await query(config);
    if (Array.isArray(result)) return result;
    const columns = result.fields.flatMap((field, index) => (field.dataTypeID === CHAR_OID ? [index] : []));
    charColumns.set(result.rows, new Set(columns));
    const fields = result.fields.map((field, index) =>
      columns.includes(index) ? { ...field, dataTypeID: TEXT_OID } : field,
    );
    return { ...result, fields };
  };
  Object.assign(adapter, { client: Object.assign(Object.create(pool) as pg.Pool, { query: queryAsText }) });

  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (sql) => {
    const result = await queryRaw(sql);
    const columns = charColumns.get(result.rows);
    const columnTypes = result.columnTypes.map((type, index) =>
      columns?.has(index) ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
  return adapter;
}

/** The engine understands errors in the adapter's own form only. */
function asAdapterError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  return new DriverAdapterError({
    kind: 'postgres',
    code: error.code ?? 'XX000',
    severity: error.severity ?? 'ERROR',
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
  });
}

export interface ShadowDatabase {
  readonly config: PoolConfig;
  readonly drop: () => Promise<void>;
}
