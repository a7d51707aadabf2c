import { texts } from '#app/ui/texts/texts.ts';

interface PlainPageProps {
  readonly title: string;
  readonly body: string;
  /** Offers to load the same address again. */
  readonly hasRetry?: boolean;
}

/** A page outside the app's frame: without Polaris' script, so that it shows even when little else works. */
export function PlainPage({ title, body, hasRetry = false }: PlainPageProps) {
  return (
    <main className="ci-plain">
      <h1 className="Polaris-Text--root Polaris-Text--headingLg">{title}</h1>
      <p>{body}</p>
      {hasRetry && (
        <p>
          <a href="">{texts.errors.retry}</a>
        </p>
      )}
    </main>
  );
}
