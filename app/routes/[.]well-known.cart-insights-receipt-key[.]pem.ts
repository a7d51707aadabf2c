import type { LoaderFunctionArgs } from '@remix-run/node';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { publicKeyPem } from '#app/vault/signing.ts';

/**
 * The public keys with which anybody can check a receipt, retired ones too. A key's name is the first 16 hexadecimal digits of
 * SHA-256 of its 32 bytes; a receipt says which one signed it.
 */
export async function loader({ context }: LoaderFunctionArgs) {
  const { db, publicKeys, limits, clientAddress } = context;
  await limits.visitor(clientAddress);
  const keys = await db.prisma.$transaction((tx) => publicKeys(sqlTxOfPrisma(tx)));
  return new Response([...keys.values()].map(publicKeyPem).join(''), {
    headers: { 'content-type': 'application/x-pem-file', 'cache-control': 'public, max-age=3600' },
  });
}
