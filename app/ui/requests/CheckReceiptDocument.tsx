import type { ExaminedReceipt } from '#app/privacy/receipts/facts.ts';
import { PublicDocument } from '#app/ui/requests/PublicDocument.tsx';
import { statementLines } from '#app/ui/requests/receipt-lines.ts';
import { checkReceiptTexts as t } from '#app/ui/texts/check-receipt.ts';

const KEYS_PATH = '/.well-known/cart-insights-receipt-key.pem';

interface CheckReceiptProps {
  readonly answer: ExaminedReceipt | null;
  readonly problem: 'missing' | 'tooLong' | null;
}

/** For anybody with a receipt. What was sent is not shown again. */
export function CheckReceiptDocument({ answer, problem }: CheckReceiptProps) {
  return (
    <PublicDocument title={t.title}>
      {answer === null ? <p>{t.intro}</p> : <Answer answer={answer} />}
      <form method="post" encType="multipart/form-data">
        {answer !== null && <h2 className="Polaris-Text--root Polaris-Text--headingMd">{t.checkAnother}</h2>}
        {problem !== null && (
          <p role="alert" id="problem" className="ci-problem">
            {t[problem]}
          </p>
        )}
        <label htmlFor="file">{t.file}</label>
        <input id="file" name="file" type="file" accept=".json,application/json" aria-describedby="file-help" />
        <p id="file-help" className="ci-help">
          {t.fileHelp}
        </p>
        <label htmlFor="text">{t.text}</label>
        <textarea id="text" name="text" rows={6} autoComplete="off" spellCheck={false} aria-describedby="kept" />
        <p id="kept" className="ci-help">
          {t.nothingKept}
        </p>
        <button type="submit">{t.check}</button>
      </form>
      <p className="ci-help">
        {t.own} <a href={KEYS_PATH}>{t.keys}</a>
      </p>
    </PublicDocument>
  );
}

function Answer({ answer: { check, facts } }: { readonly answer: ExaminedReceipt }) {
  return (
    <>
      <div role="status" className={check === 'genuine' ? 'ci-answer' : 'ci-answer ci-answer-bad'}>
        <strong>{t.answers[check].title}.</strong> {t.answers[check].body}
      </div>
      {facts !== null && (
        <>
          <h2 className="Polaris-Text--root Polaris-Text--headingMd">{t.states}</h2>
          <ul>
            {statementLines(facts, null).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
