import { useFetcher } from '@remix-run/react';
import { ActionList, Box, Button, InlineStack, Popover, Text } from '@shopify/polaris';
import { useEffect, useState } from 'react';

import { REVEAL_PURPOSES, type RevealPurpose } from '#app/access/reveal.ts';
import { useMay, useStaffAccess } from '#app/ui/people/staff-access.tsx';
import type { Reveal } from '#app/ui/people/use-reveal.ts';
import { texts } from '#app/ui/texts/texts.ts';

const t = texts.access.control;
const ACTION = '/app/names';
const CLOCK_MS = 10_000;
const MINUTE_MS = 60_000;

/** In the head of every page that can show people: whether names are shown, for what, how long, and the way to change it. */
export function NamesControl({ reveal }: { readonly reveal: Reveal }) {
  const may = useMay('people');
  const fetcher = useFetcher<{ ok: true }>();
  const isBusy = fetcher.state !== 'idle';
  const submit = (fields: { intent: 'show'; purpose: RevealPurpose } | { intent: 'hide' }) =>
    fetcher.submit(fields, { method: 'post', action: ACTION });
  return (
    <div role="group" aria-label={t.label}>
      <InlineStack gap="200" blockAlign="center">
        {!may && <NotYours />}
        {may && reveal.reveal === null && (
          <Choice isBusy={isBusy} onChoose={(purpose) => submit({ intent: 'show', purpose })} />
        )}
        {may && reveal.reveal !== null && (
          <Shown
            purpose={reveal.reveal.purpose}
            isMasked={reveal.isMasked}
            endsAtMs={reveal.endsAtMs}
            isBusy={isBusy}
            onHide={() => submit({ intent: 'hide' })}
          />
        )}
      </InlineStack>
    </div>
  );
}

interface ChoiceProps {
  readonly isBusy: boolean;
  readonly onChoose: (purpose: RevealPurpose) => void;
}

function Choice({ isBusy, onChoose }: ChoiceProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Text as="span" tone="subdued">
        {t.hidden}
      </Text>
      <Popover
        active={isOpen}
        preferredAlignment="right"
        onClose={() => setOpen(false)}
        activator={
          <Button disclosure loading={isBusy} onClick={() => setOpen(!isOpen)}>
            {t.show}
          </Button>
        }
      >
        <Box padding="300" paddingBlockEnd="0" maxWidth="20rem">
          <Text as="p" variant="headingSm">
            {t.choose}
          </Text>
        </Box>
        <ActionList
          actionRole="menuitem"
          items={REVEAL_PURPOSES.map((purpose) => ({
            content: texts.access.purposes[purpose].title,
            helpText: texts.access.purposes[purpose].means,
            onAction: () => {
              setOpen(false);
              onChoose(purpose);
            },
          }))}
        />
        <Box padding="300" paddingBlockStart="0" maxWidth="20rem">
          <Text as="p" tone="subdued" variant="bodySm">
            {t.chooseNote}
          </Text>
        </Box>
      </Popover>
    </>
  );
}

interface ShownProps {
  readonly purpose: RevealPurpose;
  readonly isMasked: boolean;
  readonly endsAtMs: number | null;
  readonly isBusy: boolean;
  readonly onHide: () => void;
}

function Shown({ purpose, isMasked, endsAtMs, isBusy, onHide }: ShownProps) {
  const minutes = useMinutesLeft(endsAtMs);
  const { name } = texts.access.purposes[purpose];
  return (
    <>
      <Text as="span">{isMasked ? t.shownMasked(name, minutes) : t.shown(name, minutes)}</Text>
      <Button loading={isBusy} onClick={onHide}>
        {t.hide}
      </Button>
    </>
  );
}

/** Somebody whose role shows no names: why, and whom to ask. */
function NotYours() {
  const { role, ask } = useStaffAccess();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Text as="span" tone="subdued">
        {t.hidden}
      </Text>
      <Popover
        active={isOpen}
        preferredAlignment="right"
        onClose={() => setOpen(false)}
        activator={
          <Button variant="plain" onClick={() => setOpen(!isOpen)}>
            {t.why}
          </Button>
        }
      >
        <Box padding="400" maxWidth="20rem">
          <Text as="p" variant="headingSm">
            {t.whyTitle}
          </Text>
          <Text as="p">{t.yourRole(texts.access.roles[role], texts.access.roleMeans[role])}</Text>
          <Text as="p">{texts.access.ask(ask)}</Text>
        </Box>
      </Popover>
    </>
  );
}

/** Whole minutes that are left, at least one as long as names are shown. */
function useMinutesLeft(endsAtMs: number | null): number {
  const left = () => (endsAtMs === null ? 30 : Math.max(1, Math.ceil((endsAtMs - Date.now()) / MINUTE_MS)));
  const [minutes, setMinutes] = useState(30);
  useEffect(() => {
    setMinutes(left());
    const timer = setInterval(() => setMinutes(left()), CLOCK_MS);
    return () => clearInterval(timer);
  }, [endsAtMs]);
  return minutes;
}
