import { individualsTexts as t } from '#app/ui/texts/individuals.ts';

interface IndividualsPageProps {
  readonly answer: 'taken' | keyof typeof t.refused | null;
}

/** For people who shopped somewhere. A plain form that works without a script. */
export function IndividualsPage({ answer }: IndividualsPageProps) {
  const problem = answer === null || answer === 'taken' ? null : answer;
  return (
    <main className="ci-plain ci-public">
      <h1 className="Polaris-Text--root Polaris-Text--headingLg">{t.title}</h1>
      <p>{t.intro}</p>
      <h2 className="Polaris-Text--root Polaris-Text--headingMd">{t.rolesHeading}</h2>
      <ul>
        {t.roles.map((role) => (
          <li key={role}>{role}</li>
        ))}
      </ul>
      <h2 className="Polaris-Text--root Polaris-Text--headingMd">{t.formHeading}</h2>
      {answer === 'taken' ? (
        <p role="status" className="ci-answer">
          {t.taken}
        </p>
      ) : (
        <PublicForm problem={problem} />
      )}
    </main>
  );
}

function PublicForm({ problem }: { readonly problem: keyof typeof t.refused | null }) {
  return (
    <form method="post">
      {problem !== null && (
        <p role="alert" id="problem" className="ci-problem">
          {t.refused[problem]}
        </p>
      )}
      <fieldset>
        <legend>{t.kindLabel}</legend>
        {Object.entries(t.kinds).map(([kind, label]) => (
          <label key={kind}>
            <input type="radio" name="kind" value={kind} required /> {label}
          </label>
        ))}
      </fieldset>
      <label htmlFor="shop">{t.shopLabel}</label>
      <input
        id="shop"
        name="shop"
        required
        maxLength={200}
        autoComplete="off"
        aria-describedby={describedBy(problem === 'shop-malformed', 'shop-help')}
        aria-invalid={problem === 'shop-malformed'}
      />
      <p id="shop-help" className="ci-help">
        {t.shopHelp}
      </p>
      <label htmlFor="email">{t.emailLabel}</label>
      <input
        id="email"
        name="email"
        type="email"
        required
        maxLength={254}
        autoComplete="email"
        aria-describedby={describedBy(problem === 'email-malformed', 'email-help')}
        aria-invalid={problem === 'email-malformed'}
      />
      <p id="email-help" className="ci-help">
        {t.emailHelp}
      </p>
      <button type="submit">{t.send}</button>
    </form>
  );
}

/** The help of a field, and before it what is wrong with it. */
function describedBy(isWrong: boolean, help: string): string {
  return (isWrong ? ['problem', help] : [help]).join(' ');
}
