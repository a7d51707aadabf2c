import { Banner, BlockStack, Box, Button, InlineStack, Link, TextField } from '@shopify/polaris';
import { useEffect, useState, type FormEvent } from 'react';

import type { FoundPerson } from '#app/customers/email-search.ts';
import type { PersonNames } from '#app/customers/names.ts';
import { personLabel } from '#app/ui/people/PersonLabel.tsx';
import { useMay } from '#app/ui/people/staff-access.tsx';
import { customerTexts } from '#app/ui/texts/customers.ts';

const t = customerTexts;
/** As long as somebody types, nothing is fetched. */
const TYPING_PAUSE_MS = 300;

interface CustomerSearchProps {
  readonly code: string;
  readonly names: PersonNames;
  readonly onCode: (code: string) => void;
}

/** By code, which says nothing of anybody; by e-mail, which is an act of its own and on record. */
export function CustomerSearch({ code, names, onCode }: CustomerSearchProps) {
  const maySearch = useMay('email-search');
  const [isByEmail, setByEmail] = useState(false);
  const [typed, setTyped] = useState(code);
  useEffect(() => setTyped(code), [code]);
  useEffect(() => {
    if (typed === code) return;
    const timer = setTimeout(() => onCode(typed), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, code, onCode]);
  return (
    <Box padding="400">
      <BlockStack gap="400">
        <InlineStack gap="300" blockAlign="end">
          <TextField
            label={t.codeLabel}
            placeholder={t.codePlaceholder}
            value={typed}
            onChange={setTyped}
            autoComplete="off"
            clearButton
            onClearButtonClick={() => onCode('')}
          />
          {maySearch && (
            <Button
              disclosure={isByEmail ? 'up' : 'down'}
              ariaExpanded={isByEmail}
              onClick={() => setByEmail(!isByEmail)}
            >
              {t.byEmail}
            </Button>
          )}
        </InlineStack>
        {maySearch && isByEmail && <EmailSearch names={names} />}
      </BlockStack>
    </Box>
  );
}

type Answer = readonly FoundPerson[] | 'invalid' | 'failed';

function EmailSearch({ names }: { readonly names: PersonNames }) {
  const [email, setEmail] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const find = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setAnswer(await ask(email));
    setBusy(false);
  };
  return (
    <form noValidate onSubmit={(event) => void find(event)}>
      <BlockStack gap="300">
        <Box maxWidth="30rem">
          <TextField
            label={t.emailLabel}
            helpText={t.emailHelp}
            type="email"
            autoComplete="off"
            autoFocus
            value={email}
            onChange={setEmail}
            {...(answer === 'invalid' ? { error: t.emailInvalid } : {})}
          />
        </Box>
        <InlineStack>
          <Button submit variant="primary" loading={isBusy}>
            {t.find}
          </Button>
        </InlineStack>
        <div role="status">{answer !== null && answer !== 'invalid' && <Found answer={answer} names={names} />}</div>
      </BlockStack>
    </form>
  );
}

function Found({ answer, names }: { readonly answer: Exclude<Answer, 'invalid'>; readonly names: PersonNames }) {
  if (answer === 'failed') return <Banner tone="critical">{t.searchFailed}</Banner>;
  if (answer.length === 0) return <Banner tone="info">{t.foundNobody}</Banner>;
  return (
    <Banner tone="success" title={t.found(answer.length)}>
      <InlineStack gap="300">
        {answer.map(({ id, code }) => (
          <Link key={id} url={`/app/customers/${id}`}>
            {personLabel(code, names[id])}
          </Link>
        ))}
      </InlineStack>
    </Banner>
  );
}

/** In the body of a POST: an address of a person stands in no address of a page, no history and no log. */
async function ask(email: string): Promise<Answer> {
  try {
    const response = await fetch('/app/customers/search', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    });
    if (response.status === 400) return 'invalid';
    if (!response.ok) return 'failed';
    return ((await response.json()) as { found: readonly FoundPerson[] }).found;
  } catch {
    return 'failed';
  }
}
