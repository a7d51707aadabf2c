import { isRouteErrorResponse, useLocation, useNavigate, useNavigation } from '@remix-run/react';
import { BlockStack, Button, Card, InlineStack, Page, Text } from '@shopify/polaris';

import { getDenial, type Denial } from '#app/access/denied.ts';
import { texts } from '#app/ui/texts/texts.ts';

const { errors } = texts;

type Kind = 'not-found' | 'denied' | 'busy' | 'offline' | 'failed';

const WORDS: Readonly<Record<Kind, { title: string; body: string }>> = {
  'not-found': { title: errors.notFoundTitle, body: errors.notFoundBody },
  denied: { title: errors.deniedTitle, body: errors.deniedBody },
  busy: { title: errors.busyTitle, body: errors.busyBody },
  offline: { title: errors.offlineTitle, body: errors.offlineBody },
  failed: { title: errors.title, body: errors.body },
};

/** In the place of a page that cannot be shown: what is the matter, that nothing was lost, and what can be done. */
export function ErrorPage({ error }: { readonly error: unknown }) {
  const kind = kindOf(error);
  const denial = isRouteErrorResponse(error) ? getDenial(error.data) : null;
  const { title, body } = denial === null ? WORDS[kind] : wordsOf(denial);
  const navigate = useNavigate();
  const location = useLocation();
  const isBusy = useNavigation().state !== 'idle';
  const canRetry = kind === 'busy' || kind === 'offline' || kind === 'failed';
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

/** Somebody of the staff may not: which role they have, what it leaves out, and whom to ask. */
function wordsOf({ role, right, ask }: Denial): { title: string; body: string } {
  const { denied, roles, roleMeans } = texts.access;
  if (role === null) return { title: denied.endedTitle, body: `${denied.endedBody} ${texts.access.ask(ask)}` };
  const missing = right === null ? '' : denied.right[right];
  return {
    title: denied.roleTitle,
    body: [denied.roleBody(roles[role], roleMeans[role]), missing, texts.access.ask(ask)].join(' '),
  };
}

function kindOf(error: unknown): Kind {
  if (isRouteErrorResponse(error)) {
    if (error.status === 429) return 'busy';
    if (error.status === 404) return 'not-found';
    return error.status === 401 || error.status === 403 ? 'denied' : 'failed';
  }
  // What `fetch` throws when no answer came.
  return error instanceof TypeError && /fetch|network/i.test(error.message) ? 'offline' : 'failed';
}
