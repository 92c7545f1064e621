import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { type Formats, useFormats } from '@/lib/formats';
import type { Figure, Run } from '@/lib/lab/run-schemas';
import styles from '../lab.module.css';
import { aboutFigure, FIGURE_GROUPS, figureText, sampleText, unitText, whyWords } from './figure-words';
import own from './result.module.css';

/** Every figure, of the long and the short trades apart where that can be told. */
export function FiguresTable({ run, quote }: { run: Run; quote: string }) {
  const formats = useFormats();
  const [formulas, setFormulas] = useState(false);
  const told = new Set(FIGURE_GROUPS.flatMap((group) => group.figures.map(([key]) => key)));
  const others = Object.keys(run.metrics ?? {}).filter((key) => !told.has(key));
  const groups = [
    ...FIGURE_GROUPS,
    ...(others.length > 0
      ? [
          {
            title: 'Others',
            bySide: true,
            figures: others.map((key) => [key, key.replaceAll('_', ' ')] as const),
          },
        ]
      : []),
  ];
  return (
    <>
      <Checkbox
        size="xs"
        label="Show the formulas"
        className={own.formulas ?? ''}
        checked={formulas}
        onChange={(event) => setFormulas(event.currentTarget.checked)}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className={styles.scroll} aria-label="All figures" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" data-text>
                Figure
              </th>
              <th scope="col">All</th>
              <th scope="col">Long</th>
              <th scope="col">Short</th>
              <th scope="col">Of</th>
              {formulas && (
                <th scope="col" data-text>
                  Formula
                </th>
              )}
            </tr>
          </thead>
          {groups.map(({ title, bySide, figures }) => {
            const rows = figures.filter(([key]) => run.metrics?.[key]);
            if (rows.length === 0) return null;
            return (
              <tbody key={title}>
                <tr>
                  <th scope="rowgroup" colSpan={formulas ? 6 : 5} className={own.group}>
                    {title}
                  </th>
                </tr>
                {rows.map(([key, name]) => {
                  const figure = run.metrics?.[key] as Figure;
                  return (
                    <tr key={key} title={aboutFigure(formats, figure)}>
                      <th scope="row">{name}</th>
                      <Value name={key} figure={figure} quote={quote} formats={formats} />
                      <Value
                        name={key}
                        figure={bySide ? run.long?.[key] : undefined}
                        quote={quote}
                        formats={formats}
                      />
                      <Value
                        name={key}
                        figure={bySide ? run.short?.[key] : undefined}
                        quote={quote}
                        formats={formats}
                      />
                      <td data-absent>{sampleText(formats, figure)}</td>
                      {formulas && (
                        <td data-text className={own.formula}>
                          {figure.formula}
                        </td>
                      )}
                    </tr>
                  );
                })}
              </tbody>
            );
          })}
        </table>
      </section>
    </>
  );
}

function Value({
  name,
  figure,
  quote,
  formats,
}: {
  name: string;
  figure: Figure | undefined;
  quote: string;
  formats: Formats;
}) {
  if (!figure) return <td />;
  const text = figureText(formats, name, figure);
  if (text === null)
    return (
      <td data-absent title={whyWords(figure.why)}>
        n/a
      </td>
    );
  const unit = unitText(figure, quote);
  return (
    <td>
      {text}
      {unit && <span className={styles.dim}> {unit}</span>}
    </td>
  );
}
