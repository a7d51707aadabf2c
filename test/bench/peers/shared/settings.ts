/** What a peer is started with. */
export interface PeerSettings {
  readonly databaseUrl: string;
  readonly apiSecret: string;
  /** 32 bytes that seal a cart's contents. */
  readonly key: Buffer;
}

export function readPeerSettings(): PeerSettings {
  const { PEER_DATABASE_URL: databaseUrl = '', PEER_API_SECRET: apiSecret = '', PEER_KEY: key = '' } = process.env;
  return { databaseUrl, apiSecret, key: Buffer.from(key, 'hex') };
}

export function peerEnvironment({ databaseUrl, apiSecret, key }: PeerSettings): Record<string, string> {
  return { PEER_DATABASE_URL: databaseUrl, PEER_API_SECRET: apiSecret, PEER_KEY: key.toString('hex') };
}

/** Connections a peer may have; more of them did not make any of the peers faster on two cores. */
export const PEER_CONNECTIONS = 16;
