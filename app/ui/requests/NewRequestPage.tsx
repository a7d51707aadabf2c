import { useNavigation, useSubmit } from '@remix-run/react';
import {
  Banner,
  BlockStack,
  Box,
  Button,
  Card,
  ChoiceList,
  Form,
  FormLayout,
  InlineStack,
  Page,
  Select,
  Text,
  TextField,
} from '@shopify/polaris';
import { useState } from 'react';

import type { BeginResult, FindBy } from '#app/privacy/desk/begin.ts';
import { requests } from '#app/ui/texts/requests.ts';
import { texts } from '#app/ui/texts/texts.ts';

const t = requests;
const b = t.beginning;
const KINDS = ['access', 'portability', 'erasure', 'correction', 'objection'] as const;
type Kind = (typeof KINDS)[number];
type Typed = Exclude<FindBy, 'person'>;
const BY: readonly Typed[] = ['email', 'customer', 'order'];

interface NewRequestPageProps {
  readonly result: BeginResult | null;
  readonly today: string;
  /** Whose page staff came from, and what for. */
  readonly chosen: { readonly id: string; readonly code: string } | null;
  readonly kind: Kind;
  /** Staff came from the page of somebody who is not there any more. */
  readonly isGone: boolean;
}

/** Begins a request for a person who wrote to the shop. What is typed goes into the body of the form, never an address. */
export function NewRequestPage({ result, today, chosen: from, kind: wanted, isGone }: NewRequestPageProps) {
  const [chosen, setChosen] = useState(from);
  const [kind, setKind] = useState<Kind>(wanted);
  const [regime, setRegime] = useState<'gdpr' | 'ccpa'>('gdpr');
  const [scope, setScope] = useState('everything');
  const [receivedOn, setReceivedOn] = useState(today);
  const [by, setBy] = useState<Typed>('email');
  const [value, setValue] = useState('');
  const [looked, setLooked] = useState('');
  const { state, formData } = useNavigation();
  const busy = state === 'idle' ? null : formData?.get('intent');
  const submit = useSubmit();
  const send = (intent: 'find' | 'begin') => {
    setLooked(`${by} ${value}`);
    const whom = chosen === null ? { by, value } : { by: 'person', value: chosen.id };
    submit({ intent, kind, regime, scope, receivedOn, ...whom }, { method: 'post' });
  };
  const refusal = result?.kind === 'refused' ? result.reason : null;
  // What was found belongs to what was typed then.
  const found = result?.kind === 'found' && looked === `${by} ${value}` ? result.found : null;
  const isCopy = kind === 'access' || kind === 'portability';
  return (
    <Page narrowWidth backAction={{ content: t.page.back, url: '/app/requests' }} title={b.title}>
      <Form onSubmit={() => send(chosen === null ? 'find' : 'begin')}>
        <BlockStack gap="400">
          <Box paddingInline={{ xs: '400', sm: '0' }}>
            <Text as="p">{b.intro}</Text>
          </Box>
          <Card>
            <FormLayout>
              <ChoiceList
                title={b.kind}
                name="kind"
                choices={KINDS.map((each) => ({ label: t.kinds[each], value: each }))}
                selected={[kind]}
                onChange={([chosen]) => setKind(KINDS.find((each) => each === chosen) ?? kind)}
              />
              {(kind === 'correction' || kind === 'erasure' || kind === 'objection') && (
                <Banner>{b.sourceNotice[kind]}</Banner>
              )}
              <Select
                label={b.regime}
                options={[
                  { label: b.regimes.gdpr, value: 'gdpr' },
                  { label: b.regimes.ccpa, value: 'ccpa' },
                ]}
                value={regime}
                onChange={(chosen) => setRegime(chosen === 'ccpa' ? 'ccpa' : 'gdpr')}
              />
              {isCopy && (
                <Select
                  label={b.scope}
                  options={Object.entries(t.page.scopes).map(([each, label]) => ({ label, value: each }))}
                  value={scope}
                  onChange={setScope}
                />
              )}
              <TextField
                label={b.receivedOn}
                type="date"
                autoComplete="off"
                max={today}
                value={receivedOn}
                onChange={setReceivedOn}
                {...(refusal === 'date-malformed' ? { error: b.refused[refusal] } : {})}
              />
            </FormLayout>
          </Card>
          <Card>
            <BlockStack gap="400">
              <Text as="h2" variant="headingMd">
                {b.find}
              </Text>
              {(isGone || refusal === 'person-gone') && <Banner tone="warning">{b.refused['person-gone']}</Banner>}
              {chosen === null ? (
                <FormLayout>
                  <Select
                    label={b.by}
                    options={BY.map((each) => ({ label: b.bys[each], value: each }))}
                    value={by}
                    onChange={(chosen) => setBy(BY.find((each) => each === chosen) ?? by)}
                  />
                  <TextField
                    label={b.valueLabels[by]}
                    autoComplete="off"
                    value={value}
                    onChange={setValue}
                    helpText={b.valueHelp[by]}
                    {...(refusal === 'value-malformed' ? { error: b.refused[refusal] } : {})}
                  />
                </FormLayout>
              ) : (
                <InlineStack gap="400" blockAlign="center">
                  <Text as="span" fontWeight="semibold">
                    {b.chosen(chosen.code)}
                  </Text>
                  <Button variant="plain" onClick={() => setChosen(null)}>
                    {b.other}
                  </Button>
                </InlineStack>
              )}
              <div role="status">
                {found !== null && (
                  <Banner tone={found.codes.length === 0 ? 'info' : 'success'}>
                    <p>
                      {found.codes.length === 0 ? b.nobody : b.found(found.codes.map(texts.person.customer).join(', '))}
                    </p>
                    {found.codes.length > 0 && <p>{b.foundCounts(found.carts, found.checkouts, found.orders)}</p>}
                  </Banner>
                )}
              </div>
              {chosen === null && (
                <Text as="p" tone="subdued">
                  {b.noted}
                </Text>
              )}
              <InlineStack gap="200">
                {chosen === null && (
                  <Button submit loading={busy === 'find'} disabled={value.trim() === ''}>
                    {b.look}
                  </Button>
                )}
                <Button
                  variant="primary"
                  loading={busy === 'begin'}
                  disabled={chosen === null && found === null}
                  onClick={() => send('begin')}
                >
                  {b.begin}
                </Button>
              </InlineStack>
            </BlockStack>
          </Card>
        </BlockStack>
      </Form>
    </Page>
  );
}
