import { Button } from '@shopify/polaris';
import { ArrowUpIcon, RefreshIcon } from '@shopify/polaris-icons';

interface WaitingNewsProps {
  /** What there is to show, such as "3 new carts"; null when there is nothing. */
  readonly label: string | null;
  /** `top`: it waits above the list. `bottom`: the page itself has become old. */
  readonly at: 'top' | 'bottom';
  readonly isLoading?: boolean;
  readonly onShow: () => void;
}

/** The button for what has come meanwhile. It lies over the page, so that nothing moves while somebody reads. */
export function WaitingNews({ label, at, isLoading = false, onShow }: WaitingNewsProps) {
  return (
    <>
      <span className="ci-visually-hidden" role="status">
        {label}
      </span>
      {/* There even when empty, so that its coming changes no distance. */}
      <div className="ci-news" data-at={at}>
        {label !== null && (
          <Button icon={at === 'top' ? ArrowUpIcon : RefreshIcon} onClick={onShow} loading={isLoading}>
            {label}
          </Button>
        )}
      </div>
    </>
  );
}
