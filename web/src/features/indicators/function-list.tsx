import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import { CodeWords } from '@/components/code-words';
import { SearchIcon } from '@/components/icons';
import { drawable, functionKey, grouped, searchFunctions } from '@/lib/language/function-search';
import type { LanguageFunction } from '@/lib/language/types';
import styles from './function-list.module.css';

/** Every indicator of the language under its heading; searched by name, title, group and TA-Lib's name. */
export function FunctionList({
  functions,
  onChoose,
}: {
  functions: readonly LanguageFunction[];
  onChoose: (row: LanguageFunction) => void;
}) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const groups = useMemo(() => {
    const found = searchFunctions(query, drawable(functions));
    // While one searches the best come first, whatever their group.
    return query.trim() === '' ? grouped(found) : [{ name: '', functions: found }];
  }, [functions, query]);
  const rows = groups.flatMap((group) => group.functions);
  const active = rows[Math.min(at, rows.length - 1)];
  const idOf = (row: LanguageFunction) => `${id}-${rows.indexOf(row)}`;
  const activeId = active ? idOf(active) : undefined;
  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);

  const moves: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(rows.length - 1, at + 1),
    ArrowUp: Math.max(0, at - 1),
    PageDown: Math.min(rows.length - 1, at + 8),
    PageUp: Math.max(0, at - 8),
  };
  const onKey = (event: KeyboardEvent) => {
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setAt(move);
    } else if (event.key === 'Enter' && active) {
      event.preventDefault();
      onChoose(active);
    }
  };

  return (
    <div className={styles.panel}>
      <TextInput
        data-autofocus
        aria-label="Search indicators"
        placeholder="Name, title, group or TA-Lib name"
        leftSection={<SearchIcon />}
        value={query}
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={activeId}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      {rows.length === 0 && (
        <p className={styles.none} role="status">
          No indicator has “{query.trim()}” in its name. The tab “Expression” takes any formula.
        </p>
      )}
      <div className={styles.list} role="listbox" aria-label="Indicators of the language" id={`${id}-list`}>
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of a list box are no field sets
          <div key={group.name} role="group" aria-label={group.name || 'Found'}>
            {group.name !== '' && (
              <div className={styles.heading} aria-hidden="true">
                {group.name}
              </div>
            )}
            {group.functions.map((row) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the search field has the keys of the list
              <div
                key={functionKey(row)}
                id={idOf(row)}
                className={styles.row}
                role="option"
                tabIndex={-1}
                aria-selected={row === active}
                onClick={() => onChoose(row)}
              >
                <span className={styles.title}>{row.title}</span>
                <code className={styles.name}>{row.name}</code>
                <span className={styles.summary}>
                  <CodeWords text={row.summary} />
                </span>
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
