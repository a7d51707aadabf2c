import { BlockStack, Text } from '@shopify/polaris';

import { FieldValue } from '#app/ui/people/FieldValue.tsx';
import type { Reveal } from '#app/ui/people/use-reveal.ts';
import { cartTexts } from '#app/ui/texts/cart.ts';
import { texts } from '#app/ui/texts/texts.ts';

interface IdentityProps {
  /** Null for a guest. */
  readonly code: string | null;
  readonly personId: string | null;
  readonly reveal: Reveal;
}

/** Who somebody is, on the card beside what they did: the code always, name and address when they are shown. */
export function Identity({ code, personId, reveal }: IdentityProps) {
  if (code === null || personId === null) {
    return (
      <Text as="p" fontWeight="medium">
        {texts.person.guest}
      </Text>
    );
  }
  const isShown = reveal.reveal !== null;
  const shown = reveal.names[personId];
  return (
    <BlockStack gap="100">
      {shown?.name != null && (
        <FieldValue
          key={`name/${personId}`}
          personId={personId}
          field="name"
          value={shown.name}
          isMasked={reveal.isMasked}
        />
      )}
      {shown?.email != null && (
        <FieldValue
          key={`email/${personId}`}
          personId={personId}
          field="email"
          value={shown.email}
          isMasked={reveal.isMasked}
        />
      )}
      <Text as="p" {...(shown === undefined ? { fontWeight: 'medium' } : { tone: 'subdued' })}>
        {texts.person.customer(code)}
      </Text>
      {shown === undefined && (
        <Text as="p" tone="subdued">
          {isShown ? cartTexts.noName : cartTexts.nameHidden}
        </Text>
      )}
    </BlockStack>
  );
}
