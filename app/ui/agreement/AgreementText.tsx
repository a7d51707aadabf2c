import { Text } from '@shopify/polaris';

import type { AgreementBlock } from '#app/privacy/agreements/versions.ts';
import { texts } from '#app/ui/texts/texts.ts';

/** The agreement to read: scrolls on the screen (by keyboard too), is whole on paper. */
export function AgreementText({ blocks }: { readonly blocks: readonly AgreementBlock[] }) {
  return (
    <div className="ci-agreement" role="region" aria-label={texts.agreement.textLabel} tabIndex={0}>
      {blocks.map((block, index) => (
        <Block key={index} block={block} />
      ))}
    </div>
  );
}

function Block({ block }: { readonly block: AgreementBlock }) {
  switch (block.kind) {
    case 'heading':
      // The page has its own first and second headings above this text.
      return (
        <Text as={block.level === 1 ? 'h3' : 'h4'} variant={block.level === 1 ? 'headingMd' : 'headingSm'}>
          {block.text}
        </Text>
      );
    case 'paragraph':
      return <Text as="p">{block.text}</Text>;
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      );
  }
}
