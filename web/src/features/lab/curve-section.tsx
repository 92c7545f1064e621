import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { Section } from '@/components/page-frame';
import { type CurveChartProps, useLabCharts } from '@/lib/lab/lab-charts';
import styles from './result/result.module.css';

/** Curves over time in a section of their own, on a scale that the reader chooses. */
export function CurveSection({ title, ...chart }: { title: string } & Omit<CurveChartProps, 'logarithmic'>) {
  const { CurveChart } = useLabCharts();
  const [logarithmic, setLogarithmic] = useState(false);
  return (
    <Section
      title={title}
      actions={
        <Checkbox
          size="xs"
          label="Logarithmic"
          checked={logarithmic}
          onChange={(event) => setLogarithmic(event.currentTarget.checked)}
        />
      }
    >
      <div className={styles.equity}>
        <CurveChart {...chart} logarithmic={logarithmic} />
      </div>
    </Section>
  );
}
