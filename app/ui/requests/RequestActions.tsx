import { useFetcher } from '@remix-run/react';
import { Banner, BlockStack, Button, Card, FormLayout, InlineStack, Select, Text } from '@shopify/polaris';
import { useState } from 'react';

import type { RequestView } from '#app/privacy/desk/read.ts';
import { requests } from '#app/ui/texts/requests.ts';

const t = requests;
const a = t.actions;

/** A request that anybody could have typed: what to do before anything is done about it. */
export function NotVerified({ request, mayAnswer }: { readonly request: RequestView; readonly mayAnswer: boolean }) {
  const fetcher = useFetcher();
  return (
    <Banner tone="warning" title={t.page.notVerified.title}>
      <BlockStack gap="300">
        <Text as="p">{t.page.notVerified.body}</Text>
        {mayAnswer && request.may.resume && (
          <InlineStack>
            <Button
              loading={fetcher.state !== 'idle'}
              onClick={() => fetcher.submit({ intent: 'resume' }, { method: 'post' })}
            >
              {a.confirm}
            </Button>
          </InlineStack>
        )}
      </BlockStack>
    </Banner>
  );
}

/** Hold, go on, more time, refuse: each on a named legal ground. */
export function MoreActions({ request }: { readonly request: RequestView }) {
  const { may, source, kind } = request;
  const fetcher = useFetcher();
  const isBusy = fetcher.state !== 'idle';
  const canResume = may.resume && source !== 'individual';
  const isCopy = kind === 'access' || kind === 'portability';
  const canClose = may.close && !isCopy;
  const lists = [may.pause, may.extend, may.refuse, may.takeBack].some((grounds) => grounds.length > 0);
  if (!lists && !canResume && !canClose) return null;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {a.heading}
        </Text>
        <InlineStack gap="200">
          {canClose && (
            <Button
              variant="primary"
              loading={isBusy}
              onClick={() => fetcher.submit({ intent: 'close' }, { method: 'post' })}
            >
              {a.close}
            </Button>
          )}
          {canResume && (
            <Button loading={isBusy} onClick={() => fetcher.submit({ intent: 'resume' }, { method: 'post' })}>
              {a.resume}
            </Button>
          )}
        </InlineStack>
        <WithGround intent="pause" label={a.pause} grounds={may.pause} words={a.pauseGrounds} />
        <WithGround intent="extend" label={a.extend} grounds={may.extend} words={a.extensionGrounds} />
        <WithGround intent="refuse" label={a.refuse} grounds={may.refuse} words={a.refusalGrounds} isCritical />
        <WithGround
          intent="takeBack"
          label={a.takeBack}
          choice={a.takeBackReason}
          grounds={may.takeBack}
          words={a.takeBackReasons}
        />
        {may.takeBack.length > 0 && <Text as="p">{a.takeBackNote}</Text>}
        {source === 'shopify' && request.finishedAtMs === null && <Text as="p">{a.shopifyNever}</Text>}
      </BlockStack>
    </Card>
  );
}

interface WithGroundProps {
  readonly intent: 'pause' | 'extend' | 'refuse' | 'takeBack';
  readonly label: string;
  /** What is chosen; a legal ground, where nothing else is said. */
  readonly choice?: string;
  readonly grounds: readonly string[];
  readonly words: Readonly<Record<string, string>>;
  readonly isCritical?: boolean;
}

function WithGround({ intent, label, choice = a.ground, grounds, words, isCritical = false }: WithGroundProps) {
  const fetcher = useFetcher();
  const [ground, setGround] = useState('');
  if (grounds.length === 0) return null;
  return (
    <FormLayout>
      <FormLayout.Group>
        <Select
          label={`${label}: ${choice}`}
          placeholder={choice === a.ground ? a.choose : a.chooseReason}
          options={grounds.map((value) => ({ value, label: words[value] ?? value }))}
          value={ground}
          onChange={setGround}
        />
        <div className="ci-beside-field">
          <Button
            disabled={ground === ''}
            loading={fetcher.state !== 'idle'}
            onClick={() => fetcher.submit({ intent, ground }, { method: 'post' })}
            {...(isCritical ? { tone: 'critical' } : {})}
          >
            {label}
          </Button>
        </div>
      </FormLayout.Group>
    </FormLayout>
  );
}
