import { Modal } from '@mantine/core';
import { SHORTCUTS } from '@/lib/keyboard';
import styles from './help-dialog.module.css';

export function HelpDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    // The page itself never scrolls, so there is nothing to lock.
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keys and signs"
      size="lg"
      lockScroll={false}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles.columns}>
        {SHORTCUTS.map(({ place, list }) => (
          <section key={place}>
            <h3 className={styles.heading}>{place}</h3>
            <dl className={styles.keys}>
              {list.map(({ keys, meaning }) => (
                <div key={meaning}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key} className={styles.key}>
                        {key}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3 className={styles.heading}>Signs in the chart</h3>
          <dl className={styles.keys}>
            <div>
              <dt>
                <span className={styles.forming} />
              </dt>
              <dd>Forming bar: may still change</dd>
            </div>
            <div>
              <dt>
                <span className={styles.hatch} />
              </dt>
              <dd>Gap: nothing is stored for this time</dd>
            </div>
            <div>
              <dt>
                <span className={styles.mark}>◆</span>
              </dt>
              <dd>Bar folded over a hole in its data</dd>
            </div>
          </dl>
        </section>
      </div>
      <p className={styles.credit}>
        Charts by{' '}
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
          TradingView Lightweight Charts™
        </a>
        , Copyright © 2025 TradingView, Inc. The server’s API is described at{' '}
        <a href="/api/docs" target="_blank" rel="noreferrer">
          /api/docs
        </a>
        .
      </p>
    </Modal>
  );
}
