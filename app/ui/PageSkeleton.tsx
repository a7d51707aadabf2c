import { BlockStack, Box, Card, Layout, SkeletonBodyText, SkeletonDisplayText, SkeletonPage } from '@shopify/polaris';

import { texts } from '#app/ui/texts/texts.ts';

const ROWS = 8;
/** Pages that are a list, with their titles. */
const LISTS: Readonly<Record<string, string>> = {
  '/app': texts.carts.title,
  '/app/carts': texts.carts.title,
  '/app/customers': texts.nav.customers,
  '/app/requests': texts.nav.requests,
  '/app/access-log': texts.nav.accessLog,
};
/** Pages of one thing, with a way back to its list. */
const OF_ONE = /^\/app\/(carts|customers|requests)\//;

/** The outline of the page that is being loaded, laid out like the page itself so that nothing jumps. */
export function PageSkeleton({ path }: { readonly path: string }) {
  return (
    <div role="status" aria-label={texts.common.loading}>
      {path in LISTS ? <ListSkeleton title={LISTS[path] ?? ''} /> : <DetailSkeleton hasBack={OF_ONE.test(path)} />}
    </div>
  );
}

function ListSkeleton({ title }: { readonly title: string }) {
  return (
    <SkeletonPage fullWidth title={title}>
      <BlockStack gap="300">
        <SkeletonBodyText lines={1} />
        <Card>
          <BlockStack gap="600">
            <Box maxWidth="20rem">
              <SkeletonDisplayText size="small" />
            </Box>
            {Array.from({ length: ROWS }, (_, row) => (
              <SkeletonBodyText key={row} lines={1} />
            ))}
          </BlockStack>
        </Card>
      </BlockStack>
    </SkeletonPage>
  );
}

function DetailSkeleton({ hasBack }: { readonly hasBack: boolean }) {
  return (
    <SkeletonPage backAction={hasBack}>
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            <SkeletonCard lines={6} />
            <SkeletonCard lines={8} />
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <SkeletonCard lines={3} />
            <SkeletonCard lines={3} />
          </BlockStack>
        </Layout.Section>
      </Layout>
    </SkeletonPage>
  );
}

function SkeletonCard({ lines }: { readonly lines: number }) {
  return (
    <Card>
      <BlockStack gap="400">
        <SkeletonDisplayText size="small" />
        <SkeletonBodyText lines={lines} />
      </BlockStack>
    </Card>
  );
}
