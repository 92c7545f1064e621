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
            <div>
              <dt>
                <span className={styles.line} />
              </dt>
              <dd>Light end of an indicator: its bar is forming</dd>
            </div>
            <div>
              <dt>
                <span className={styles.turn}>▲</span>
                <span className={styles.turn} data-strong>
                  ▲
                </span>
              </dt>
              <dd>The signals turned to buy, to strong buy; ▼ to sell, a ring back to neutral</dd>
            </div>
          </dl>
        </section>
      </div>
      <p className={styles.note}>
        “Indicators” above the chart adds indicators and expressions; what is on the chart can be saved as a
        layout beside it. The screener looks for instruments by expressions. “Edit” above the watch list makes
        a list of your own. Time zone, number format, theme and the instrument that the desk opens with are
        set under “Profile” in the menu at the top right; passwords, two-factor, devices and API keys under
        “Security”.
      </p>
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
