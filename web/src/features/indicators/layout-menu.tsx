import { Menu, Modal } from '@mantine/core';
import { useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { TextField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import { ChevronIcon, LayoutIcon } from '@/components/icons';
import { ProblemNote } from '@/components/problem-note';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { faultsOf } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';
import { LAYOUTS_MAX, layoutNameFault } from '@/lib/layouts/chart-layout';
import type { SavedLayout } from '@/lib/layouts/layouts-client';
import type { ChartLayoutState } from '@/lib/layouts/use-chart-layout';
import { useLayoutChanges, useLayouts } from '@/lib/layouts/use-layouts';
import styles from './layout-menu.module.css';

/** The saved layouts of the chart: which one is shown, whether it has changed, and what can be done to them. */
export function LayoutMenu({ state }: { state: ChartLayoutState }) {
  const { layouts, told, problem } = useLayouts();
  const changes = useLayoutChanges();
  const [naming, setNaming] = useState<'save-as' | 'rename' | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [failure, setFailure] = useState<ApiProblem | null>(null);
  const current = layouts.find((one) => one.name === state.name) ?? null;
  const full = layouts.length >= LAYOUTS_MAX;

  const attempt = (work: Promise<unknown>) => {
    setFailure(null);
    work.catch((error) => setFailure(toProblem(error)));
  };
  const saveAs = async (name: string) => {
    await changes.save({ name, layout: state.layout, opens: false });
    state.named(name);
  };
  /** Under a name that is taken only when that is meant; how the chart opens stays as it is. */
  const overwrite = (one: SavedLayout) =>
    setQuestion({
      title: `Save over “${one.name}”?`,
      text: 'There is a layout of this name. What is saved in it will be gone.',
      action: 'Save over it',
      act: async () => {
        await changes.save({ ...one, layout: state.layout });
        state.named(one.name);
      },
    });
  const save = () => {
    if (current) attempt(changes.save({ ...current, layout: state.layout }));
    else setNaming('save-as');
  };
  /** Shows another layout; what is not saved is given up only when that is meant. */
  const load = (saved: SavedLayout | null) => {
    if (!state.changed) {
      state.load(saved);
      return;
    }
    setQuestion({
      title: saved ? `Show “${saved.name}” without saving?` : 'Begin anew without saving?',
      text: `What you changed ${state.name ? `in “${state.name}”` : 'on the chart'} is not saved and will be gone.`,
      action: 'Do not save',
      act: async () => state.load(saved),
    });
  };
  const remove = (one: SavedLayout) =>
    setQuestion({
      title: `Delete the layout “${one.name}”?`,
      text: 'What is on the chart stays there; only the saved layout goes.',
      action: 'Delete',
      act: () => changes.remove(one.name),
    });

  const shown = state.name ?? 'Layout';
  const words = state.changed ? 'with changes that are not saved' : 'as saved';
  return (
    <>
      <Menu
        position="bottom-end"
        width={250}
        shadow="md"
        returnFocus
        withInitialFocusPlaceholder={false}
        onOpen={() => setFailure(null)}
      >
        <Menu.Target>
          <button
            type="button"
            className={styles.button}
            aria-label={`Layout: ${state.name ? `${state.name}, ` : ''}${state.name || state.changed ? words : 'none is saved'}`}
          >
            <LayoutIcon />
            <span className={styles.name}>{shown}</span>
            {state.changed && <span className={styles.changed} title="Changed since it was saved" />}
            <ChevronIcon />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {!told && problem && <ProblemNote>The layouts could not be loaded: {problem.message}</ProblemNote>}
          {layouts.length > 0 && <Menu.Label>Layouts</Menu.Label>}
          {layouts.map((one, index) => (
            <Menu.Item
              key={one.name}
              data-autofocus={index === 0 || undefined}
              aria-current={one.name === state.name || undefined}
              className={styles.item ?? ''}
              rightSection={one.opens ? <span className={styles.opens}>opens first</span> : undefined}
              onClick={() => load(one)}
            >
              {one.name}
            </Menu.Item>
          ))}
          {layouts.length > 0 && <Menu.Divider />}
          <Menu.Item
            data-autofocus={layouts.length === 0 || undefined}
            disabled={!state.changed && current !== null}
            onClick={save}
          >
            {current ? `Save “${current.name}”` : 'Save…'}
          </Menu.Item>
          {current && (
            <Menu.Item disabled={full} onClick={() => setNaming('save-as')}>
              {full ? `Save as… (there are ${LAYOUTS_MAX})` : 'Save as…'}
            </Menu.Item>
          )}
          {current && <Menu.Item onClick={() => setNaming('rename')}>Rename…</Menu.Item>}
          {current && (
            <Menu.Item onClick={() => attempt(changes.open(current.opens ? null : current.name))}>
              {current.opens ? 'Do not open the chart with it' : 'Open the chart with it'}
            </Menu.Item>
          )}
          {current && <Menu.Item onClick={() => remove(current)}>Delete…</Menu.Item>}
          <Menu.Divider />
          <Menu.Item
            disabled={state.layout.indicators.length === 0 && state.name === null}
            onClick={() => load(null)}
          >
            New, empty
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={naming !== null}
        onClose={() => setNaming(null)}
        title={naming === 'rename' ? `Rename “${state.name}”` : 'Save the layout'}
        centered
        lockScroll={false}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {naming !== null && (
          <NameForm
            start={naming === 'rename' ? (state.name ?? '') : ''}
            taken={
              naming === 'rename' ? layouts.map((one) => one.name).filter((name) => name !== state.name) : []
            }
            submit={naming === 'rename' ? 'Rename' : 'Save'}
            onSubmit={async (name) => {
              const there = layouts.find((one) => one.name === name);
              if (naming === 'save-as' && there) overwrite(there);
              else if (naming === 'save-as') await saveAs(name);
              else if (current && name !== current.name) {
                await changes.rename(current, name);
                state.named(name);
              }
              setNaming(null);
            }}
          />
        )}
      </Modal>
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
      {failure && (
        <p className={styles.failure} role="alert">
          Not done: {failure.message}
        </p>
      )}
    </>
  );
}

function NameForm({
  start,
  taken,
  submit,
  onSubmit,
}: {
  start: string;
  taken: readonly string[];
  submit: string;
  onSubmit: (name: string) => Promise<void>;
}) {
  const form = useForm({
    initial: { name: start },
    check: ({ name }) => faultsOf({ name: layoutNameFault(name, taken) }),
    submit: ({ name }) => onSubmit(name.trim()),
  });
  return (
    <FormFrame form={form} label="Name of the layout" submit={submit}>
      <TextField {...form.field('name')} label="Name" data-autofocus autoComplete="off" />
    </FormFrame>
  );
}
