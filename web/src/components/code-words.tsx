import { Fragment } from 'react';

/** Splits at backticks: what stands between two of them is code. One that is alone is a sign like others. */
export function wordsAndCode(text: string): readonly { readonly code: boolean; readonly text: string }[] {
  return text
    .split(/(`[^`]+`)/)
    .filter(Boolean)
    .map((part) =>
      /^`[^`]+`$/.test(part) ? { code: true, text: part.slice(1, -1) } : { code: false, text: part },
    );
}

/** A text of the language's table, its `code` shown as code. */
export function CodeWords({ text }: { text: string }) {
  return wordsAndCode(text).map((part, index) => {
    const key = `${index} ${part.text}`;
    return part.code ? <code key={key}>{part.text}</code> : <Fragment key={key}>{part.text}</Fragment>;
  });
}

/** The same, where React does not draw. */
export function appendWords(element: HTMLElement, text: string): void {
  for (const part of wordsAndCode(text)) {
    if (!part.code) {
      element.append(part.text);
      continue;
    }
    const code = document.createElement('code');
    code.textContent = part.text;
    element.append(code);
  }
}
