/**
 * The database roles. None of them can log in, none is a superuser, and only `ci_backup` may look past row-level
 * security. A program's login user holds no right of its own: it becomes one of these while it connects.
 */
export const DATABASE_ROLES = {
  /** Owns every object. Used by `npm run db:deploy` only. */
  owner: 'ci_owner',
  /** Edge: adds rows to the inbox, nothing else. */
  edge: 'ci_edge',
  /** Worker: learns which shops have work; sees no payload. */
  dispatch: 'ci_dispatch',
  /** Pages and jobs: one shop at a time, inside `withShop`. */
  app: 'ci_app',
  /** The key schema, by SET LOCAL ROLE inside the same transaction. */
  keys: 'ci_keys',
  /** Partitions, through SECURITY DEFINER functions. */
  maintenance: 'ci_maintenance',
  /** pg-boss's own tables. */
  jobs: 'ci_jobs',
  /** Reads everything that belongs in a data backup. */
  backup: 'ci_backup',
} as const;

export type DatabaseRole = (typeof DATABASE_ROLES)[keyof typeof DATABASE_ROLES];

/** The roles a program's login user may become. */
export const LOGIN_ROLES: readonly DatabaseRole[] = [
  DATABASE_ROLES.edge,
  DATABASE_ROLES.dispatch,
  DATABASE_ROLES.app,
  DATABASE_ROLES.keys,
  DATABASE_ROLES.maintenance,
  DATABASE_ROLES.jobs,
];
