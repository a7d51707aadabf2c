import { useFetcher } from '@remix-run/react';
import {
  Banner,
  BlockStack,
  Box,
  Button,
  Card,
  DropZone,
  InlineStack,
  List,
  Page,
  Text,
  TextField,
} from '@shopify/polaris';
import { useRef, useState } from 'react';

import type { ExaminedReceipt } from '#app/privacy/receipts/facts.ts';
import { statementLines } from '#app/ui/requests/receipt-lines.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { checkReceiptTexts as t } from '#app/ui/texts/check-receipt.ts';
import { requests } from '#app/ui/texts/requests.ts';

/** More than a receipt ever has; what is longer is not sent. */
const MAX_CHARS = 100_000;

/** Whether a receipt is ours: a file that is chosen or dropped is checked at once, a text when asked. */
export function CheckReceiptPage() {
  const fetcher = useFetcher<{ examined: ExaminedReceipt | null }>();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef<File | null>(null);
  const check = (given: string) => {
    const found = given.trim() === '' ? t.missing : given.length > MAX_CHARS ? t.tooLong : null;
    setProblem(found);
    if (found === null) fetcher.submit({ text: given }, { method: 'post', encType: 'multipart/form-data' });
  };
  const take = ([file]: readonly File[]) => {
    if (file === undefined) return;
    latest.current = file;
    setText('');
    if (file.size > MAX_CHARS) {
      setProblem(t.tooLong);
      return;
    }
    file.text().then(
      (content) => {
        // Somebody who drops a second file is not told about the first.
        if (latest.current === file) check(content);
      },
      () => setProblem(t.unreadable),
    );
  };
  const isBusy = fetcher.state !== 'idle';
  return (
    <Page narrowWidth backAction={{ content: requests.page.back, url: '/app/requests' }} title={t.title}>
      <BlockStack gap="400">
        <Box paddingInline={{ xs: '400', sm: '0' }}>
          <Text as="p">{t.intro}</Text>
        </Box>
        <div role="status">
          {!isBusy && problem === null && fetcher.data !== undefined && <Answer examined={fetcher.data.examined} />}
        </div>
        <Card>
          <BlockStack gap="400">
            <DropZone label={t.file} allowMultiple={false} onDropAccepted={take} variableHeight>
              <DropZone.FileUpload actionTitle={t.drop} actionHint={t.fileHelp} />
            </DropZone>
            <TextField
              label={t.text}
              autoComplete="off"
              multiline={4}
              maxHeight={240}
              value={text}
              onChange={setText}
              {...(problem === null ? {} : { error: problem })}
            />
            <InlineStack>
              <Button variant="primary" loading={isBusy} onClick={() => check(text)}>
                {t.check}
              </Button>
            </InlineStack>
            <Text as="p" tone="subdued">
              {t.nothingKept}
            </Text>
          </BlockStack>
        </Card>
      </BlockStack>
    </Page>
  );
}

function Answer({ examined }: { readonly examined: ExaminedReceipt | null }) {
  const { timeZone } = useShopDisplay();
  if (examined === null) return <Banner tone="critical">{t.tooLong}</Banner>;
  const { check, facts } = examined;
  const { title, body } = t.answers[check];
  return (
    <Banner tone={check === 'genuine' ? 'success' : check === 'changed' ? 'critical' : 'warning'} title={title}>
      <BlockStack gap="200">
        <p>{body}</p>
        {facts !== null && (
          <>
            <Text as="h3" variant="headingSm">
              {t.states}
            </Text>
            <List>
              {statementLines(facts, timeZone).map((line) => (
                <List.Item key={line}>{line}</List.Item>
              ))}
            </List>
          </>
        )}
      </BlockStack>
    </Banner>
  );
}
