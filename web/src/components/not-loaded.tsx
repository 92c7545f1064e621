import { Button } from '@mantine/core';
import { MessagePanel } from './message-panel';

/** In the place of what the server did not give: why, and another try. */
export function NotLoaded({
  title,
  problem,
  onRetry,
}: {
  title: string;
  problem: Error;
  onRetry: () => unknown;
}) {
  return (
    <MessagePanel
      role="alert"
      title={title}
      actions={
        <Button size="xs" onClick={() => void onRetry()}>
          Try again
        </Button>
      }
    >
      {problem.message}
    </MessagePanel>
  );
}
