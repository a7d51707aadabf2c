import { Text } from '@shopify/polaris';

import type { AgreementBlock } from '#app/privacy/agreements/versions.ts';
import { agreementTexts } from '#app/ui/texts/agreement.ts';

interface AgreementTextProps {
  readonly blocks: readonly AgreementBlock[];
  /** The level of its title among the headings of the page. */
  readonly topLevel: 2 | 3;
}

/** The agreement to read: scrolls on the screen (by keyboard too), is whole on paper. */
export function AgreementText({ blocks, topLevel }: AgreementTextProps) {
  return (
    <div className="ci-agreement" role="region" aria-label={agreementTexts.textLabel} tabIndex={0}>
      {blocks.map((block, index) => (
        <Block key={index} block={block} topLevel={topLevel} />
      ))}
    </div>
  );
}

interface BlockProps {
  readonly block: AgreementBlock;
  readonly topLevel: 2 | 3;
}

function Block({ block, topLevel }: BlockProps) {
  switch (block.kind) {
    case 'heading':
      return block.level === 1 ? (
        <Text as={`h${topLevel}`} variant="headingMd">
          {block.text}
        </Text>
      ) : (
        <Text as={topLevel === 2 ? 'h3' : 'h4'} variant="headingSm">
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
