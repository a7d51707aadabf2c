import { Button, InlineStack } from '@shopify/polaris';

import { texts } from '#app/ui/texts/texts.ts';

/** Print and download. A plain link would carry no session token, so the file is made in the browser from the text. */
export function AgreementActions({ version, text }: { readonly version: string; readonly text: string }) {
  return (
    <div className="ci-no-print">
      <InlineStack gap="200">
        <Button onClick={() => window.print()}>{texts.agreement.print}</Button>
        <Button onClick={() => download(texts.agreement.fileName(version), text)}>{texts.agreement.download}</Button>
      </InlineStack>
    </div>
  );
}

function download(fileName: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
