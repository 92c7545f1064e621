import { MessagePanel } from '@/components/message-panel';
import { NotLoaded } from '@/components/not-loaded';
import { PageFrame } from '@/components/page-frame';
import { labLinks } from '@/lib/lab/lab-place';
import { useStrategies, useStrategy } from '@/lib/lab/use-lab';
import { freeName, renamed, TEMPLATE } from './faults';
import { StrategyWorkshop } from './strategy-workshop';

/** One strategy's document: an own one, one that is shipped, or one that is new. */
export function StrategyPage({ name, copyOf }: { name: string | null; copyOf: string | null }) {
  const wanted = name ?? copyOf;
  const strategy = useStrategy(wanted);
  const strategies = useStrategies();
  const body = () => {
    if (wanted !== null && strategy.error && !strategy.data) {
      return (
        <NotLoaded
          title="The strategy could not be loaded"
          problem={strategy.error}
          onRetry={strategy.refetch}
        />
      );
    }
    // A copy's name is to be one that nobody has.
    const taken = strategies.data?.map((one) => one.name);
    if ((wanted !== null && !strategy.data) || (name === null && !taken && !strategies.error))
      return <MessagePanel title="Loading the strategy…">One moment.</MessagePanel>;
    if (name !== null && strategy.data)
      return <StrategyWorkshop key={name} kept={strategy.data} begin={strategy.data.document} />;
    const begin = strategy.data
      ? renamed(strategy.data.document, freeName(`${strategy.data.name}-copy`, taken ?? []))
      : renamed(TEMPLATE, freeName('my-strategy', taken ?? []));
    return <StrategyWorkshop key={`new ${copyOf}`} kept={null} begin={begin} />;
  };
  return (
    <PageFrame title="Lab" links={labLinks('strategies')} wide="most">
      {body()}
    </PageFrame>
  );
}
