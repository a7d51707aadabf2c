import { archivePath } from '#app/ui/requests/copy-link.ts';
import { copyLinkTexts as t } from '#app/ui/texts/copy-link.ts';

/** For a person with a link. Fetching is a button: a program that only looks at links uses nothing up. */
export function CopyLinkPage({ token }: { readonly token: string }) {
  return (
    <main className="ci-plain ci-public">
      <h1 className="Polaris-Text--root Polaris-Text--headingLg">{t.title}</h1>
      <p>{t.intro}</p>
      <p>{t.once}</p>
      <p>{t.inside}</p>
      <form method="post" action={archivePath(token)}>
        <button type="submit">{t.fetch}</button>
      </form>
    </main>
  );
}
