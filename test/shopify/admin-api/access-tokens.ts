import { randomBytes } from 'node:crypto';

/** One access token that was handed out. Times in milliseconds since the epoch. */
export interface Grant {
  readonly shop: string;
  readonly accessToken: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  /** Null for an offline grant. */
  readonly staffId: number | null;
  /** Null for an online grant. */
  readonly refreshToken: string | null;
  readonly refreshExpiresAt: number | null;
}

export interface AccessTokens {
  issueOffline(shop: string, scopes: readonly string[]): Grant;
  issueOnline(shop: string, scopes: readonly string[], staffId: number): Grant;
  /** A new pair for a refresh token that was never used before; null otherwise. The old pair is dead afterwards. */
  refresh(shop: string, refreshToken: string): Grant | null;
  /** The living grant of an access token; null when unknown, expired, or of another shop. */
  getGrant(shop: string, accessToken: string): Grant | null;
  /** What an uninstall does: every token of the shop is dead. */
  revoke(shop: string): void;
  /** What the shop grants now; tokens that were handed out follow. */
  rescope(shop: string, scopes: readonly string[]): void;
  /** Lets every access token of the shop expire now; refresh tokens live on. */
  expire(shop: string): void;
  /** How many refreshes succeeded for the shop. */
  refreshCount(shop: string): number;
  grants(): readonly Grant[];
}

export const OFFLINE_SECONDS = 3_600;
export const ONLINE_SECONDS = 86_399;
export const REFRESH_SECONDS = 7_776_000;

const token = (prefix: string): string => `${prefix}_${randomBytes(16).toString('hex')}`;

/** `kept` are grants of an earlier run; `changed` is told after every change. */
export function createAccessTokens(now: () => Date, kept: readonly Grant[], changed: () => void): AccessTokens {
  let grants: Grant[] = [...kept];
  const refreshes = new Map<string, number>();

  const add = (grant: Grant): Grant => {
    grants = [...grants.filter((other) => other.expiresAt > now().getTime() || other.refreshToken !== null), grant];
    changed();
    return grant;
  };
  const issueOffline = (shop: string, scopes: readonly string[]): Grant =>
    add({
      shop,
      scopes,
      staffId: null,
      accessToken: token('shpat'),
      expiresAt: now().getTime() + OFFLINE_SECONDS * 1000,
      refreshToken: token('shprt'),
      refreshExpiresAt: now().getTime() + REFRESH_SECONDS * 1000,
    });

  return {
    issueOffline,
    issueOnline: (shop, scopes, staffId) =>
      add({
        shop,
        scopes,
        staffId,
        accessToken: token('shpua'),
        expiresAt: now().getTime() + ONLINE_SECONDS * 1000,
        refreshToken: null,
        refreshExpiresAt: null,
      }),
    refresh: (shop, refreshToken) => {
      const used = grants.find((grant) => grant.shop === shop && grant.refreshToken === refreshToken);
      if (!used || (used.refreshExpiresAt ?? 0) <= now().getTime()) return null;
      grants = grants.filter((grant) => grant !== used);
      refreshes.set(shop, (refreshes.get(shop) ?? 0) + 1);
      return issueOffline(shop, used.scopes);
    },
    getGrant: (shop, accessToken) =>
      grants.find(
        (grant) => grant.shop === shop && grant.accessToken === accessToken && grant.expiresAt > now().getTime(),
      ) ?? null,
    revoke: (shop) => {
      grants = grants.filter((grant) => grant.shop !== shop);
      changed();
    },
    rescope: (shop, scopes) => {
      grants = grants.map((grant) => (grant.shop === shop ? { ...grant, scopes } : grant));
      changed();
    },
    expire: (shop) => {
      grants = grants.map((grant) => (grant.shop === shop ? { ...grant, expiresAt: 0 } : grant));
      changed();
    },
    refreshCount: (shop) => refreshes.get(shop) ?? 0,
    grants: () => grants,
  };
}
