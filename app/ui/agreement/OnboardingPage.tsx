import { Form, useNavigation } from '@remix-run/react';
import { Banner, BlockStack, Box, Button, Card, InlineStack, Page, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';

import type { AgreementBlock } from '#app/privacy/agreements/versions.ts';
import type { Disclosure } from '#app/privacy/disclosure.ts';
import { AgreementActions } from '#app/ui/agreement/AgreementActions.tsx';
import { AgreementText } from '#app/ui/agreement/AgreementText.tsx';
import { DelegatesCard, type DelegateView } from '#app/ui/agreement/DelegatesCard.tsx';
import { onboardingTexts, agreementTexts } from '#app/ui/texts/agreement.ts';

const t = onboardingTexts;

/** What the page of the first visit shows. */
export interface OnboardingView {
  readonly agreement: { readonly version: string; readonly sha256: string; readonly text: string };
  readonly blocks: readonly AgreementBlock[];
  readonly disclosures: readonly Disclosure[];
  /** Whether the one who looks may accept, and if not, why. */
  readonly standing: 'may-accept' | keyof typeof t.notYou;
  readonly isOwner: boolean;
  readonly contactEmail: string;
  readonly delegates: readonly DelegateView[];
  readonly nowMs: number;
}

export type OnboardingRefusal = keyof typeof t.refused;

interface OnboardingPageProps {
  readonly view: OnboardingView;
  readonly refusal: OnboardingRefusal | null;
}

/** The first visit: what the app does with data and why, the agreement, and its acceptance. */
export function OnboardingPage({ view, refusal }: OnboardingPageProps) {
  const { agreement, blocks, disclosures, standing, isOwner } = view;
  return (
    <Page narrowWidth title={t.title}>
      <BlockStack gap="400">
        <Box paddingInline={{ xs: '400', sm: '0' }}>
          <Text as="p" variant="bodyLg">
            {t.intro}
          </Text>
        </Box>
        {standing !== 'may-accept' && (
          <Banner tone="info" title={t.notYouHeading}>
            {t.notYou[standing]}
          </Banner>
        )}
        <Card>
          <BlockStack gap="400">
            <Text as="h2" variant="headingMd">
              {t.whatHeading}
            </Text>
            {disclosures.map((disclosure) => (
              <PurposeText key={disclosure.purpose} disclosure={disclosure} />
            ))}
            <Text as="p">{t.whatNot}</Text>
          </BlockStack>
        </Card>
        <Card>
          <BlockStack gap="400">
            <InlineStack align="space-between" blockAlign="center" gap="200">
              <Text as="h2" variant="headingMd">
                {agreementTexts.title}
              </Text>
              <Text as="span" tone="subdued">
                {`${agreementTexts.version} ${agreement.version}`}
              </Text>
            </InlineStack>
            <AgreementText blocks={blocks} topLevel={3} />
            <AgreementActions version={agreement.version} text={agreement.text} />
          </BlockStack>
        </Card>
        {standing === 'may-accept' && <AcceptCard view={view} refusal={refusal} />}
        {isOwner && <DelegatesCard delegates={view.delegates} nowMs={view.nowMs} refusal={refusal} />}
      </BlockStack>
    </Page>
  );
}

function PurposeText({ disclosure }: { readonly disclosure: Disclosure }) {
  // In the order of the catalogue: the names first, the prices last.
  const words = Object.entries(t.fields).flatMap(([field, word]) => (disclosure.fields.includes(field) ? [word] : []));
  return (
    <BlockStack gap="100">
      <Text as="h3" variant="headingSm">
        {disclosure.title}
      </Text>
      <Text as="p">{disclosure.statement}</Text>
      <Text as="p" tone="subdued">
        {[...new Set(words)].join(' · ')}
      </Text>
    </BlockStack>
  );
}

function AcceptCard({ view, refusal }: OnboardingPageProps) {
  const [contact, setContact] = useState(view.contactEmail);
  const { agreement } = view;
  const isBusy = useIsSubmitting('accept');
  const isContactWrong = refusal === 'contact-invalid';
  const isRefused = refusal !== null && !isContactWrong && refusal !== 'email-invalid' && refusal !== 'not-owner';
  return (
    <Card>
      <Form method="post" noValidate>
        <input type="hidden" name="version" value={agreement.version} />
        <input type="hidden" name="sha256" value={agreement.sha256} />
        <BlockStack gap="400">
          <Text as="h2" variant="headingMd">
            {t.acceptHeading}
          </Text>
          {isRefused && <Banner tone="critical">{t.refused[refusal]}</Banner>}
          <TextField
            label={t.contactLabel}
            name="contactEmail"
            type="email"
            autoComplete="email"
            value={contact}
            onChange={setContact}
            helpText={t.contactHelp}
            {...(isContactWrong ? { error: t.refused['contact-invalid'] } : {})}
          />
          <Text as="p">{t.acceptNote(agreement.version)}</Text>
          <Text as="p" tone="subdued">
            {t.untilThen}
          </Text>
          <InlineStack>
            {/* Polaris' button knows no name and value, by which the action tells the forms apart. */}
            <input type="hidden" name="intent" value="accept" />
            <Button variant="primary" submit loading={isBusy}>
              {t.accept}
            </Button>
          </InlineStack>
        </BlockStack>
      </Form>
    </Card>
  );
}

/** Whether the form with this intent is under way. */
function useIsSubmitting(intent: string): boolean {
  const { state, formData } = useNavigation();
  return state !== 'idle' && formData?.get('intent') === intent;
}
