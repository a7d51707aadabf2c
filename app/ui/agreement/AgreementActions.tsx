import { Button, InlineStack } from '@shopify/polaris';

import { agreementTexts } from '#app/ui/texts/agreement.ts';

/** Print and download. A plain link would carry no session token, so the file is made in the browser from the text. */
export function AgreementActions({ version, text }: { readonly version: string; readonly text: string }) {
  return (
    <div className="ci-no-print">
      <InlineStack gap="200">
        <Button onClick={() => window.print()}>{agreementTexts.print}</Button>
        <Button onClick={() => download(agreementTexts.fileName(version), text)}>{agreementTexts.download}</Button>
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
