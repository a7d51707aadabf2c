import { BlockStack, Card, Layout, Page, Text } from '@shopify/polaris';
import type { ReactNode } from 'react';

import type { AgreementBlock } from '#app/privacy/agreements/versions.ts';
import { AgreementActions } from '#app/ui/agreement/AgreementActions.tsx';
import { AgreementText } from '#app/ui/agreement/AgreementText.tsx';
import { formatTimeFully } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { agreementTexts } from '#app/ui/texts/agreement.ts';

const t = agreementTexts;

/** The agreement in force and how it came to be. */
export interface AgreementView {
  readonly version: string;
  readonly sha256: string;
  readonly text: string;
  readonly blocks: readonly AgreementBlock[];
  readonly acceptedAtMs: number;
  readonly signerRole: string;
  readonly signerName: string | null;
  readonly contactEmail: string | null;
}

/** The agreement the shop has accepted: who, when, in which role, and the exact text. */
export function AgreementPage({ agreement }: { readonly agreement: AgreementView }) {
  const { timeZone } = useShopDisplay();
  const { version, sha256, text, blocks, acceptedAtMs, signerRole, signerName, contactEmail } = agreement;
  return (
    <Page title={t.title}>
      <Layout>
        <Layout.Section>
          <Card>
            <BlockStack gap="400">
              <AgreementText blocks={blocks} topLevel={2} />
              <AgreementActions version={version} text={text} />
            </BlockStack>
          </Card>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <Card>
            <BlockStack gap="300">
              <Text as="h2" variant="headingMd">
                {t.acceptedHeading}
              </Text>
              <Fact label={t.acceptedAt}>{formatTimeFully(acceptedAtMs, timeZone)}</Fact>
              {signerName !== null && <Fact label={t.acceptedBy}>{signerName}</Fact>}
              <Fact label={t.acceptedAs}>{t.roles[signerRole] ?? signerRole}</Fact>
              <Fact label={t.version}>{version}</Fact>
              <Fact label={t.digest}>
                <span className="ci-mono">{sha256}</span>
              </Fact>
              {contactEmail !== null && <Fact label={t.contact}>{contactEmail}</Fact>}
            </BlockStack>
          </Card>
        </Layout.Section>
      </Layout>
    </Page>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="ci-wrap">
      <Text as="p" tone="subdued">
        {label}
      </Text>
      <Text as="p">{children}</Text>
    </div>
  );
}
