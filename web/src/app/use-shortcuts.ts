import { useEffect, useRef } from 'react';
import { isTyping } from '@/lib/keyboard';
import { useSessionState } from '@/lib/session/session-context';

/** Calls the action of a key pressed anywhere but in a field or with a modifier, and not while the session is over. */
export function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  const { phase } = useSessionState();
  const newest = useRef(actions);
  useEffect(() => {
    newest.current = actions;
  });
  useEffect(() => {
    if (phase !== 'in') return;
    const pressed = (event: KeyboardEvent) => {
      // The editor is in a shadow tree, of which the event tells the outside alone.
      const target = event.composedPath()[0] ?? event.target;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(target))
        return;
      // Nor for the page below a dialog.
      if (document.querySelector('[aria-modal="true"]')) return;
      const action = newest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [phase]);
}
