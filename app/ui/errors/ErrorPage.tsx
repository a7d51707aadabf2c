import { isRouteErrorResponse, useLocation, useNavigate, useNavigation } from '@remix-run/react';
import { BlockStack, Button, Card, InlineStack, Page, Text } from '@shopify/polaris';

import { texts } from '#app/ui/texts/texts.ts';

const { errors } = texts;

type Kind = 'not-found' | 'denied' | 'offline' | 'failed';

const WORDS: Readonly<Record<Kind, { title: string; body: string }>> = {
  'not-found': { title: errors.notFoundTitle, body: errors.notFoundBody },
  denied: { title: errors.deniedTitle, body: errors.deniedBody },
  offline: { title: errors.offlineTitle, body: errors.offlineBody },
  failed: { title: errors.title, body: errors.body },
};

/** In the place of a page that cannot be shown: what is the matter, that nothing was lost, and what can be done. */
export function ErrorPage({ error }: { readonly error: unknown }) {
  const kind = kindOf(error);
  const { title, body } = WORDS[kind];
  const navigate = useNavigate();
  const location = useLocation();
  const isBusy = useNavigation().state !== 'idle';
  const canRetry = kind === 'offline' || kind === 'failed';
  return (
    <Page title={title}>
      <Card>
        <div role="alert">
          <BlockStack gap="400">
            <Text as="p">{body}</Text>
            <InlineStack gap="200">
              {canRetry && (
                <Button variant="primary" loading={isBusy} onClick={() => navigate(location, { replace: true })}>
                  {errors.retry}
                </Button>
              )}
              {kind !== 'denied' && <Button url="/app/carts">{errors.toCarts}</Button>}
            </InlineStack>
          </BlockStack>
        </div>
      </Card>
    </Page>
  );
}

function kindOf(error: unknown): Kind {
  if (isRouteErrorResponse(error)) {
    if (error.status === 404) return 'not-found';
    return error.status === 401 || error.status === 403 ? 'denied' : 'failed';
  }
  // What `fetch` throws when no answer came.
  return error instanceof TypeError && /fetch|network/i.test(error.message) ? 'offline' : 'failed';
}
