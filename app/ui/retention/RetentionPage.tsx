import { useNavigation, useSubmit } from '@remix-run/react';
import { SaveBar, useAppBridge } from '@shopify/app-bridge-react';
import { Banner, BlockStack, Box, Card, Page, Text } from '@shopify/polaris';
import { type FormEvent, useEffect, useRef, useState } from 'react';

import { mapRules, RETENTION_RULE_NAMES, type RetentionRuleName } from '#app/privacy/retention.ts';
import type { RetentionView, SaveResult } from '#app/privacy/retention/page.ts';
import { parseTerms } from '#app/privacy/retention/terms.ts';
import { PreviewCard } from '#app/ui/retention/PreviewCard.tsx';
import { RunsCard } from '#app/ui/retention/RunsCard.tsx';
import { TermField } from '#app/ui/retention/TermField.tsx';
import { retention } from '#app/ui/texts/retention.ts';

const t = retention;

const GROUPS: readonly { name: keyof typeof t.groups; rules: readonly RetentionRuleName[]; note?: string }[] = [
  { name: 'carts', rules: ['emptyCarts', 'abandonedCarts', 'convertedCarts'], note: t.cartsNote },
  { name: 'purchases', rules: ['checkouts', 'orders'] },
  { name: 'people', rules: [], note: t.peopleNote },
  { name: 'records', rules: ['packages', 'accessLog', 'requests'] },
];

interface RetentionPageProps {
  readonly view: RetentionView;
  readonly mayEdit: boolean;
  readonly result: SaveResult | null;
}

/** Settings → Retention: terms with their limits, what goes under them and when, and the runs there were. */
export function RetentionPage({ view, mayEdit, result }: RetentionPageProps) {
  const { typed, setTerm, isDirty, discard } = useTyped(view);
  const submit = useSubmit();
  const isSaving = useNavigation().formData !== undefined;
  const parsed = parseTerms((name) => typed[name]);
  const problems = parsed.ok ? {} : parsed.problems;
  const save = () => {
    if (isSaving) return;
    submit({ ...typed, version: String(view.version) }, { method: 'post', replace: true, preventScrollReset: true });
  };
  useToast(result);

  return (
    <Page narrowWidth title={t.title}>
      <BlockStack gap="400">
        <Box paddingInline={{ xs: '400', sm: '0' }}>
          <Text as="p">{t.intro}</Text>
        </Box>
        {!mayEdit && <Banner tone="info">{t.onlyOwner}</Banner>}
        {result?.kind === 'stale' && <Banner tone="warning">{t.stale}</Banner>}
        {result?.kind === 'refused' && <Banner tone="critical">{t.correct}</Banner>}
        <form
          noValidate
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            if (mayEdit && isDirty) save();
          }}
        >
          <BlockStack gap="400">
            {GROUPS.map(({ name, rules, note }) => (
              <Card key={name}>
                <BlockStack gap="400">
                  <BlockStack gap="100">
                    <Text as="h2" variant="headingMd">
                      {t.groups[name]}
                    </Text>
                    {note !== undefined && (
                      <Text as="p" tone="subdued">
                        {note}
                      </Text>
                    )}
                  </BlockStack>
                  {rules.map((rule) => (
                    <TermField
                      key={rule}
                      rule={rule}
                      value={typed[rule]}
                      problem={problems[rule] ?? null}
                      isDisabled={!mayEdit || isSaving}
                      onChange={setTerm}
                    />
                  ))}
                </BlockStack>
              </Card>
            ))}
          </BlockStack>
        </form>
        {mayEdit && (
          <PreviewCard
            terms={parsed.ok ? parsed.terms : null}
            saved={view.terms}
            nextRunAtMs={view.nextRunAtMs}
            nowMs={view.nowMs}
          />
        )}
        <RunsCard runs={view.runs} refused={view.refused} nowMs={view.nowMs} />
      </BlockStack>
      <SaveBar id="retention" open={mayEdit && isDirty}>
        <button variant="primary" onClick={save} disabled={isSaving || !parsed.ok}>
          {t.save}
        </button>
        <button onClick={discard} disabled={isSaving}>
          {t.discard}
        </button>
      </SaveBar>
    </Page>
  );
}

/** What stands in the fields; begins anew with every version that comes from the server. */
function useTyped({ version, terms }: RetentionView) {
  const saved = () => mapRules((name) => String(terms[name]));
  const [typed, setTyped] = useState(saved);
  const [of, setOf] = useState(version);
  if (of !== version) {
    setOf(version);
    setTyped(saved());
  }
  return {
    typed,
    setTerm: (name: RetentionRuleName, value: string) => setTyped((before) => ({ ...before, [name]: value })),
    isDirty: RETENTION_RULE_NAMES.some((name) => typed[name] !== String(terms[name])),
    discard: () => setTyped(saved()),
  };
}

/** Says once that it was saved. */
function useToast(result: SaveResult | null): void {
  const shopify = useAppBridge();
  const told = useRef<SaveResult | null>(null);
  useEffect(() => {
    if (result?.kind !== 'saved' || told.current === result) return;
    told.current = result;
    shopify.toast.show(t.saved);
  }, [result, shopify]);
}
