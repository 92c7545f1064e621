import { Button } from '@mantine/core';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { MessagePanel } from '@/components/message-panel';

/** The last net: a fault of the dashboard itself is said, not shown as an empty page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { fault: Error | null }> {
  override state: { fault: Error | null } = { fault: null };

  static getDerivedStateFromError(fault: Error) {
    return { fault };
  }

  override componentDidCatch(fault: Error, { componentStack }: ErrorInfo) {
    console.error('The dashboard failed.', fault, componentStack);
  }

  override render() {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    return (
      <MessagePanel
        role="alert"
        title="The dashboard failed"
        actions={
          <Button size="xs" onClick={() => location.reload()}>
            Load it again
          </Button>
        }
      >
        This is a fault of the page, not of the server, which goes on working. It said: {fault.message}
      </MessagePanel>
    );
  }
}
