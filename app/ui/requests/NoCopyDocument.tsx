import { PublicDocument } from '#app/ui/requests/PublicDocument.tsx';
import { copyLinkTexts as t } from '#app/ui/texts/copy-link.ts';

/** The answer to every link that gives nothing. */
export function NoCopyDocument() {
  return (
    <PublicDocument title={t.nothingTitle}>
      <p>{t.nothing}</p>
    </PublicDocument>
  );
}
