import type { ActionFunctionArgs } from '@remix-run/node';

import { signingPublicKeys } from '#app/data/signing-key.ts';
import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { checkReceipt, MAX_RECEIPT_CHARS } from '#app/privacy/receipts/check.ts';

/** Whether a receipt is ours and unchanged, for anybody: POST it as it was downloaded. Nothing is looked up but the keys. */
export async function action({ request, context }: ActionFunctionArgs) {
  const { db, keyring, limits, clientAddress } = context;
  await limits.visitor(clientAddress);
  const announced = Number(request.headers.get('content-length') ?? NaN);
  if (!(announced <= MAX_RECEIPT_CHARS)) return new Response(null, { status: 413 });
  const keys = await db.prisma.$transaction((tx) => signingPublicKeys(sqlTxOfPrisma(tx), keyring));
  return Response.json({ check: checkReceipt(await request.text(), keys) });
}

export const loader = () => new Response(null, { status: 405, headers: { allow: 'POST' } });
