import { useFetcher } from '@remix-run/react';
import { ActionList, BlockStack, Box, Button, ButtonGroup, InlineStack, Popover, Text } from '@shopify/polaris';
import { ChevronDownIcon } from '@shopify/polaris-icons';
import { useEffect, useId, useRef, useState } from 'react';

import { REVEAL_IDLE_MINUTES, REVEAL_PURPOSES, type RevealPurpose } from '#app/access/reveal.ts';
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
  const group = useRef<HTMLDivElement>(null);
  const isPressed = useRef(false);
  const purpose = reveal.reveal?.purpose ?? null;
  const spoken = useSpokenChange(purpose);
  // The button that was pressed is gone, so the one in its place takes the focus.
  useEffect(() => {
    if (isPressed.current) group.current?.querySelector('button')?.focus();
    isPressed.current = false;
  }, [purpose]);
  const submit = (fields: { intent: 'show'; purpose: RevealPurpose } | { intent: 'hide' }) => {
    isPressed.current = true;
    fetcher.submit(fields, { method: 'post', action: ACTION });
  };
  return (
    <div role="group" aria-label={t.label} className="ci-names" ref={group}>
      <InlineStack gap="200" blockAlign="center" wrap={false}>
        {!may && <NotYours />}
        {may && reveal.reveal === null && (
          <Choice isBusy={isBusy} onChoose={(chosen) => submit({ intent: 'show', purpose: chosen })} />
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
      <span role="status" className="ci-spoken">
        {spoken}
      </span>
    </div>
  );
}

/** What a screen reader says when names come or go, by whatever cause; nothing as long as all stays as it came. */
function useSpokenChange(purpose: RevealPurpose | null): string {
  const [spoken, setSpoken] = useState('');
  const before = useRef(purpose);
  useEffect(() => {
    if (before.current === purpose) return;
    before.current = purpose;
    setSpoken(purpose === null ? t.hidden : t.nowShown(texts.access.purposes[purpose].name));
  }, [purpose]);
  return spoken;
}

interface ChoiceProps {
  readonly isBusy: boolean;
  readonly onChoose: (purpose: RevealPurpose) => void;
}

/** One click for the purpose that was chosen last, and the list of all beside it. */
function Choice({ isBusy, onChoose }: ChoiceProps) {
  const { usualPurpose } = useStaffAccess();
  const [isOpen, setOpen] = useState(false);
  const noteId = useId();
  return (
    <>
      <Text as="span" tone="subdued">
        {t.hidden}
      </Text>
      <ButtonGroup variant="segmented">
        <Button loading={isBusy} ariaDescribedBy={noteId} onClick={() => onChoose(usualPurpose)}>
          {t.showFor(texts.access.purposes[usualPurpose].name)}
        </Button>
        <Popover
          active={isOpen}
          preferredAlignment="right"
          onClose={() => setOpen(false)}
          activator={
            <Button
              icon={ChevronDownIcon}
              accessibilityLabel={t.otherPurpose}
              disabled={isBusy}
              onClick={() => setOpen(!isOpen)}
            />
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
              {t.note}
            </Text>
          </Box>
        </Popover>
      </ButtonGroup>
      <span id={noteId} className="ci-spoken">
        {t.note}
      </span>
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
          <BlockStack gap="200">
            <Text as="p" variant="headingSm">
              {t.whyTitle}
            </Text>
            <Text as="p">{t.yourRole(texts.access.roles[role], texts.access.roleMeans[role])}</Text>
            <Text as="p">{texts.access.ask(ask)}</Text>
          </BlockStack>
        </Box>
      </Popover>
    </>
  );
}

/** Whole minutes that are left: at least one as long as names are shown, and never more than there are. */
function useMinutesLeft(endsAtMs: number | null): number {
  const [minutes, setMinutes] = useState(REVEAL_IDLE_MINUTES);
  useEffect(() => {
    if (endsAtMs === null) return;
    const look = () => {
      const left = Math.ceil((endsAtMs - Date.now()) / MINUTE_MS);
      setMinutes(Math.min(REVEAL_IDLE_MINUTES, Math.max(1, left)));
    };
    look();
    const timer = setInterval(look, CLOCK_MS);
    return () => clearInterval(timer);
  }, [endsAtMs]);
  return minutes;
}
