import { useLocation, useNavigate, useNavigation } from '@remix-run/react';
import { BlockStack, Button, Card, InlineStack, Page, Text } from '@shopify/polaris';

import { wordsOfError } from '#app/ui/errors/words.ts';
import { texts } from '#app/ui/texts/texts.ts';

const { errors } = texts;

/** In the place of a page that cannot be shown: what is the matter, that nothing was lost, and what can be done. */
export function ErrorPage({ error }: { readonly error: unknown }) {
  const { kind, title, body, isClosed } = wordsOfError(error);
  const navigate = useNavigate();
  const location = useLocation();
  const isBusy = useNavigation().state !== 'idle';
  const canRetry = kind !== 'not-found' && kind !== 'denied';
  return (
    <Page title={title}>
      <Card>
        <div role="alert">
          <BlockStack gap="400">
            <Text as="p">{body}</Text>
            {!isClosed && (
              <InlineStack gap="200">
                {canRetry && (
                  <Button variant="primary" loading={isBusy} onClick={() => navigate(location, { replace: true })}>
                    {errors.retry}
                  </Button>
                )}
                <Button url="/app">{errors.toStart}</Button>
              </InlineStack>
            )}
          </BlockStack>
        </div>
      </Card>
    </Page>
  );
}
