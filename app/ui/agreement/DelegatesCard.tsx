import { Form, useNavigation } from '@remix-run/react';
import { BlockStack, Button, Card, InlineStack, Text, TextField } from '@shopify/polaris';
import { useEffect, useState } from 'react';

import { formatAgo } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { onboardingTexts } from '#app/ui/texts/agreement.ts';

const t = onboardingTexts;

export interface DelegateView {
  readonly id: string;
  readonly email: string;
  readonly namedAtMs: number;
}

interface DelegatesCardProps {
  readonly delegates: readonly DelegateView[];
  readonly nowMs: number;
  readonly refusal: keyof typeof t.refused | null;
}

/** For the account owner: colleagues who may accept in the owner's place. */
export function DelegatesCard({ delegates, nowMs, refusal }: DelegatesCardProps) {
  const [email, setEmail] = useState('');
  const { state, formData } = useNavigation();
  const isBusy = state !== 'idle' && formData?.get('intent') === 'name-delegate';
  const isWrong = refusal === 'email-invalid' || refusal === 'not-owner' || refusal === 'not-found';
  useEffect(() => setEmail(''), [delegates.length]);
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t.delegateHeading}
        </Text>
        <Text as="p">{t.delegateBody}</Text>
        {delegates.map((delegate) => (
          <Delegate key={delegate.id} delegate={delegate} nowMs={nowMs} />
        ))}
        <Form method="post" noValidate>
          <input type="hidden" name="intent" value="name-delegate" />
          <BlockStack gap="400">
            <TextField
              label={t.delegateLabel}
              name="email"
              type="email"
              autoComplete="off"
              value={email}
              onChange={setEmail}
              {...(isWrong ? { error: t.refused[refusal] } : {})}
            />
            <InlineStack>
              <Button submit loading={isBusy}>
                {t.delegateAdd}
              </Button>
            </InlineStack>
          </BlockStack>
        </Form>
      </BlockStack>
    </Card>
  );
}

function Delegate({ delegate, nowMs }: { readonly delegate: DelegateView; readonly nowMs: number }) {
  const { timeZone } = useShopDisplay();
  return (
    <Form method="post">
      <input type="hidden" name="intent" value="remove-delegate" />
      <input type="hidden" name="id" value={delegate.id} />
      <InlineStack align="space-between" blockAlign="center" gap="200">
        <span className="ci-wrap">
          <Text as="span">{delegate.email}</Text>{' '}
          <Text as="span" tone="subdued">
            {t.delegateNamed(formatAgo(delegate.namedAtMs, nowMs, timeZone))}
          </Text>
        </span>
        <Button submit variant="plain" accessibilityLabel={t.delegateRemoveLabel(delegate.email)}>
          {t.delegateRemove}
        </Button>
      </InlineStack>
    </Form>
  );
}
