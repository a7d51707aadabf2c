import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';

import { sqlTxOfPrisma } from '#app/data/sql-tx.ts';
import { checkReceipt, MAX_RECEIPT_CHARS } from '#app/privacy/receipts/check.ts';
import { examineReceipt, getReceiptText } from '#app/privacy/receipts/facts.ts';
import { checkReceiptHtml } from '#app/ui/requests/public-html.ts';

const HTML = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "frame-ancestors 'none'; script-src 'none'",
};

/** The page for anybody: no session, no cookie, no script. */
export async function loader({ context }: LoaderFunctionArgs) {
  await context.limits.visitor(context.clientAddress);
  return new Response(checkReceiptHtml({ answer: null, problem: null }), { headers: HTML });
}

/**
 * Whether a receipt is ours and unchanged. The page's form is answered by the page; whoever sends the file itself gets the
 * answer as JSON. Nothing is looked up but the keys.
 */
export async function action({ request, context }: ActionFunctionArgs) {
  const { db, limits, clientAddress } = context;
  await limits.visitor(clientAddress);
  const publicKeys = () => db.prisma.$transaction((tx) => context.publicKeys(sqlTxOfPrisma(tx)));
  if (isForm(request)) {
    const text = await getReceiptText(request);
    const problem = text === null ? 'tooLong' : text.trim() === '' ? 'missing' : null;
    const answer = problem === null ? examineReceipt(text ?? '', await publicKeys()) : null;
    return new Response(checkReceiptHtml({ answer, problem }), { status: problem === null ? 200 : 400, headers: HTML });
  }
  const announced = Number(request.headers.get('content-length') ?? NaN);
  if (!(announced <= MAX_RECEIPT_CHARS)) return new Response(null, { status: 413 });
  return Response.json({ check: checkReceipt(await request.text(), await publicKeys()) });
}

function isForm(request: Request): boolean {
  return /^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(
    request.headers.get('content-type') ?? '',
  );
}
