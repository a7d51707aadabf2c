import { Badge, BlockStack, Card, InlineStack, Page, Text } from '@shopify/polaris';

import type { PackageDocument, PackageRow } from '#app/privacy/package/document.ts';
import { packageTexts } from '#app/ui/texts/access-package.ts';
import { requests } from '#app/ui/texts/requests.ts';

const c = requests.copy;

interface CopyPreviewPageProps {
  readonly requestId: string;
  readonly code: string;
  readonly document: PackageDocument;
}

/** A copy as the person will read it, for whoever looks it over before it is given out. */
export function CopyPreviewPage({ requestId, code, document }: CopyPreviewPageProps) {
  return (
    <Page
      backAction={{ content: c.previewBack, url: `/app/requests/${requestId}` }}
      title={c.previewTitle(code)}
      fullWidth
    >
      <BlockStack gap="400">
        <Text as="p">{c.previewIntro}</Text>
        {document.sections.map(({ name, rows }) => (
          <Section key={name} title={packageTexts.section(name)} rows={rows} />
        ))}
        <Section
          title={c.looked}
          rows={document.looks.map(({ fields, page: _page, purpose, role, ...look }) => ({
            ...look,
            purpose: packageTexts.purpose(purpose),
            role: packageTexts.role(role),
            fields: [...new Set(fields.map(packageTexts.field))].join(', '),
          }))}
        />
      </BlockStack>
    </Page>
  );
}

function Section({ title, rows }: { readonly title: string; readonly rows: readonly PackageRow[] }) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack gap="200" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {title}
          </Text>
          <Badge>{String(rows.length)}</Badge>
        </InlineStack>
        {rows.length === 0 ? (
          <Text as="p" tone="subdued">
            {packageTexts.empty}
          </Text>
        ) : (
          <div className="ci-scroll" tabIndex={0} role="region" aria-label={title}>
            <table className="ci-table">
              <thead>
                <tr>
                  {columns.map((column) => (
                    <th key={column} scope="col">
                      {packageTexts.field(column)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row, index) => (
                  <tr key={index}>
                    {columns.map((column) => (
                      <td key={column}>{shown(row[column])}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </BlockStack>
    </Card>
  );
}

/** Lists of things in words, one after the other. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(shown).join('; ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, inner]) => `${packageTexts.field(name)} ${shown(inner)}`)
      .join(', ');
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
