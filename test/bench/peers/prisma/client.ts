import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { PrismaPg } from '@prisma/adapter-pg';

import { PEER_CONNECTIONS } from '#test/bench/peers/shared/settings.ts';
import { OUTPUT_DIRECTORY } from '#test/bench/world/programs.ts';

/** The template's session, as stored. */
export interface SessionRow {
  readonly id: string;
  readonly shop: string;
  readonly state: string;
  readonly isOnline: boolean;
  readonly scope: string | null;
  readonly expires: Date | null;
  readonly accessToken: string;
}

export interface CartData {
  readonly changedAt: Date;
  readonly itemCount: number;
  readonly lineCount: number;
  readonly valueMinor: bigint | null;
  readonly currency: string | null;
  readonly sealed: Uint8Array;
}

export interface EncryptedCartRow {
  readonly id: number;
  readonly shop: string;
  readonly changedAt: Date;
  readonly itemCount: number;
  readonly valueMinor: bigint;
  readonly currency: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly country: string;
  readonly lines: string;
}

/** What the peers use of the client that Prisma makes from schema.prisma when the benchmark starts. */
export interface PeerClient {
  readonly session: {
    findUnique(args: { where: { id: string } }): Promise<SessionRow | null>;
  };
  readonly webhook: {
    create(args: { data: { shop: string; topic: string; eventId: string; receivedAt: Date } }): Promise<unknown>;
  };
  readonly cart: {
    upsert(args: {
      where: { shop_token: { shop: string; token: string } };
      create: CartData & { shop: string; token: string };
      update: CartData;
    }): Promise<unknown>;
  };
  readonly encryptedCart: {
    createMany(args: { data: readonly EncryptedCartRow[] }): Promise<unknown>;
    create(args: { data: EncryptedCartRow }): Promise<unknown>;
    findMany(args: {
      where: { shop: string };
      orderBy: readonly Record<string, 'asc' | 'desc'>[];
      take: number;
    }): Promise<EncryptedCartRow[]>;
  };
  $extends(extension: unknown): PeerClient;
  $disconnect(): Promise<void>;
}

interface ClientModule {
  readonly PrismaClient: new (options: { adapter: PrismaPg }) => PeerClient;
}

/** Opens the peers' tables through Prisma. */
export async function openPeerClient(databaseUrl: string): Promise<PeerClient> {
  const file = pathToFileURL(join(OUTPUT_DIRECTORY, 'prisma', 'client.ts')).href;
  const { PrismaClient } = (await import(file)) as ClientModule;
  const adapter = new PrismaPg({ connectionString: databaseUrl, max: PEER_CONNECTIONS }, { schema: 'peer' });
  return new PrismaClient({ adapter });
}
