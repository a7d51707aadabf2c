import { Text } from '@shopify/polaris';

import type { PersonName } from '#app/customers/names.ts';
import { texts } from '#app/ui/texts/texts.ts';

/** How a customer is called where one line is all there is: by name or address when shown, else by the code. */
export function personLabel(code: string | null, shown: PersonName | undefined): string {
  return shown?.name ?? shown?.email ?? (code === null ? texts.person.guest : texts.person.customer(code));
}

interface PersonDetailProps {
  readonly code: string | null;
  readonly shown: PersonName | undefined;
}

/** Below a name that is shown: the code, by which colleagues who see no names can be told, and the address. */
export function PersonDetail({ code, shown }: PersonDetailProps) {
  if (shown === undefined || code === null) return null;
  const address = shown.name === null ? null : shown.email;
  return (
    <span className="ci-wrap">
      <Text as="span" tone="subdued" variant="bodySm">
        {[texts.person.customer(code), address].filter((part) => part !== null).join(' · ')}
      </Text>
    </span>
  );
}
