import { ActionList, Box, Button, InlineStack, Popover, Text } from '@shopify/polaris';
import { useState } from 'react';

import { FIELD_REASONS, type FieldReason } from '#app/access/reasons.ts';
import { askForField } from '#app/ui/people/ask-for-field.ts';
import { useMay } from '#app/ui/people/staff-access.tsx';
import { fieldTexts } from '#app/ui/texts/person-field.ts';

const t = fieldTexts;

interface FieldValueProps {
  readonly personId: string;
  readonly field: 'name' | 'email';
  /** As it came with the page: whole, or masked where the shop masks. */
  readonly value: string;
  readonly isMasked: boolean;
}

/**
 * A name or an address. Where the shop masks, it is shown whole for a reason; an address can be copied, which is on record
 * under its own name. Neither touches the rest of the page.
 */
export function FieldValue({ personId, field, value, isMasked }: FieldValueProps) {
  const [whole, setWhole] = useState<{ value: string; reason: FieldReason } | null>(null);
  const [outcome, setOutcome] = useState<'idle' | 'busy' | 'copied' | 'failed'>('idle');
  const mayCopy = useMay('copy-address') && field === 'email' && (!isMasked || whole !== null);

  const show = async (reason: FieldReason) => {
    setOutcome('busy');
    const answer = await askForField({ personId, field, act: 'show-field', reason });
    if (answer !== null) setWhole({ value: answer, reason });
    setOutcome(answer === null ? 'failed' : 'idle');
  };
  const copy = async () => {
    setOutcome('busy');
    const reason = whole?.reason ?? null;
    const answer = await askForField({ personId, field: 'email', act: 'copy-address', reason });
    setOutcome(answer !== null && (await putIntoClipboard(answer)) ? 'copied' : 'failed');
  };

  return (
    <InlineStack gap="200" blockAlign="center">
      <span className="ci-wrap">
        <Text as="span" {...(field === 'name' ? { fontWeight: 'medium' } : {})}>
          {whole?.value ?? value}
        </Text>
      </span>
      {isMasked && whole === null && (
        <Reasons field={field} isBusy={outcome === 'busy'} onChoose={(reason) => void show(reason)} />
      )}
      {mayCopy && (
        <Button
          variant="plain"
          loading={outcome === 'busy'}
          accessibilityLabel={t.copyLabel}
          onClick={() => void copy()}
        >
          {t.copy}
        </Button>
      )}
      <span role="status">
        {outcome === 'copied' && (
          <Text as="span" tone="subdued">
            {t.copied}
          </Text>
        )}
        {outcome === 'failed' && (
          <Text as="span" tone="critical">
            {t.failed}
          </Text>
        )}
      </span>
    </InlineStack>
  );
}

interface ReasonsProps {
  readonly field: FieldValueProps['field'];
  readonly isBusy: boolean;
  readonly onChoose: (reason: FieldReason) => void;
}

function Reasons({ field, isBusy, onChoose }: ReasonsProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      active={isOpen}
      onClose={() => setOpen(false)}
      activator={
        <Button
          variant="plain"
          disclosure
          loading={isBusy}
          accessibilityLabel={t.showLabel[field]}
          onClick={() => setOpen(!isOpen)}
        >
          {t.show}
        </Button>
      }
    >
      <Box padding="300" paddingBlockEnd="0">
        <Text as="p" variant="headingSm">
          {t.why}
        </Text>
      </Box>
      <ActionList
        actionRole="menuitem"
        items={FIELD_REASONS.map((reason) => ({
          content: t.reasons[reason],
          onAction: () => {
            setOpen(false);
            onChoose(reason);
          },
        }))}
      />
    </Popover>
  );
}

async function putIntoClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
